//! Subscription calls that are refused, and in which words.

use serde_json::{Value, json};

use super::{call, read_subscription};
use crate::tests::sample::at;

const TEXT: &str = "a text of at most 2048 characters without control characters";
const TYPE: &str = "httpcb, orscb, customhttp or amqp";
const FLAG: &str = "true or false";
const EXPIRE: &str = "seconds from 30 to 31622400";

/// The words that the sample call with these changes is refused with.
fn check(changed: Value, expected: &str) {
    let shown = changed.to_string();
    let told = read_subscription(call(changed), at(0)).unwrap_err();
    assert_eq!(told.to_string(), expected, "{shown}");
}

/// In the details, and in their properties.
fn check_details(key: &str, value: Value, expected: &str) {
    let mut details = json!({"type": "httpcb", "deviceId": "http://crm.example"});
    details[key] = value;
    check(json!({ "notificationDetails": details }), expected);
}

fn value(name: &str, shown: &str, allowed: &str) -> String {
    format!("parameter '{name}' = {shown}: allowed is {allowed}")
}

#[test]
fn what_is_missing_is_named() {
    let missing = |name: &str| format!("mandatory parameter '{name}' is missing");
    for blank in [json!(null), json!(""), json!(" ")] {
        check(json!({ "subscriberId": blank }), &missing("subscriberId"));
        check_details("type", blank.clone(), &missing("notificationDetails.type"));
        check_details("deviceId", blank, &missing("notificationDetails.deviceId"));
    }
    check(
        json!({"notificationDetails": null}),
        &missing("notificationDetails"),
    );
    check(
        json!({"notificationDetails": {}}),
        &missing("notificationDetails.type"),
    );
    for kind in ["httpcb", "orscb", "customhttp"] {
        let details = json!({"notificationDetails": {"type": kind}});
        check(details, &missing("notificationDetails.deviceId"));
    }
}

#[test]
fn texts_are_texts() {
    for (written, shown) in [
        (json!(7), "7"),
        (json!(true), "true"),
        (json!(["a", 1]), r#"["a",1]"#),
        (json!({"a": 1}), r#"{"a":1}"#),
        (json!("a\nb"), "'ab'"),
        (json!("x".repeat(2049)), &format!("'{}…'", "x".repeat(80))),
    ] {
        for name in ["subscriberId", "filter", "providerName"] {
            check(json!({ name: written }), &value(name, shown, TEXT));
        }
        for name in ["type", "deviceId"] {
            check_details(name, written.clone(), &value(name, shown, TEXT));
        }
        let language = json!({ "language": written });
        check_details("properties", language, &value("language", shown, TEXT));
    }
    let longest = json!({"subscriberId": "x".repeat(2048)});
    assert!(read_subscription(call(longest), at(0)).is_ok());
}

#[test]
fn there_are_four_types() {
    for kind in ["HTTPCB", "ors", "email", "httpcb,orscb"] {
        check_details(
            "type",
            json!(kind),
            &value("type", &format!("'{kind}'"), TYPE),
        );
    }
}

#[test]
fn it_lasts_for_half_a_minute_to_a_year() {
    for (written, shown) in [
        (json!(29), "29"),
        (json!(0), "0"),
        (json!(-60), "-60"),
        (json!(60.5), "60.5"),
        (json!(31_622_401), "31622401"),
        (json!("29"), "'29'"),
        (json!("soon"), "'soon'"),
        (json!(""), "''"),
        (json!(true), "true"),
        (json!([60]), "[60]"),
    ] {
        check(
            json!({ "expire": written }),
            &value("expire", shown, EXPIRE),
        );
    }
}

#[test]
fn flags_are_true_or_false() {
    for name in ["debug", "envelope"] {
        for (written, shown) in [
            (json!("yes"), "'yes'"),
            (json!("True"), "'True'"),
            (json!(1), "1"),
            (json!([]), "[]"),
        ] {
            let properties = json!({ name: written });
            check_details("properties", properties, &value(name, shown, FLAG));
        }
    }
}

#[test]
fn details_and_properties_are_objects() {
    for (written, shown) in [(json!([]), "[]"), (json!("a"), "'a'"), (json!(1), "1")] {
        let details = json!({ "notificationDetails": written });
        check(details, &value("notificationDetails", shown, "an object"));
        check_details(
            "properties",
            written,
            &value("properties", shown, "an object"),
        );
    }
}

#[test]
fn a_filter_is_a_pattern_of_names() {
    check(
        json!({"filter": "a b"}),
        "filter 'a b': allowed are at most 256 letters, digits, '_', '-', '.', ':', '/' and '*' for any characters",
    );
}

#[test]
fn what_it_does_not_know_it_names() {
    let unknown =
        |name: &str, allowed: &str| format!("unknown parameter '{name}': allowed are {allowed}");
    let call = "subscriberId, filter, expire, providerName and notificationDetails";
    check(json!({"ttl": 60}), &unknown("ttl", call));
    let details = "type, deviceId and properties";
    check_details("device", json!("x"), &unknown("device", details));
    let properties = "debug, language and envelope";
    let strange = json!({"x\u{7}y": 1});
    check_details("properties", strange, &unknown("xy", properties));
    let shown = format!("{}…", "y".repeat(80));
    check(json!({ "y".repeat(500): 1 }), &unknown(&shown, call));
}

/// It may stand in what looks like an address, wherever that is written.
#[test]
fn no_error_repeats_a_credential() {
    let secret = "https://user:secret@crm.example/hook?token=secret";
    let long = format!("{secret}{}", "x".repeat(2048));
    for changed in [
        json!({"subscriberId": long}),
        json!({"expire": secret}),
        json!({"notificationDetails": secret}),
        json!({"notificationDetails": [secret]}),
        json!({"notificationDetails": {"type": secret, "deviceId": "x"}}),
        json!({"notificationDetails": {"type": "httpcb", "deviceId": long}}),
        json!({"notificationDetails": {"type": "httpcb", "deviceId": {"url": secret}}}),
        json!({"filter": secret}),
        json!({ secret: 1 }),
    ] {
        let told = read_subscription(call(changed), at(0)).unwrap_err();
        for told in [told.to_string(), format!("{told:?}")] {
            assert!(!told.contains("secret"), "{told}");
        }
    }
}
