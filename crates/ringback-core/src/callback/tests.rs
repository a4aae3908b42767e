//! The record: what a request becomes, and how it is stored.

use serde_json::json;

use super::{Callback, State};
use crate::event::{EventName, Reason};
use crate::event_list::Properties;
use crate::notify::{Plan, Recipient};
use crate::service::{Service, Template};
use crate::slots::SlotId;
use crate::tests::sample::{ID, NUMBER, agent, at, object, request, service};

mod stored;

const IMMEDIATE: Template = Template::UserTerminatedImmediate;
const DELAYED: Template = Template::UserTerminatedDelayed;

/// Whoever is told as the sample service has it, at `address`.
fn plan(list: Option<&str>, address: Option<&str>) -> Plan {
    let own = address.map(|address| Recipient {
        address: address.to_owned(),
        ..Recipient::default()
    });
    let list = list.map(str::to_owned);
    Plan {
        list,
        own,
        ..Plan::default()
    }
}

fn accept(service: &Service, desired: Option<i64>) -> (Callback, Vec<EventName>) {
    let (callback, events) =
        Callback::accept(request(desired.map(at)), service, None, at(0)).unwrap();
    (callback, events.iter().map(|event| event.name).collect())
}

#[test]
fn a_request_is_for_now_or_for_later() {
    let scheduled = [EventName::CallbackScheduled].as_slice();
    let started = [
        EventName::CallbackSubmitted,
        EventName::CallbackQueued,
        EventName::ServiceCreate,
        EventName::VirtualIxnCreate,
    ]
    .as_slice();
    for (desired, state, wanted, told) in [
        (None, "QUEUED", 0, started),
        (Some(-1), "QUEUED", -1, started),
        (Some(0), "QUEUED", 0, started),
        (Some(1), "SCHEDULED", 1, scheduled),
    ] {
        let service = service(IMMEDIATE, "");
        let (callback, events) = accept(&service, desired);
        assert_eq!(callback.callback_state().as_str(), state, "{desired:?}");
        assert_eq!(callback.wanted(), at(wanted), "{desired:?}");
        assert_eq!(
            callback.expires(&service.options),
            at(wanted.max(0) + 86_400)
        );
        assert_eq!(events, told, "{desired:?}");
    }
}

#[test]
fn it_knows_where_it_waits_and_goes_out() {
    let further = "_trunk_group=carrier _customer_lookup_keys=_customer_number,account";
    let (callback, _) = accept(&service(DELAYED, further), None);
    let route = &callback.route;
    assert_eq!(route.virtual_queue, "SIP_VQ_SIP_Switch");
    assert_eq!(route.outbound_queue, "VQ_GMS_REP_SIP_Switch");
    assert_eq!(
        (route.pool.as_str(), route.trunk.as_str()),
        ("GA:Customer_Service", "carrier")
    );
    assert!(route.wait_for_agent);
    assert_eq!(callback.lookup, ["account"], "the number is known anyway");
}

/// With `notify` only who subscribed beforehand is told, and with `false` nobody at all.
#[test]
fn it_has_a_recipient_when_ringback_subscribes_for_it() {
    for (mode, expected) in [
        (
            "subscribe_notify",
            Some(plan(None, Some("http://127.0.0.1:1664/test"))),
        ),
        ("notify", Some(plan(None, None))),
        ("false", None),
    ] {
        let service = service(IMMEDIATE, &format!("_enable_status_notification={mode}"));
        let (callback, _) = accept(&service, None);
        assert_eq!(callback.notify, expected, "{mode}");
    }
}

/// What the list of its service sets holds where nobody else says anything.
#[test]
fn it_knows_its_event_list() {
    let service = service(
        IMMEDIATE,
        "_callback_events_list=GMS_Events _status_notification_target=",
    );
    let list = Properties::from([("_status_notification_target", "http://list".to_owned())]);
    let (callback, _) = Callback::accept(request(None), &service, Some(&list), at(0)).unwrap();
    let expected = plan(Some("GMS_Events"), Some("http://list"));
    assert_eq!(callback.notify, Some(expected));
}

/// By its user data; a device without a name is none.
#[test]
fn a_request_names_the_device_that_is_told() {
    for (name, device) in [
        (json!("d-7"), Some("d-7")),
        (json!(""), None),
        (json!(" "), None),
        (json!(7), None),
        (json!(null), None),
    ] {
        let mut new = request(None);
        new.user_data = object(json!({ Plan::device_key(): name }));
        let service = service(IMMEDIATE, "");
        let (callback, _) = Callback::accept(new, &service, None, at(0)).unwrap();
        let own = callback.notify.unwrap().own.unwrap();
        assert_eq!(own.device.as_deref(), device, "{name}");
    }
}

