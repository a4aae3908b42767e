//! Start requests: what is taken, what is refused, and in which words.

mod update;

use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::{RequestError, read_start};
use crate::callback::NewCallback;
use crate::ids::CallbackId;
use crate::service::{REQUEST_OPTIONS, Template, option_specs};
use crate::tests::sample::{ID, at, object, service};

/// Reads a request at the time of the first sample, 2016-07-03T19:59:51Z, to a service with further options.
fn read_by(further: &str, parameters: Map<String, Value>) -> Result<NewCallback, RequestError> {
    let service = service(Template::UserTerminatedImmediate, further);
    read_start(parameters, CallbackId::new(ID), &service, at(0))
}

fn read(parameters: Value) -> Result<NewCallback, RequestError> {
    read_by("", object(parameters))
}

/// A request with a number and one parameter more.
fn with(key: &str, value: Value) -> Result<NewCallback, RequestError> {
    let mut parameters = object(json!({"_customer_number": "5115"}));
    parameters.insert(key.to_owned(), value);
    read_by("", parameters)
}

/// The number that is dialed for a JSON value.
fn check_number(given: Value, dialed: &str) {
    let new = read(json!({"_customer_number": given.clone()})).unwrap();
    assert_eq!(new.number.as_str(), dialed, "{given}");
}

/// The words a request is refused with.
fn check_refused(refused: Result<NewCallback, RequestError>, expected: &str) {
    assert_eq!(refused.unwrap_err().to_string(), expected);
}

#[test]
fn a_number_is_all_it_takes() {
    let new = read(json!({"_customer_number": "5115"})).unwrap();
    assert_eq!(new.id.as_str(), ID);
    assert_eq!((new.desired, new.trace), (None, None));
    assert!(new.overrides.is_empty() && new.user_data.is_empty());
}

#[test]
fn numbers_are_texts_or_whole_numbers() {
    check_number(json!("5115"), "5115");
    check_number(json!(" +1 (650) 555-0101 "), "+16505550101");
    check_number(json!(5115), "5115");
    check_number(
        json!(18_446_744_073_709_551_615_u64),
        "18446744073709551615",
    );
}

/// A dot is a separator in a text, and something else in a number: 1500.0 is not 15000.
#[test]
fn other_json_numbers_are_no_phone_numbers() {
    let expected =
        "_customer_number is not a phone number: write 1 to 24 digits, optionally after '+'";
    for number in [
        "1500.0",
        "16505550101.5",
        "1e3",
        "-5115",
        "12345678901234567890123",
        "true",
    ] {
        let number: Value = serde_json::from_str(number).unwrap();
        check_refused(read(json!({"_customer_number": number})), expected);
    }
}

#[test]
fn the_number_has_another_name() {
    let new = read(json!({"_phone_number": "5115"})).unwrap();
    assert_eq!(new.number.as_str(), "5115");
    assert!(new.user_data.is_empty());
}

/// Whatever comes first in the request.
#[test]
fn its_own_name_counts_when_both_are_there() {
    for parameters in [
        json!({"_customer_number": "5115", "_phone_number": "6226"}),
        json!({"_phone_number": "6226", "_customer_number": "5115"}),
        json!({"_customer_number": "5115", "_phone_number": ""}),
        json!({"_customer_number": "", "_phone_number": "5115"}),
    ] {
        assert_eq!(read(parameters).unwrap().number.as_str(), "5115");
    }
}

#[test]
fn without_a_number_there_is_no_call() {
    for parameters in [
        json!({}),
        json!({"_customer_number": ""}),
        json!({"_customer_number": "  "}),
        json!({"_phone_number": ""}),
        json!({"number": "5115"}),
    ] {
        let expected = "mandatory parameter '_customer_number' is missing";
        check_refused(read(parameters), expected);
    }
}

/// It may be a person's, mistyped.
#[test]
fn a_wrong_number_is_not_repeated() {
    for key in ["_customer_number", "_phone_number"] {
        for value in [
            json!("650555O1O1"),
            json!("6505550101 ext 7"),
            json!(["6505550101"]),
        ] {
            let mut parameters = Map::new();
            parameters.insert(key.to_owned(), value);
            let error = read_by("", parameters).unwrap_err();
            for told in [error.to_string(), format!("{error:?}")] {
                assert!(!told.contains("650"), "{told}");
            }
        }
    }
    let too_long = json!({"_customer_number": "650".repeat(8)});
    let told = read_by("_prefix_dial_out=0", object(too_long))
        .unwrap_err()
        .to_string();
    let expected =
        "_customer_number is not a phone number: write 1 to 24 digits, optionally after '+'";
    assert_eq!(
        told, expected,
        "with the prefix of the service it is too long"
    );
}

