//! What a request brings for its service: tokens, mandatory keys, options it may set; and scenarios that are not built.

use serde_json::json;

use super::{check_refused, read_by};
use crate::ids::CallbackId;
use crate::request::read_start;
use crate::service::Template;
use crate::tests::sample::{ID, at, object, service};

#[test]
fn tokens_are_filled_from_parameters() {
    let further = "_treatment_customer_connect=hello_$lang$ _ttl=$keep$";
    let request = object(json!({"_customer_number": "5115", "lang": "de", "keep": 60}));
    let new = read_by(further, request).unwrap();
    assert_eq!(new.overrides["_treatment_customer_connect"], "hello_de");
    assert_eq!(new.overrides["_ttl"], "60");
    assert_eq!(new.user_data["lang"], "de", "and stay what they are");
}

#[test]
fn a_missing_token_is_named() {
    check_refused(
        read_by("_ttl=$keep$", object(json!({"_customer_number": "5115"}))),
        "mandatory parameter 'keep' is missing: option '_ttl' of the service has $keep$ in it",
    );
    check_refused(
        read_by(
            "_ttl=$keep$",
            object(json!({"_customer_number": "5115", "keep": "long"})),
        ),
        "service 'samples_dev': option '_ttl' = 'long': allowed is seconds from 1 to 31622400",
    );
    check_refused(
        read_by(
            "_ttl=$keep$",
            object(json!({"_customer_number": "5115", "keep": [1]})),
        ),
        "parameter 'keep' is a list: allowed is a text, a number, true or false",
    );
}

#[test]
fn what_a_request_sets_needs_no_token() {
    let request =
        object(json!({"_customer_number": "5115", "_status_notification_language": "en"}));
    let new = read_by("_status_notification_language=$lang$", request).unwrap();
    assert_eq!(new.overrides["_status_notification_language"], "en");
}

#[test]
fn a_service_may_let_requests_set_more() {
    let request = || object(json!({"_customer_number": "5115", "_max_dial_attempts": 1}));
    let new = read_by("_overwritable_options=_max_dial_attempts", request()).unwrap();
    assert_eq!(new.overrides["_max_dial_attempts"], "1");
    check_refused(
        read_by("_overwritable_options=_ttl", request()),
        "option '_max_dial_attempts' cannot be set by a request: it belongs to the service; allowed are its _overwritable_options",
    );
}

#[test]
fn mandatory_keys_are_mandatory() {
    let keys = "_mandatory_customer_lookup_keys=_customer_number,account";
    for missing in [json!({}), json!({"account": " "}), json!({"account": null})] {
        let mut request = object(json!({"_customer_number": "5115"}));
        request.extend(object(missing));
        check_refused(
            read_by(keys, request),
            "mandatory parameter 'account' is missing",
        );
    }
    let there = object(json!({"_customer_number": "5115", "account": 4711}));
    assert!(read_by(keys, there).is_ok());
}

#[test]
fn every_scenario_can_be_started() {
    for template in Template::ALL {
        let service = service(template, "");
        let request = object(json!({"_customer_number": "5115"}));
        let read = read_start(request, |_| CallbackId::new(ID), &service, at(0));
        assert!(read.is_ok(), "{}", template.name());
    }
    check_refused(
        read_by(
            "",
            object(json!({"_customer_number": "5115", "_media_type": "chat"})),
        ),
        "service 'samples_dev': option '_media_type' is chat, but _call_direction is USERTERMINATED: allowed is USERORIGINATED, as the customer opens a chat",
    );
}
