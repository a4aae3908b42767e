//! `[notifier]`, `[providers.…]` and `[event_lists.…]`.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, bail};
use ringback_adapters::webhook::{Credentials, Provider, Secret as SigningSecret};
use ringback_core::cfg_text::check_comments;
use ringback_core::event::EventName;
use ringback_core::event_list::{EventList, legal_list_name};
use ringback_core::gate::Pace;
use ringback_core::lane::{DEAD_KEPT, Schedule};
use ringback_core::notify;
use ringback_core::outbound::{Allow, AllowList};
use ringback_workers::notifier::NotifierOptions;
use serde::Deserialize;
use url::Url;

use super::secret::Secret;

/// The most deliveries at a time to one target, and per second.
const MOST: u32 = 10_000;
/// The longest a delivery may take, in seconds. A notifier's hold on a lane lasts 30.
const LONGEST: u64 = 25;
/// The longest that dead letters are kept, in seconds: a year.
const LONGEST_RETENTION: u64 = 366 * 86_400;

/// How notifications leave.
#[derive(Clone)]
pub struct NotifierSettings {
    pub options: NotifierOptions,
    pub connect_timeout: Duration,
    pub total_timeout: Duration,
    /// How long what was given up is kept.
    pub dead_kept: Duration,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NotifierTable {
    /// Hosts and networks that may be reached although they are not public.
    #[serde(default)]
    allow: Vec<String>,
    /// Seconds between deliveries of one event.
    schedule: Option<Vec<u64>>,
    /// Deliveries at a time to one target.
    concurrency: Option<u32>,
    /// Deliveries per second to one target.
    rate: Option<u32>,
    /// Seconds to connect.
    connect_timeout: Option<u64>,
    /// Seconds for a whole delivery.
    total_timeout: Option<u64>,
    /// Seconds for which a notification that was given up is kept, with its callback, to be looked at and delivered again.
    dead_letter_retention: Option<u64>,
}

/// A way that notifications go.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProviderTable {
    url: Option<String>,
    username: Option<String>,
    password: Option<Secret>,
    token: Option<Secret>,
    /// A file with the certificates that its servers' are signed with.
    ca: Option<String>,
    /// A file with our certificate and its key.
    client_certificate: Option<String>,
    proxy: Option<Secret>,
    /// What notifications are signed with: `whsec_…` or `whsk_…`, every one of them.
    #[serde(default)]
    secrets: Vec<Secret>,
    concurrency: Option<u32>,
    rate: Option<u32>,
    /// The provider for notifications in debug mode.
    debug: Option<String>,
    /// Texts of push notifications by language and event.
    #[serde(default)]
    texts: BTreeMap<String, BTreeMap<String, String>>,
}

impl NotifierTable {
    pub fn read(self) -> anyhow::Result<(AllowList, NotifierSettings)> {
        let allow = self.allow.iter().map(|allowed| Allow::parse(allowed));
        let allow = allow.collect::<Result<Vec<_>, _>>().context("allow")?;
        let schedule = match self.schedule {
            Some(seconds) => Schedule::new(seconds.into_iter().map(Duration::from_secs).collect())?,
            None => Schedule::default(),
        };
        let pace = pace(self.concurrency, self.rate)?.unwrap_or_default();
        let settings = NotifierSettings {
            options: NotifierOptions { schedule, pace },
            connect_timeout: seconds("connect_timeout", self.connect_timeout.unwrap_or(3))?,
            total_timeout: seconds("total_timeout", self.total_timeout.unwrap_or(15))?,
            dead_kept: retention(self.dead_letter_retention)?,
        };
        Ok((AllowList::new(allow), settings))
    }
}

fn retention(seconds: Option<u64>) -> anyhow::Result<Duration> {
    match seconds {
        None => Ok(DEAD_KEPT),
        Some(seconds) if seconds <= LONGEST_RETENTION => Ok(Duration::from_secs(seconds)),
        Some(seconds) => {
            bail!("dead_letter_retention = {seconds}: allowed are 0 to {LONGEST_RETENTION} seconds")
        }
    }
}

