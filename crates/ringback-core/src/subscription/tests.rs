//! Subscriptions: how a call is read, and which events one wants.

use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::{Filter, Subscription, read_subscription};
use crate::notify::Recipient;
use crate::service::options::NotificationType;
use crate::tests::sample::{at, object};

mod filter;
mod refused;

/// The sample call, with what is `changed` of it; `null` takes a key away.
fn call(changed: Value) -> Map<String, Value> {
    let mut body = object(json!({
        "subscriberId": "crm", "filter": "_cbe_on_*", "expire": 60, "providerName": "mine",
        "notificationDetails": {
            "deviceId": "https://crm.example/hook", "type": "httpcb",
            "properties": {"debug": "false", "language": "de"},
        },
    }));
    body.extend(object(changed));
    body.retain(|_, value| !value.is_null());
    body
}

/// Read at 0.
fn read(changed: Value) -> Subscription {
    read_subscription(call(changed), at(0)).unwrap()
}

/// With these `notificationDetails`.
fn recipient(details: Value) -> Recipient {
    read(json!({ "notificationDetails": details, "providerName": null })).recipient
}

#[test]
fn a_call_is_read() {
    let read = read(json!({}));
    assert_eq!(
        (read.subscriber.as_str(), read.filter.as_str()),
        ("crm", "_cbe_on_*")
    );
    assert_eq!((read.created, read.expires), (at(0), at(60)));
    let expected = Recipient {
        address: "https://crm.example/hook".to_owned(),
        provider: Some("mine".to_owned()),
        language: Some("de".to_owned()),
        ..Recipient::default()
    };
    assert_eq!(read.recipient, expected);
}

#[test]
fn three_things_are_all_it_takes() {
    let least = json!({
        "subscriberId": " crm ", "notificationDetails": {"type": "httpcb", "deviceId": " http://crm.example "},
    });
    let read = read_subscription(object(least), at(0)).unwrap();
    assert_eq!(
        (read.subscriber.as_str(), read.filter.as_str()),
        ("crm", "*")
    );
    assert_eq!(read.expires, at(86_400));
    let expected = Recipient {
        address: "http://crm.example".to_owned(),
        ..Recipient::default()
    };
    assert_eq!(read.recipient, expected);
}

#[test]
fn every_type_is_taken() {
    for kind in NotificationType::ALL {
        let told = recipient(json!({"type": kind.as_str(), "deviceId": "x"}));
        assert_eq!((told.kind, told.address.as_str()), (kind, "x"));
    }
    let nowhere = recipient(json!({"type": "amqp"}));
    assert_eq!(
        nowhere.address, "",
        "who has no address gets it by the exchange for all"
    );
}

#[test]
fn properties_are_flags_and_a_language() {
    for (properties, debug, language, envelope) in [
        (json!(null), false, None, false),
        (json!({}), false, None, false),
        (
            json!({"debug": true, "language": "de", "envelope": true}),
            true,
            Some("de"),
            true,
        ),
        (
            json!({"debug": "true", "language": " ", "envelope": "true"}),
            true,
            None,
            true,
        ),
        (
            json!({"debug": "", "language": null, "envelope": "false"}),
            false,
            None,
            false,
        ),
    ] {
        let told = recipient(json!({"type": "amqp", "properties": properties}));
        assert_eq!(
            (told.debug, told.envelope),
            (debug, envelope),
            "{properties}"
        );
        assert_eq!(told.language.as_deref(), language, "{properties}");
    }
}

#[test]
fn the_default_provider_is_a_blank_one() {
    for (written, provider) in [
        (json!("mine"), Some("mine")),
        (json!(" mine "), Some("mine")),
        (json!("default"), None),
        (json!(" default "), None),
        (json!(" "), None),
        (json!(""), None),
        (json!(null), None),
    ] {
        let read = read(json!({ "providerName": written }));
        assert_eq!(read.recipient.provider.as_deref(), provider, "{written}");
    }
}

