//! Events and waits as they are shown.

use ringback_core::access::Way;
use ringback_core::agent::AgentRef;
use ringback_core::callback::{Arrangement, Callback, HeldBy, Hold, State, Wait};
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

/// When a callback that waits for a time goes on.
pub(super) fn due(callback: &Callback) -> Option<Timestamp> {
    match &callback.state {
        State::Scheduled { due, .. } => Some(*due),
        State::Waiting { not_before, .. } => *not_before,
        State::Paused { .. }
        | State::Arranging { .. }
        | State::HandedOut { .. }
        | State::OnCall { .. }
        | State::Completed { .. } => None,
    }
}

/// What a callback waits for, in words.
pub(super) fn waits_for(callback: &Callback) -> Option<String> {
    match &callback.state {
        State::Waiting {
            not_before: Some(not_before),
            held: Some(held),
            ..
        } => return Some(held_back(held, *not_before)),
        State::Waiting {
            not_before: Some(not_before),
            ..
        } => return Some(format!("{not_before}: before that it may not be dialed")),
        State::Scheduled { due, .. } if callback.attempts > 0 => {
            return Some(format!("its next attempt, at {due}"));
        }
        State::Scheduled { due, .. } => return Some(format!("its time, {due}")),
        State::Paused { .. } => return Some(format!("service {} to be resumed", callback.service)),
        State::Arranging { agent, what, .. } => return Some(arranged(agent.as_ref(), what)),
        State::Waiting { .. }
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

fn held_back(held: &Hold, not_before: Timestamp) -> String {
    match held.by {
        HeldBy::OfficeHours => format!("the office to open at {}", held.until),
        HeldBy::MissingOfficeHours => {
            format!(
                "its office hours, which do not exist; looked for at {}",
                held.until
            )
        }
        HeldBy::AnotherCall => {
            format!("another call to this customer to end; looked at {not_before}")
        }
        HeldBy::DesiredTime => format!("{not_before}: before that it may not be dialed"),
    }
}

fn arranged(agent: Option<&AgentRef>, what: &Arrangement) -> String {
    let agent = agent.map_or("an agent", |agent| agent.id.as_str());
    match what {
        Arrangement::Preview => format!("agent {agent} to look at it"),
        Arrangement::Confirm => "the customer to confirm".to_owned(),
        Arrangement::Call { invitation: None } => {
            "the customer to ask for a number to call".to_owned()
        }
        Arrangement::Call {
            invitation: Some(invitation),
        } => match &invitation.way {
            Way::Call { number, .. } => {
                let (number, until) = (number.as_str(), invitation.until);
                format!("the customer to call {number} until {until}")
            }
            Way::Chat { .. } => {
                format!("the customer to open the chat until {}", invitation.until)
            }
        },
    }
}

fn pool(wait: &Wait) -> Option<&str> {
    match wait {
        Wait::Line { .. } => None,
        Wait::Agent { pool } | Wait::AgentOnLine { pool } => Some(pool),
    }
}
