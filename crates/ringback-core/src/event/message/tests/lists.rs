//! What event lists tell, held against the samples of "Enable Status Notifications".

use serde_json::{Value, json};

use super::{Course, course, sample, sample_call, sample_course};
use crate::callback::{Input, Update};
use crate::event::EventName;
use crate::event_list::EventList;
use crate::ids::WorkerId;
use crate::service::Template;
use crate::tests::sample::{agent, at, request};

const GMS_EVENTS: &str = include_str!("../../../../../../samples/GMS_Events.cfg");
const GMS_LIFECYCLE: &str = include_str!("../../../../../../samples/GMS_Lifecycle.cfg");

/// The samples as they are printed, without what is the same in all of them.
const PRINTED: [(&str, &str); 8] = [
    (
        "_cbe_on_service_create",
        r#"{"timestamp": "1467575991", "_customer_number": "5115", "_urs_virtual_queue": "SIP_VQ_SIP_Switch"}"#,
    ),
    (
        "_cbe_on_virtual_ixn_create",
        r#"{"timestamp": "1467575992"}"#,
    ),
    (
        "_cbe_on_dial_init",
        r#"{"timestamp": "1467575992", "_customer_number": "5115", "c_dialed_number": "5115"}"#,
    ),
    (
        "_cbe_on_dial_done",
        r#"{"timestamp": "1467576012", "_customer_number": "5115", "c_dialed_number": "5115", "c_call_result": 0,
            "c_call_num_attempt": 1}"#,
    ),
    (
        "_cbe_on_connect_treatment_start",
        r#"{"timestamp": "1467576012", "vq_for_outbound_calls": "VQ_GMS_REP_SIP_Switch", "c_dialed_number": "5115"}"#,
    ),
    (
        "_cbe_on_customer_queued",
        r#"{"timestamp": "1467576016", "_vq_for_outbound_calls": "VQ_GMS_REP_SIP_Switch", "c_dialed_number": "5115"}"#,
    ),
    (
        "_cbe_on_target_found",
        r#"{"timestamp": "1467576016", "_urs_virtual_queue": "SIP_VQ_SIP_Switch", "c_target": {"agent": "KSippola",
            "dn": "7001", "id": "Customer_Service", "place": "SIP_Server_Place1", "resource": "7001",
            "return": "target", "stat_value": "0", "switch": "SIP_Switch", "type": "GA", "vq": "SIP_VQ_SIP_Switch"}}"#,
    ),
    (
        "_cbe_on_service_exit",
        r#"{"timestamp": "1467576291", "c_termination_type": "COMPLETED.AGENT_CONNECTED"}"#,
    ),
];

fn cfg(text: &str) -> EventList {
    EventList::parse_cfg(text).unwrap()
}

/// The messages of what a list tells of a course, in its order.
fn told(course: &Course, list: &EventList) -> Vec<Value> {
    let events = course.events.iter();
    let told = events.filter_map(|event| Some(course.message(event, Some(list.told(event.name)?))));
    told.collect()
}

/// A message of the sample list.
fn listed(event: &str, timestamp: &str, state: &str, mut params: Value) -> Value {
    params["name1"] = json!("value1");
    params["name2"] = json!("value2");
    sample(event, timestamp, state, params)
}

/// With exactly what it lists, besides what every message tells.
#[test]
fn the_sample_list_tells_what_it_lists() {
    let number = || json!({"_customer_number": "5115", "c_dialed_number": "5115"});
    let with = |mut params: Value, key: &str, value: Value| {
        params[key] = value;
        params
    };
    let queue = "SIP_VQ_SIP_Switch";
    let line = with(
        number(),
        "_vq_for_outbound_calls",
        json!("VQ_GMS_REP_SIP_Switch"),
    );
    let target = json!({
        "agent": "KSippola", "dn": "7001", "id": "Customer_Service", "place": "SIP_Server_Place1",
        "resource": "7001", "return": "target", "stat_value": "0", "switch": "SIP_Switch",
        "type": "GA", "vq": queue,
    });
    let route = json!({
        "_customer_number": "5115", "_urs_virtual_queue": queue, "c_agent_id": "KSippola", "c_agent_extension": "7001",
    });
    let exit = json!({
        "_customer_number": "5115", "c_last_dialed_number": "5115", "c_termination_type": "COMPLETED.AGENT_CONNECTED",
    });
    let done = with(
        with(number(), "c_call_result", json!(0)),
        "c_call_num_attempt",
        json!(1),
    );
    let create = json!({"_customer_number": "5115", "_urs_virtual_queue": queue});
    let found = json!({"c_target": target, "_urs_virtual_queue": queue});
    let treatment = "_cbe_on_connect_treatment_start";
    assert_eq!(
        told(&sample_call(), &cfg(GMS_EVENTS)),
        [
            listed("_cbe_on_service_create", "1467575991", "QUEUED", create),
            listed(
                "_cbe_on_virtual_ixn_create",
                "1467575991",
                "QUEUED",
                json!({})
            ),
            listed("_cbe_on_dial_init", "1467575992", "QUEUED", number()),
            listed("_cbe_on_dial_done", "1467576012", "QUEUED", done),
            listed(treatment, "1467576012", "QUEUED", line.clone()),
            listed("_cbe_on_customer_queued", "1467576016", "ROUTING", line),
            listed("_cbe_on_target_found", "1467576016", "ROUTING", found),
            listed("_cbe_on_route_to_agent", "1467576017", "PROCESSING", route),
            listed("_cbe_on_service_exit", "1467576291", "COMPLETED", exit),
        ]
    );
}

