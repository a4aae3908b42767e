//! The options of what serves the API.

use std::time::Duration;

use anyhow::{Context, bail};
use axum::http::HeaderName;
use clap::Args;
use ringback_api::{Browsers, Proxies};
use ringback_core::proxy::TrustedProxies;

use crate::serving::ConnectionLimits;

/// How long anything may be told to take, in seconds.
const LONGEST: u64 = 3600;

/// Connections of callers, proxies between, and browsers.
#[derive(Args, Clone)]
#[command(next_help_heading = "Connections of the API")]
pub struct Serving {
    /// How many at a time; the one that has been idle for longest gives way to a new one
    #[arg(long, env = "RINGBACK_MAX_CONNECTIONS", default_value_t = 1000, value_name = "COUNT",
        value_parser = clap::value_parser!(u32).range(1..))]
    pub max_connections: u32,
    /// How long the head of a request may take, in seconds
    #[arg(long, env = "RINGBACK_HEAD_TIMEOUT", default_value_t = 10, value_name = "SECONDS",
        value_parser = clap::value_parser!(u64).range(1..=LONGEST))]
    pub head_timeout: u64,
    /// How long the body of a request may take, in seconds; an import may take longer
    #[arg(long, env = "RINGBACK_BODY_TIMEOUT", default_value_t = 30, value_name = "SECONDS",
        value_parser = clap::value_parser!(u64).range(1..=LONGEST))]
    pub body_timeout: u64,
    /// How long a connection stays open between requests, in seconds
    #[arg(long, env = "RINGBACK_IDLE_TIMEOUT", default_value_t = 75, value_name = "SECONDS",
        value_parser = clap::value_parser!(u64).range(1..=LONGEST))]
    pub idle_timeout: u64,
    /// How long a caller may read nothing of its answer, in seconds
    #[arg(long, env = "RINGBACK_STALL_TIMEOUT", default_value_t = 60, value_name = "SECONDS",
        value_parser = clap::value_parser!(u64).range(1..=LONGEST))]
    pub stall_timeout: u64,
    /// Proxies that are believed who calls: addresses and networks, with commas between them
    #[arg(
        long,
        env = "RINGBACK_TRUSTED_PROXIES",
        default_value = "",
        hide_default_value = true,
        value_name = "NETWORKS"
    )]
    pub trusted_proxies: String,
    /// The header that trusted proxies name callers in; no other is read
    #[arg(
        long,
        env = "RINGBACK_PROXY_HEADER",
        default_value = "x-forwarded-for",
        value_name = "NAME"
    )]
    pub proxy_header: String,
    /// Names that the API is called by, with commas between them; any when unset, but localhost only without users
    #[arg(
        long,
        env = "RINGBACK_ALLOWED_HOSTS",
        default_value = "",
        hide_default_value = true,
        value_name = "NAMES"
    )]
    pub allowed_hosts: String,
    /// Other origins whose web pages may change something, with commas between them, e.g. `https://desk.example`
    #[arg(
        long,
        env = "RINGBACK_ALLOWED_ORIGINS",
        default_value = "",
        hide_default_value = true,
        value_name = "ORIGINS"
    )]
    pub allowed_origins: String,
}

impl Default for Serving {
    fn default() -> Self {
        let limits = ConnectionLimits::DEFAULT;
        Self {
            max_connections: u32::try_from(limits.connections).unwrap_or(u32::MAX),
            head_timeout: limits.head.as_secs(),
            body_timeout: 30,
            idle_timeout: limits.idle.as_secs(),
            stall_timeout: limits.stalled.as_secs(),
            trusted_proxies: String::new(),
            proxy_header: "x-forwarded-for".to_owned(),
            allowed_hosts: String::new(),
            allowed_origins: String::new(),
        }
    }
}

impl Serving {
    /// What connections may take.
    pub fn limits(&self) -> ConnectionLimits {
        ConnectionLimits {
            connections: self.max_connections as usize,
            head: Duration::from_secs(self.head_timeout),
            idle: Duration::from_secs(self.idle_timeout),
            stalled: Duration::from_secs(self.stall_timeout),
        }
    }

    /// Whom to believe who calls.
    ///
    /// # Errors
    /// With what is no network, or no header.
    pub fn proxies(&self) -> anyhow::Result<Proxies> {
        let trusted = TrustedProxies::parse(&self.trusted_proxies).context("--trusted-proxies")?;
        let header = HeaderName::try_from(self.proxy_header.trim());
        let header = header.with_context(|| {
            let name = &self.proxy_header;
            format!("--proxy-header '{name}' must be the name of a header")
        })?;
        Ok(Proxies { trusted, header })
    }

    /// What web pages may do. Without users the API is for this computer alone, by its own names.
    ///
    /// # Errors
    /// With what is no name, or no origin.
    pub fn browsers(&self, has_users: bool) -> anyhow::Result<Browsers> {
        let hosts = listed(&self.allowed_hosts);
        if let Some(wrong) = hosts.iter().find(|it| it.contains(['/', '*', ' '])) {
            bail!("--allowed-hosts '{wrong}' must be a name such as desk.example, without a port");
        }
        let origins = listed(&self.allowed_origins);
        let is_origin = |it: &String| {
            let place = it
                .strip_prefix("https://")
                .or_else(|| it.strip_prefix("http://"));
            place.is_some_and(|place| !place.is_empty() && !place.contains(['/', '*', ' ']))
        };
        if let Some(wrong) = origins.iter().find(|it| !is_origin(it)) {
            bail!("--allowed-origins '{wrong}' must be an origin such as https://desk.example");
        }
        let any = has_users && hosts.is_empty();
        let hosts = (!any).then_some(hosts);
        Ok(Browsers { hosts, origins })
    }
}

fn listed(text: &str) -> Vec<String> {
    let parts = text.split(',').map(str::trim);
    parts
        .filter(|it| !it.is_empty())
        .map(str::to_ascii_lowercase)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_is_named_with_its_option() {
        let says = |change: fn(&mut Serving)| {
            let mut serving = Serving::default();
            change(&mut serving);
            let proxies = serving.proxies().map(drop);
            let done = proxies.and_then(|()| serving.browsers(true).map(drop));
            done.map_err(|error| format!("{error:#}")).unwrap_err()
        };
        for (said, option) in [
            (
                says(|it| it.trusted_proxies = "lb".to_owned()),
                "--trusted-proxies: 'lb' must be",
            ),
            (
                says(|it| it.proxy_header = "a b".to_owned()),
                "--proxy-header 'a b' must be",
            ),
            (
                says(|it| it.allowed_hosts = "*".to_owned()),
                "--allowed-hosts '*' must be",
            ),
            (
                says(|it| it.allowed_origins = "desk.example".to_owned()),
                "--allowed-origins 'desk.example' must be",
            ),
        ] {
            assert!(said.starts_with(option), "{said}");
        }
    }

    #[test]
    fn without_users_only_names_of_this_computer_lead_here() {
        let mut serving = Serving::default();
        assert_eq!(serving.browsers(true).unwrap().hosts, None);
        assert_eq!(serving.browsers(false).unwrap().hosts, Some(Vec::new()));
        serving.allowed_hosts = "Desk.example, b".to_owned();
        let hosts = serving.browsers(true).unwrap().hosts.unwrap();
        assert_eq!(hosts, ["desk.example", "b"]);
    }
}
