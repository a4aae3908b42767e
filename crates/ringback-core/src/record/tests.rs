//! Records, as the API returns them.

use serde_json::{Value, json};

use super::record;
use crate::callback::{Callback, Decision, Input};
use crate::event::Reason;
use crate::service::Template;
use crate::tests::sample::{ID, at, object, request, service};

/// The record of a callback for `desired`, with further options and user data, to which `inputs` happened.
fn check(further: &str, desired: Option<i64>, data: Value, inputs: &[Input], expected: Value) {
    let service = service(Template::UserTerminatedImmediate, further);
    let mut new = request(desired.map(at));
    new.user_data = object(data);
    let (mut callback, _) = Callback::accept(new, &service, None, at(0)).unwrap();
    for input in inputs {
        if let Decision::Step(step) = callback.step(input.clone(), &service.options, at(5)) {
            callback = step.callback;
        }
    }
    let returned = record(&callback, &service.options);
    assert_eq!(Value::Object(returned), expected);
}

fn url() -> String {
    format!("/genesys/1/service/callback/samples_dev/{ID}")
}

/// Without a desired time it is wanted from the request on.
#[test]
fn for_at_once() {
    let expected = json!({
        "_id": ID, "_service_name": "samples_dev", "_customer_number": "5115",
        "_desired_time": "2016-07-03T19:59:51.000Z", "_expiration_time": "2016-07-04T19:59:51.000Z",
        "_callback_state": "QUEUED", "url": url(),
    });
    check("", None, json!({"account": "0815"}), &[], expected);
}

#[test]
fn for_later() {
    let expected = json!({
        "_id": ID, "_service_name": "samples_dev", "_customer_number": "5115",
        "_desired_time": "2016-07-03T20:59:51.000Z", "_expiration_time": "2016-07-03T21:00:51.000Z",
        "_callback_state": "SCHEDULED", "url": url(),
    });
    check("_ttl=60", Some(3600), json!({}), &[], expected);
}

#[test]
fn when_it_is_over_with_the_reason() {
    let expected = json!({
        "_id": ID, "_service_name": "samples_dev", "_customer_number": "5115",
        "_desired_time": "2016-07-03T19:59:51.000Z", "_expiration_time": "2016-07-04T19:59:51.000Z",
        "_callback_state": "COMPLETED", "_callback_reason": "CANCELLED_BY_ADMIN", "url": url(),
    });
    let cancel = Input::Cancel(Reason::CancelledByAdmin);
    check("", None, json!({}), &[cancel], expected);
}

/// And nothing else of the user data; what a record says of itself cannot be overwritten.
#[test]
fn with_the_lookup_keys_of_its_service() {
    let expected = json!({
        "_id": ID, "_service_name": "samples_dev", "_customer_number": "5115",
        "_desired_time": "2016-07-03T19:59:51.000Z", "_expiration_time": "2016-07-04T19:59:51.000Z",
        "_callback_state": "QUEUED", "url": url(), "account": "0815", "visits": 3,
    });
    check(
        "_customer_lookup_keys=_customer_number,account,visits,city,_id",
        None,
        json!({"account": "0815", "visits": 3, "name": "Alice", "_id": "another's"}),
        &[],
        expected,
    );
}
