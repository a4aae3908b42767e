//! The record as it is stored.

use serde_json::{Value, json};

use super::{DELAYED, IMMEDIATE, accept};
use crate::callback::Callback;
use crate::ids::CallbackId;
use crate::tests::sample::{ID, at, number, object, request, service};

/// What is stored today must be read tomorrow: a change here is a change of the layout, and needs a new schema number.
fn check(stored: &str) -> Callback {
    let callback = Callback::read(CallbackId::new(ID), stored.as_bytes()).unwrap();
    assert_eq!(serde_json::to_string(&callback).unwrap(), stored);
    callback
}

#[test]
fn the_stored_layout_is_known() {
    check(
        r#"{"v":1,"svc":"samples_dev","num":"5115","at":1467575991000,"des":1467579591000,"rt":{"vq":"SIP_VQ_SIP_Switch","ovq":"VQ_GMS_REP_SIP_Switch","pool":"GA:Customer_Service","trk":"default","wfa":true},"opt":{"_wait_for_agent":"true"},"data":{"account":"0815","visits":3},"lk":["account"],"ntf":{"ls":"GMS_Events","to":{"k":"customhttp","a":"http://127.0.0.1:1664/test","p":"mine","d":true,"l":"de","dev":"d-7","e":true}},"tp":"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01","try":1,"res":"busy","st":{"is":"scheduled","due":1467579591000}}"#,
    );
}

/// A record of before there was anything to say.
#[test]
fn what_was_left_out_reads_as_nothing() {
    let callback = check(
        r#"{"v":1,"svc":"s","num":"5115","at":0,"rt":{"pool":"A:KSippola","trk":"default"},"st":{"is":"waiting","since":0,"checks":0}}"#,
    );
    assert_eq!(
        (callback.desired, callback.notify, callback.last_result),
        (None, None, None)
    );
    assert!(
        callback.user_data.is_empty() && callback.lookup.is_empty() && callback.trace.is_none()
    );
}