/// Under the names of the reference table, and with the true state, where the samples always have QUEUED.
#[test]
fn nothing_that_is_printed_is_missing() {
    let told = told(&sample_call(), &cfg(GMS_EVENTS));
    for (event, printed) in PRINTED {
        let told = told.iter().find(|it| it["event_id"] == event).unwrap();
        let printed = printed.replace("\"vq_for", "\"_vq_for");
        let printed: Value = serde_json::from_str(&printed).unwrap();
        let whole = listed(event, "", "", printed.clone());
        for (key, value) in whole.as_object().unwrap() {
            match key.as_str() {
                "_callback_state" => {}
                // Both happen when the request is accepted; the samples are a second apart.
                "timestamp" if event == "_cbe_on_virtual_ixn_create" => {}
                "timestamp" => assert_eq!(told[key], printed[key], "{event}"),
                _ => assert_eq!(&told[key], value, "{event}"),
            }
        }
    }
}

/// The same nine in its own order: the agent is found before the customer is dialed.
#[test]
fn the_sample_list_tells_a_classic_callback_as_well() {
    let agent = Some(agent("KSippola"));
    let mut inputs = sample_course();
    inputs[0] = (0, Input::HandOut { agent });
    inputs.remove(4);
    let further = "_retain_session_until_ixn_deleted=true";
    let course = Course::of(Template::ClassicCallback, further, request(None), &inputs);
    let told = told(&course, &cfg(GMS_EVENTS));
    let names: Vec<_> = told
        .iter()
        .map(|it| it["event_id"].as_str().unwrap())
        .collect();
    let suffixes = "service_create virtual_ixn_create target_found dial_init dial_done connect_treatment_start \
                    customer_queued route_to_agent service_exit";
    let expected = suffixes.split(' ').map(|it| format!("_cbe_on_{it}"));
    assert_eq!(names, expected.collect::<Vec<_>>());
    let list = cfg(GMS_EVENTS);
    for message in &told {
        let name = EventName::find(message["event_id"].as_str().unwrap()).unwrap();
        let params = &list.told(name).unwrap().params;
        let keys = message.as_object().unwrap().keys();
        let others = keys.filter(|key| !params.contains(key)).map(String::as_str);
        let expected = ["_callback_state", "event_id", "name1", "name2", "timestamp"];
        assert_eq!(others.collect::<Vec<_>>(), expected, "{}", name.as_str());
        assert!(
            params.iter().all(|key| message.get(key).is_some()),
            "{message}"
        );
    }
}

#[test]
fn a_list_with_two_events_tells_those_alone() {
    let list = cfg("[_cbe_on_dial_done]\nnotify_params = c_call_result\n[_cbe_on_service_exit]\n");
    assert_eq!(
        told(&sample_call(), &list),
        [
            sample(
                "_cbe_on_dial_done",
                "1467576012",
                "QUEUED",
                json!({"c_call_result": 0})
            ),
            sample("_cbe_on_service_exit", "1467576291", "COMPLETED", json!({})),
        ]
    );
}

/// `_phone_number` is told under the reference table's name.
#[test]
fn the_sample_of_a_callbacks_life_tells_its_two_events() {
    let moved = Update {
        desired: Some(at(7200)),
        ..Update::default()
    };
    let inputs = [(60, Input::Update(moved)), (7200, Input::Look)];
    let told = told(&course("", Some(3600), &inputs), &cfg(GMS_LIFECYCLE));
    let life = |event: &str, timestamp, desired: &str| {
        let state = event.trim_start_matches("_cbe_on_callback_");
        let besides = json!({"_customer_number": "5115", "_desired_time": desired, "state": state});
        sample(event, timestamp, "SCHEDULED", besides)
    };
    assert_eq!(
        told,
        [
            life(
                "_cbe_on_callback_scheduled",
                "1467575991",
                "2016-07-03T20:59:51.000Z"
            ),
            life(
                "_cbe_on_callback_rescheduled",
                "1467576051",
                "2016-07-03T21:59:51.000Z"
            ),
        ]
    );
}

/// Each attempt has its own result and number.
#[test]
fn a_failed_attempt_is_told_before_the_next() {
    let worker = || WorkerId::new("d1");
    let busy = crate::call::Report::Failed {
        result: crate::call::CallResult::Busy,
    };
    let take = |seconds| {
        [
            (seconds, Input::HandOut { agent: None }),
            (seconds, Input::Take { worker: worker() }),
        ]
    };
    let mut inputs = take(1).to_vec();
    inputs.extend([(5, Input::Report(busy)), (305, Input::Look)]);
    inputs.extend(take(306));
    inputs.push((310, Input::Report(busy)));
    let list = cfg("[_cbe_on_dial_done]\nnotify_params = c_call_num_attempt, c_call_result");
    let told = told(&course("_max_dial_attempts=2", None, &inputs), &list);
    let done = |timestamp, state, attempt| {
        let besides = json!({"c_call_num_attempt": attempt, "c_call_result": 6});
        sample("_cbe_on_dial_done", timestamp, state, besides)
    };
    assert_eq!(
        told,
        [
            done("1467575996", "QUEUED", 1),
            done("1467576301", "QUEUED", 2)
        ]
    );
}
