//! Who gets the next free line.

use std::time::Duration;

use ringback_core::callback::State;
use ringback_core::ids::{CallbackId, ServiceName};
use ringback_ports::desk::Desk;
use ringback_workers::ingest::FrontDesk;
use ringback_workers::scheduler::{self, Limits};
use serde_json::json;

use crate::harness::{Rooms, keep_services, request_with, rooms, until};

async fn handed_out(house: &Rooms, ids: &[CallbackId]) -> Option<usize> {
    let held = house.hold_all(ids).await.unwrap();
    held.iter().position(|held| {
        let state = held.as_ref().map(|held| &held.callback.state);
        matches!(state, Some(State::HandedOut { .. }))
    })
}

/// One line, and one of each rank: whoever is handed out is called off, and the line is the next one's.
#[tokio::test]
async fn a_line_goes_to_the_highest_priority() {
    let house = rooms(&[("_enable_in_queue_checking", "false")]);
    keep_services(&house).await;
    let mut ids = Vec::new();
    for (priority, increment) in [(0, 0), (7, 0), (8, 3), (1_000_000, 0), (9, 3), (8, 3)] {
        let request = json!({
            "_customer_number": "5115", "_urs_vq_priority": priority,
            "_urs_vq_priority_increment": increment, "_urs_vq_priority_increment_interval": 86_400,
        });
        ids.push(request_with(&house, &request).await);
    }
    let limits = Limits {
        calls: 1,
        handed_out: 1,
        ..Limits::default()
    };
    let scheduling = tokio::spawn(scheduler::run(house.clone(), limits));
    let (desk, service) = (FrontDesk::new(house.clone()), ServiceName::new("now"));
    let mut order = Vec::new();
    while order.len() < ids.len() {
        let next = until("a line", Duration::from_secs(20), || {
            handed_out(&house, &ids)
        })
        .await;
        order.push(next);
        desk.cancel(&service, &ids[next]).await.unwrap();
    }
    assert_eq!(order, [3, 4, 2, 5, 1, 0]);
    house.stop.cancel();
    scheduling.await.unwrap();
}
