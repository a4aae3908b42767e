//! Every option: its default, what it takes, what it refuses.

use std::time::Duration;

use proptest::prelude::*;

use super::super::options::{NotificationMode, NotificationType};
use super::super::{Mistake, Options, Template, option_specs};

/// An option as documented.
struct Row {
    name: &'static str,
    default: &'static str,
    takes: &'static [&'static str],
    refuses: &'static [&'static str],
    /// The value that holds, as text; `None` for options that have one value alone, or no meaning yet.
    read: Option<fn(&Options) -> String>,
}

const fn row(
    name: &'static str,
    default: &'static str,
    takes: &'static [&'static str],
    refuses: &'static [&'static str],
    read: fn(&Options) -> String,
) -> Row {
    let read = Some(read);
    Row {
        name,
        default,
        takes,
        refuses,
        read,
    }
}

const fn fixed(
    name: &'static str,
    default: &'static str,
    takes: &'static [&'static str],
    refuses: &'static [&'static str],
) -> Row {
    let read = None;
    Row {
        name,
        default,
        takes,
        refuses,
        read,
    }
}

const SWITCH: &[&str] = &["true", "false"];
const NO_SWITCH: &[&str] = &["", "1", "yes", "True", "true false"];
const TEXT: &[&str] = &["", "a text", "Grüße"];
const NO_TEXT: &[&str] = &["a\nb", "a\u{7}b"];
const YEAR: &[&str] = &["1", "31622400"];
const NO_YEAR: &[&str] = &[
    "",
    "0",
    "31622401",
    "-1",
    "1.5",
    "60 s",
    "99999999999999999999",
];
const TO_99: &[&str] = &["1", "99"];
const NO_TO_99: &[&str] = &["", "0", "100", "-1", "two"];

fn seconds(span: Duration) -> String {
    assert_eq!(span.subsec_millis(), 0);
    span.as_secs().to_string()
}

fn mode(mode: NotificationMode) -> String {
    match mode {
        NotificationMode::Off => "false",
        NotificationMode::Subscribe => "subscribe_notify",
        NotificationMode::Notify => "notify",
    }
    .to_owned()
}

#[rustfmt::skip]
const GENERAL: &[Row] = &[
    fixed("_call_direction", "USERTERMINATED", &["USERTERMINATED"], &["", "USERORIGINATED", "userterminated"]),
    fixed("_media_type", "voice", &["voice"], &["", "chat"]),
    row("_wait_for_agent", "false", SWITCH, NO_SWITCH, |o| o.wait_for_agent.to_string()),
    fixed("_wait_for_user_confirm", "false", &["false"], &["", "true"]),
    row("_ttl", "86400", YEAR, NO_YEAR, |o| seconds(o.ttl)),
    row("_customer_lookup_keys", "_customer_number", &["account", "a,b,c,d,e,f,g,h"],
        &["", "a,,b", "a,b,c,d,e,f,g,h,i"], |o| o.lookup_keys.join(",")),
    row("_reject_past_desired_time", "false", SWITCH, NO_SWITCH, |o| o.reject_past_desired_time.to_string()),
    row("_enable_status_notification", "false", &["false", "subscribe_notify", "notify"],
        &["", "true", "subscribe"], |o| mode(o.notification.mode)),
    row("_status_notification_type", "httpcb", &["httpcb", "orscb", "customhttp", "amqp"], &["", "HTTPCB", "smtp"],
        |o| o.notification.kind.as_str().to_owned()),
    row("_status_notification_target", "", &["", "http://127.0.0.1:1664/test", "<your URL>", "00FAVH4I"],
        &["http://a\nb"], |o| o.notification.target.clone().unwrap_or_default()),
    row("_status_notification_provider", "", TEXT, NO_TEXT, |o| o.notification.provider.clone().unwrap_or_default()),
    row("_status_notification_debug", "false", SWITCH, NO_SWITCH, |o| o.notification.debug.to_string()),
    row("_status_notification_language", "", TEXT, NO_TEXT, |o| o.notification.language.clone().unwrap_or_default()),
    row("_status_notification_envelope", "false", SWITCH, NO_SWITCH, |o| o.notification.envelope.to_string()),
    row("_callback_events_list", "", &["", "GMS_Events"], NO_TEXT,
        |o| o.notification.events_list.clone().unwrap_or_default()),
    row("_max_notify_delivery_attempts", "", &["", "1", "99"], &["0", "100", "-1", "two"],
        |o| o.notification.max_attempts.map(|n| n.to_string()).unwrap_or_default()),
    row("_enable_notification_reminder", "false", SWITCH, NO_SWITCH, |o| o.notification.reminder.to_string()),
    row("_notification_reminder_buffer", "300", YEAR, NO_YEAR, |o| seconds(o.notification.reminder_buffer)),
];

