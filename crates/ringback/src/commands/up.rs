//! `ringback up`: everything in one process.

use std::net::SocketAddr;
use std::process::ExitCode;

use ringback_adapters::phone::AnyPhone;

use crate::args::Up;
use crate::condition::{Condition, Needs};
use crate::config::Configuration;
use crate::life::Life;
use crate::parts;
use crate::print::line;
use crate::rooms::{self, Company, Opened};

pub async fn run(up: Up) -> anyhow::Result<ExitCode> {
    let mut life = Life::new()?;
    if let Some(address) = start(&mut life, &up).await? {
        greet(address, &up);
    }
    life.until_the_end().await
}

/// Says what runs and what to do next. Standard output: the log goes elsewhere.
fn greet(address: SocketAddr, up: &Up) {
    let shared = &up.shared;
    let configuration = shared.config.as_ref().map_or_else(
        || "the samples (--config FILE for yours)".to_owned(),
        |file| file.display().to_string(),
    );
    let users = match &up.listen.api_user {
        Some(user) => format!("{user}, and those of the configuration"),
        None => "those of the configuration; without any, everybody on this computer is admin"
            .to_owned(),
    };
    let store = shared.store.as_deref().unwrap_or(rooms::OWN_STORE);
    let bus = shared.bus.as_deref().unwrap_or(rooms::OWN_BUS);
    line(&format!("Ringback {}", env!("CARGO_PKG_VERSION")));
    for (what, value) in [
        (
            "API",
            format!("http://{address}   reference: http://{address}/docs/"),
        ),
        ("data", without_password(store)),
        ("messages", without_password(bus)),
        ("phone network", without_password(&up.phone.telephony)),
        ("configuration", configuration),
        ("users", users),
        (
            "next",
            "ringback callback start samples_dev --number NUMBER   (Ctrl-C ends)".to_owned(),
        ),
    ] {
        line(&format!("  {what:14} {value}"));
    }
}

/// An address without what only the process must know.
fn without_password(address: &str) -> String {
    let Some((scheme, rest)) = address.split_once("://") else {
        return address.to_owned();
    };
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at(end);
    let host = authority
        .rsplit_once('@')
        .map_or(authority, |(_, host)| host);
    format!("{scheme}://{host}{path}")
}

/// Starts all parts; where the API is reached. `None` when it is to end before.
pub async fn start(life: &mut Life, up: &Up) -> anyhow::Result<Option<SocketAddr>> {
    let configuration = Configuration::read(up.shared.config.as_deref())?;
    // Callers are served whatever else is away.
    let condition = Condition::new(Needs::STORE, life.stop.clone());
    parts::serve_health(life, up.shared.health_listen, &condition)?;
    let opening = async {
        let alone = Company::Alone;
        let opened = Opened::open("up", &up.shared, alone, configuration, &condition).await?;
        let phone = AnyPhone::connect(&up.phone.telephony).await?;
        opened.seat_agents().await?;
        opened.write_settings().await?;
        Ok((opened, phone))
    };
    let Some((opened, phone)) = life.starting(opening).await? else {
        return Ok(None);
    };
    let health = up.shared.health_listen.is_none();
    let health = health.then(|| parts::health(&condition));
    let address = parts::serve_api(life, &opened, &up.listen, health)?;
    parts::intake(life, &opened.house);
    parts::schedule(life, &opened, up.limits);
    parts::dial(life, &opened.house, phone.clone());
    parts::settings(life, &opened.house);
    parts::notify(life, &opened)?;
    opened.has_started(life, &condition, Some(phone), true);
    Ok(Some(address))
}

#[cfg(test)]
mod tests {
    use super::without_password;

    #[test]
    fn addresses_are_shown_without_their_credentials() {
        for (address, shown) in [
            ("memory:", "memory:"),
            ("sqlite:a@b.db", "sqlite:a@b.db"),
            ("redis://:secret@host:6379/0", "redis://host:6379/0"),
            ("amqp://user:p@ss@host", "amqp://host"),
            ("sim://host:1", "sim://host:1"),
            (
                "ari+http://u:p@host:8088/app?agent=x@y",
                "ari+http://host:8088/app?agent=x@y",
            ),
        ] {
            assert_eq!(without_password(address), shown);
        }
    }
}
