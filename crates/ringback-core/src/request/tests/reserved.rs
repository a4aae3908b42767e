//! Names that are not the caller's, and what they say in a file that was exported.

use serde_json::{Value, json};

use super::{read, with};
use crate::ids::CallbackId;
use crate::request::{Row, is_reserved, read_exported};
use crate::tests::sample::object;

#[test]
fn reserved_names_are_no_user_data() {
    for key in [
        "_id",
        "_callback_state",
        "_callback_reason",
        "_expiration_time",
        "_service_name",
        "_new_desired_time",
        "_CB_SERVICE_ID",
        "_CB_DIAL_1_RESULT",
        "_CB_X",
        "c_call_result",
        "c_target",
    ] {
        let refused = with(key, json!("x")).unwrap_err().to_string();
        let expected = format!("parameter '{key}' must not be sent");
        assert!(refused.starts_with(&expected), "{refused}");
        assert!(refused.contains("_CB_DIM_CHANNEL"), "{refused}");
    }
    for key in [
        "id",
        "account",
        "C_x",
        "_CB_T_CALLBACK_OFFERED",
        "_CB_DIM_CHANNEL",
        "url",
    ] {
        assert!(!is_reserved(key) && with(key, json!("x")).is_ok(), "{key}");
    }
}

#[test]
fn a_time_older_than_ttl_is_refused() {
    let at = |time: &str| read(json!({"_customer_number": "5115", "_desired_time": time}));
    assert_eq!(
        at("2016-07-02T19:59:51.000Z").unwrap_err().to_string(),
        "_desired_time 2016-07-02T19:59:51.000Z is too long ago: the callback would be over at once; it must be later than \
         2016-07-02T19:59:51.000Z (_ttl)",
    );
    assert!(at("2016-07-02T19:59:51.001Z").is_ok());
}

/// What a row says, and what is left of it for the start request.
fn check(row: Value, says: Row, left: Value) {
    let mut row = object(row);
    assert_eq!(read_exported(&mut row), Ok(says));
    assert_eq!(Value::Object(row), left);
}

#[test]
fn exported_rows_say_what_became_of_them() {
    let id = || CallbackId::new("07-x");
    check(
        json!({"_customer_number": "5115", "url": "mine"}),
        Row::New,
        json!({"_customer_number": "5115", "url": "mine"}),
    );
    for state in ["SCHEDULED", "QUEUED", "ROUTING", "PAUSED"] {
        check(
            json!({"_id": "07-x", "_callback_state": state, "_callback_reason": "", "_customer_number": "5115",
                   "_expiration_time": "2016-07-04T19:59:51.000Z", "url": "/genesys/…", "account": "4711",
                   "_CB_N_DIALS": 1, "_CB_DIM_CHANNEL": "WEB"}),
            Row::Open(id()),
            json!({"_customer_number": "5115", "account": "4711", "_CB_DIM_CHANNEL": "WEB"}),
        );
    }
    let over = |id, state: &str| Row::Over {
        id,
        state: state.to_owned(),
    };
    let number = || json!({"_customer_number": "5115"});
    let row = json!({"_id": "07-x", "_callback_state": "COMPLETED", "_callback_reason": "AGENT_CONNECTED", "_customer_number": "5115"});
    check(
        row,
        over(Some(id()), "COMPLETED (AGENT_CONNECTED)"),
        number(),
    );
    let row = json!({"_id": "07-x", "_callback_state": "PROCESSING", "_customer_number": "5115"});
    check(row, over(Some(id()), "PROCESSING"), number());
    let row = json!({"_callback_reason": "CANCELLED", "_customer_number": "5115"});
    check(row, over(None, "COMPLETED (CANCELLED)"), number());
    check(
        json!({"_callback_state": "QUEUED", "_customer_number": "5115"}),
        Row::New,
        number(),
    );
}

#[test]
fn a_state_that_is_none_is_named() {
    let mut row = object(json!({"_callback_state": "DONE"}));
    let wrong = read_exported(&mut row).unwrap_err();
    assert!(
        wrong.contains("_callback_state 'DONE': must be one of"),
        "{wrong}"
    );
    let mut row = object(json!({"_id": 5}));
    assert_eq!(
        read_exported(&mut row),
        Err("_id must be a text".to_owned())
    );
}
