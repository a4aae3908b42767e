//! Callbacks for a time: when they can be had, and the places that they take.

mod availability;
mod broken;
mod clocks;
mod crowd;
mod places;
mod refused;
mod timetables;

use std::net::Ipv4Addr;
use std::time::Duration;

use ringback_api::{Access, Users};
use ringback_core::time::Timestamp;
use ringback_ports::clock::Clock;
use ringback_ports::desk::{Resource, ResourceDesk};
use ringback_workers::ingest::FrontDesk;
use ringback_workers::scheduler::{self, Limits};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::harness::{Client, Rooms, keep_services, rooms_at, until};

const LIMIT: Duration = Duration::from_secs(20);
/// A Friday.
const NOW: &str = "2026-11-20T12:02:00.000Z";

/// A house by a clock that the test moves, with its API and a scheduler. Its service is `now`.
struct House {
    client: Client,
    clock: Clock,
    rooms: Rooms,
}

impl House {
    /// With these options of its service.
    async fn start(options: &[(&str, &str)]) -> Self {
        Self::start_at(NOW, options).await
    }

    async fn start_at(now: &str, options: &[(&str, &str)]) -> Self {
        let clock = Clock::manual(Timestamp::parse(now).unwrap());
        let rooms = rooms_at(clock.clone(), options);
        keep_services(&rooms).await;
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let client = Client::new(listener.local_addr().unwrap());
        let access = Access {
            users: Users::default(),
            keep_audit: Duration::from_hours(24),
            ..Access::default()
        };
        let api = ringback_api::api(FrontDesk::new(rooms.clone()), access);
        tokio::spawn(async move { axum::serve(listener, api).await });
        tokio::spawn(scheduler::run(rooms.clone(), Limits::default()));
        Self {
            client,
            clock,
            rooms,
        }
    }

    /// Saves office hours or a capacity.
    async fn save(&self, what: Resource, name: &str, options: Value) {
        let desk = FrontDesk::new(self.rooms.clone());
        let options = options.as_object().unwrap().clone();
        desk.put_resource(what, name, options, None).await.unwrap();
    }

    /// What a request for that time is answered.
    async fn ask(&self, service: &str, desired: &str) -> (u16, Value) {
        let path = format!("/genesys/1/service/callback/{service}");
        let body = json!({"_customer_number": "5115", "_desired_time": desired});
        self.client.post(&path, &body).await
    }

    /// The id of a callback for that time.
    async fn book(&self, desired: &str) -> String {
        let (status, answer) = self.ask("now", desired).await;
        assert_eq!(status, 200, "{answer}");
        answer["_id"].as_str().unwrap().to_owned()
    }

    async fn move_to(&self, id: &str, desired: &str) -> (u16, Value) {
        let path = format!("/genesys/1/service/callback/now/{id}");
        let body = json!({"_new_desired_time": desired});
        self.client.put(&path, &body).await
    }

    async fn cancel(&self, id: &str) {
        let path = format!("/genesys/1/service/callback/now/{id}");
        assert_eq!(self.client.delete(&path).await.0, 200);
    }

    /// What is left of the slot that starts then.
    async fn left(&self, start: &str) -> u64 {
        left(&self.client, "now", start).await
    }

    /// Waits for the alarm of a slot.
    async fn until_left(&self, start: &str, expected: u64) {
        until(&format!("{expected} places"), LIMIT, || async {
            (self.left(start).await == expected).then_some(())
        })
        .await;
    }

    fn advance(&self, seconds: u64) {
        self.clock.advance(Duration::from_secs(seconds));
    }
}

/// What is left of a slot of a service.
async fn left(client: &Client, service: &str, start: &str) -> u64 {
    let path = format!(
        "/genesys/2/service/callback/{service}/availability?start={start}&max-time-slots=1&report-busy=true"
    );
    let (status, answer) = client.get(&path).await;
    assert_eq!(status, 200, "{answer}");
    let slot = &answer["slots"][0];
    assert_eq!(slot["utcTime"], start, "{answer}");
    slot["capacity"].as_u64().unwrap()
}