#[rustfmt::skip]
const SCHEDULED: &[Row] = &[
    row("_max_ors_submit_attempts", "3", TO_99, NO_TO_99, |o| o.max_submits.to_string()),
];

#[rustfmt::skip]
const QUEUEING: &[Row] = &[
    row("_target", "", &["", "Sales@Stat_Server.GA", "KSippola@Stat_Server.A", "Sales.GA"],
        &["Sales", "@Stat.GA", "Sales@Stat.GP", "Sales@Stat.Q"],
        |o| o.target.as_ref().map(ToString::to_string).unwrap_or_default()),
    row("_urs_virtual_queue", "", TEXT, NO_TEXT, |o| o.virtual_queue.clone()),
    row("_urs_queued_ttl", "14400", YEAR, NO_YEAR, |o| seconds(o.queued_ttl)),
    row("_agent_reserve_timeout", "30", &["1", "3600"], &["", "0", "3601"], |o| seconds(o.agent_reserve_timeout)),
];

#[rustfmt::skip]
const DIALING: &[Row] = &[
    row("_vq_for_outbound_calls", "", TEXT, NO_TEXT, |o| o.outbound_queue.clone()),
    row("_trunk_group", "default", &["carrier", "x"], &["", "a\nb"], |o| o.dialing.trunk.clone()),
    row("_prefix_dial_out", "", &["", "0", "+49", "12345678"], &["123456789", "0-", "a", "++1"],
        |o| o.dialing.prefix.clone()),
    row("_calling_party_number", "", TEXT, NO_TEXT, |o| o.dialing.calling_number.clone().unwrap_or_default()),
    row("_calling_party_display_name", "", TEXT, NO_TEXT, |o| o.dialing.calling_name.clone().unwrap_or_default()),
    row("_cpd_enable", "true", SWITCH, NO_SWITCH, |o| o.dialing.detect.to_string()),
    row("_call_timeguard_timeout", "15000", &["1000", "600000"], &["", "999", "600001"],
        |o| o.dialing.guard.as_millis().to_string()),
    row("_max_dial_attempts", "3", TO_99, NO_TO_99, |o| o.dialing.max_attempts.to_string()),
    row("_dial_retry_timeout", "300", &["0", "31622400"], &["", "-1", "31622401"], |o| seconds(o.dialing.retry_after)),
    row("_retry_on_busy", "true", SWITCH, NO_SWITCH, |o| o.dialing.retry_on.busy.to_string()),
    row("_retry_on_no_answer", "true", SWITCH, NO_SWITCH, |o| o.dialing.retry_on.no_answer.to_string()),
    row("_retry_on_answering_machine", "true", SWITCH, NO_SWITCH, |o| o.dialing.retry_on.answering_machine.to_string()),
    row("_retry_on_fax", "false", SWITCH, NO_SWITCH, |o| o.dialing.retry_on.fax.to_string()),
    row("_retry_on_error", "true", SWITCH, NO_SWITCH, |o| o.dialing.retry_on.error.to_string()),
    row("_max_transfer_to_agent_attempts", "5", TO_99, NO_TO_99, |o| o.dialing.max_transfers.to_string()),
    row("_max_time_to_wait_for_agent_on_the_call", "3600", YEAR, NO_YEAR, |o| seconds(o.dialing.max_wait_on_line)),
    row("_retain_session_until_ixn_deleted", "false", SWITCH, NO_SWITCH,
        |o| o.dialing.retain_until_call_ends.to_string()),
    row("_treatment_customer_connect", "greeting", TEXT, NO_TEXT, |o| o.treatments.greeting.clone()),
    row("_treatment_waiting_for_agent", "music", TEXT, NO_TEXT, |o| o.treatments.waiting.clone()),
];

fn rows() -> impl Iterator<Item = &'static Row> {
    [GENERAL, SCHEDULED, QUEUEING, DIALING]
        .into_iter()
        .flatten()
}

fn defaults() -> Options {
    Options::of(Template::UserTerminatedImmediate)
}

#[test]
fn every_option_is_documented_here() {
    let documented: Vec<_> = rows().map(|row| row.name).collect();
    let known: Vec<_> = option_specs().iter().map(|spec| spec.name).collect();
    assert_eq!(documented, known);
}

#[test]
fn defaults_are_as_documented() {
    for (row, spec) in rows().zip(option_specs()) {
        assert_eq!(spec.default, row.default, "{}", row.name);
        if let Some(read) = row.read {
            assert_eq!(read(&defaults()), row.default, "{}", row.name);
        }
    }
}

