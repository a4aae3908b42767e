//! Messages, held against the samples and the reference table of "Enable Status Notifications".

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::message;
use crate::call::{AnsweredBy, Party, Report};
use crate::callback::{Callback, Decision, Input, NewCallback, Update};
use crate::event::{Event, EventName};
use crate::event_list::Told;
use crate::ids::WorkerId;
use crate::service::{Service, Template};
use crate::tests::sample::{ID, agent, at, request, service};

mod lists;
mod params;

/// A callback of the sample service, and everything that happened to it.
struct Course {
    service: Service,
    callback: Callback,
    events: Vec<Event>,
}

impl Course {
    /// With further options, after a request at 0 to which `inputs` happen.
    fn of(
        template: Template,
        further: &str,
        request: NewCallback,
        inputs: &[(i64, Input)],
    ) -> Self {
        let service = service(template, further);
        let (callback, events) = Callback::accept(request, &service, None, at(0)).unwrap();
        let mut course = Self {
            service,
            callback,
            events,
        };
        for (seconds, input) in inputs {
            let options = &course.service.options;
            let decision = course.callback.step(input.clone(), options, at(*seconds));
            let Decision::Step(step) = decision else {
                panic!("{input:?} leads nowhere");
            };
            course.callback = step.callback;
            course.events.extend(step.events);
        }
        course
    }

    /// The message of one event, as a list or the default set has it.
    fn message(&self, event: &Event, told: Option<&Told>) -> Value {
        message(event, &self.callback, Some(&self.service), told).into()
    }

    /// The messages of the `wanted` events.
    fn messages(&self, wanted: impl Fn(EventName) -> bool) -> Vec<Value> {
        let told = self.events.iter().filter(|event| wanted(event.name));
        told.map(|event| self.message(event, None)).collect()
    }
}

/// The course of an immediate callback.
fn course(further: &str, desired: Option<i64>, inputs: &[(i64, Input)]) -> Course {
    let request = request(desired.map(at));
    Course::of(Template::UserTerminatedImmediate, further, request, inputs)
}

/// The course of the samples, at their times.
fn sample_course() -> Vec<(i64, Input)> {
    let worker = WorkerId::new("d1");
    let by = AnsweredBy::Person;
    let customer = Party::Customer;
    vec![
        (0, Input::HandOut { agent: None }),
        (1, Input::Take { worker }),
        (21, Input::Report(Report::Answered { by })),
        (25, Input::Report(Report::TreatmentDone)),
        (25, Input::Offer(agent("KSippola"))),
        (26, Input::Report(Report::Connected)),
        (300, Input::Report(Report::HungUp { by: customer })),
    ]
}

/// That of the samples' callback.
fn sample_call() -> Course {
    let further = "_retain_session_until_ixn_deleted=true";
    course(further, None, &sample_course())
}

fn sample_messages() -> Vec<Value> {
    sample_call().messages(EventName::is_in_default_set)
}

/// A message of the samples: what all have, then what it has besides.
fn sample(event: &str, timestamp: &str, state: &str, besides: Value) -> Value {
    let mut message = json!({
        "event_id": event,
        "timestamp": timestamp,
        "_service_id": ID,
        "_service_name": "samples_dev",
        "_callback_state": state,
    });
    let Value::Object(besides) = besides else {
        panic!("what a message has besides is an object");
    };
    message.as_object_mut().unwrap().extend(besides);
    message
}

#[test]
fn before_the_call_they_are_those_of_the_samples() {
    let told = sample_messages();
    assert_eq!(
        told[..4],
        [
            sample(
                "_cbe_on_service_create",
                "1467575991",
                "QUEUED",
                json!({"_customer_number": "5115", "_urs_virtual_queue": "SIP_VQ_SIP_Switch"}),
            ),
            sample(
                "_cbe_on_virtual_ixn_create",
                "1467575991",
                "QUEUED",
                json!({})
            ),
            sample(
                "_cbe_on_dial_init",
                "1467575992",
                "QUEUED",
                json!({"_customer_number": "5115", "c_dialed_number": "5115"}),
            ),
            sample(
                "_cbe_on_dial_done",
                "1467576012",
                "QUEUED",
                json!({
                    "_customer_number": "5115", "c_dialed_number": "5115", "c_call_result": 0,
                    "c_call_num_attempt": 1,
                }),
            ),
        ]
    );
}