#[test]
fn it_lasts_for_half_a_minute_to_a_year() {
    for (written, seconds) in [
        (json!(null), 86_400),
        (json!(30), 30),
        (json!("30"), 30),
        (json!(" 60 "), 60),
        (json!(31_622_400), 31_622_400),
    ] {
        let read = read(json!({ "expire": written }));
        assert_eq!(read.expires, at(seconds), "{written}");
    }
}

/// Asking for the same again prolongs it; when it was asked for and for how long makes no difference.
#[test]
fn who_asks_for_the_same_has_the_same() {
    let first = read(json!({}));
    let spelled = json!({"subscriberId": " crm ", "expire": "90", "filter": " _cbe_on_* "});
    let again = read_subscription(call(spelled), at(7)).unwrap();
    assert_eq!(again.id, first.id);
    assert_eq!((again.created, again.expires), (at(7), at(97)));
    let details = |changed: Value| {
        let mut details = json!({"type": "httpcb", "deviceId": "https://crm.example/hook"});
        details.as_object_mut().unwrap().extend(object(changed));
        json!({ "notificationDetails": details })
    };
    let mut ids = vec![first.id];
    for other in [
        json!({"subscriberId": "crm2"}),
        json!({"filter": "_cbe_on_d*"}),
        json!({"filter": null}),
        json!({"providerName": null}),
        details(json!({})),
        details(json!({"type": "customhttp"})),
        details(json!({"deviceId": "https://crm.example/other"})),
        details(json!({"properties": {"debug": true}})),
        details(json!({"properties": {"language": "en"}})),
        details(json!({"properties": {"envelope": true}})),
    ] {
        let id = read(other.clone()).id;
        assert!(!ids.contains(&id), "{other}");
        ids.push(id);
    }
}

/// From its beginning, until it expires.
#[test]
fn what_happens_in_its_time_is_wanted() {
    let subscription = Subscription {
        created: at(0),
        ..read(json!({}))
    };
    for (name, seconds, wanted) in [
        ("_cbe_on_dial_init", -1, false),
        ("_cbe_on_dial_init", 0, true),
        ("_cbe_on_dial_init", 59, true),
        ("_cbe_on_dial_init", 60, false),
        ("dial_init", 30, false),
    ] {
        assert_eq!(
            subscription.wants(name, at(seconds)),
            wanted,
            "{name} at {seconds}"
        );
    }
}

#[test]
fn debug_shows_no_address() {
    let shown = format!("{:?}", read(json!({})));
    assert!(shown.contains("crm") && !shown.contains("hook"), "{shown}");
}

/// What is stored today must be read tomorrow.
#[test]
fn the_stored_layout_is_known() {
    for stored in [
        r#"{"id":"3f","subscriber":"crm","filter":"*","created":0,"expires":1,"recipient":{"a":"http://crm.example"}}"#,
        r#"{"id":"3f","subscriber":"crm","filter":"*","created":0,"expires":1,"recipient":{"k":"amqp","a":"x/y","p":"mine","d":true,"l":"de","dev":"d-7","e":true}}"#,
    ] {
        let subscription: Subscription = serde_json::from_str(stored).unwrap();
        assert_eq!(serde_json::to_string(&subscription).unwrap(), stored);
    }
}

proptest! {
    /// Whatever is read says the same when it is said again.
    #[test]
    fn what_is_read_has_one_name(subscriber in "[a-z ]{0,9}", filter in "[a-z_*]{0,9}", expire in 0..200_u64) {
        let body = || call(json!({"subscriberId": subscriber, "filter": filter, "expire": expire}));
        let read = read_subscription(body(), at(0));
        assert_eq!(read.is_ok(), expire >= 30 && !subscriber.trim().is_empty());
        if let (Ok(read), Ok(again)) = (read, read_subscription(body(), at(0))) {
            assert_eq!(Filter::parse(read.filter.as_str()), Ok(read.filter.clone()));
            assert_eq!(read, again);
        }
    }
}
