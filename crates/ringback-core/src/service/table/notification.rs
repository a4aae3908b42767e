//! Options of status notifications.

use super::{OptionSpec, SECONDS, SWITCH, TEXT, YEAR};
use crate::service::options::{NotificationMode, NotificationType};
use crate::service::parse::{flag, optional, optional_text, seconds, small};

pub(super) const ROWS: &[OptionSpec] = &[
    option!("_enable_status_notification", "false", "false, subscribe_notify or notify",
        "Who is told about the steps of a callback: nobody, its target and every subscription, or subscriptions alone.",
        v => notification.mode = mode(v)),
    option!("_status_notification_type", "httpcb", "httpcb, orscb, customhttp or amqp",
        "How notifications are sent: as a webhook, to a session, to a push provider, or over AMQP.",
        v => notification.kind = NotificationType::find(v)),
    option!("_status_notification_target", "", TEXT,
        "Where notifications go: a URL, a session id, or exchange/key, by their type.",
        v => notification.target = optional_text(v)),
    option!("_status_notification_provider", "", TEXT,
        "The [providers.…] whose URL, credentials and secrets notifications use; empty or default: none.",
        v => notification.provider = optional_text(v).map(|v| v.filter(|v| v != "default"))),
    option!("_status_notification_debug", "false", SWITCH,
        "Whether the provider named by the provider's own debug option is used.",
        v => notification.debug = flag(v)),
    option!("_status_notification_language", "", TEXT,
        "The language of the texts that push notifications carry.",
        v => notification.language = optional_text(v)),
    option!("_status_notification_envelope", "false", SWITCH,
        "Whether a webhook's message stands in {deviceId, message} as for customhttp.",
        v => notification.envelope = flag(v)),
    option!("_callback_events_list", "", TEXT,
        "The event list that says which events are told and what they say; empty: the nine events of the call.",
        v => notification.events_list = optional_text(v)),
    option!("_push_notification_type", "", "customhttp, httpcb, or empty: as the provider or the target has it",
        "How the customer's device is asked to confirm or to call: customhttp posts {deviceId, message} to the provider, httpcb posts the message to the target.",
        v => notification.push.kind = optional(v, push_type)),
    option!("_push_notification_provider", "", TEXT,
        "The provider that asks the customer's device (_device_notification_id of the request). Status notifications need not be on.",
        v => notification.push.provider = optional_text(v)),
    option!("_push_notification_target", "", TEXT,
        "The URL, or the path under the provider's, that the question to the customer is posted to.",
        v => notification.push.target = optional_text(v)),
    option!("_max_notify_delivery_attempts", "",
        "a number from 1 to 99, or empty: as the notifier's schedule has it",
        "How often the delivery of a notification is tried before it becomes a dead letter.",
        v => notification.max_attempts = optional(v, |v| small(v, 1, 99))),
    option!("_enable_notification_reminder", "false", SWITCH,
        "Whether _cbe_on_callback_reminder is told before the customer is called.",
        v => notification.reminder = flag(v)),
    option!("_notification_reminder_buffer", "300", SECONDS,
        "How long before the call the reminder is told, in seconds.",
        v => notification.reminder_buffer = seconds(v, 1, YEAR)),
];

fn push_type(text: &str) -> Option<NotificationType> {
    let allowed = [NotificationType::CustomHttp, NotificationType::HttpCb];
    allowed.into_iter().find(|kind| kind.as_str() == text)
}

fn mode(text: &str) -> Option<NotificationMode> {
    match text {
        "false" => Some(NotificationMode::Off),
        "subscribe_notify" => Some(NotificationMode::Subscribe),
        // The original's description of the option writes it with "to" as well.
        "notify" | "to_notify" => Some(NotificationMode::Notify),
        _ => None,
    }
}
