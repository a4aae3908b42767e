use std::future::{Ready, ready};

use ringback_adapters::simulator::Options;
use ringback_adapters::simulator::in_process::Simulator;
use ringback_core::call::{AnsweredBy, CallId, CallStatus, Report};
use ringback_ports::telephony::conformance::Rig;
use ringback_ports::telephony::{PhoneEvent, Telephony};
use tokio::time::Instant;

use super::rig::{InProcess, PERSON, dial, heard, number};

/// On a time that jumps to the next timer.
fn open() -> Ready<Option<InProcess>> {
    tokio::time::pause();
    ready(Some(InProcess::open()))
}

ringback_ports::telephony_conformance!(open);

#[tokio::test(start_paused = true)]
async fn reports_come_at_their_time() {
    let rig = InProcess::open();
    let phone = rig.dialer().await;
    let (late, soon) = (rig.call(), rig.call());
    let start = Instant::now();
    phone.send(&late, dial(PERSON)).await.unwrap();
    phone.send(&soon, dial("5105")).await.unwrap();
    assert!(matches!(heard(&phone, &soon).await, Report::Failed { .. }));
    assert_eq!(start.elapsed().as_millis(), 200);
    assert_eq!(heard(&phone, &late).await, Report::Ringing);
    assert_eq!(start.elapsed().as_millis(), 1_000);
    let by = AnsweredBy::Person;
    assert_eq!(heard(&phone, &late).await, Report::Answered { by });
    assert_eq!(start.elapsed().as_millis(), 3_000);
}

#[tokio::test]
async fn an_instant_network_has_reported_when_the_order_is_taken() {
    let phone = Simulator::in_process(Options::parse("instant=true").unwrap());
    let call = CallId::from_wire("call");
    phone.send(&call, dial("5101")).await.unwrap();
    let status = phone.dialed(&call).status;
    assert!(matches!(status, CallStatus::Failed { .. }), "{status:?}");
    assert!(matches!(heard(&phone, &call).await, Report::Failed { .. }));
}

#[tokio::test(start_paused = true)]
async fn counts_what_was_dialed() {
    let rig = InProcess::open();
    let phone = rig.dialer().await;
    let (once, again) = (rig.call(), rig.call());
    for call in [&once, &once, &again] {
        phone.send(call, dial(PERSON)).await.unwrap();
    }
    let dialed = rig.network.dialed(&once);
    assert_eq!((dialed.dials, dialed.orders), (1, 2));
    assert_eq!(dialed.status, CallStatus::Ringing);
    assert_eq!(rig.network.dialed_number(&number(PERSON)), 2);
    let tally = rig.network.tally();
    assert_eq!((tally.calls, tally.dials, tally.dialed_twice), (2, 2, 0));
    assert_eq!((tally.orders_repeated, tally.numbers_dialed_twice), (1, 1));
}

#[tokio::test(start_paused = true)]
async fn a_clone_is_the_same_dialer() {
    let rig = InProcess::open();
    let phone = rig.dialer().await;
    let call = rig.call();
    phone.clone().send(&call, dial(PERSON)).await.unwrap();
    let event = PhoneEvent::Call {
        call,
        report: Report::Ringing,
    };
    assert_eq!(phone.next_event().await, event);
}
