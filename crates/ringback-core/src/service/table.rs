//! Every option: its name, default, what it takes, and where the value goes.
//!
//! Names, defaults and meanings are the established product's; `_retry_on_…` are Ringback's own.

use super::options::{NotificationMode, NotificationType, Options};
use super::parse::{flag, millis, optional_text, seconds, small, text};
use crate::nearest::nearest;

const YEAR: u64 = 366 * 86_400;
const SWITCH: &str = "true or false";
const TEXT: &str = "a text of at most 2048 characters without control characters";
const SECONDS: &str = "seconds from 1 to 31622400";
const SECONDS_OR_NONE: &str = "seconds from 0 to 31622400";

/// One option.
pub struct OptionSpec {
    /// The original's name.
    pub name: &'static str,
    /// What holds when neither the service nor its template says anything.
    pub default: &'static str,
    /// What it takes, for error messages.
    pub allowed: &'static str,
    pub(crate) set: fn(&mut Options, &str) -> Option<()>,
}

/// Other spellings that the original's own documents use.
const ALIASES: &[(&str, &str)] = &[
    (
        "_enable_status_notifications",
        "_enable_status_notification",
    ),
    ("vq_for_outbound_calls", "_vq_for_outbound_calls"),
    ("_route_point", "_trunk_group"),
];

/// Options whose values may hold credentials.
const SECRETS: &[&str] = &["_status_notification_target"];

impl OptionSpec {
    /// The option of that name or alias.
    pub fn find(name: &str) -> Option<&'static Self> {
        let name = ALIASES
            .iter()
            .find(|(alias, _)| *alias == name)
            .map_or(name, |(_, own)| own);
        TABLE.iter().find(|spec| spec.name == name)
    }

    /// Whether its value may hold credentials: it is shown to nobody but who configures the service.
    pub fn is_secret(&self) -> bool {
        SECRETS.contains(&self.name)
    }

    /// The name that looks most like `name`, if one is close.
    pub(super) fn nearest(name: &str) -> Option<&'static str> {
        nearest(name, TABLE.iter().map(|spec| spec.name))
    }
}

/// All options, in the order of the documentation.
pub const fn option_specs() -> &'static [OptionSpec] {
    TABLE
}

macro_rules! option {
    ($name:literal, $default:literal, $allowed:expr, $set:expr) => {
        OptionSpec {
            name: $name,
            default: $default,
            allowed: $allowed,
            set: $set,
        }
    };
}

