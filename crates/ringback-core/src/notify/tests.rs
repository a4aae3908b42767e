//! Who is told: the plan of a callback, and the provider of a recipient.

use std::collections::BTreeMap;

use super::{Plan, Provider, Providers, Recipient};
use crate::service::options::{NotificationMode, NotificationType};
use crate::service::{Options, Template};

mod precedence;

/// The options of whoever is told in this mode, with everything set.
fn options(mode: NotificationMode) -> Options {
    let mut options = Options::of(Template::UserTerminatedImmediate);
    let told = &mut options.notification;
    told.mode = mode;
    told.kind = NotificationType::CustomHttp;
    told.target = Some("https://user:secret@crm.example/hook".to_owned());
    told.provider = Some("mine".to_owned());
    told.language = Some("de".to_owned());
    told.events_list = Some("GMS_Events".to_owned());
    (told.debug, told.envelope) = (true, true);
    options
}

fn recipient(device: Option<&str>) -> Recipient {
    Recipient {
        kind: NotificationType::CustomHttp,
        address: "https://user:secret@crm.example/hook".to_owned(),
        provider: Some("mine".to_owned()),
        debug: true,
        language: Some("de".to_owned()),
        device: device.map(str::to_owned),
        envelope: true,
    }
}

#[test]
fn the_mode_says_who_is_told() {
    let list = Some("GMS_Events".to_owned());
    for (mode, device, expected) in [
        (NotificationMode::Off, Some("d-7"), None),
        (NotificationMode::Notify, Some("d-7"), Some(None)),
        (
            NotificationMode::Subscribe,
            None,
            Some(Some(recipient(None))),
        ),
        (
            NotificationMode::Subscribe,
            Some("d-7"),
            Some(Some(recipient(Some("d-7")))),
        ),
    ] {
        let list = list.clone();
        let expected = expected.map(|own| Plan {
            list,
            own,
            ..Plan::default()
        });
        assert_eq!(Plan::of(&options(mode), device), expected, "{mode:?}");
    }
    let defaults = Options::of(Template::UserTerminatedImmediate);
    assert_eq!(
        Plan::of(&defaults, None),
        None,
        "nobody, unless somebody says so"
    );
}

#[test]
fn a_list_without_a_name_is_the_default_set() {
    let mut options = options(NotificationMode::Notify);
    options.notification.events_list = None;
    assert_eq!(Plan::of(&options, None), Some(Plan::default()));
}

/// The provider that takes its place has none itself.
#[test]
fn a_recipient_in_debug_mode_has_another_provider() {
    let provider = |debug: Option<&str>| Provider {
        debug: debug.map(str::to_owned),
        ..Provider::default()
    };
    let providers = Providers::from([
        ("default".to_owned(), provider(Some("tests"))),
        ("mine".to_owned(), provider(Some("gone"))),
        ("tests".to_owned(), provider(Some("more"))),
        ("bare".to_owned(), provider(None)),
    ]);
    for (named, quiet, debug) in [
        (None, "default", "tests"),
        (Some("mine"), "mine", "gone"),
        (Some("tests"), "tests", "more"),
        (Some("bare"), "bare", "bare"),
        (Some("unknown"), "unknown", "unknown"),
    ] {
        for (is_debug, expected) in [(false, quiet), (true, debug)] {
            let recipient = Recipient {
                provider: named.map(str::to_owned),
                debug: is_debug,
                ..Recipient::default()
            };
            assert_eq!(
                recipient.provider(&providers),
                expected,
                "{named:?} {is_debug}"
            );
        }
    }
    assert_eq!(Recipient::default().provider(&BTreeMap::new()), "default");
}

#[test]
fn debug_shows_no_address() {
    let plan = Plan::of(&options(NotificationMode::Subscribe), Some("d-7")).unwrap();
    let shown = format!("{plan:?}");
    assert!(
        shown.contains("customhttp") && shown.contains("mine"),
        "{shown}"
    );
    for hidden in ["secret", "crm.example", "d-7"] {
        assert!(!shown.contains(hidden), "{shown}");
    }
}

/// What is stored today must be read tomorrow.
#[test]
fn the_stored_layout_is_known() {
    for stored in [
        "{}",
        r#"{"ls":"GMS_Events"}"#,
        r#"{"to":{}}"#,
        r#"{"ls":"GMS_Events","to":{"k":"orscb","a":"00FAVH4I"}}"#,
        r#"{"to":{"k":"amqp","a":"x/y","p":"mine","d":true,"l":"de","dev":"d-7","e":true}}"#,
    ] {
        let plan: Plan = serde_json::from_str(stored).unwrap();
        assert_eq!(serde_json::to_string(&plan).unwrap(), stored);
    }
}