/// And with spaces around it.
#[test]
fn what_is_allowed_is_taken() {
    for row in rows() {
        for value in row.takes {
            for written in [(*value).to_owned(), format!(" {value}\t")] {
                let mut options = defaults();
                assert_eq!(
                    options.set(row.name, &written),
                    Ok(()),
                    "{}={written}",
                    row.name
                );
                if let Some(read) = row.read {
                    assert_eq!(read(&options), *value, "{}", row.name);
                }
            }
        }
    }
}

/// With its name, the value, and what is allowed; and nothing is changed.
#[test]
fn what_is_not_allowed_is_refused() {
    for (row, spec) in rows().zip(option_specs()) {
        for value in row.refuses {
            let mut options = defaults();
            let told = options.set(row.name, value).unwrap_err().to_string();
            let shown = if spec.is_secret() {
                "…".to_owned()
            } else {
                value.replace(char::is_control, "")
            };
            let expected = format!(
                "option '{}' = '{shown}': allowed is {}",
                row.name, spec.allowed
            );
            assert_eq!(told, expected);
            assert_eq!(options, defaults(), "{}={value}", row.name);
        }
    }
}

/// They stand in index names, in orders to the phone network, in logs.
#[test]
fn no_option_takes_control_characters() {
    for row in rows() {
        for taken in row.takes.iter().filter(|value| !value.is_empty()) {
            for at in taken.char_indices().map(|(at, _)| at).skip(1) {
                let (before, after) = taken.split_at(at);
                let value = format!("{before}\u{7}{after}");
                let set = defaults().set(row.name, &value);
                assert!(set.is_err(), "{}={value:?}", row.name);
            }
        }
    }
}

#[test]
fn every_value_is_bounded() {
    let long = "x".repeat(3000);
    for row in rows() {
        for value in [
            long.clone(),
            format!("http://{long}"),
            format!("{long}@Stat_Server.GA"),
            format!("Sales@{long}.GA"),
            format!("a,{long}"),
            "9".repeat(3000),
        ] {
            let refused = defaults().set(row.name, &value).unwrap_err();
            let told = refused.to_string();
            assert!(told.len() < 300, "{}: {told}", row.name);
        }
    }
}

/// The longest that is taken, and one more.
#[test]
fn bounds_are_exact() {
    let text = |length: usize| "x".repeat(length);
    let target = |name: usize, server: usize| format!("{}@{}.GA", text(name), text(server));
    for (name, longest, too_long) in [
        ("_urs_virtual_queue", text(2048), text(2049)),
        ("_treatment_waiting_for_agent", text(2048), text(2049)),
        ("_trunk_group", text(64), text(65)),
        ("_customer_lookup_keys", text(64), text(65)),
        ("_target", target(128, 128), target(129, 1)),
        ("_target", target(128, 128), target(1, 129)),
    ] {
        assert_eq!(defaults().set(name, &longest), Ok(()), "{name}");
        assert!(defaults().set(name, &too_long).is_err(), "{name}");
    }
}

#[test]
fn errors_show_the_beginning_of_a_long_value() {
    for (length, shown) in [(80, "y".repeat(80)), (81, format!("{}…", "y".repeat(80)))] {
        let told = defaults().set("_ttl", &"y".repeat(length)).unwrap_err();
        let told = told.to_string();
        assert!(
            told.starts_with(&format!("option '_ttl' = '{shown}': ")),
            "{told}"
        );
    }
}

/// As the original's screens write it.
#[test]
fn the_default_provider_is_a_blank_one() {
    let mut options = defaults();
    for (value, provider) in [("mine", Some("mine")), ("default", None)] {
        options.set("_status_notification_provider", value).unwrap();
        assert_eq!(options.notification.provider.as_deref(), provider);
    }
}

/// The original's description of the option writes `notify` so as well.
#[test]
fn to_notify_is_notify() {
    let mut options = defaults();
    options
        .set("_enable_status_notification", "to_notify")
        .unwrap();
    assert_eq!(options.notification.mode, NotificationMode::Notify);
}

#[test]
fn types_are_stored_as_they_are_spelled() {
    for kind in NotificationType::ALL {
        assert_eq!(serde_json::to_value(kind).unwrap(), kind.as_str());
        assert_eq!(NotificationType::find(kind.as_str()), Some(kind));
    }
}

proptest! {
    #[test]
    fn no_text_is_too_strange(name in ".*", value in ".*") {
        let mut options = defaults();
        let unknown = matches!(options.set(&name, &value), Err(Mistake::Unknown { .. }));
        assert_eq!(unknown, super::super::OptionSpec::find(&name).is_none());
        for spec in option_specs() {
            let mut options = defaults();
            if options.set(spec.name, &value).is_err() {
                assert_eq!(options, defaults());
            }
        }
    }
}
