//! What can be asked for, and what leads to it.

use serde_json::json;

use super::{Condition, Operand, SearchError, Way, fits, says, ways};
use crate::callback::Callback;
use crate::ids::ServiceName;
use crate::service::Template;
use crate::tests::sample::{at, object, request, service};

fn keys() -> Vec<String> {
    ["_customer_number", "account"].map(str::to_owned).to_vec()
}

fn read(text: &str) -> Result<Vec<Condition>, SearchError> {
    let pairs = text.split('&').filter(|pair| !pair.is_empty());
    let pair = |pair: &str| {
        let (key, value) = pair.split_once('=').unwrap();
        Condition::read(key, value, &keys())
    };
    pairs.map(pair).collect()
}

fn way(text: &str, service: Option<&str>, operand: Operand) -> String {
    let service = service.map(ServiceName::new);
    let shown = |way: Way| match way {
        Way::Id(id) => id.to_string(),
        Way::Index(index, span) if span == (i64::MIN..i64::MAX) => index.as_str().to_owned(),
        Way::Index(index, span) => format!("{}[{}..{}]", index.as_str(), span.start, span.end),
    };
    match ways(service.as_ref(), &read(text).unwrap(), operand) {
        Ok(ways) => ways.into_iter().map(shown).collect::<Vec<_>>().join(" "),
        Err(error) => error.to_string(),
    }
}

#[test]
fn the_shortest_way_is_taken_whatever_the_order_of_the_conditions() {
    let too_wide = "can only be searched by together with a lookup key, e.g. _customer_number, or with a service";
    for (asked, service, expected) in [
        (
            "_customer_number=5115&account=7",
            None,
            "num:5115".to_owned(),
        ),
        (
            "account=7&_customer_number=5115",
            None,
            "num:5115".to_owned(),
        ),
        ("_vq=x&account=7", None, "by:account=7".to_owned()),
        (
            "_callback_state=QUEUED&_id=07-x",
            Some("desk"),
            "07-x".to_owned(),
        ),
        (
            "_callback_state=QUEUED",
            Some("desk"),
            "on:desk[1..2]".to_owned(),
        ),
        (
            "_callback_state=QUEUED&_service_name=desk",
            None,
            "on:desk[1..2]".to_owned(),
        ),
        (
            "_callback_state=!COMPLETED",
            Some("desk"),
            "svc:desk".to_owned(),
        ),
        (
            "_callback_reason=CANCELLED",
            Some("desk"),
            "svc:desk".to_owned(),
        ),
        ("", Some("desk"), "svc:desk".to_owned()),
        (
            "_callback_reason=CANCELLED",
            None,
            format!("_callback_reason {too_wide}"),
        ),
        ("", None, format!("everything {too_wide}")),
    ] {
        assert_eq!(way(asked, service, Operand::And), expected, "{asked}");
    }
    for (asked, service, expected) in [
        (
            "account=7&_customer_number=5115",
            None,
            "by:account=7 num:5115".to_owned(),
        ),
        ("account=7&_vq=x", Some("desk"), "svc:desk".to_owned()),
        ("account=7&_vq=x", None, format!("_vq {too_wide}")),
    ] {
        assert_eq!(way(asked, service, Operand::Or), expected, "{asked}");
    }
}

#[test]
fn what_is_not_understood_is_named() {
    for (asked, says) in [
        (
            "nope=1",
            &["'nope'", "_id, _service_name, _customer_number", "account"][..],
        ),
        (
            "_callback_state=NOPE",
            &["_callback_state 'NOPE'", "SCHEDULED"],
        ),
        (
            "_callback_reason=NOPE",
            &["_callback_reason 'NOPE'", "CANCELLED_BY_ADMIN"],
        ),
        ("_phone_number=abc", &["_phone_number is no phone number"]),
    ] {
        let error = read(asked).unwrap_err().to_string();
        assert!(says.iter().all(|part| error.contains(part)), "{error}");
    }
}

#[test]
fn conditions_hold_for_what_a_callback_says() {
    let service = service(Template::UserTerminatedDelayed, "");
    let mut new = request(None);
    new.user_data = object(json!({ "account": 7 }));
    let callback = Callback::accept(new, &service, None, at(0)).unwrap().0;
    for (asked, operand, holds) in [
        ("_service_name=samples_dev", Operand::And, true),
        ("_service_name=other", Operand::And, false),
        (
            "_service_id=445-20e740d3-8458-43d6-834d-3713c3385bac",
            Operand::And,
            true,
        ),
        ("_phone_number=5115", Operand::And, true),
        ("account=7", Operand::And, true),
        ("account=8", Operand::And, false),
        ("account=8&_vq=SIP_VQ_SIP_Switch", Operand::And, false),
        ("account=8&_vq=SIP_VQ_SIP_Switch", Operand::Or, true),
        ("_callback_state=QUEUED", Operand::And, true),
        ("_callback_state=!QUEUED", Operand::And, false),
        ("_callback_reason=CANCELLED", Operand::And, false),
        ("_request_queue_time_stat=", Operand::And, true),
        ("", Operand::Or, true),
    ] {
        let fit = fits(&read(asked).unwrap(), operand, &callback, Some(&service));
        assert_eq!(fit, holds, "{asked}");
    }
    assert!(says(&json!(true), "true") && !says(&json!(["7"]), "7"));
}
