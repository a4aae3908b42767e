//! Queries by properties.

use ringback_core::callback::{Callback, NUMBER_KEY, found_by_index, service_index};
use ringback_core::event::CallbackState;
use ringback_core::ids::ServiceName;
use ringback_core::key::IndexName;
use ringback_ports::desk::{Operand, Refusal, RefusalKind};
use serde_json::Value;

/// The indexes that hold every callback the conditions can fit.
pub(super) fn lookups(
    service: Option<&ServiceName>,
    conditions: &[(String, String)],
    operand: Operand,
) -> Result<Vec<IndexName>, Refusal> {
    let indexed = conditions
        .iter()
        .filter(|(key, _)| key != "_callback_state");
    let mut lookups: Vec<_> = indexed
        .map(|(key, value)| found_by_index(key, value))
        .collect();
    match (operand, service) {
        (Operand::And, _) if !lookups.is_empty() => lookups.truncate(1),
        (Operand::Or, None) if !lookups.is_empty() && lookups.len() == conditions.len() => {}
        (_, Some(service)) => lookups = vec![service_index(service.as_str())],
        (Operand::And | Operand::Or, None) => {
            let message =
                "a query needs a lookup key, e.g. _customer_number, or a service in its path";
            return Err(Refusal::new(RefusalKind::Invalid, message));
        }
    }
    Ok(lookups)
}

pub(super) fn fits(callback: &Callback, conditions: &[(String, String)], operand: Operand) -> bool {
    let mut held = conditions.iter().map(|(key, wanted)| match key.as_str() {
        "_callback_state" => state_fits(callback.callback_state(), wanted),
        NUMBER_KEY => callback.customer().is_some_and(|it| it.as_str() == wanted),
        key => callback.user_data.get(key).and_then(Value::as_str) == Some(wanted),
    });
    match operand {
        Operand::And => held.all(|holds| holds),
        Operand::Or => conditions.is_empty() || held.any(|holds| holds),
    }
}

fn state_fits(state: CallbackState, wanted: &str) -> bool {
    match wanted.strip_prefix('!') {
        Some(unwanted) => state.as_str() != unwanted,
        None => state.as_str() == wanted,
    }
}
