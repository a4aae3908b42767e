//! `ringback up`: everything in one process.

use std::net::SocketAddr;
use std::process::ExitCode;

use ringback_adapters::phone::AnyPhone;

use crate::args::Up;
use crate::condition::{Condition, Needs};
use crate::config::Configuration;
use crate::life::Life;
use crate::parts;
use crate::rooms::{Company, Opened};

pub async fn run(up: Up) -> anyhow::Result<ExitCode> {
    let mut life = Life::new()?;
    start(&mut life, &up).await?;
    life.until_the_end().await
}

/// Starts all parts; where the API is reached. `None` when it is to end before.
pub async fn start(life: &mut Life, up: &Up) -> anyhow::Result<Option<SocketAddr>> {
    let configuration = Configuration::read(up.shared.config.as_deref())?;
    // Callers are served whatever else is away.
    let condition = Condition::new(Needs::STORE, life.stop.clone());
    parts::serve_health(life, up.shared.health_listen, &condition).await?;
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
    let health = parts::health(&condition);
    let address = parts::serve_api(life, &opened, &up.listen, health).await?;
    parts::intake(life, &opened.house);
    parts::schedule(life, &opened.house, up.limits);
    parts::dial(life, &opened.house, phone.clone());
    parts::settings(life, &opened.house);
    parts::notify(life, &opened)?;
    opened.has_started(life, &condition, Some(phone));
    Ok(Some(address))
}
