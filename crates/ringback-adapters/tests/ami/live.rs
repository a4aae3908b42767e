//! Live callers, and a call that is on its way when an agent is to be reserved.

use std::time::Duration;

use ringback_core::acd::{AcdCall, Availability};
use ringback_core::call::CallId;
use ringback_ports::acd::conformance::Rig;
use ringback_ports::acd::{Acd, AcdError};

use super::rig::AmiRig;

const PATIENCE: Duration = Duration::from_secs(20);

impl AmiRig {
    /// Somebody calls a queue, and stands at this place.
    async fn call(&self, queue: &str, place: &str) -> AcdCall {
        let id = format!("live-{}", uuid::Uuid::now_v7().simple());
        let channel = format!("Local/{queue}@acd/n");
        // The half that runs the dialplan of the queue is the other one.
        let position = format!("__RB_POSITION={place}");
        let originate = [
            ("Action", "Originate"),
            ("Channel", channel.as_str()),
            ("ChannelId", &format!("from-{id}")),
            ("OtherChannelId", id.as_str()),
            ("Context", "customers"),
            ("Exten", "stay"),
            ("Priority", "1"),
            ("Variable", position.as_str()),
            ("Async", "true"),
        ];
        self.admin(&[&originate]).await;
        AcdCall::on("pbx", &id)
    }
}

async fn until(acd: &impl Acd, is_so: impl Fn() -> bool) {
    let looks = async {
        let mut seen = acd.changed(0).await;
        while !is_so() {
            seen = acd.changed(seen).await;
        }
    };
    tokio::time::timeout(PATIENCE, looks)
        .await
        .expect("it comes to be so");
}

#[tokio::test]
async fn callers_are_known_in_the_order_of_the_queue() {
    let Some(rig) = AmiRig::open() else {
        return;
    };
    let acd = rig.acd().await;
    let waiting = || acd.waiting_in("waiting").unwrap_or_default();
    until(&acd, || acd.waiting_in("waiting").is_some()).await;
    let first = rig.call("waiting", "").await;
    until(&acd, || waiting() == [first.clone()]).await;
    let second = rig.call("waiting", "").await;
    until(&acd, || waiting() == [first.clone(), second.clone()]).await;
    let earned = rig.call("waiting", "2").await;
    let order = [first.clone(), earned.clone(), second.clone()];
    until(&acd, || waiting() == order).await;
    // Somebody who connects now reads the same.
    let other = rig.acd().await;
    until(&other, || {
        other
            .waiting_in("waiting")
            .is_some_and(|found| found == order)
    })
    .await;
    rig.admin(&[&[("Action", "Hangup"), ("Channel", "/^Local/waiting@acd.*/")]])
        .await;
    until(&acd, || waiting().is_empty()).await;
}

#[tokio::test]
async fn a_wrong_password_makes_nobody_known() {
    let Some(rig) = AmiRig::open() else {
        return;
    };
    let agent = rig.agent().await;
    let acd = rig.with_password("wrong");
    // Asterisk takes a second to refuse it.
    let is_ever_known = async {
        let mut seen = acd.changed(0).await;
        while acd.availability(&agent) == Availability::Unknown {
            seen = acd.changed(seen).await;
        }
    };
    let waited = tokio::time::timeout(Duration::from_secs(3), is_ever_known).await;
    assert!(waited.is_err(), "{:?}", acd.availability(&agent));
    let attempt = CallId::from_wire("07-1-c-001");
    assert_eq!(
        acd.reserve(&agent, &attempt).await,
        Err(AcdError::Unavailable)
    );
}
