//! Status notifications.

use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};

/// Who is told about the steps of a callback, and how.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Notification {
    /// `_enable_status_notification`.
    pub mode: NotificationMode,
    /// `_status_notification_type`.
    pub kind: NotificationType,
    /// `_status_notification_target`.
    pub target: Option<String>,
    /// `_status_notification_provider`; `None` for the default one.
    pub provider: Option<String>,
    /// `_status_notification_debug`.
    pub debug: bool,
    /// `_status_notification_language`.
    pub language: Option<String>,
    /// `_status_notification_envelope`: `{deviceId, message}` around each message, whatever the type.
    pub envelope: bool,
    /// `_callback_events_list`: which events are told, and what of them; `None` for the default set.
    pub events_list: Option<String>,
    /// `_max_notify_delivery_attempts`; `None` for as many as the notifier's schedule has.
    pub max_attempts: Option<u32>,
    /// Who asks the customer's device; see [`Push`].
    pub push: Push,
    /// `_enable_notification_reminder`.
    pub reminder: bool,
    /// `_notification_reminder_buffer`: how long before its time a callback is reminded of.
    pub reminder_buffer: Duration,
}

/// How the customer's device is asked to confirm, or to call: whatever is told of the callback's steps.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Push {
    /// `_push_notification_type`; what fits the rest when unset.
    pub kind: Option<NotificationType>,
    /// `_push_notification_provider`.
    pub provider: Option<String>,
    /// `_push_notification_target`: a URL, or a path under the provider's.
    pub target: Option<String>,
}

impl Push {
    /// How somebody is asked; `None` when nothing says who asks.
    pub const fn kind(&self) -> Option<NotificationType> {
        match (self.kind, &self.target, &self.provider) {
            (Some(kind), ..) => Some(kind),
            (None, Some(_), _) => Some(NotificationType::HttpCb),
            (None, None, Some(_)) => Some(NotificationType::CustomHttp),
            (None, None, None) => None,
        }
    }
}

/// Never shows the target, which may carry credentials.
impl fmt::Debug for Push {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Push({:?})", self.kind())
    }
}

/// `_enable_status_notification`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum NotificationMode {
    /// Nobody is told.
    #[default]
    Off,
    /// Ringback subscribes the target.
    Subscribe,
    /// Only who subscribed before is told.
    Notify,
}

/// `_status_notification_type`: how somebody is told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum NotificationType {
    /// The message is posted to a URL.
    #[default]
    HttpCb,
    /// The message is an event of an orchestration session.
    OrsCb,
    /// `{deviceId, message}` is posted to the provider.
    CustomHttp,
    /// The message is published to an exchange.
    Amqp,
}

impl NotificationType {
    /// Every type.
    pub const ALL: [Self; 4] = [Self::HttpCb, Self::OrsCb, Self::CustomHttp, Self::Amqp];

    /// As options spell it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::HttpCb => "httpcb",
            Self::OrsCb => "orscb",
            Self::CustomHttp => "customhttp",
            Self::Amqp => "amqp",
        }
    }

    /// The type of that name.
    pub fn find(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }
}

/// Never shows the target, which may carry credentials.
impl fmt::Debug for Notification {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Notification({:?})", self.mode)
    }
}
