//! The default set, held against the reference table of "Enable Status Notifications".

use std::collections::BTreeSet;

use super::sample_messages;
use crate::event::EventName;

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
