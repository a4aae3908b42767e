//! Requests that change a callback: what is taken, what is refused, and in which words.

use serde_json::{Map, Value, json};

use super::laws::json_values;
use crate::callback::Update;
use crate::request::update::CORRECTABLE;
use crate::request::{RequestError, read_update};
use crate::service::{Template, option_specs};
use crate::tests::sample::{at, object, service};
use proptest::prelude::*;

/// Reads a request at the time of the first sample, 2016-07-03T19:59:51Z, to a service with further options.
fn read_by(further: &str, parameters: Map<String, Value>) -> Result<Update, RequestError> {
    let service = service(Template::UserTerminatedImmediate, further);
    read_update(parameters, &service.options, at(0))
}

fn read(parameters: Value) -> Result<Update, RequestError> {
    read_by("", object(parameters))
}

fn check_refused(parameters: Value, expected: &str) {
    assert_eq!(read(parameters).unwrap_err().to_string(), expected);
}

#[test]
fn a_time_is_utc_or_has_an_offset() {
    for (written, seconds) in [
        ("2016-07-03T20:59:51.000Z", 3600),
        (" 2016-07-03T22:59:51+02:00 ", 3600),
        ("2016-07-03T19:59:50Z", -1),
    ] {
        let expected = Update {
            desired: Some(at(seconds)),
            ..Update::default()
        };
        assert_eq!(read(json!({ "_new_desired_time": written })), Ok(expected));
    }
}

#[test]
fn a_malformed_time_is_named() {
    check_refused(
        json!({"_new_desired_time": "tomorrow"}),
        "_new_desired_time: 'tomorrow' is not a time: write UTC as yyyy-MM-ddTHH:mm:ss.SSSZ, or RFC 3339 with an offset",
    );
    check_refused(
        json!({"_new_desired_time": " "}),
        "mandatory parameter '_new_desired_time' is missing",
    );
    check_refused(
        json!({"_new_desired_time": null}),
        "parameter '_new_desired_time' is null: allowed is a text, a number, true or false",
    );
}

/// As at the start.
#[test]
fn a_time_too_far_ahead_is_refused() {
    check_refused(
        json!({"_new_desired_time": "2016-08-03T20:00:00Z"}),
        "_new_desired_time 2016-08-03T20:00:00.000Z is too far ahead: allowed is up to 2016-08-03T19:59:51.000Z",
    );
}

/// As at the start.
#[test]
fn a_time_that_has_passed_is_refused_where_the_service_says_so() {
    let further = "_reject_past_desired_time=true";
    for (written, taken) in [
        ("2016-07-03T19:59:50.999Z", false),
        ("2016-07-03T19:59:51Z", true),
    ] {
        let moved = object(json!({ "_new_desired_time": written }));
        assert!(
            read_by("", moved.clone()).is_ok(),
            "by default it means now"
        );
        assert_eq!(read_by(further, moved).is_ok(), taken, "{written}");
    }
    let passed = object(json!({"_new_desired_time": "2016-07-03T19:00:00Z"}));
    assert_eq!(
        read_by(further, passed).unwrap_err().to_string(),
        "_new_desired_time 2016-07-03T19:00:00.000Z has passed: allowed are times from now on, 2016-07-03T19:59:51.000Z",
    );
}

#[test]
fn user_data_is_set_as_it_is_and_an_empty_text_drops_it() {
    let set = json!({"account": "0815", "visits": 3, "nothing": null, "basket": [], "blank": " "});
    let mut parameters = set.clone();
    parameters["name"] = json!("");
    let update = read(parameters).unwrap();
    assert_eq!(Value::Object(update.set), set);
    assert_eq!(update.remove, ["name"]);
    assert_eq!((update.desired, update.complete), (None, false));
}

#[test]
fn all_of_it_comes_at_once() {
    let moved = json!({"_new_desired_time": "2016-07-03T20:59:51Z", "account": "1", "name": ""});
    let update = read(moved).unwrap();
    assert_eq!(update.desired, Some(at(3600)));
    assert_eq!((update.set.len(), update.remove.len()), (1, 1));
}

