//! Events and waits as they are shown.

use ringback_core::callback::{Callback, State, Wait};
use ringback_core::event::Event;
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

/// What a callback waits for, in words.
pub(super) fn waits_for(callback: &Callback) -> Option<String> {
    match &callback.state {
        State::Waiting {
            not_before: Some(not_before),
            ..
        } => return Some(format!("{not_before}: before that it may not be dialed")),
        State::Paused { .. } => return Some(format!("service {} to be resumed", callback.service)),
        State::Scheduled { .. }
        | State::Waiting { .. }
        | State::HandedOut { .. }
        | State::OnCall { .. }
        | State::Completed { .. } => {}
    }
    let waits = callback.waits_for();
    let pools: Vec<&str> = waits.iter().filter_map(pool).collect();
    let (pools, since) = (pools.join(" or "), callback.queued_since()?);
    match waits.first()? {
        Wait::Line { trunk } => Some(format!("a free line of trunk group {trunk}, since {since}")),
        Wait::Agent { .. } => Some(format!("a ready agent of {pools}, since {since}")),
        Wait::AgentOnLine { .. } => Some(format!(
            "a ready agent of {pools}, on the line, since {since}"
        )),
    }
}

fn pool(wait: &Wait) -> Option<&str> {
    match wait {
        Wait::Line { .. } => None,
        Wait::Agent { pool } | Wait::AgentOnLine { pool } => Some(pool),
    }
}
