//! What whole-system tests stand on: services and processes of their own, a client, a receiver.

mod client;
mod config;
mod contract;
mod events;
pub mod messages;
mod process;
mod receiver;
mod rooms;
mod services;
mod skew;
mod up;

pub use client::Client;
pub use config::{FREELY, ready_agents, sales};
pub use events::{EventStream, Shown};
pub use process::{Process, RINGBACK, free_port};
pub use receiver::{Notification, Receiver};
pub use rooms::{Rooms, keep_services, request, request_with, rooms, rooms_at, services};
pub use services::{Services, Workers};
pub use skew::Skew;
pub use up::Up;

use std::time::{Duration, Instant};

use ringback_core::time::Timestamp;
use ringback_ports::clock::Clock;

/// So long from now.
pub fn after(span: Duration) -> Timestamp {
    Clock::system().now() + span
}

/// Looks again and again until `look` finds something; fails after `limit`, naming `what`.
pub async fn until<T, F: Future<Output = Option<T>>>(
    what: &str,
    limit: Duration,
    look: impl Fn() -> F,
) -> T {
    let begun = Instant::now();
    loop {
        if let Some(found) = look().await {
            return found;
        }
        assert!(begun.elapsed() < limit, "{what}: not within {limit:?}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