impl ProviderTable {
    /// What core has to know of it, and how it is reached.
    pub fn read(self, folder: &Path) -> anyhow::Result<(notify::Provider, Provider)> {
        let url = self
            .url
            .as_deref()
            .map(read_url)
            .transpose()
            .context("url")?;
        let file = |name: &str| {
            std::fs::read(folder.join(name)).with_context(|| format!("file {name} cannot be read"))
        };
        let secret = |secret: Option<Secret>| secret.map(|secret| secret.read(folder)).transpose();
        let secrets = self
            .secrets
            .iter()
            .map(|it| anyhow::Ok(SigningSecret::parse(&it.read(folder)?)?));
        let password = secret(self.password).context("password")?;
        let token = secret(self.token).context("token")?;
        let credentials = match (self.username, password, token) {
            (None, None, None) => None,
            (Some(username), Some(password), None) => {
                Some(Credentials::Basic { username, password })
            }
            (None, None, Some(token)) => Some(Credentials::Bearer(token)),
            _ => bail!("allowed are username with password, or token"),
        };
        let way = Provider {
            url: url.clone(),
            credentials,
            ca: self.ca.as_deref().map(file).transpose().context("ca")?,
            client_identity: self
                .client_certificate
                .as_deref()
                .map(file)
                .transpose()
                .context("client_certificate")?,
            proxy: secret(self.proxy)
                .and_then(|it| it.as_deref().map(read_url).transpose())
                .context("proxy")?,
            secrets: secrets.collect::<anyhow::Result<_>>().context("secrets")?,
        };
        let provider = notify::Provider {
            url: url.map(String::from),
            debug: self.debug,
            texts: self
                .texts
                .into_iter()
                .map(texts)
                .collect::<anyhow::Result<_>>()?,
            pace: pace(self.concurrency, self.rate)?,
        };
        Ok((provider, way))
    }
}

/// An event list: its properties and events, or the name of a `.cfg` file.
pub fn event_list(name: &str, table: toml::Value, folder: &Path) -> anyhow::Result<EventList> {
    if !legal_list_name(name) {
        bail!(
            "event list '{name}': allowed are names of 1 to 64 letters, digits, '_', '-' and '.'"
        );
    }
    let file = table.get("file").and_then(toml::Value::as_str);
    let list = match file {
        Some(file) => {
            let text = std::fs::read_to_string(folder.join(file));
            let text =
                text.with_context(|| format!("event list '{name}': file {file} cannot be read"))?;
            check_comments(&text).with_context(|| format!("event list '{name}': file {file}"))?;
            EventList::parse_cfg(&text)
        }
        None => EventList::parse_json(&serde_json::to_value(table)?),
    };
    list.with_context(|| format!("event list '{name}'"))
}

fn texts(
    (language, texts): (String, BTreeMap<String, String>),
) -> anyhow::Result<(String, BTreeMap<EventName, String>)> {
    let known = texts.into_iter().map(|(event, text)| {
        let name = EventName::find(&event)
            .with_context(|| format!("texts.{language}: there is no event '{event}'"))?;
        Ok((name, text))
    });
    let known = known.collect::<anyhow::Result<_>>()?;
    Ok((language, known))
}

/// What is not said is as in a [`Pace`] of nobody.
fn pace(concurrency: Option<u32>, rate: Option<u32>) -> anyhow::Result<Option<Pace>> {
    for (name, value) in [("concurrency", concurrency), ("rate", rate)] {
        if value.is_some_and(|value| !(1..=MOST).contains(&value)) {
            bail!(
                "{name} = {}: allowed is a number from 1 to {MOST}",
                value.unwrap_or_default()
            );
        }
    }
    let unsaid = Pace::default();
    let said = concurrency.is_some() || rate.is_some();
    Ok(said.then_some(Pace {
        concurrency: concurrency.unwrap_or(unsaid.concurrency),
        rate,
    }))
}

fn seconds(name: &str, seconds: u64) -> anyhow::Result<Duration> {
    if !(1..=LONGEST).contains(&seconds) {
        bail!("{name} = {seconds}: allowed are 1 to {LONGEST} seconds");
    }
    Ok(Duration::from_secs(seconds))
}

fn read_url(text: &str) -> anyhow::Result<Url> {
    match Url::parse(text) {
        Ok(url) if matches!(url.scheme(), "http" | "https") && url.has_host() => Ok(url),
        Ok(_) | Err(_) => bail!("allowed is an http or https URL"),
    }
}
