//! The words of the phone network, as they are numbered, named and sent.

use std::fmt::Debug;
use std::time::Duration;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{
    AnsweredBy, Attached, CallCommand, CallId, CallResult, CallStatus, DialOrder, Party, Report,
};
use crate::tests::sample::ID;

/// What is sent, word by word; and it is understood.
fn check<T: Debug + PartialEq + Serialize + DeserializeOwned>(word: T, sent: &str) {
    assert_eq!(serde_json::to_string(&word).unwrap(), sent);
    assert_eq!(serde_json::from_str::<T>(sent).unwrap(), word);
}

#[test]
fn results_have_numbers() {
    for (result, number) in [
        (CallResult::Ok, 0),
        (CallResult::Error, 3),
        (CallResult::Rejected, 5),
        (CallResult::Busy, 6),
        (CallResult::NoAnswer, 7),
        (CallResult::SpecialTone, 8),
        (CallResult::AnsweringMachine, 9),
        (CallResult::AllTrunksBusy, 10),
        (CallResult::InvalidNumber, 11),
        (CallResult::Fax, 17),
        (CallResult::Abandoned, 21),
        (CallResult::Dropped, 26),
        (CallResult::Unknown, 28),
    ] {
        assert_eq!(result.code(), number, "{result:?}");
    }
}

/// Some networks compare ids by their beginnings.
#[test]
fn no_call_id_of_a_callback_begins_another() {
    let ids: Vec<_> = (1..=99).map(|n| CallId::of_attempt(ID, n)).collect();
    assert_eq!(ids[0].as_str(), format!("{ID}-c-001"));
    for one in &ids {
        let begun = ids
            .iter()
            .filter(|id| id.as_str().starts_with(one.as_str()));
        assert_eq!(begun.count(), 1, "{one}");
    }
}

#[test]
fn orders() {
    let order = DialOrder {
        to: "+16505550101".parse().unwrap(),
        from: Some("1000".to_owned()),
        display_name: Some("Ringback".to_owned()),
        trunk: "carrier".to_owned(),
        ring_timeout: Duration::from_millis(15_500),
        detect: true,
        strict: false,
        attached: Attached::default(),
    };
    let plain = DialOrder {
        from: None,
        display_name: None,
        ..order.clone()
    };
    check(
        CallCommand::Dial(order),
        r#"{"do":"dial","to":"+16505550101","from":"1000","display_name":"Ringback","trunk":"carrier","ring_timeout":15500,"detect":true}"#,
    );
    check(
        CallCommand::Dial(plain),
        r#"{"do":"dial","to":"+16505550101","trunk":"carrier","ring_timeout":15500,"detect":true}"#,
    );
    let sound = || "music".to_owned();
    check(
        CallCommand::Play { sound: sound() },
        r#"{"do":"play","sound":"music"}"#,
    );
    check(
        CallCommand::Hold { sound: sound() },
        r#"{"do":"hold","sound":"music"}"#,
    );
    let dn = "7001".to_owned();
    check(
        CallCommand::Connect {
            dn,
            attached: Attached::default(),
        },
        r#"{"do":"connect","dn":"7001"}"#,
    );
    check(CallCommand::HangUp, r#"{"do":"hang_up"}"#);
}

#[test]
fn reports() {
    check(Report::Ringing, r#"{"report":"ringing"}"#);
    for (by, name) in [
        (AnsweredBy::Person, "person"),
        (AnsweredBy::Machine, "machine"),
        (AnsweredBy::Fax, "fax"),
    ] {
        check(
            Report::Answered { by },
            &format!(r#"{{"report":"answered","by":"{name}"}}"#),
        );
    }
    let result = CallResult::AllTrunksBusy;
    check(
        Report::Failed { result },
        r#"{"report":"failed","result":"all_trunks_busy"}"#,
    );
    check(Report::TreatmentDone, r#"{"report":"treatment_done"}"#);
    check(Report::Connected, r#"{"report":"connected"}"#);
    check(Report::AgentFailed, r#"{"report":"agent_failed"}"#);
    for (by, name) in [
        (Party::Customer, "customer"),
        (Party::Agent, "agent"),
        (Party::Us, "us"),
    ] {
        check(
            Report::HungUp { by },
            &format!(r#"{{"report":"hung_up","by":"{name}"}}"#),
        );
    }
}

#[test]
fn answers() {
    let up = CallStatus::Up {
        by: AnsweredBy::Person,
        connected: true,
    };
    check(up, r#"{"status":"up","by":"person","connected":true}"#);
    check(CallStatus::Unknown, r#"{"status":"unknown"}"#);
    check(CallStatus::Ringing, r#"{"status":"ringing"}"#);
    let result = CallResult::Busy;
    check(
        CallStatus::Failed { result },
        r#"{"status":"failed","result":"busy"}"#,
    );
    check(
        CallStatus::Over { connected: false },
        r#"{"status":"over","connected":false}"#,
    );
}
