//! Start requests: what is taken, what is refused, and in which words.

mod laws;
mod options;
mod reserved;
mod tokens;
mod update;

use serde_json::{Map, Value, json};

use super::{RequestError, read_start, read_update};
use crate::callback::NewCallback;
use crate::ids::CallbackId;
use crate::service::{Options, Template};
use crate::tests::sample::{ID, at, number, object, service};

/// Reads a request at the time of the first sample, 2016-07-03T19:59:51Z, to a service with further options.
fn read_by(further: &str, parameters: Map<String, Value>) -> Result<NewCallback, RequestError> {
    let service = service(Template::UserTerminatedImmediate, further);
    read_start(parameters, |_| CallbackId::new(ID), &service, at(0))
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
    let parameters = object(json!({"_customer_number": given.clone()}));
    let new = read_by("_disallow_impossible_phone_numbers=false", parameters).unwrap();
    assert_eq!(new.number.unwrap().canonical.as_str(), dialed, "{given}");
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
    assert_eq!(new.number, Some(number("5115")));
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
        assert_eq!(read(parameters).unwrap().number, Some(number("5115")));
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
        "_desired_time 2016-07-03T19:00:00.000Z has passed: allowed are times from now on, 2016-07-03T19:59:51.000Z",
    );
}

#[test]
fn a_time_too_far_ahead_is_refused() {
    for (further, last, next) in [
        ("", "2016-08-03T19:59:51Z", "2016-08-03T19:59:51.001Z"),
        (
            "_reject_future_desired_time=90m",
            "2016-07-03T21:29:51Z",
            "2016-07-03T21:29:52Z",
        ),
        (
            "_reject_future_desired_time=2w",
            "2016-07-17T19:59:51Z",
            "2016-07-18T00:00:00Z",
        ),
    ] {
        let at = |time: &str| object(json!({"_customer_number": "5115", "_desired_time": time}));
        assert!(read_by(further, at(last)).is_ok(), "{further}");
        let refused = read_by(further, at(next)).unwrap_err();
        assert!(
            matches!(refused, RequestError::TooFar { .. }),
            "{further}: {refused}"
        );
    }
    let far = object(json!({"_customer_number": "1", "_desired_time": "2100-01-01T00:00:00Z"}));
    check_refused(
        read_by("", far.clone()),
        "_desired_time 2100-01-01T00:00:00.000Z is too far ahead: allowed is up to 2016-08-03T19:59:51.000Z",
    );
    assert!(read_by("_reject_future_desired_time=", far).is_ok());
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
    check_refused(keys(65), "there are 65 parameters: must be at most 64");
    assert!(with(&"k".repeat(128), json!(1)).is_ok());
    let of = |bytes| format!("a parameter has a name of {bytes} bytes: must be 1 to 128");
    check_refused(with(&"k".repeat(129), json!(1)), &of(129));
    check_refused(with("", json!(1)), &of(0));
}

/// 290 bytes that could never be read back stopped the trunk group: a start and a change refuse them, and any less that
/// is still too deep.
#[test]
fn poison_user_data_is_refused_at_the_door() {
    let nested = |levels: usize| (0..levels).fold(json!(1), |inner, _| json!([inner]));
    let options = Options::of(Template::UserTerminatedImmediate);
    assert!(with("a", nested(16)).is_ok());
    for levels in [17, 126] {
        let expected = format!("'a' is nested {levels} levels deep: must be at most 16");
        check_refused(with("a", nested(levels)), &expected);
        let change = [("a".to_owned(), nested(levels))].into_iter().collect();
        let error = read_update(change, &options, at(0)).unwrap_err();
        assert_eq!(error.to_string(), expected);
    }
}
