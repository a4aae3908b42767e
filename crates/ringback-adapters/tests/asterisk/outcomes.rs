//! Every far end has its result.

use std::time::Duration;

use ringback_core::call::{AnsweredBy, CallCommand, CallResult, CallStatus, Party, Report};
use ringback_ports::telephony::Telephony;
use ringback_ports::telephony::conformance::Rig;

use super::rig::{AsteriskRig, dial, heard};

/// Longer than a far end rings that answers.
const RING: Duration = Duration::from_secs(4);

#[tokio::test]
async fn every_answer_of_a_carrier_has_its_result() {
    let Some(rig) = AsteriskRig::open() else {
        return;
    };
    let phone = rig.dialer().await;
    for (number, result) in [
        ("5486", CallResult::Busy),
        ("5600", CallResult::Busy),
        ("5180", CallResult::NoAnswer),
        ("5199", CallResult::NoAnswer),
        ("5480", CallResult::NoAnswer),
        ("5408", CallResult::NoAnswer),
        ("5404", CallResult::InvalidNumber),
        ("5604", CallResult::InvalidNumber),
        ("5410", CallResult::InvalidNumber),
        ("5484", CallResult::InvalidNumber),
        ("5503", CallResult::AllTrunksBusy),
        ("5403", CallResult::Error),
        ("5603", CallResult::Rejected),
        ("5607", CallResult::Rejected),
        ("5608", CallResult::Rejected),
        ("5488", CallResult::Error),
        ("5500", CallResult::Error),
        ("5400", CallResult::Error),
    ] {
        let call = rig.call();
        let ring = if matches!(number, "5180" | "5199") {
            Duration::from_secs(1)
        } else {
            RING
        };
        phone.send(&call, dial(number, ring, false)).await.unwrap();
        let failed = Report::Failed { result };
        assert_eq!(heard(&phone, &call).await, failed, "{number}");
        let status = phone.inspect(&call).await.unwrap();
        assert_eq!(status, CallStatus::Failed { result }, "{number}");
        // Another dialer learns the same from what the dialplan has left.
        let other = rig.dialer().await;
        assert_eq!(other.inspect(&call).await.unwrap(), status, "{number}");
    }
}

#[tokio::test]
async fn persons_are_told_from_machines() {
    let Some(rig) = AsteriskRig::open() else {
        return;
    };
    let phone = rig.dialer().await;
    for (number, by) in [
        ("5200", AnsweredBy::Person),
        ("5201", AnsweredBy::Machine),
        // Silence may be a person who listens.
        ("5202", AnsweredBy::Person),
    ] {
        let call = rig.call();
        phone.send(&call, dial(number, RING, true)).await.unwrap();
        assert_eq!(
            heard(&phone, &call).await,
            Report::Answered { by },
            "{number}"
        );
        phone.send(&call, CallCommand::HangUp).await.unwrap();
        let over = Report::HungUp { by: Party::Us };
        assert_eq!(heard(&phone, &call).await, over, "{number}");
    }
}

#[tokio::test]
async fn a_customer_who_hangs_up_is_told_from_us() {
    let Some(rig) = AsteriskRig::open() else {
        return;
    };
    let phone = rig.dialer().await;
    let call = rig.call();
    phone.send(&call, dial("5203", RING, false)).await.unwrap();
    let by = AnsweredBy::Person;
    assert_eq!(heard(&phone, &call).await, Report::Answered { by });
    let over = Report::HungUp {
        by: Party::Customer,
    };
    assert_eq!(heard(&phone, &call).await, over);
    let other = rig.dialer().await;
    let status = other.inspect(&call).await.unwrap();
    assert_eq!(status, CallStatus::Over { connected: false });
}
