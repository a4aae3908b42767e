//! The keys of one callback.

use serde_json::{Map, Value, json};

use super::{ACCEPTED, log};
use crate::callback::{Callback, Decision, Input};
use crate::event::Reason;
use crate::reporting::{Facts, KEYS, dial_result_key, keys};
use crate::service::{Options, Template};
use crate::tests::sample::{ID, at, object, request, service};

/// What is reported of a callback that was requested at 0 with this user data, for a time, and then called off, perhaps.
fn reported(data: Value, desired: Option<i64>, cancelled: bool, lines: &str) -> Map<String, Value> {
    let service = service(Template::UserTerminatedImmediate, "");
    let mut new = request(desired.map(at));
    new.user_data = object(data);
    let (mut callback, _) = Callback::accept(new, &service, None, at(0)).unwrap();
    if cancelled {
        let cancel = Input::Cancel(Reason::CancelledByAdmin);
        let Decision::Step(step) = callback.step(cancel, &service.options, at(9)) else {
            panic!("not cancelled");
        };
        callback = step.callback;
    }
    keys(&callback, &service.options, &Facts::of(&log(lines)))
}

#[test]
fn what_is_not_known_is_left_out() {
    let row = reported(json!({}), None, false, ACCEPTED);
    let expected = json!({
        "_CB_SERVICE_ID": ID, "_service_name": "samples_dev", "_callback_state": "QUEUED", "_CB_FINAL_RECORD": 0,
        "_CB_T_SERVICE_START": at(0).as_secs(), "_CB_T_CALLBACK_ACCEPTED": at(0).as_secs(), "_CB_N_DIALS": 0,
        "_CB_N_ANSWERED": 0, "_CB_N_AGENTS_FOUND": 0, "_CB_DIM_CHANNEL": "UNKNOWN",
        "_CB_DIM_CALL_DIRECTION": "USERTERMINATED",
    });
    assert_eq!(Value::Object(row), expected);
}

#[test]
fn what_is_over_says_how_it_went() {
    let row = reported(
        json!({}),
        Some(600),
        true,
        "0 SCHEDULED callback_scheduled
         600.9 QUEUED callback_queued
         605 QUEUED dial_init
         609.8 QUEUED dial_done 1 fax
         700 QUEUED dial_init
         700.4 QUEUED dial_done 2 ok
         701 COMPLETED service_exit",
    );
    for (key, value) in [
        ("_CB_FINAL_RECORD", json!(1)),
        ("_callback_state", json!("COMPLETED")),
        ("_callback_reason", json!("CANCELLED_BY_ADMIN")),
        ("_CB_T_SERVICE_START", json!(at(600).as_secs())),
        ("_CB_T_CALLBACK_ACCEPTED", json!(at(0).as_secs())),
        ("_CB_D_WAITING_FOR_AGENT_OFFLINE", json!(4)),
        ("_CB_D_ESTABLISH_MEDIA_IXN", json!(5)),
        ("_CB_D_CUSTOMER_CONNECTED_WAITING_FOR_AGENT", json!(0)),
        ("_CB_DIAL_1_RESULT", json!("FAX")),
        ("_CB_DIAL_2_RESULT", json!("PERSON")),
        ("_CB_N_ANSWERED", json!(1)),
        ("_CB_N_CUSTOMER_ABANDONED_WHILE_WAITING_FOR_AGENT", json!(0)),
    ] {
        assert_eq!(row[key], value, "{key}");
    }
    assert!(!row.contains_key("_customer_number"), "{row:?}");
}

#[test]
fn what_the_request_has_sent_is_passed_on_unless_it_is_derived() {
    let sent = json!({
        "_CB_T_CALLBACK_OFFERED": 1_467_575_000, "_CB_EWT_WHEN_CALLBACK_WAS_OFFERED": "300", "_CB_X": [1],
        "_CB_DIM_CHANNEL": " mobile", "account": "4711",
        "_CB_FINAL_RECORD": 1, "_CB_D_ESTABLISH_MEDIA_IXN": 5, "_CB_DIAL_7_RESULT": "PERSON",
    });
    let row = reported(sent, None, false, ACCEPTED);
    for (key, value) in [
        ("_CB_T_CALLBACK_OFFERED", json!(1_467_575_000)),
        ("_CB_EWT_WHEN_CALLBACK_WAS_OFFERED", json!("300")),
        ("_CB_X", json!([1])),
        ("_CB_DIM_CHANNEL", json!("MOBILE")),
        ("_CB_FINAL_RECORD", json!(0)),
    ] {
        assert_eq!(row[key], value, "{key}");
    }
    for key in ["account", "_CB_D_ESTABLISH_MEDIA_IXN", "_CB_DIAL_7_RESULT"] {
        assert!(!row.contains_key(key), "{key}");
    }
    for channel in [json!("FAX"), json!(7), json!(null)] {
        let row = reported(json!({ "_CB_DIM_CHANNEL": channel }), None, false, "");
        assert_eq!(row["_CB_DIM_CHANNEL"], "UNKNOWN");
    }
}

#[test]
fn who_calls_is_not_known_without_the_service() {
    let service = service(Template::UserTerminatedImmediate, "");
    let (callback, events) = Callback::accept(request(None), &service, None, at(0)).unwrap();
    let row = keys(&callback, &Options::stand_in(None), &Facts::of(&events));
    assert!(!row.contains_key("_CB_DIM_CALL_DIRECTION"));
}

#[test]
fn each_key_has_its_meaning() {
    let names: std::collections::BTreeSet<_> = KEYS.iter().map(|key| key.name).collect();
    assert_eq!(names.len(), KEYS.len());
    assert!(names.contains(dial_result_key(1).as_str()));
    let row = reported(
        json!({}),
        None,
        true,
        "0 QUEUED callback_queued\n5 QUEUED dial_init",
    );
    assert!(
        row.keys().all(|key| names.contains(key.as_str())),
        "{row:?}"
    );
}
