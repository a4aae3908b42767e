//! Options that a start request sets.

use serde_json::json;

use super::{check_refused, read, read_by, with};
use crate::event_list::LIST_PROPERTIES;
use crate::service::{REQUEST_OPTIONS, option_specs};
use crate::tests::sample::object;

#[test]
fn options_are_set_by_either_name_and_any_plain_value() {
    for (key, value, option, text) in [
        ("_wait_for_agent", json!(true), "_wait_for_agent", "true"),
        ("_wait_for_agent", json!("true"), "_wait_for_agent", "true"),
        ("_urs_virtual_queue", json!(7), "_urs_virtual_queue", "7"),
        (
            "_enable_status_notifications",
            json!("notify"),
            "_enable_status_notification",
            "notify",
        ),
    ] {
        let new = with(key, value).unwrap();
        let overrides: Vec<_> = new.overrides.iter().collect();
        assert_eq!(overrides, [(&option.to_owned(), &text.to_owned())]);
        assert!(new.user_data.is_empty());
    }
}

/// All but the few that a request may set, by their own names and by others.
#[test]
fn what_belongs_to_the_service_is_refused_by_name() {
    let own = option_specs().iter().map(|spec| (spec.name, spec.name));
    let aliases = [
        ("_route_point", "_trunk_group"),
        ("vq_for_outbound_calls", "_vq_for_outbound_calls"),
    ];
    for (written, name) in own.chain(aliases) {
        if !REQUEST_OPTIONS.contains(&name) {
            check_refused(
                with(written, json!("x")),
                &format!(
                    "option '{name}' cannot be set by a request: it belongs to the service; allowed are its _overwritable_options"
                ),
            );
        }
    }
}

#[test]
fn a_wrong_option_is_refused_with_what_is_allowed() {
    check_refused(
        with("_wait_for_agent", json!("perhaps")),
        "service 'samples_dev': option '_wait_for_agent' = 'perhaps': allowed is true or false",
    );
    let nobody = json!({
        "_customer_number": "5115", "_enable_status_notification": "subscribe_notify",
        "_status_notification_target": " ",
    });
    check_refused(
        read_by(
            "_enable_status_notification=notify _status_notification_target=",
            object(nobody),
        ),
        "service 'samples_dev': option '_status_notification_target' is missing, but \
         _enable_status_notification is subscribe_notify",
    );
}

/// Of a notification: what is blank leaves it to the service.
#[test]
fn a_blank_option_is_none() {
    for name in LIST_PROPERTIES {
        for blank in ["", " "] {
            let new = with(name, json!(blank)).unwrap();
            assert_eq!(new.overrides[name], blank);
        }
    }
    assert!(
        with("_wait_for_agent", json!("")).is_ok(),
        "as in the original"
    );
}

#[test]
fn an_option_under_two_names_is_told_with_both() {
    for other in ["notify", "false", ""] {
        let both = json!({
            "_customer_number": "5115", "_enable_status_notifications": other,
            "_enable_status_notification": "notify",
        });
        check_refused(
            read(both),
            "service 'samples_dev': option '_enable_status_notification' is given twice: as \
             '_enable_status_notification' and as '_enable_status_notifications'",
        );
    }
}
