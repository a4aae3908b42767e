//! What people have set, as a worker knows it: services and what they draw from, event lists and subscriptions.
//!
//! All settings lie on one shard beside a document that counts their changes, and each change is one commit of both. So
//! whoever has read the count knows whether what it remembers still holds.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, PoisonError, RwLock};

use ringback_core::access::ResourceGroup;
use ringback_core::calendar::OfficeHours;
use ringback_core::callback::DialHours;
use ringback_core::capacity::Capacity;
use ringback_core::event_list::EventList;
use ringback_core::ids::ServiceName;
use ringback_core::key::{IndexName, Key, Kind, SETTINGS};
use ringback_core::priority::Pace;
use ringback_core::service::options::ListedTarget;
use ringback_core::service::{Options, Service};
use ringback_core::subscription::Subscription;
use ringback_core::target::Target;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// The kinds of settings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SettingKind {
    /// Event lists.
    EventList,
    /// Subscriptions.
    Subscription,
    /// Services.
    Service,
    /// Office hours.
    OfficeHours,
    /// Capacities.
    Capacity,
    /// Paces at which priorities grow.
    Pace,
    /// Pauses of services.
    Pause,
    /// Numbers that customers call.
    ResourceGroup,
}

impl SettingKind {
    const ALL: [Self; 8] = [
        Self::EventList,
        Self::Subscription,
        Self::Service,
        Self::OfficeHours,
        Self::Capacity,
        Self::Pace,
        Self::Pause,
        Self::ResourceGroup,
    ];

    const fn name(self) -> &'static str {
        match self {
            Self::EventList => "event-list",
            Self::Subscription => "subscription",
            Self::Service => "service",
            Self::OfficeHours => "office-hours",
            Self::Capacity => "capacity",
            Self::Pace => "pace",
            Self::Pause => "pause",
            Self::ResourceGroup => "resource-group",
        }
    }

    /// What people call one, and several.
    pub(crate) const fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::EventList => ("event list", "event lists"),
            Self::Subscription => ("subscription", "subscriptions"),
            Self::Service => ("service", "services"),
            Self::OfficeHours => ("office hours", "office hours"),
            Self::Capacity => ("capacity", "capacities"),
            Self::Pace => ("pace", "paces"),
            Self::Pause => ("pause", "pauses"),
            Self::ResourceGroup => ("resource group", "resource groups"),
        }
    }

    /// One, by its name.
    pub(crate) fn called(self, name: &str) -> String {
        format!(
            "{} '{}'",
            self.words().0,
            name.chars().take(80).collect::<String>()
        )
    }

    /// Where a setting lies.
    pub fn key(self, name: &str) -> Key {
        Key::new(Kind::Setting, format!("{}/{name}", self.name()))
    }

    /// All settings of the kind.
    pub fn index(self) -> IndexName {
        IndexName::new(SETTINGS, self.name())
    }

    /// The kind and name that a document's id tells.
    pub fn of(id: &str) -> Option<(Self, &str)> {
        let (kind, name) = id.split_once('/')?;
        let kind = Self::ALL.into_iter().find(|it| it.name() == kind)?;
        Some((kind, name))
    }
}

/// The document that counts changes, by its version.
pub fn count_key() -> Key {
    Key::new(Kind::Setting, "count")
}

/// A setting that a configuration file and the API both write.
pub(crate) trait Stored: Serialize + DeserializeOwned + PartialEq {
    /// Whether it comes from a configuration file, which may bring it up to date at the next start.
    fn is_configured(&self) -> bool;
}

/// An event list as it is stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredList {
    /// Its text in the form of the original's `.cfg` files, as it was saved.
    pub text: String,
    /// Whether it comes from a configuration file, which may bring it up to date at the next start.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub configured: bool,
}

/// A service as it is stored.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredService {
    /// The name of its template.
    pub template: String,
    /// The options that were given.
    pub options: BTreeMap<String, String>,
    /// Whether it comes from a configuration file, which may bring it up to date at the next start.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub configured: bool,
}

/// Office hours or a capacity as they are stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredResource {
    /// The options that were given.
    pub options: BTreeMap<String, String>,
    /// Whether it comes from a configuration file, which may bring it up to date at the next start.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub configured: bool,
}

impl Stored for StoredList {
    fn is_configured(&self) -> bool {
        self.configured
    }
}

impl Stored for StoredService {
    fn is_configured(&self) -> bool {
        self.configured
    }
}

impl Stored for StoredResource {
    fn is_configured(&self) -> bool {
        self.configured
    }
}

/// The services of the house, by name.
pub type Services = BTreeMap<ServiceName, Arc<Service>>;

/// What was set at one count of changes.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// The count.
    pub count: u64,
    /// Services by name.
    pub services: Arc<Services>,
    /// The pools that services find their agents in.
    pub pools: BTreeSet<String>,
    /// The services that are paused.
    pub paused: BTreeSet<ServiceName>,
    /// The paces at which priorities of callbacks in queues grow, besides the steady one.
    pub paces: BTreeSet<Pace>,
    /// Event lists by name.
    pub lists: BTreeMap<String, Arc<EventList>>,
    /// Office hours by name.
    pub hours: BTreeMap<String, Arc<OfficeHours>>,
    /// Capacities by name.
    pub capacities: BTreeMap<String, Arc<Capacity>>,
    /// Numbers that customers call, by the name of their group.
    pub groups: BTreeMap<String, Arc<ResourceGroup>>,
    /// Subscriptions that had not expired.
    pub subscriptions: Vec<Arc<Subscription>>,
}

impl Settings {
    /// The same with these services.
    #[must_use]
    pub fn with(self, services: Services) -> Self {
        let services: Services = services
            .into_iter()
            .map(|(name, service)| (name, self.with_hours(service)))
            .collect();
        let options = || services.values().map(|service| &service.options);
        let first = options().filter_map(|options| options.target.as_ref());
        let listed = options().flat_map(|options| &options.queueing.targets);
        let targets = first.chain(listed.map(|ListedTarget { target, .. }| target));
        Self {
            pools: targets.map(Target::pool).collect(),
            services: Arc::new(services),
            ..self
        }
    }

    /// When customers may be called by these options.
    pub(crate) fn dial_hours(&self, options: &Options) -> DialHours {
        DialHours::of(options, |name| self.hours.get(name).cloned())
    }

    /// The service with the office hours it names.
    fn with_hours(&self, service: Arc<Service>) -> Arc<Service> {
        let dial_hours = self.dial_hours(&service.options);
        if dial_hours == service.options.dial_hours {
            return service;
        }
        let options = Options {
            dial_hours,
            ..Options::clone(&service.options)
        };
        Arc::new(Service {
            options: Arc::new(options),
            ..Service::clone(&service)
        })
    }
}

/// What this process knows of the settings.
#[derive(Clone, Default)]
pub struct Register(Arc<RwLock<Arc<Settings>>>);

impl Register {
    /// Knows these services until something is read.
    pub fn of(services: Services) -> Self {
        let known = Settings::default().with(services);
        Self(Arc::new(RwLock::new(Arc::new(known))))
    }

    /// As last read.
    pub fn known(&self) -> Arc<Settings> {
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(&known)
    }

    /// Goes on with what is known until anything is read, however old its count.
    pub(crate) fn forget(&self) {
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        *known = Arc::new(Settings {
            count: 0,
            ..Settings::clone(&known)
        });
    }

    /// Remembers what was read, unless something newer is known.
    pub(crate) fn learn(&self, read: Settings) -> Arc<Settings> {
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if read.count >= known.count {
            *known = Arc::new(read);
        }
        Arc::clone(&known)
    }
}
