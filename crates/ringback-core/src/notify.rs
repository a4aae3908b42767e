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

use crate::event::{Event, EventName};
use crate::service::Options;
use crate::service::options::{NotificationMode, NotificationType};
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
            NotificationMode::Off => return None,
            NotificationMode::Notify => None,
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
        let list = told.events_list.clone();
        Some(Self { list, own })
    }

    /// Whether one of these events may be told. What an event list has may change, so any of them may be.
    pub fn may_tell(&self, events: &[Event]) -> bool {
        let told = |event: &Event| self.list.is_some() || event.name.is_in_default_set();
        events.iter().any(told)
    }

    /// The key among a request's user data that says which device its notifications are for.
    pub const fn device_key() -> &'static str {
        DEVICE
    }
}

impl Recipient {
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
