//! Every option: its default, what it takes, what it refuses.

mod rows;

use proptest::prelude::*;

use super::super::options::{NotificationMode, NotificationType};
use super::super::{Mistake, Options, Template, option_specs};
use rows::{ADMISSION, DIALING, GENERAL, MEDIA, NOTIFICATION, QUEUEING, Row, SCHEDULED};

fn rows() -> impl Iterator<Item = &'static Row> {
    [
        GENERAL,
        NOTIFICATION,
        SCHEDULED,
        ADMISSION,
        QUEUEING,
        DIALING,
        MEDIA,
    ]
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
        assert_eq!((row.read)(&defaults()), row.default, "{}", row.name);
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
                assert_eq!((row.read)(&options), *value, "{}", row.name);
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
