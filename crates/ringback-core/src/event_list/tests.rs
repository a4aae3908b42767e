//! Event lists: both their forms, and the samples of the original's documents.

use serde_json::{Value, json};

use super::{EventList, LIST_PROPERTIES, Told, legal_list_name};
use crate::event::EventName;
use crate::service::OptionSpec;
use crate::tests::sample::object;

mod forms;
mod laws;
mod mistakes;

const GMS_EVENTS: &str = include_str!("../../../../samples/GMS_Events.cfg");
const GMS_LIFECYCLE: &str = include_str!("../../../../samples/GMS_Lifecycle.cfg");

/// The one event of a list is told so.
const ONE_EVENT: &str = "[_cbe_on_dial_done]\nnotify_params = c_call_result\n";

fn cfg(text: &str) -> EventList {
    EventList::parse_cfg(text).unwrap_or_else(|mistakes| panic!("{mistakes}\n{text}"))
}

fn told(params: &str, custom: Value) -> Told {
    let params = params.split_whitespace().map(str::to_owned).collect();
    let custom = object(custom);
    Told { params, custom }
}

/// What `list` sets and tells, and that it survives both its forms.
fn check(list: &EventList, properties: &[(&str, &str)], events: &[(EventName, Told)]) {
    let set: Vec<_> = list
        .properties()
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    assert_eq!(set, properties);
    let told: Vec<_> = list.events().clone().into_iter().collect();
    assert!(told == events, "{:?}", list.to_json());
    assert!(cfg(&list.to_cfg()) == *list, "{}", list.to_cfg());
    assert!(
        EventList::parse_json(&list.to_json()).as_ref() == Ok(list),
        "{:?}",
        list.to_json()
    );
}

/// As printed, with the placeholder of the target and the value that goes on in the next line.
#[test]
fn the_sample_of_the_document_is_read_as_it_stands() {
    let names = || json!({"name1": "value1", "name2": "value2"});
    let told = |params| told(params, names());
    check(
        &cfg(GMS_EVENTS),
        &[
            ("_enable_status_notification", "notify"),
            ("_status_notification_target", "<your URL>"),
            ("_status_notification_type", "httpcb"),
        ],
        &[
            (
                EventName::ServiceCreate,
                told("_service_id _service_name _customer_number _urs_virtual_queue"),
            ),
            (
                EventName::VirtualIxnCreate,
                told("_service_id _service_name"),
            ),
            (
                EventName::DialInit,
                told("_service_id _service_name _customer_number c_dialed_number"),
            ),
            (
                EventName::DialDone,
                told(
                    "_service_id _service_name _customer_number c_dialed_number c_call_result c_call_num_attempt",
                ),
            ),
            (
                EventName::ConnectTreatmentStart,
                told(
                    "_service_id _service_name _customer_number _vq_for_outbound_calls c_dialed_number",
                ),
            ),
            (
                EventName::CustomerQueued,
                told(
                    "_service_id _service_name _customer_number _vq_for_outbound_calls c_dialed_number",
                ),
            ),
            (
                EventName::TargetFound,
                told("_service_id _service_name c_target _urs_virtual_queue"),
            ),
            (
                EventName::RouteToAgent,
                told(
                    "_service_id _service_name _customer_number _urs_virtual_queue c_agent_id c_agent_extension",
                ),
            ),
            (
                EventName::ServiceExit,
                told(
                    "_service_id _service_name _customer_number c_last_dialed_number c_termination_type",
                ),
            ),
        ],
    );
}

#[test]
fn the_sample_of_a_callbacks_life_is_read() {
    let params = "_customer_number _phone_number _desired_time";
    check(
        &cfg(GMS_LIFECYCLE),
        &[
            ("_enable_status_notification", "notify"),
            ("_status_notification_debug", "false"),
            ("_status_notification_provider", "default"),
            ("_status_notification_type", "httpcb"),
        ],
        &[
            (
                EventName::CallbackScheduled,
                told(params, json!({"state": "scheduled"})),
            ),
            (
                EventName::CallbackRescheduled,
                told(params, json!({"state": "rescheduled"})),
            ),
        ],
    );
}

/// Alone, every event with each of its spellings.
#[test]
fn every_event_can_be_told() {
    for event in EventName::ALL {
        let bare = event.as_str().trim_start_matches('_');
        for name in [event.as_str(), bare] {
            check(&cfg(&format!("[{name}]")), &[], &[(event, Told::default())]);
        }
    }
}

#[test]
fn every_property_is_known_by_each_of_its_names() {
    let values = [
        "notify",
        "mine",
        "amqp",
        "https://u:p@crm.example/?a=b;c#d",
        "true",
        "de",
        "true",
    ];
    let named: Vec<_> = LIST_PROPERTIES.into_iter().zip(values).collect();
    let mut sorted = named.clone();
    sorted.sort_unstable();
    let mode = "_enable_status_notification";
    for spelled in [
        |name: &str, _: &str| name.to_owned(),
        |name: &str, _: &str| name.trim_start_matches('_').to_owned(),
        |name: &str, mode: &str| name.replace(mode, "_enable_status_notifications"),
        |name: &str, mode: &str| name.replace(mode, "enable_status_notifications"),
    ] {
        let lines = named
            .iter()
            .map(|(name, value)| format!("{} = {value}\n", spelled(name, mode)));
        let text = format!("[properties]\n{}{ONE_EVENT}", lines.collect::<String>());
        check(
            &cfg(&text),
            &sorted,
            &[(EventName::DialDone, told("c_call_result", json!({})))],
        );
    }
}

#[test]
fn properties_are_options() {
    for name in LIST_PROPERTIES {
        assert_eq!(OptionSpec::find(name).map(|spec| spec.name), Some(name));
    }
}

#[test]
fn it_can_be_asked() {
    let list = cfg(GMS_EVENTS);
    assert_eq!(list.property("_status_notification_type"), Some("httpcb"));
    assert_eq!(list.property("_status_notification_provider"), None);
    let told = list.told(EventName::VirtualIxnCreate).unwrap();
    assert_eq!(told.params, ["_service_id", "_service_name"]);
    assert!(list.told(EventName::CallbackScheduled).is_none());
}

#[test]
fn debug_shows_no_value() {
    let text = "[properties]\n_status_notification_target = http://user:secret@crm.example\n\
                [_cbe_on_dial_done]\nnotify_params = secret\nnotify_custom = {\"secret\": \"secret\"}";
    let list = cfg(text);
    let shown = format!("{list:?} {:?}", list.events());
    assert!(!shown.contains("secret"), "{shown}");
    for seen in [
        "_status_notification_target",
        "_cbe_on_dial_done",
        "Told(1 params, 1 custom)",
    ] {
        assert!(shown.contains(seen), "{shown}");
    }
}

#[test]
fn names_of_lists_are_plain() {
    for name in ["GMS_Events", "a", "events-2.1", &"x".repeat(64)] {
        assert!(legal_list_name(name), "{name}");
    }
    for name in ["", "a b", "a/b", "ä", "a\n", "a*", &"x".repeat(65)] {
        assert!(!legal_list_name(name), "{name}");
    }
}