#[test]
fn a_desired_time_is_utc_or_has_an_offset() {
    for (written, seconds) in [
        ("2016-07-03T20:59:51.000Z", Some(3600)),
        ("2016-07-03T20:59:51Z", Some(3600)),
        (" 2016-07-03T22:59:51+02:00 ", Some(3600)),
        ("2016-07-03T19:59:50Z", Some(-1)),
        ("", None),
        (" ", None),
    ] {
        let new = with("_desired_time", written.into()).unwrap();
        assert_eq!(new.desired, seconds.map(at), "'{written}'");
    }
}

#[test]
fn a_malformed_time_is_named() {
    for (written, shown) in [
        (json!("tomorrow"), "tomorrow"),
        (json!("2016-07-03 20:59"), "2016-07-03 20:59"),
        (json!("2016-07-03T20:59:51"), "2016-07-03T20:59:51"),
        (json!(1_467_579_591), "1467579591"),
        (json!("x".repeat(1000)), &"x".repeat(64)),
    ] {
        let expected = format!(
            "_desired_time: '{shown}' is not a time: write UTC as yyyy-MM-ddTHH:mm:ss.SSSZ, or RFC 3339 with an offset"
        );
        check_refused(with("_desired_time", written), &expected);
    }
}

#[test]
fn a_time_that_has_passed_is_refused_where_the_service_says_so() {
    for (written, taken) in [
        ("2016-07-03T19:59:50.999Z", false),
        ("2016-07-03T19:59:51Z", true),
        ("2016-07-03T19:59:52Z", true),
    ] {
        let parameters = object(json!({"_customer_number": "5115", "_desired_time": written}));
        assert!(
            read_by("", parameters.clone()).is_ok(),
            "by default it means now"
        );
        let strictly = read_by("_reject_past_desired_time=true", parameters);
        assert_eq!(strictly.is_ok(), taken, "{written}");
    }
    let passed = object(json!({"_customer_number": 1, "_desired_time": "2016-07-03T19:00:00Z"}));
    check_refused(
        read_by("_reject_past_desired_time=true", passed),
        "_desired_time 2016-07-03T19:00:00.000Z has passed: it is 2016-07-03T19:59:51.000Z",
    );
}

#[test]
fn options_are_set_by_either_name_and_any_plain_value() {
    for (key, value, option, text) in [
        ("_wait_for_agent", json!(true), "_wait_for_agent", "true"),
        ("_wait_for_agent", json!("true"), "_wait_for_agent", "true"),
        ("_urs_virtual_queue", json!(7), "_urs_virtual_queue", "7"),
        (
            "_enable_status_notifications",
            json!("notify"),
            "_enable_status_notification",
            "notify",
        ),
    ] {
        let new = with(key, value).unwrap();
        let overrides: Vec<_> = new.overrides.iter().collect();
        assert_eq!(overrides, [(&option.to_owned(), &text.to_owned())]);
        assert!(new.user_data.is_empty());
    }
}

/// All but the few that a request may set, by their own names and by others.
#[test]
fn what_belongs_to_the_service_is_refused_by_name() {
    let own = option_specs().iter().map(|spec| (spec.name, spec.name));
    let aliases = [
        ("_route_point", "_trunk_group"),
        ("vq_for_outbound_calls", "_vq_for_outbound_calls"),
    ];
    for (written, name) in own.chain(aliases) {
        if !REQUEST_OPTIONS.contains(&name) {
            check_refused(
                with(written, json!("x")),
                &format!("option '{name}' cannot be set by a request: it belongs to the service"),
            );
        }
    }
}

#[test]
fn a_wrong_option_is_refused_with_what_is_allowed() {
    check_refused(
        with("_wait_for_agent", json!("perhaps")),
        "service 'samples_dev': option '_wait_for_agent' = 'perhaps': allowed is true or false",
    );
    check_refused(
        with("_status_notification_target", json!("")),
        "service 'samples_dev': option '_status_notification_target' is missing, but \
         _enable_status_notification is subscribe_notify",
    );
}

