//! What processes know of each other's services.

use std::time::Duration;

use ringback_core::ids::ServiceName;
use ringback_ports::desk::{Channel, Desk, ServiceDesk, ServiceForm, Start};
use ringback_workers::ingest::FrontDesk;
use ringback_workers::scheduler::{self, Limits};
use ringback_workers::settings::Register;
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use super::immediate;
use crate::harness::{Rooms, rooms, services, until};

const LIMIT: Duration = Duration::from_secs(10);

fn form(body: &Value) -> ServiceForm {
    ServiceForm {
        template: body["template"].as_str().unwrap().to_owned(),
        options: body["options"].as_object().unwrap().clone(),
        force: false,
    }
}

/// Another process on the same store, which does not watch settings.
fn beside(house: &Rooms) -> Rooms {
    Rooms {
        settings: Register::default(),
        stop: CancellationToken::new(),
        ..house.clone()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_that_a_process_has_not_heard_of_is_looked_up() {
    let house = rooms(&[]);
    let (scheduling, other_desk) = (beside(&house), FrontDesk::new(beside(&house)));
    let name = ServiceName::new("desk");
    let desk = FrontDesk::new(house.clone());
    desk.put_service(&name, form(&immediate()), None)
        .await
        .unwrap();
    let start = Start {
        service: name,
        parameters: json!({"_customer_number": "5115"})
            .as_object()
            .unwrap()
            .clone(),
        idempotency_key: None,
        trace: None,
        channel: Channel::Http,
    };
    let id = other_desk.start(start).await.unwrap().id;
    let scheduler = tokio::spawn(scheduler::run(scheduling.clone(), Limits::default()));
    let state = until("the hand-out", LIMIT, || async {
        let held = house.hold(&id).await.unwrap().unwrap();
        let state = format!("{:?}", held.callback.state);
        (!state.starts_with("Waiting")).then_some(state)
    })
    .await;
    assert!(state.starts_with("HandedOut"), "{state}");
    scheduling.stop.cancel();
    scheduler.await.unwrap();
}

#[tokio::test]
async fn changes_are_picked_up_without_a_restart() {
    let house = rooms(&[]);
    let other = beside(&house);
    let watching = tokio::spawn(other.clone().watch_settings());
    let (desk, name) = (FrontDesk::new(house.clone()), ServiceName::new("desk"));
    desk.put_service(&name, form(&immediate()), None)
        .await
        .unwrap();
    until("the service", LIMIT, || async {
        other.service(&name).map(drop)
    })
    .await;
    desk.pause_service(&name, true).await.unwrap();
    until("the pause", LIMIT, || async {
        other.is_paused(&name).then_some(())
    })
    .await;
    other.stop.cancel();
    watching.await.unwrap();
}

/// As the processes of one start do it, and those of the next.
#[tokio::test]
async fn a_configured_service_follows_its_file_until_the_api_saves_another() {
    let house = rooms(&[]);
    let (desk, name) = (FrontDesk::new(house.clone()), ServiceName::new("now"));
    let configured = |options: &[(&str, &str)]| services(options).known().services[&name].clone();
    let ttl = || async {
        desk.service(&name)
            .await
            .unwrap()
            .options
            .get("_ttl")
            .cloned()
    };
    for _ in 0..2 {
        desk.configure_service(&configured(&[("_ttl", "60")]))
            .await
            .unwrap();
    }
    assert_eq!(desk.service(&name).await.unwrap().version, 1);
    desk.pause_service(&name, true).await.unwrap();
    desk.configure_service(&configured(&[("_ttl", "70")]))
        .await
        .unwrap();
    assert_eq!(ttl().await, Some(json!("70")));
    assert!(desk.service(&name).await.unwrap().paused);
    desk.put_service(&name, form(&immediate()), None)
        .await
        .unwrap();
    desk.configure_service(&configured(&[("_ttl", "80")]))
        .await
        .unwrap();
    assert_eq!(ttl().await, None);
    assert!(desk.service(&name).await.unwrap().paused);
}
