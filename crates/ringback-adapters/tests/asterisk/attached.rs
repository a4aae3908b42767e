//! What an agent's phone is told of the customer.

use std::time::Duration;

use ringback_core::call::{AnsweredBy, Attached, CallCommand, Report};
use ringback_core::service::options::AttachData;
use ringback_ports::telephony::Telephony;
use ringback_ports::telephony::conformance::Rig;
use serde_json::json;

use super::rig::{AsteriskRig, dial_with, heard};

const RING: Duration = Duration::from_secs(4);

#[tokio::test]
async fn both_channels_have_the_data_as_variables() {
    let Some(rig) = AsteriskRig::open() else {
        return;
    };
    let phone = rig.dialer().await;
    let call = rig.call();
    let data = json!({ "account-no": "47 11, \"Müller\" ${EPOCH}", "n": 3 });
    let data = data.as_object().unwrap();
    let attached = Attached::of(AttachData::SeparateKeys, "1", data);
    let dial = dial_with("5200", RING, |order| order.attached = attached.clone());
    phone.send(&call, dial).await.unwrap();
    let by = AnsweredBy::Person;
    assert_eq!(heard(&phone, &call).await, Report::Answered { by });
    let dn = rig.agent();
    let connect = CallCommand::Connect { dn, attached };
    phone.send(&call, connect).await.unwrap();
    assert_eq!(heard(&phone, &call).await, Report::Connected);
    for leg in ["c00", "a01"] {
        let channel = format!("{leg}-{call}-");
        let account = rig.variable(&channel, "RB_DATA_account_no").await;
        assert_eq!(account, "47 11, \"M%C3%BCller\" %24{EPOCH}", "{leg}");
        assert_eq!(rig.variable(&channel, "RB_DATA_n").await, "3", "{leg}");
    }
    phone.send(&call, CallCommand::HangUp).await.unwrap();
}

/// A silent far end may be a person who listens, unless the service wants to be sure.
#[tokio::test]
async fn silence_is_a_machine_where_detection_is_enforced() {
    let Some(rig) = AsteriskRig::open() else {
        return;
    };
    let phone = rig.dialer().await;
    for (number, by) in [("5200", AnsweredBy::Person), ("5202", AnsweredBy::Machine)] {
        let call = rig.call();
        let dial = dial_with(number, RING, |order| {
            (order.detect, order.strict) = (true, true)
        });
        phone.send(&call, dial).await.unwrap();
        assert_eq!(
            heard(&phone, &call).await,
            Report::Answered { by },
            "{number}"
        );
        phone.send(&call, CallCommand::HangUp).await.unwrap();
        heard(&phone, &call).await;
    }
}
