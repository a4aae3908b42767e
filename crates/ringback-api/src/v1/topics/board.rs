//! The board as rows.

use ringback_core::frames::Rows;
use ringback_ports::desk::{Board, QueueRow, ServiceRow};
use serde_json::{Map, Value, json};

pub fn rows(board: &Board) -> Rows {
    let services = board.services.iter().map(service);
    let queues = board.queues.iter().map(queue);
    let deliveries = json!({
        "dead_targets": board.dead_targets,
        "failing_targets": board.failing_targets,
    });
    let deliveries = ("deliveries".to_owned(), deliveries);
    services.chain(queues).chain([deliveries]).collect()
}

fn service(row: &ServiceRow) -> (String, Value) {
    let states = row.states.iter();
    let states = states.map(|(state, count)| (state.as_str().to_owned(), Value::from(*count)));
    let view = json!({
        "service": row.name,
        "queue": row.queue,
        "paused": row.paused,
        "states": states.collect::<Map<_, _>>(),
    });
    (format!("service/{}", row.name), view)
}

/// Without what changes with every look though nothing happens: the age of a report.
fn queue(row: &QueueRow) -> (String, Value) {
    let outlook = &row.outlook;
    let inputs = &outlook.inputs;
    let view = json!({
        "queue": outlook.name,
        "ewt": outlook.ewt.as_secs(),
        "waiting": inputs.ahead(),
        "callbacks": inputs.callbacks,
        "live_calls": inputs.live_calls,
        "ready": inputs.ready,
        "busy": inputs.staff.saturating_sub(inputs.ready),
        "handle_time": inputs.handle_ms / 1000,
        "handle_time_from": inputs.handle_from,
        "first_since": row.first_since.map(|since| since.to_string()),
    });
    (format!("queue/{}", outlook.name), view)
}
