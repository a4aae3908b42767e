//! Options of status notifications.

use super::{OptionSpec, SECONDS, SWITCH, TEXT, YEAR};
use crate::service::options::{NotificationMode, NotificationType};
use crate::service::parse::{flag, optional, optional_text, seconds, small};

pub(super) const ROWS: &[OptionSpec] = &[
    option!("_enable_status_notification", "false", "false, subscribe_notify or notify",
        v => notification.mode = mode(v)),
    option!("_status_notification_type", "httpcb", "httpcb, orscb, customhttp or amqp",
        v => notification.kind = NotificationType::find(v)),
    option!("_status_notification_target", "", TEXT, v => notification.target = optional_text(v)),
    option!("_status_notification_provider", "", TEXT,
        v => notification.provider = optional_text(v).map(|v| v.filter(|v| v != "default"))),
    option!("_status_notification_debug", "false", SWITCH, v => notification.debug = flag(v)),
    option!("_status_notification_language", "", TEXT, v => notification.language = optional_text(v)),
    option!("_status_notification_envelope", "false", SWITCH, v => notification.envelope = flag(v)),
    option!("_callback_events_list", "", TEXT, v => notification.events_list = optional_text(v)),
    option!("_max_notify_delivery_attempts", "",
        "a number from 1 to 99, or empty: as the notifier's schedule has it",
        v => notification.max_attempts = optional(v, |v| small(v, 1, 99))),
    option!("_enable_notification_reminder", "false", SWITCH, v => notification.reminder = flag(v)),
    option!("_notification_reminder_buffer", "300", SECONDS,
        v => notification.reminder_buffer = seconds(v, 1, YEAR)),
];

fn mode(text: &str) -> Option<NotificationMode> {
    match text {
        "false" => Some(NotificationMode::Off),
        "subscribe_notify" => Some(NotificationMode::Subscribe),
        // The original's description of the option writes it with "to" as well.
        "notify" | "to_notify" => Some(NotificationMode::Notify),
        _ => None,
    }
}
