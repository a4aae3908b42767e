//! The configuration file: services, agents, event lists, office hours, capacities, notification providers and what webhooks may reach.

mod audit;
mod chat;
mod console;
mod notifications;
mod records;
mod resources;
mod secret;
mod users;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, bail};
use ringback_adapters::webhook::Provider;
use ringback_core::agent::{AgentWish, Profile};
use ringback_core::event_list::EventList;
use ringback_core::ids::{AgentId, ServiceName};
use ringback_core::notify::{self, Providers};
use ringback_core::outbound::AllowList;
use ringback_core::record::RecordKeys;
use ringback_core::service::{OptionSpec, Service, Surroundings, Template};
use ringback_core::session::SessionLimits;
use ringback_workers::settings::Services;
use serde::Deserialize;

use audit::AuditTable;
use chat::ChatTable;
use console::ConsoleTable;
pub use notifications::NotifierSettings;
use notifications::{NotifierTable, ProviderTable};
use records::RecordTable;
pub use resources::ResourceOptions;
use secret::Secret;
pub use users::{ConfiguredKey, ConfiguredUser};
use users::{KeyTable, UserTable};

/// The configuration that holds when none is given.
pub const SAMPLES: &str = include_str!("../../../samples/ringback.toml");

/// A configuration, checked.
#[derive(Clone)]
pub struct Configuration {
    pub services: Services,
    pub agents: Vec<ConfiguredAgent>,
    pub event_lists: BTreeMap<String, EventList>,
    pub office_hours: BTreeMap<String, ResourceOptions>,
    pub capacities: BTreeMap<String, ResourceOptions>,
    pub resource_groups: BTreeMap<String, ResourceOptions>,
    /// What core has to know of the providers.
    pub providers: Arc<Providers>,
    /// How they are reached.
    pub ways: BTreeMap<String, Provider>,
    /// Hosts and networks opened for webhooks.
    pub allow: Arc<AllowList>,
    pub notifier: NotifierSettings,
    pub users: Vec<ConfiguredUser>,
    pub keys: Vec<ConfiguredKey>,
    /// How long changes are known.
    pub keep_audit: Duration,
    /// How long one stays logged in.
    pub sessions: SessionLimits,
    /// Where customers open chats.
    pub chats: Arc<str>,
    /// Where it was read from; `None` for the samples.
    file: Option<PathBuf>,
    /// Which keys callbacks are listed by, and shown with.
    pub keys_of_records: Arc<RecordKeys>,
}

/// An agent to begin with.
#[derive(Clone)]
pub struct ConfiguredAgent {
    pub id: AgentId,
    pub profile: Profile,
    pub state: AgentWish,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    services: BTreeMap<String, ServiceTable>,
    #[serde(default)]
    agents: BTreeMap<String, AgentTable>,
    #[serde(default)]
    event_lists: BTreeMap<String, toml::Value>,
    #[serde(default)]
    office_hours: BTreeMap<String, toml::Table>,
    #[serde(default)]
    capacities: BTreeMap<String, toml::Table>,
    #[serde(default)]
    resource_groups: BTreeMap<String, toml::Table>,
    #[serde(default)]
    providers: BTreeMap<String, ProviderTable>,
    #[serde(default)]
    notifier: NotifierTable,
    #[serde(default)]
    users: BTreeMap<String, UserTable>,
    #[serde(default)]
    keys: BTreeMap<String, KeyTable>,
    #[serde(default)]
    audit: AuditTable,
    #[serde(default)]
    chat: ChatTable,
    #[serde(default)]
    console: ConsoleTable,
    #[serde(default)]
    callback: RecordTable,
}

#[derive(Deserialize)]
struct ServiceTable {
    template: String,
    #[serde(flatten)]
    options: BTreeMap<String, toml::Value>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AgentTable {
    #[serde(default)]
    groups: Vec<String>,
    dn: String,
    #[serde(default)]
    place: String,
    #[serde(default)]
    switch: String,
    #[serde(default)]
    wrap_up: u64,
    #[serde(default)]
    no_answer_pause: u64,
    #[serde(default = "not_ready")]
    state: AgentWish,
}

impl Configuration {
    /// Reads the file, or the samples when there is none.
    ///
    /// # Errors
    /// Every mistake in it, by name.
    pub fn read(path: Option<&Path>) -> anyhow::Result<Self> {
        let Some(path) = path else {
            return Self::parse(SAMPLES, Path::new("."));
        };
        let place = path.display();
        let text = std::fs::read_to_string(path)
            .with_context(|| format!("configuration file {place} cannot be read"))?;
        let folder = path.parent().unwrap_or(Path::new("."));
        let read =
            Self::parse(&text, folder).with_context(|| format!("configuration file {place}"))?;
        Ok(Self {
            file: Some(path.to_owned()),
            ..read
        })
    }