#[test]
fn the_stored_layout_of_every_state_is_known() {
    let agent =
        r#"{"id":"KSippola","dn":"7001","place":"SIP_Server_Place1","switch":"SIP_Switch"}"#;
    let leg = r#""leg":{"owner":"d1","lease":16000,"since":0}"#;
    let sorry = r#"{"who":"customer","reason":"FAIL_AGENT_CONNECT"}"#;
    let failed = r#""leg":{"owner":"d1","lease":16000,"since":0,"transfers":2}"#;
    for state in [
        r#"{"is":"scheduled","due":1}"#.to_owned(),
        r#"{"is":"scheduled","due":1,"reminder":0,"failed_submits":2}"#.to_owned(),
        r#"{"is":"waiting","since":1,"checks":2}"#.to_owned(),
        r#"{"is":"handed_out","since":1,"at":2,"hints":3,"agent":null}"#.to_owned(),
        r#"{"is":"waiting","since":1,"checks":2,"nb":3,"for":{"tg":1,"any":true}}"#.to_owned(),
        r#"{"is":"paused","since":1,"at":2,"checks":3}"#.to_owned(),
        format!(r#"{{"is":"arranging","since":1,"at":2,"agent":{agent},"what":{{"is":"preview"}}}}"#),
        r#"{"is":"arranging","since":1,"at":2,"what":{"is":"confirm"}}"#.to_owned(),
        r#"{"is":"arranging","since":1,"at":2,"what":{"is":"call"}}"#.to_owned(),
        format!(r#"{{"is":"handed_out","since":1,"at":2,"hints":3,"agent":{agent}}}"#),
        r#"{"is":"handed_out","since":1,"at":2,"hints":3,"agent":null,"in":"in-1"}"#.to_owned(),
        format!(r#"{{"is":"on_call",{leg},"phase":{{"is":"arriving","at":1,"agent":null}}}}"#),
        format!(r#"{{"is":"on_call",{leg},"phase":{{"is":"summoning","at":1,"agent":{agent}}}}}"#),
        format!(r#"{{"is":"on_call",{leg},"phase":{{"is":"reaching","at":1,"agent":{agent}}}}}"#),
        format!(r#"{{"is":"on_call",{leg},"phase":{{"is":"on_line","at":1,"tg":1}}}}"#),
        format!(r#"{{"is":"on_call",{leg},"phase":{{"is":"parting","at":1,"from":{{"who":"machine"}}}}}}"#),
        format!(r#"{{"is":"on_call",{leg},"phase":{{"is":"parting","at":1,"from":{sorry}}}}}"#),
        format!(r#"{{"is":"on_call",{leg},"phase":{{"is":"dialing","at":1,"agent":null}}}}"#),
        format!(r#"{{"is":"on_call",{leg},"phase":{{"is":"dialing","at":1,"agent":{agent}}}}}"#),
        format!(r#"{{"is":"on_call",{leg},"phase":{{"is":"greeting","at":1,"agent":null}}}}"#),
        format!(r#"{{"is":"on_call",{failed},"phase":{{"is":"on_line","at":1}}}}"#),
        format!(r#"{{"is":"on_call",{leg},"phase":{{"is":"connecting","at":1,"agent":{agent}}}}}"#),
        format!(r#"{{"is":"on_call",{leg},"phase":{{"is":"talking","at":1,"agent":{agent}}}}}"#),
        r#"{"is":"completed","reason":"FAIL_TIMEOUT_TTL","at":1}"#.to_owned(),
        r#"{"is":"completed","reason":"CANCELLED","at":1,"open":{"owner":"d1","lease":16000,"since":0}}"#
            .to_owned(),
    ] {
        check(&format!(
            r#"{{"v":1,"svc":"s","num":"5115","at":0,"rt":{{"pool":"A:KSippola","trk":"default"}},"st":{state}}}"#
        ));
    }
}

#[test]
fn a_new_record_is_written_in_the_known_layout() {
    let (callback, _) = accept(&service(DELAYED, ""), Some(3600));
    assert_eq!(
        serde_json::to_value(&callback).unwrap(),
        json!({
            "v": 1, "svc": "samples_dev", "num": "5115", "cn": "5115", "at": 1_467_575_991_000_i64,
            "des": 1_467_579_591_000_i64,
            "rt": {
                "vq": "SIP_VQ_SIP_Switch", "ovq": "VQ_GMS_REP_SIP_Switch",
                "pool": "GA:Customer_Service", "trk": "default", "wfa": true,
            },
            "ntf": {"to": {"a": "http://127.0.0.1:1664/test"}},
            "st": {"is": "scheduled", "due": 1_467_579_591_000_i64},
        })
    );
}

proptest::proptest! {
    /// Prices, coordinates: what a request says is attached to the call as it was said, however often it was stored.
    #[test]
    fn numbers_in_user_data_stay_what_they_are(number in proptest::num::f64::NORMAL) {
        let mut new = request(None);
        new.user_data = object(json!({"number": number}));
        let (callback, _) = Callback::accept(new, &service(IMMEDIATE, ""), None, at(0)).unwrap();
        let stored = serde_json::to_string(&callback).unwrap();
        let read: Callback = serde_json::from_str(&stored).unwrap();
        assert_eq!(read.user_data["number"], json!(number));
    }
}

/// A million of them wait for their time: each counts.
#[test]
fn a_scheduled_callback_is_small() {
    let mut new = request(Some(at(3600)));
    new.number = Some(number("+16505550101"));
    let (callback, _) = Callback::accept(new, &service(DELAYED, ""), None, at(0)).unwrap();
    let size = serde_json::to_vec(&callback).unwrap().len();
    assert!(size < 500, "{size} bytes");
}

#[test]
fn a_record_of_another_layout_is_not_guessed_at() {
    let (callback, _) =
        Callback::accept(request(None), &service(IMMEDIATE, ""), None, at(0)).unwrap();
    let mut stored = serde_json::to_value(&callback).unwrap();
    assert_eq!(stored["v"], 1);
    let read = |stored: &Value| Callback::read(CallbackId::new(ID), stored.to_string().as_bytes());
    assert_eq!(read(&stored).unwrap(), callback);
    stored["v"] = json!(2);
    let error = read(&stored).unwrap_err().to_string();
    assert!(
        error.contains("layout 2") && error.contains("allowed is 1"),
        "{error}"
    );
}