const TABLE: &[OptionSpec] = &[
    // General
    option!(
        "_call_direction",
        "USERTERMINATED",
        "USERTERMINATED",
        |_, v| (v == "USERTERMINATED").then_some(())
    ),
    option!("_media_type", "voice", "voice", |_, v| (v == "voice")
        .then_some(())),
    option!("_wait_for_agent", "false", SWITCH, |o, v| flag(v)
        .map(|v| o.wait_for_agent = v)),
    option!("_wait_for_user_confirm", "false", "false", |_, v| (v
        == "false")
        .then_some(())),
    option!("_ttl", "86400", SECONDS, |o, v| seconds(v, 1, YEAR)
        .map(|v| o.ttl = v)),
    option!(
        "_customer_lookup_keys",
        "_customer_number",
        "up to 8 names, comma-separated",
        |o, v| {
            let names: Vec<String> = text(v)?
                .split(',')
                .map(|name| name.trim().to_owned())
                .collect();
            let legal = names.len() <= 8
                && names
                    .iter()
                    .all(|name| !name.is_empty() && name.len() <= 64);
            legal.then(|| o.lookup_keys = names)
        }
    ),
    option!("_reject_past_desired_time", "false", SWITCH, |o, v| flag(v)
        .map(|v| o.reject_past_desired_time = v)),
    // Status notifications
    option!(
        "_enable_status_notification",
        "false",
        "false, subscribe_notify or notify",
        |o, v| {
            o.notification.mode = match v {
                "false" => NotificationMode::Off,
                "subscribe_notify" => NotificationMode::Subscribe,
                // The original's description of the option writes it with "to" as well.
                "notify" | "to_notify" => NotificationMode::Notify,
                _ => return None,
            };
            Some(())
        }
    ),
    option!(
        "_status_notification_type",
        "httpcb",
        "httpcb, orscb, customhttp or amqp",
        |o, v| NotificationType::find(v).map(|v| o.notification.kind = v)
    ),
    option!("_status_notification_target", "", TEXT, |o, v| {
        optional_text(v).map(|v| o.notification.target = v)
    }),
    option!("_status_notification_provider", "", TEXT, |o, v| {
        optional_text(v).map(|v| o.notification.provider = v.filter(|v| v != "default"))
    }),
    option!("_status_notification_debug", "false", SWITCH, |o, v| flag(
        v
    )
    .map(|v| o.notification.debug = v)),
    option!("_status_notification_language", "", TEXT, |o, v| {
        optional_text(v).map(|v| o.notification.language = v)
    }),
    option!("_status_notification_envelope", "false", SWITCH, |o, v| {
        flag(v).map(|v| o.notification.envelope = v)
    }),
    option!("_callback_events_list", "", TEXT, |o, v| optional_text(v)
        .map(|v| o.notification.events_list = v)),
    option!(
        "_max_notify_delivery_attempts",
        "",
        "a number from 1 to 99, or empty: as the notifier's schedule has it",
        |o, v| {
            let attempts = if v.is_empty() {
                None
            } else {
                Some(small(v, 1, 99)?)
            };
            o.notification.max_attempts = attempts;
            Some(())
        }
    ),
    option!("_enable_notification_reminder", "false", SWITCH, |o, v| {
        flag(v).map(|v| o.notification.reminder = v)
    }),
    option!("_notification_reminder_buffer", "300", SECONDS, |o, v| {
        seconds(v, 1, YEAR).map(|v| o.notification.reminder_buffer = v)
    }),
    // Scheduled
    option!(
        "_max_ors_submit_attempts",
        "3",
        "a number from 1 to 99",
        |o, v| { small(v, 1, 99).map(|v| o.max_submits = v) }
    ),
    // Queueing
    option!("_target", "", "name@server.GA or name@server.A", |o, v| {
        o.target = if v.is_empty() {
            None
        } else {
            Some(v.parse().ok()?)
        };
        Some(())
    }),
    option!("_urs_virtual_queue", "", TEXT, |o, v| text(v)
        .map(|v| o.virtual_queue = v)),
    option!("_urs_queued_ttl", "14400", SECONDS, |o, v| seconds(
        v, 1, YEAR
    )
    .map(|v| o.queued_ttl = v)),
    option!(
        "_agent_reserve_timeout",
        "30",
        "seconds from 1 to 3600",
        |o, v| seconds(v, 1, 3600).map(|v| o.agent_reserve_timeout = v)
    ),
    // Dialing
    option!("_vq_for_outbound_calls", "", TEXT, |o, v| text(v)
        .map(|v| o.outbound_queue = v)),
    option!(
        "_trunk_group",
        "default",
        "a text of 1 to 64 characters",
        |o, v| text(v)
            .filter(|v| (1..=64).contains(&v.len()))
            .map(|v| o.dialing.trunk = v)
    ),
    option!(
        "_prefix_dial_out",
        "",
        "up to 8 digits, optionally after '+'",
        |o, v| {
            let digits = v.strip_prefix('+').unwrap_or(v);
            let legal = digits.len() <= 8 && digits.bytes().all(|b| b.is_ascii_digit());
            legal.then(|| o.dialing.prefix = v.to_owned())
        }
    ),
    option!("_calling_party_number", "", TEXT, |o, v| optional_text(v)
        .map(|v| o.dialing.calling_number = v)),
    option!("_calling_party_display_name", "", TEXT, |o, v| {
        optional_text(v).map(|v| o.dialing.calling_name = v)
    }),
    option!("_cpd_enable", "true", SWITCH, |o, v| flag(v)
        .map(|v| o.dialing.detect = v)),
    option!(
        "_call_timeguard_timeout",
        "15000",
        "milliseconds from 1000 to 600000",
        |o, v| millis(v, 1000, 600_000).map(|v| o.dialing.guard = v)
    ),
    option!(
        "_max_dial_attempts",
        "3",
        "a number from 1 to 99",
        |o, v| small(v, 1, 99).map(|v| o.dialing.max_attempts = v)
    ),
    option!("_dial_retry_timeout", "300", SECONDS_OR_NONE, |o, v| {
        seconds(v, 0, YEAR).map(|v| o.dialing.retry_after = v)
    }),
    option!("_retry_on_busy", "true", SWITCH, |o, v| flag(v)
        .map(|v| o.dialing.retry_on.busy = v)),
    option!("_retry_on_no_answer", "true", SWITCH, |o, v| flag(v)
        .map(|v| o.dialing.retry_on.no_answer = v)),
    option!("_retry_on_answering_machine", "true", SWITCH, |o, v| flag(
        v
    )
    .map(|v| o.dialing.retry_on.answering_machine = v)),
    option!("_retry_on_fax", "false", SWITCH, |o, v| flag(v)
        .map(|v| o.dialing.retry_on.fax = v)),
    option!("_retry_on_error", "true", SWITCH, |o, v| flag(v)
        .map(|v| o.dialing.retry_on.error = v)),
    option!(
        "_max_transfer_to_agent_attempts",
        "5",
        "a number from 1 to 99",
        |o, v| small(v, 1, 99).map(|v| o.dialing.max_transfers = v)
    ),
    option!(
        "_max_time_to_wait_for_agent_on_the_call",
        "3600",
        SECONDS,
        |o, v| seconds(v, 1, YEAR).map(|v| o.dialing.max_wait_on_line = v)
    ),
    option!(
        "_retain_session_until_ixn_deleted",
        "false",
        SWITCH,
        |o, v| flag(v).map(|v| o.dialing.retain_until_call_ends = v)
    ),
    // Treatments
    option!("_treatment_customer_connect", "greeting", TEXT, |o, v| {
        text(v).map(|v| o.treatments.greeting = v)
    }),
    option!("_treatment_waiting_for_agent", "music", TEXT, |o, v| text(
        v
    )
    .map(|v| o.treatments.waiting = v)),
];
