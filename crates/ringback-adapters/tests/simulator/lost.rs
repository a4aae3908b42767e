//! What a dialer notices when its connection to the network breaks.

use ringback_adapters::simulator::client::SimulatorClient;
use ringback_core::call::{AnsweredBy, CallId, CallStatus, Report};
use ringback_ports::telephony::conformance::Rig;
use ringback_ports::telephony::{PhoneError, PhoneEvent, Telephony};

use super::proxy::Proxy;
use super::rig::{PERSON, Remote, client, dial, heard, play, within};

const UP: CallStatus = CallStatus::Up {
    by: AnsweredBy::Person,
    connected: false,
};

const ANSWERED: Report = Report::Answered {
    by: AnsweredBy::Person,
};

/// A network, the wire to it, and the dialer at the other end.
async fn wired(rig: Remote) -> (Remote, Proxy, SimulatorClient) {
    let proxy = Proxy::to(rig.listens).await;
    let phone = client(proxy.listens).await;
    (rig, proxy, phone)
}

async fn answered(rig: &Remote, phone: &SimulatorClient) -> CallId {
    let call = rig.call();
    phone.send(&call, dial(PERSON)).await.unwrap();
    assert_eq!(heard(phone, &call).await, Report::Ringing);
    assert_eq!(heard(phone, &call).await, ANSWERED);
    call
}

#[tokio::test]
async fn a_gap_is_reported_and_the_call_goes_on() {
    let (rig, proxy, phone) = wired(Remote::open().await).await;
    let call = answered(&rig, &phone).await;
    for _ in 0..3 {
        proxy.cut();
        assert_eq!(within(phone.next_event()).await, PhoneEvent::Gap);
        assert!(phone.is_ready());
        assert_eq!(phone.inspect(&call).await.unwrap(), UP);
        phone.send(&call, play()).await.unwrap();
        assert_eq!(heard(&phone, &call).await, Report::TreatmentDone);
    }
    assert_eq!(phone.dialed(&call).await.unwrap().dials, 1);
}

#[tokio::test]
async fn reports_of_a_lost_connection_are_dropped() {
    let (rig, proxy, phone) = wired(Remote::with("speed=20").await).await;
    let call = rig.call();
    phone.send(&call, dial("5108")).await.unwrap();
    assert_eq!(heard(&phone, &call).await, Report::Ringing);
    proxy.cut();
    assert_eq!(within(phone.next_event()).await, PhoneEvent::Gap);
    within(async { while phone.dialed(&call).await.unwrap().status != UP {} }).await;

    let other = answered(&rig, &phone).await;
    assert_ne!(
        other, call,
        "nothing of the first call was heard in between"
    );
    assert_eq!(phone.inspect(&call).await.unwrap(), UP);
    phone.send(&call, play()).await.unwrap();
    assert_eq!(heard(&phone, &call).await, Report::TreatmentDone);
}

#[tokio::test]
async fn orders_fail_while_the_network_is_away() {
    let (rig, proxy, phone) = wired(Remote::open().await).await;
    let call = rig.call();
    proxy.down();
    within(async {
        while phone.is_ready() {
            tokio::task::yield_now().await;
        }
    })
    .await;
    for _ in 0..3 {
        let failed = phone.send(&call, dial(PERSON)).await;
        assert!(matches!(failed, Err(PhoneError::Unavailable(_))));
        let failed = phone.inspect(&call).await;
        assert!(matches!(failed, Err(PhoneError::Unavailable(_))));
    }
    proxy.up();
    assert_eq!(within(phone.next_event()).await, PhoneEvent::Gap);
    assert!(phone.is_ready());
    assert_eq!(phone.inspect(&call).await.unwrap(), CallStatus::Unknown);
}

#[tokio::test]
async fn an_order_whose_answer_is_lost_dials_once_at_most() {
    let (rig, proxy, phone) = wired(Remote::open().await).await;
    for _ in 0..20 {
        let call = rig.call();
        let (sent, ()) = tokio::join!(phone.send(&call, dial(PERSON)), async { proxy.cut() });
        assert!(matches!(sent, Ok(()) | Err(PhoneError::Unavailable(_))));
        while within(phone.next_event()).await != PhoneEvent::Gap {}
        let known = phone.inspect(&call).await.unwrap() != CallStatus::Unknown;
        let again = phone.send(&call, dial(PERSON)).await;
        assert_eq!(again.is_ok(), known, "{again:?}");
        let dials = phone.dialed(&call).await.unwrap().dials;
        assert_eq!(dials, u64::from(known));
    }
    assert_eq!(phone.tally().await.unwrap().dialed_twice, 0);
}