#[test]
fn it_can_be_set_to_completed_and_to_no_other_state() {
    let over = Update {
        complete: true,
        ..Update::default()
    };
    assert_eq!(read(json!({"_callback_state": "COMPLETED"})), Ok(over));
    for state in [
        "QUEUED",
        "SCHEDULED",
        "PROCESSING",
        "completed",
        "",
        "!COMPLETED",
    ] {
        check_refused(
            json!({ "_callback_state": state }),
            &format!("_callback_state '{state}' cannot be set: allowed is COMPLETED"),
        );
    }
    check_refused(
        json!({"_callback_state": "COMPLETED", "_new_desired_time": "2016-07-03T20:59:51Z"}),
        "_new_desired_time and _callback_state exclude each other: allowed is one of them",
    );
}

/// Also an option that a start request may set: where it goes out and whom it tells holds from the acceptance on.
#[test]
fn what_holds_from_the_acceptance_on_is_refused_by_name() {
    let record = [
        "_desired_time",
        "_id",
        "_service_name",
        "_expiration_time",
        "_callback_reason",
        "_route_point",
        "_enable_status_notifications",
    ];
    let options = option_specs().iter().map(|spec| spec.name);
    let fixed = options
        .chain(record)
        .filter(|key| !CORRECTABLE.contains(key));
    for key in fixed {
        for value in [json!("x"), json!("")] {
            check_refused(
                json!({ key: value }),
                &format!(
                    "'{key}' cannot be changed: allowed are _new_desired_time, _callback_state, _customer_number, _urs_virtual_queue, _urs_vq_priority with its increment and interval, and user data"
                ),
            );
        }
    }
}

#[test]
fn reserved_names_are_no_user_data() {
    for key in ["c_call_result", "_CB_N_DIALS", "_CB_X"] {
        let refused = read(json!({ key: "1" })).unwrap_err().to_string();
        assert!(
            refused.contains(&format!("'{key}' must not be sent")),
            "{refused}"
        );
        let removed = read(json!({ key: "" })).unwrap();
        assert_eq!(removed.remove, [key], "what was kept before can go");
    }
    assert!(read(json!({"_CB_DIM_CHANNEL": "WEB"})).is_ok());
}

/// As at the start.
#[test]
fn a_time_older_than_ttl_is_refused() {
    check_refused(
        json!({"_new_desired_time": "2016-07-02T19:59:51Z"}),
        "_new_desired_time 2016-07-02T19:59:51.000Z is too long ago: the callback would be over at once; it must be later \
         than 2016-07-02T19:59:51.000Z (_ttl)",
    );
    assert!(read(json!({"_new_desired_time": "2016-07-02T19:59:52Z"})).is_ok());
}

/// With the checks of a start.
#[test]
fn number_priority_and_queue_can_be_corrected() {
    let update =
        read(json!({"_phone_number": "5116", "_urs_vq_priority": 7, "_urs_virtual_queue": "VIP"}));
    let update = update.unwrap();
    assert_eq!(update.number.unwrap().canonical.as_str(), "5116");
    assert_eq!(
        (
            &*update.options["_urs_vq_priority"],
            &*update.options["_urs_virtual_queue"]
        ),
        ("7", "VIP")
    );
    for (value, says) in [
        (json!("abc"), "_customer_number is"),
        (json!(" "), "is missing"),
        (json!(["5116"]), "is a list"),
    ] {
        let refused = read(json!({ "_customer_number": value }))
            .unwrap_err()
            .to_string();
        assert!(refused.contains(says), "{refused}");
    }
}

#[test]
fn nothing_is_no_change() {
    check_refused(
        json!({}),
        "there is nothing to change: allowed are _new_desired_time, _callback_state, _customer_number, _urs_virtual_queue, _urs_vq_priority with its increment and interval, and user data",
    );
}

#[test]
fn a_change_is_bounded() {
    let keys = |count: usize| (0..count).map(|n| (format!("key{n}"), json!(n))).collect();
    assert!(read_by("", keys(64)).is_ok());
    assert!(read_by("", keys(65)).is_err());
    assert!(read(json!({ "k".repeat(129): 1 })).is_err());
}

proptest! {
    /// Whatever it says, it is read or refused; and nothing of it gets lost.
    #[test]
    fn no_change_is_too_strange(
        others in proptest::collection::hash_map(".{0,12}", json_values(), 0..6),
        time in proptest::option::of(json_values()),
    ) {
        let time = time.map(|time| ("_new_desired_time".to_owned(), time));
        let parameters: Map<_, _> = others.into_iter().chain(time).collect();
        let keys = parameters.len();
        if let Ok(update) = read_by("", parameters) {
            let named = usize::from(update.desired.is_some());
            assert_eq!(update.set.len() + update.remove.len() + named, keys);
        }
    }
}