/// With the true `_callback_state`, where the samples always have QUEUED, and with the names of the reference table.
#[test]
fn during_the_call_they_are_those_of_the_samples() {
    let line =
        json!({"_vq_for_outbound_calls": "VQ_GMS_REP_SIP_Switch", "c_dialed_number": "5115"});
    let target = json!({
        "agent": "KSippola", "dn": "7001", "id": "Customer_Service", "place": "SIP_Server_Place1",
        "resource": "7001", "return": "target", "stat_value": "0", "switch": "SIP_Switch",
        "type": "GA", "vq": "SIP_VQ_SIP_Switch",
    });
    let agent = json!({"c_agent_id": "KSippola", "c_agent_extension": "7001"});
    let found = json!({
        "_urs_virtual_queue": "SIP_VQ_SIP_Switch", "c_target": target, "c_agent_id": "KSippola",
        "c_agent_extension": "7001",
    });
    let over =
        json!({"c_dialed_number": "5115", "c_termination_type": "COMPLETED.AGENT_CONNECTED"});
    let treatment = "_cbe_on_connect_treatment_start";
    assert_eq!(
        sample_messages()[4..],
        [
            sample(treatment, "1467576012", "QUEUED", line.clone()),
            sample("_cbe_on_customer_queued", "1467576016", "ROUTING", line),
            sample("_cbe_on_target_found", "1467576016", "ROUTING", found),
            sample("_cbe_on_route_to_agent", "1467576017", "PROCESSING", agent),
            sample("_cbe_on_service_exit", "1467576291", "COMPLETED", over),
        ]
    );
}

/// The reference table, with `c_target` as the sample has it.
const REFERENCE: [(EventName, &str); 9] = [
    (
        EventName::ServiceCreate,
        "_customer_number _urs_virtual_queue",
    ),
    (EventName::VirtualIxnCreate, ""),
    (
        EventName::TargetFound,
        "_urs_virtual_queue c_agent_id c_agent_extension c_target",
    ),
    (EventName::DialInit, "_customer_number c_dialed_number"),
    (
        EventName::DialDone,
        "_customer_number c_dialed_number c_call_result c_call_num_attempt",
    ),
    (
        EventName::ConnectTreatmentStart,
        "_vq_for_outbound_calls c_dialed_number",
    ),
    (
        EventName::CustomerQueued,
        "_vq_for_outbound_calls c_dialed_number",
    ),
    (EventName::RouteToAgent, "c_agent_id c_agent_extension"),
    (EventName::ServiceExit, "c_dialed_number c_termination_type"),
];

#[test]
fn every_event_has_the_attributes_of_the_reference_table_and_no_other() {
    let told = sample_messages();
    for (event, attributes) in REFERENCE {
        let message = told
            .iter()
            .find(|message| message["event_id"] == event.as_str())
            .unwrap();
        let all = [
            "event_id",
            "timestamp",
            "_service_id",
            "_service_name",
            "_callback_state",
        ];
        let expected: BTreeSet<_> = all
            .into_iter()
            .chain(attributes.split_whitespace())
            .collect();
        let keys: BTreeSet<_> = message
            .as_object()
            .unwrap()
            .keys()
            .map(String::as_str)
            .collect();
        assert_eq!(keys, expected, "{}", event.as_str());
    }
}

/// A queue that the service does not name, a number that was never dialed.
#[test]
fn what_is_not_known_is_left_out() {
    let cancel = Input::Cancel(crate::event::Reason::Cancelled);
    let further = "_urs_virtual_queue= _vq_for_outbound_calls=";
    let told = course(further, None, &[(5, cancel)]).messages(EventName::is_in_default_set);
    let over = json!({"c_termination_type": "COMPLETED.CANCELLED"});
    assert_eq!(
        told,
        [
            sample(
                "_cbe_on_service_create",
                "1467575991",
                "QUEUED",
                json!({"_customer_number": "5115"}),
            ),
            sample(
                "_cbe_on_virtual_ixn_create",
                "1467575991",
                "QUEUED",
                json!({})
            ),
            sample("_cbe_on_service_exit", "1467575996", "COMPLETED", over),
        ]
    );
}

#[test]
fn the_time_is_in_whole_seconds() {
    let (millis, shown) = (1_467_575_991_999, "1467575991");
    let service = service(Template::UserTerminatedImmediate, "");
    let now = crate::time::Timestamp::from_millis(millis);
    let (callback, events) = Callback::accept(request(None), &service, None, now).unwrap();
    let message = message(&events[0], &callback, Some(&service), None);
    assert_eq!(message["timestamp"], shown);
}

/// Each with the time that was desired then, of the same callback.
#[test]
fn events_of_its_life_have_the_attributes_of_the_reference_table() {
    let moved = Update {
        desired: Some(at(7200)),
        ..Update::default()
    };
    let inputs = [(60, Input::Update(moved)), (7200, Input::Look)];
    let told = course("", Some(3600), &inputs).messages(|name| !name.is_in_default_set());
    let life = |event, timestamp, state, desired| {
        let besides = json!({
            "_customer_number": "5115", "_v_queue": "SIP_VQ_SIP_Switch", "_desired_time": desired,
        });
        sample(event, timestamp, state, besides)
    };
    let (first, second) = ("2016-07-03T20:59:51.000Z", "2016-07-03T21:59:51.000Z");
    assert_eq!(
        told,
        [
            life(
                "_cbe_on_callback_scheduled",
                "1467575991",
                "SCHEDULED",
                first
            ),
            life(
                "_cbe_on_callback_rescheduled",
                "1467576051",
                "SCHEDULED",
                second
            ),
            life("_cbe_on_callback_submitted", "1467583191", "QUEUED", second),
            life("_cbe_on_callback_queued", "1467583191", "QUEUED", second),
        ]
    );
}
