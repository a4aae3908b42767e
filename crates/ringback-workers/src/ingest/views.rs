//! Events and waits as they are shown.

use ringback_core::callback::Wait;
use ringback_core::event::Event;
use ringback_core::ids::{CallbackId, ServiceName};
use ringback_core::time::Timestamp;
use serde_json::{Map, Value};

pub(super) fn event_view(sequence: u64, event: &Event) -> Map<String, Value> {
    let mut view = Map::new();
    view.insert("sequence".to_owned(), sequence.into());
    view.insert("event_id".to_owned(), event.name.as_str().into());
    view.insert("time".to_owned(), event.at.to_string().into());
    view.insert("_callback_state".to_owned(), event.state.as_str().into());
    view.extend(event.attributes.clone());
    view
}

/// An event as watchers of many callbacks see it.
pub(super) fn live_view(
    id: &CallbackId,
    service: &ServiceName,
    sequence: u64,
    event: &Event,
) -> Map<String, Value> {
    let mut view = event_view(sequence, event);
    view.insert("_service_id".to_owned(), id.as_str().into());
    view.insert("_service_name".to_owned(), service.as_str().into());
    view
}

pub(super) fn waits_for(wait: &Wait, since: Timestamp) -> String {
    match wait {
        Wait::Line { trunk } => format!("a free line of trunk group {trunk}, since {since}"),
        Wait::Agent { pool } => format!("a ready agent of {pool}, since {since}"),
        Wait::AgentOnLine { pool } => {
            format!("a ready agent of {pool}, on the line, since {since}")
        }
    }
}