    /// What its file says now; `None` where there is no file.
    ///
    /// # Errors
    /// Every mistake in it, by name.
    pub fn again(&self) -> Option<anyhow::Result<Self>> {
        self.file.as_deref().map(|file| Self::read(Some(file)))
    }

    /// Reads a configuration from its text; files that it names are relative to `folder`.
    ///
    /// # Errors
    /// Every mistake in it, by name.
    pub fn parse(text: &str, folder: &Path) -> anyhow::Result<Self> {
        let file: File = toml::from_str(text)?;
        let mut mistakes = Vec::new();
        let services = each(file.services, &mut mistakes, |name, table| {
            read_service(name, table, folder).map(Arc::new)
        });
        let event_lists = each(file.event_lists, &mut mistakes, |name, table| {
            notifications::event_list(name, table, folder)
        });
        let office_hours = each(file.office_hours, &mut mistakes, resources::office_hours);
        let capacities = each(file.capacities, &mut mistakes, resources::capacity);
        let resource_groups = each(
            file.resource_groups,
            &mut mistakes,
            resources::resource_group,
        );
        let ways = each(file.providers, &mut mistakes, |name, table| {
            table
                .read(folder)
                .with_context(|| format!("provider '{name}'"))
        });
        let users = each(file.users, &mut mistakes, |name, table| {
            table.read(name, folder)
        });
        let keys = each(file.keys, &mut mistakes, |name, table| table.read(name));
        if !mistakes.is_empty() {
            bail!(mistakes.join("\n"));
        }
        let (allow, notifier) = file.notifier.read().context("[notifier]")?;
        let keep_audit = file.audit.read().context("[audit]")?;
        let sessions = file.console.read().context("[console]")?;
        let keys_of_records = file.callback.read().context("[callback]")?;
        check_reach(&services, &event_lists, &ways, &allow)?;
        let agents = file.agents.into_iter();
        let agents = agents.map(|(name, table)| table.named(name)).collect();
        let named = |(name, service)| (ServiceName::new(name), service);
        let (providers, ways) = ways
            .into_iter()
            .map(|(name, (provider, way))| ((name.clone(), provider), (name, way)))
            .unzip();
        Ok(Self {
            services: services.into_iter().map(named).collect(),
            agents,
            event_lists,
            office_hours,
            capacities,
            resource_groups,
            providers: Arc::new(providers),
            ways,
            allow: Arc::new(allow),
            notifier,
            users: users.into_values().collect(),
            keys: keys.into_values().collect(),
            keep_audit,
            sessions,
            chats: file.chat.read().context("[chat]")?.into(),
            file: None,
            keys_of_records: Arc::new(keys_of_records),
        })
    }
}

/// Whoever is to be told or asked can be: all that it depends on stands in this file.
fn check_reach(
    services: &BTreeMap<String, Arc<Service>>,
    lists: &BTreeMap<String, EventList>,
    ways: &BTreeMap<String, (notify::Provider, Provider)>,
    allow: &AllowList,
) -> anyhow::Result<()> {
    let lists = lists
        .iter()
        .map(|(name, list)| (name.clone(), Arc::new(list.clone())));
    let lists: BTreeMap<_, _> = lists.collect();
    let providers = ways
        .iter()
        .map(|(name, (provider, _))| (name.clone(), provider.clone()));
    let providers: Providers = providers.collect();
    let around = Surroundings {
        lists: &lists,
        hours: BTreeSet::new(),
        capacities: BTreeSet::new(),
        groups: BTreeSet::new(),
        services: BTreeSet::new(),
        providers: &providers,
        allow,
        pools: None,
    };
    let mut mistakes = Vec::new();
    for (name, service) in services {
        let problems = service.unreachable(&around).into_iter();
        mistakes.extend(problems.map(|problem| format!("service '{name}': {problem}")));
    }
    if !mistakes.is_empty() {
        bail!(mistakes.join("\n"));
    }
    Ok(())
}

/// Reads every table; what is wrong with any of them is told together.
fn each<T, U>(
    tables: BTreeMap<String, T>,
    mistakes: &mut Vec<String>,
    read: impl Fn(&str, T) -> anyhow::Result<U>,
) -> BTreeMap<String, U> {
    let mut good = BTreeMap::new();
    for (name, table) in tables {
        match read(&name, table) {
            Ok(value) => drop(good.insert(name, value)),
            Err(error) => mistakes.push(format!("{error:#}")),
        }
    }
    good
}

fn read_service(name: &str, table: ServiceTable, folder: &Path) -> anyhow::Result<Service> {
    let template: Template = table
        .template
        .parse()
        .with_context(|| format!("service '{name}'"))?;
    let mut options = BTreeMap::new();
    for (key, value) in table.options {
        let is_secret = || OptionSpec::find(&key).is_some_and(OptionSpec::is_secret);
        let text = if value.is_table() && is_secret() {
            let secret = value.try_into().map_err(anyhow::Error::from);
            secret.and_then(|secret: Secret| secret.read(folder))
        } else {
            text_of(&value).with_context(|| format!("is a {}", value.type_str()))
        };
        let text = text.with_context(|| format!("service '{name}': option '{key}'"))?;
        options.insert(key, text);
    }
    let service = Service::parse(ServiceName::new(name), template, options)?;
    service.check_supported()?;
    Ok(service)
}

fn text_of(value: &toml::Value) -> anyhow::Result<String> {
    let number = value.as_integer().map(|number| number.to_string());
    let flag = value.as_bool().map(|flag| flag.to_string());
    let text = value.as_str().map(str::to_owned);
    let list = value.as_array().map(serde_json::to_string);
    text.or(number)
        .or(flag)
        .map(Ok)
        .or(list)
        .context("allowed are texts, whole numbers, true, false and lists")?
        .map_err(anyhow::Error::from)
}

impl AgentTable {
    fn named(self, name: String) -> ConfiguredAgent {
        let Self {
            groups,
            dn,
            place,
            switch,
            wrap_up,
            no_answer_pause,
            state,
        } = self;
        let profile = Profile {
            groups,
            dn,
            place,
            switch,
            wrap_up,
            no_answer_pause,
        };
        ConfiguredAgent {
            id: AgentId::new(name),
            profile,
            state,
        }
    }
}

const fn not_ready() -> AgentWish {
    AgentWish::NotReady
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> anyhow::Result<Configuration> {
        Configuration::parse(text, Path::new("."))
    }

    #[test]
    fn the_samples_are_a_configuration() {
        let samples = read(SAMPLES).unwrap();
        assert!(
            samples
                .services
                .contains_key(&ServiceName::new("samples_dev"))
        );
        assert_eq!(samples.agents.len(), 4);
        assert_eq!(samples.office_hours["Office"].len(), 5);
        let places = &samples.capacities["Team"]["_capacity"];
        assert!(places.starts_with("{\"0000\":0,"), "{places}");
    }

    #[test]
    fn every_mistake_is_named_at_once() {
        let text = r#"
            [services.one]
            template = "User Terminated Immediate"
            _target = "Sales@Stat.GA"
            _max_dial_attempt = 3
            [services.two]
            template = "User Terminated Immediate"
            _target = "nobody"
            _ttl = "soon"
            [services.three]
            template = "Carrier Pigeon"
            [office_hours.week]
            _bh_regular1 = "Mon-Fry 08:00-20:00"
            [capacities.team]
            _capacity = { "2500" = 1 }
        "#;
        let error = format!("{:#}", read(text).err().unwrap());
        for part in [
            "'_max_dial_attempt', did you mean '_max_dial_attempts'",
            "_target",
            "'soon'",
            "Carrier Pigeon",
            "office hours 'week': option '_bh_regular1' = 'Mon-Fry 08:00-20:00': allowed is",
            "capacity 'team': option '_capacity' = ",
        ] {
            assert!(error.contains(part), "{part} is missing in: {error}");
        }
    }

    #[test]
    fn an_unknown_table_is_refused_by_name() {
        let error = read("[service.x]\ntemplate = 'x'").err().unwrap();
        assert!(error.to_string().contains("service"), "{error}");
    }
}
