//! Who is told about a callback, and how: settled once, when it is accepted.
//!
//! What a request says holds over its service, that over the properties of the service's event list, that over the
//! defaults (document "Enable Status Notifications", "Important" under the event list).

mod parcel;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};
use url::Url;

use crate::event::{Event, EventName};
use crate::event_list::EventList;
use crate::outbound::AllowList;
use crate::service::options::{Notification, NotificationMode, NotificationType};
use crate::service::{Options, Template};
pub use parcel::{Destination, Parcel, ParcelError};

/// The user data key that names the customer's device.
const DEVICE: &str = "_device_notification_id";

/// Who is told about a callback.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// The event list that says which events are told, and what of them; `None` for the default set.
    #[serde(rename = "ls", default, skip_serializing_if = "Option::is_none")]
    pub list: Option<String>,
    /// Whom Ringback has subscribed; subscriptions made beforehand are told besides.
    #[serde(rename = "to", default, skip_serializing_if = "Option::is_none")]
    pub own: Option<Recipient>,
    /// Who asks the customer's device to confirm or to call; `None` where whoever is told of every step asks as well.
    #[serde(rename = "psh", default, skip_serializing_if = "Option::is_none")]
    pub push: Option<Recipient>,
    /// Whether nobody is told of the steps: there is only somebody who asks.
    #[serde(rename = "off", default, skip_serializing_if = "std::ops::Not::not")]
    pub silent: bool,
}

/// Somebody who is told, and how.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recipient {
    /// `_status_notification_type`.
    #[serde(rename = "k", default, skip_serializing_if = "is_default")]
    pub kind: NotificationType,
    /// `_status_notification_target`: a URL, a session id, a device id, or `exchange/key`.
    #[serde(rename = "a", default, skip_serializing_if = "String::is_empty")]
    pub address: String,
    /// `_status_notification_provider`; `None` for the default one.
    #[serde(rename = "p", default, skip_serializing_if = "Option::is_none")]
    pub provider: Option<String>,
    /// `_status_notification_debug`.
    #[serde(rename = "d", default, skip_serializing_if = "std::ops::Not::not")]
    pub debug: bool,
    /// `_status_notification_language`.
    #[serde(rename = "l", default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// `deviceId` of the envelope; the address when unset.
    #[serde(rename = "dev", default, skip_serializing_if = "Option::is_none")]
    pub device: Option<String>,
    /// `_status_notification_envelope`.
    #[serde(rename = "e", default, skip_serializing_if = "std::ops::Not::not")]
    pub envelope: bool,
}

/// What the vocabulary has to know of a notification provider; how to reach it is the sender's business.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Provider {
    /// Its base URL.
    pub url: Option<String>,
    /// The provider that takes its place for recipients in debug mode.
    pub debug: Option<String>,
    /// Texts of push notifications, by language and event.
    pub texts: BTreeMap<String, BTreeMap<EventName, String>>,
    /// What its targets get at the most; `None` for what the notifier allows.
    pub pace: Option<crate::gate::Pace>,
}

/// The providers by name; the default one has the name `default`.
pub type Providers = BTreeMap<String, Provider>;

/// The name of the default provider.
pub const DEFAULT_PROVIDER: &str = "default";

impl Plan {
    /// The plan of a callback with these options; `None` when nobody is told.
    pub fn of(options: &Options, device: Option<&str>) -> Option<Self> {
        let told = &options.notification;
        let own = match told.mode {
            NotificationMode::Off | NotificationMode::Notify => None,
            NotificationMode::Subscribe => Some(Recipient {
                kind: told.kind,
                address: told.target.clone().unwrap_or_default(),
                provider: told.provider.clone(),
                debug: told.debug,
                language: told.language.clone(),
                device: device.map(str::to_owned),
                envelope: told.envelope,
            }),
        };
        let silent = told.mode == NotificationMode::Off;
        let push = options
            .wait_for_agent
            .then(|| asker(told, device))
            .flatten();
        let plan = Self {
            list: told.events_list.clone().filter(|_| !silent),
            own,
            push,
            silent,
        };
        (!silent || plan.push.is_some()).then_some(plan)
    }

    /// Whom an event list has told by itself, if it names somebody.
    pub fn of_list(list: &EventList) -> Option<Recipient> {
        let mut options = Options::of(Template::UserTerminatedImmediate);
        for (name, value) in list.properties() {
            // Checked when the list was read.
            options.set(name, value).unwrap_or_default();
        }
        options.notification.target.as_ref()?;
        Self::of(&options, None)?.own
    }

    /// Whether one of these events may be told. What an event list has may change, so any of them may be.
    pub fn may_tell(&self, events: &[Event]) -> bool {
        let told = |event: &Event| {
            let is_told = self.list.is_some() || event.name.is_in_default_set();
            is_told && !self.silent || event.name == EventName::UserConfirm
        };
        events.iter().any(told)
    }

    /// Whether there is somebody who asks the customer.
    pub const fn can_ask(&self) -> bool {
        self.push.is_some() || self.own.is_some()
    }

    /// Whether the customer's device has to be named, because its provider reaches customers by it.
    pub fn needs_device(&self) -> bool {
        let by_device = |it: &Recipient| it.kind == NotificationType::CustomHttp;
        self.push
            .as_ref()
            .is_some_and(|it| by_device(it) && it.device.is_none())
    }

    /// The key among a request's user data that says which device its notifications are for.
    pub const fn device_key() -> &'static str {
        DEVICE
    }
}

/// Who asks the customer's device.
fn asker(told: &Notification, device: Option<&str>) -> Option<Recipient> {
    Some(Recipient {
        kind: told.push.kind()?,
        address: told.push.target.clone().unwrap_or_default(),
        provider: told
            .push
            .provider
            .clone()
            .filter(|name| name != DEFAULT_PROVIDER),
        debug: told.debug,
        language: told.language.clone(),
        device: device.map(str::to_owned),
        envelope: false,
    })
}

impl Recipient {
    /// Whether messages can be sent to it, as far as that can be told before.
    ///
    /// # Errors
    /// With what is wrong, and what must be.
    pub fn check(&self, providers: &Providers, allow: &AllowList) -> Result<(), String> {
        let destination = self
            .destination(providers)
            .map_err(|error| error.to_string())?;
        let (Destination::Http(url) | Destination::Session(url)) = destination else {
            return Ok(());
        };
        let provider = providers.get(self.provider(providers));
        let base = provider.and_then(|provider| Url::parse(provider.url.as_deref()?).ok());
        if base.is_some_and(|base| base.host() == url.host()) {
            return Ok(());
        }
        let checked = allow.check(url.as_str());
        checked
            .map(drop)
            .map_err(|error| format!("_status_notification_target: {error}"))
    }

    /// The name of the provider it is told through.
    pub fn provider<'a>(&'a self, providers: &'a Providers) -> &'a str {
        let named = self.provider.as_deref().unwrap_or(DEFAULT_PROVIDER);
        let debug = providers
            .get(named)
            .and_then(|provider| provider.debug.as_deref());
        debug.filter(|_| self.debug).unwrap_or(named)
    }
}

/// Never shows the address, which may carry credentials.
impl fmt::Debug for Recipient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Recipient({}, {:?})", self.kind.as_str(), self.provider)
    }
}

fn is_default(kind: &NotificationType) -> bool {
    *kind == NotificationType::default()
}
