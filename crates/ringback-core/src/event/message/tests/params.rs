//! What an event list can ask for, by name.

use serde_json::{Map, Value, json};

use super::{Course, ID, message, sample_course};
use crate::event::EventName;
use crate::event_list::Told;
use crate::service::Template;
use crate::tests::sample::{object, request};

const FURTHER: &str = "_retain_session_until_ixn_deleted=true _callback_events_list=GMS_Events _route_point=carrier \
                       _calling_party_number= _status_notification_language=de _ttl=60";

/// The sample call of somebody of whom more is known.
fn call() -> Course {
    let mut request = request(None);
    request.user_data = object(json!({
        "account": "0815", "visits": 3, "vip": true, "nothing": null, "basket": [1, {"sku": "x"}],
        "url": "the customer's", "_id": "another's",
    }));
    for (name, value) in [
        ("_urs_virtual_queue", " VIP_VQ "),
        (
            "_status_notification_target",
            "https://user:secret@crm.example",
        ),
        ("_status_notification_language", " "),
    ] {
        request.overrides.insert(name.to_owned(), value.to_owned());
    }
    Course::of(
        Template::UserTerminatedImmediate,
        FURTHER,
        request,
        &sample_course(),
    )
}

fn told(params: &[&str], custom: Value) -> Told {
    let params = params.iter().map(|&name| name.to_owned()).collect();
    let custom = object(custom);
    Told { params, custom }
}

/// What the message of an event tells besides what every message does.
fn besides(course: &Course, event: EventName, told: &Told) -> Map<String, Value> {
    let event = course.events.iter().find(|it| it.name == event).unwrap();
    let Value::Object(mut message) = course.message(event, Some(told)) else {
        panic!("a message is an object");
    };
    for key in [
        "event_id",
        "timestamp",
        "_service_id",
        "_service_name",
        "_callback_state",
    ] {
        assert!(message.remove(key).is_some(), "{key}");
    }
    message
}

/// What a parameter is told as, if it is, of an event.
fn check(event: EventName, param: &str, expected: Value) {
    let told = besides(&call(), event, &told(&[param], json!({})));
    assert_eq!(Value::Object(told), expected, "{param}");
}

const DONE: EventName = EventName::DialDone;
const EXIT: EventName = EventName::ServiceExit;

#[test]
fn attributes_are_told_of_the_events_that_have_them() {
    check(DONE, "c_call_result", json!({"c_call_result": 0}));
    check(DONE, "c_dialed_number", json!({"c_dialed_number": "5115"}));
    check(DONE, "c_termination_type", json!({}));
    check(EXIT, "c_call_result", json!({}));
    check(
        EXIT,
        "c_last_dialed_number",
        json!({"c_last_dialed_number": "5115"}),
    );
    check(
        EventName::TargetFound,
        "c_agent_id",
        json!({"c_agent_id": "KSippola"}),
    );
}

#[test]
fn keys_of_the_record_are_told() {
    let queue = json!("SIP_VQ_SIP_Switch");
    assert_ne!(
        call().callback.route.virtual_queue,
        queue,
        "the request has set another"
    );
    for (param, value) in [
        ("_id", json!(ID)),
        ("_customer_number", json!("5115")),
        ("_desired_time", json!("2016-07-03T19:59:51.000Z")),
        ("_expiration_time", json!("2016-07-03T20:00:51.000Z")),
        ("_urs_virtual_queue", json!("VIP_VQ")),
        ("_v_queue", json!("VIP_VQ")),
        ("_vq_for_outbound_calls", json!("VQ_GMS_REP_SIP_Switch")),
        (
            "url",
            json!(format!("/genesys/1/service/callback/samples_dev/{ID}")),
        ),
    ] {
        check(DONE, param, json!({ param: value }));
    }
}

/// Not before it is known.
#[test]
fn the_reason_is_told_at_the_end() {
    check(DONE, "_callback_reason", json!({}));
    check(
        EXIT,
        "_callback_reason",
        json!({"_callback_reason": "AGENT_CONNECTED"}),
    );
}

/// As they hold for the callback: a blank one of its request says nothing.
#[test]
fn options_are_told_as_they_hold() {
    for (param, value) in [
        ("_target", "Customer_Service@Stat_Server.GA"),
        ("_retain_session_until_ixn_deleted", "true"),
        ("_wait_for_agent", "false"),
        ("_max_dial_attempts", "3"),
        ("_callback_events_list", "GMS_Events"),
        ("_enable_status_notification", "subscribe_notify"),
        ("_status_notification_language", "de"),
    ] {
        check(DONE, param, json!({ param: value }));
    }
}

#[test]
fn user_data_is_told_as_it_is() {
    for (param, value) in [
        ("account", json!("0815")),
        ("visits", json!(3)),
        ("vip", json!(true)),
        ("nothing", json!(null)),
        ("basket", json!([1, {"sku": "x"}])),
    ] {
        check(DONE, param, json!({ param: value }));
    }
}

/// Also the target, which may hold a credential, whoever has set it.
#[test]
fn what_is_unknown_unset_or_secret_is_left_out() {
    for param in [
        "_colour",
        "colour",
        "",
        "_calling_party_number",
        "_calling_party_display_name",
        "_status_notification_provider",
        "_status_notification_target",
    ] {
        check(DONE, param, json!({}));
    }
}

#[test]
fn other_names_are_told_under_those_of_the_reference() {
    for (alias, name, value) in [
        (
            "vq_for_outbound_calls",
            "_vq_for_outbound_calls",
            "VQ_GMS_REP_SIP_Switch",
        ),
        ("_phone_number", "_customer_number", "5115"),
        (
            "_enable_status_notifications",
            "_enable_status_notification",
            "subscribe_notify",
        ),
        ("_route_point", "_trunk_group", "carrier"),
    ] {
        check(DONE, alias, json!({ name: value }));
    }
}

/// Everything but its options is known without it.
#[test]
fn a_service_that_is_gone_is_not_needed() {
    let course = call();
    let event = course.events.iter().find(|it| it.name == DONE).unwrap();
    let params = [
        "_ttl",
        "_id",
        "c_call_result",
        "account",
        "_expiration_time",
        "_urs_virtual_queue",
    ];
    let told = told(&params, json!({"a": 1}));
    let told = message(event, &course.callback, None, Some(&told));
    let keys: Vec<_> = told.keys().map(String::as_str).collect();
    let expected = [
        "_callback_state",
        "_id",
        "_service_id",
        "_service_name",
        "_urs_virtual_queue",
        "a",
        "account",
        "c_call_result",
        "event_id",
        "timestamp",
    ];
    assert_eq!(keys, expected);
}

/// Over the parameters, as it stands.
#[test]
fn what_a_list_adds_is_merged_last() {
    let params = ["_customer_number", "account", "c_call_result"];
    let custom =
        json!({"_customer_number": "hidden", "c_call_result": {"code": [0]}, "name": null});
    let told = besides(&call(), DONE, &told(&params, custom));
    let expected = json!({
        "_customer_number": "hidden", "account": "0815", "c_call_result": {"code": [0]}, "name": null,
    });
    assert_eq!(Value::Object(told), expected);
}

#[test]
fn a_parameter_may_be_listed_twice() {
    let params = ["_phone_number", "_customer_number", "_id", "_id"];
    let told = besides(&call(), DONE, &told(&params, json!({})));
    assert_eq!(
        Value::Object(told),
        json!({"_customer_number": "5115", "_id": ID})
    );
}