#[test]
fn what_should_be_plain_and_is_not_is_named() {
    for key in [
        "_customer_number",
        "_phone_number",
        "_desired_time",
        "_wait_for_agent",
    ] {
        for (value, found) in [
            (json!(null), "null"),
            (json!(["a"]), "a list"),
            (json!({"a": 1}), "an object"),
        ] {
            let mut parameters = object(json!({"_customer_number": "5115"}));
            parameters.insert(key.to_owned(), value);
            let expected =
                format!("parameter '{key}' is {found}: allowed is a text, a number, true or false");
            check_refused(read_by("", parameters), &expected);
        }
    }
}

/// As it is, of whatever shape.
#[test]
fn everything_else_is_user_data() {
    let data = json!({
        "account": "0815", "visits": 3, "vip": true, "nothing": null, "basket": [1, {"sku": "x"}],
        "_originating_interaction_id": "00ABC", "_ttll": "no option, hence data",
    });
    let mut parameters = object(data.clone());
    parameters.insert("_customer_number".to_owned(), json!("5115"));
    let new = read_by("", parameters).unwrap();
    assert_eq!(Value::Object(new.user_data), data);
    assert!(new.overrides.is_empty());
}

#[test]
fn a_request_is_bounded() {
    let keys = |count: usize| {
        let data = (1..count).map(|n| (format!("key{n}"), json!(n)));
        let number = ("_customer_number".to_owned(), json!("5115"));
        read_by("", data.chain([number]).collect())
    };
    assert!(keys(64).is_ok());
    let rule = "a request has at most 64 parameters with names of 1 to 128 characters";
    check_refused(keys(65), &format!("{rule}: this one has 65"));
    assert!(with(&"k".repeat(128), json!(1)).is_ok());
    check_refused(
        with(&"k".repeat(129), json!(1)),
        &format!("{rule}: one has a name of 129"),
    );
    check_refused(with("", json!(1)), &format!("{rule}: one has a name of 0"));
}

fn json_values() -> impl Strategy<Value = Value> {
    let plain = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".*".prop_map(Value::from),
        "[+]?[0-9]{1,30}".prop_map(Value::from),
        "[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]{8,12}Z".prop_map(Value::from),
        Just(Value::from("true")),
    ];
    plain.prop_recursive(3, 8, 4, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            proptest::collection::hash_map(".*", inner, 0..4)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

fn parameters() -> impl Strategy<Value = Map<String, Value>> {
    let known: Vec<_> = option_specs()
        .iter()
        .map(|spec| spec.name.to_owned())
        .collect();
    let may: Vec<_> = REQUEST_OPTIONS
        .iter()
        .map(|&name| name.to_owned())
        .collect();
    let key = prop_oneof![
        4 => proptest::sample::select(may),
        1 => proptest::sample::select(known),
        2 => Just("_desired_time".to_owned()),
        1 => Just("_phone_number".to_owned()),
        4 => ".{0,12}",
    ];
    let number = "[+]?[0-9]{1,26}".prop_map(Value::from);
    let others = proptest::collection::hash_map(key, json_values(), 0..6);
    (prop_oneof![3 => number, 1 => json_values()], others).prop_map(|(number, others)| {
        let number = ("_customer_number".to_owned(), number);
        others.into_iter().chain([number]).collect()
    })
}

proptest! {
    /// Whatever it says, it is read or refused; and nothing of it gets lost.
    #[test]
    fn no_request_is_too_strange(parameters in parameters()) {
        let keys = parameters.len();
        let named = ["_customer_number", "_phone_number", "_desired_time"];
        let named = named.iter().filter(|key| parameters.contains_key(**key)).count();
        if let Ok(new) = read_by("", parameters) {
            assert_eq!(new.user_data.len() + new.overrides.len() + named, keys);
            assert!(new.number.as_str().len() <= 25);
        }
    }

    /// As seven digits or more, in a text or as a number, alone or among others.
    #[test]
    fn no_error_repeats_the_number(
        number in "[1-9][0-9]{6,30}",
        mark in "[a-z;@]{1,3}",
        others in parameters(),
    ) {
        let mut texts = vec![json!(format!("{number}{mark}")), json!([number]), json!(number)];
        texts.extend(serde_json::from_str::<Value>(&format!("{number}.5")));
        for written in texts {
            let mut parameters = others.clone();
            parameters.insert("_customer_number".to_owned(), written);
            if let Err(error) = read_by("", parameters) {
                let told = format!("{error} {error:?}");
                assert!(!told.contains(&number), "{told}");
            }
        }
    }
}