#[test]
fn what_the_request_sets_holds() {
    let mut new = request(None);
    for (name, value) in [
        ("_wait_for_agent", "true"),
        ("_urs_virtual_queue", "Other"),
        ("_status_notification_target", "https://crm.example/hook"),
    ] {
        new.overrides.insert(name.to_owned(), value.to_owned());
    }
    let (callback, _) = Callback::accept(new, &service(IMMEDIATE, ""), None, at(0)).unwrap();
    assert!(callback.route.wait_for_agent);
    assert_eq!(callback.route.virtual_queue, "Other");
    assert_eq!(
        callback.notify,
        Some(plan(None, Some("https://crm.example/hook")))
    );
}

#[test]
fn wrong_options_are_refused() {
    let mut new = request(None);
    new.overrides
        .insert("_wait_for_agent".to_owned(), "perhaps".to_owned());
    let refused = Callback::accept(new, &service(IMMEDIATE, ""), None, at(0));
    let message = refused.unwrap_err().to_string();
    assert!(
        message.contains("'_wait_for_agent' = 'perhaps'"),
        "{message}"
    );
}

/// Who does not wish to be reminded has nothing of it in the record.
#[test]
fn a_reminder_is_written_where_it_is_wished() {
    for (further, reminder) in [
        ("", None),
        ("_enable_notification_reminder=true", Some(at(3300))),
        (
            "_enable_notification_reminder=true _notification_reminder_buffer=60",
            Some(at(3540)),
        ),
        (
            "_enable_notification_reminder=true _notification_reminder_buffer=3600",
            None,
        ),
    ] {
        let (callback, _) = accept(&service(DELAYED, further), Some(3600));
        let expected = State::Scheduled {
            due: at(3600),
            reminder,
            failed_submits: 0,
            ask_at: None,
            again: false,
        };
        assert_eq!(callback.state, expected, "{further}");
    }
}

#[test]
fn debug_shows_nothing_of_the_person() {
    let mut new = request(None);
    new.user_data = object(json!({"name": "Alice"}));
    let shown = format!("{new:?}");
    let (mut callback, _) = Callback::accept(new, &service(IMMEDIATE, ""), None, at(0)).unwrap();
    callback.state = State::HandedOut {
        since: at(0),
        at: at(0),
        hints: 0,
        agent: Some(agent("KSippola")),
        arrived: None,
    };
    for shown in [shown, format!("{callback:?}")] {
        assert!(shown.contains(ID), "{shown}");
        assert!(
            !shown.contains(NUMBER) && !shown.contains("Alice"),
            "{shown}"
        );
    }
}

/// A slot that starts a minute from now: whose place it is after what.
#[test]
fn a_place_is_held_until_it_is_not_needed_any_more() {
    let scheduled = || {
        let (mut callback, _) = accept(&service(IMMEDIATE, ""), Some(90));
        callback.place = Some(SlotId::from_id(format!("desk/{}", at(60).as_secs())));
        callback
    };
    let before = scheduled();
    assert_eq!(before.holds(), before.place.as_ref());
    for (reason, second, is_left) in [
        (Reason::Cancelled, 10, true),
        (Reason::CancelledByAdmin, 70, true),
        (Reason::FailError, 59, true),
        (Reason::FailError, 60, false),
        (Reason::FailCallToCustomer, 70, false),
        (Reason::AgentConnected, 10, false),
    ] {
        let mut over = scheduled();
        let (at, open) = (at(second), None);
        over.state = State::Completed {
            reason,
            at,
            open,
            talks_until: None,
        };
        assert_eq!(
            before.leaves(&over).is_some(),
            is_left,
            "{reason:?} {second}"
        );
        assert_eq!(over.leaves(&over), None, "only once");
    }
    let mut moved = scheduled();
    moved.place = Some(SlotId::from_id("desk/0"));
    assert_eq!(before.leaves(&moved), before.place.as_ref());
    moved.place = None;
    assert_eq!(before.leaves(&moved), before.place.as_ref());
    assert_eq!(
        (moved.leaves(&before), before.leaves(&before)),
        (None, None)
    );
    let stored = serde_json::to_value(&before).unwrap();
    assert_eq!(stored["slot"], json!(format!("desk/{}", at(60).as_secs())));
}
