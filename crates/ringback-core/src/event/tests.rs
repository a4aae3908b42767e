//! Events as they are stored and shown.

use serde_json::{Value, json};

use super::{CallbackState, Event, EventName, Reason};
use crate::tests::sample::{NUMBER, at};

const REASONS: [Reason; 9] = [
    Reason::AgentConnected,
    Reason::Cancelled,
    Reason::CancelledByAdmin,
    Reason::FailError,
    Reason::FailTargetNotFound,
    Reason::FailTimeoutTtl,
    Reason::FailCallToCustomer,
    Reason::FailAgentConnect,
    Reason::FailInteractionDeleted,
];

/// What is stored reads back, and is written as the API spells it.
fn check<T>(values: &[T], spelled: impl Fn(T) -> &'static str)
where
    T: Copy + PartialEq + std::fmt::Debug + serde::Serialize + serde::de::DeserializeOwned,
{
    for value in values {
        let stored = serde_json::to_value(value).unwrap();
        assert_eq!(stored, spelled(*value), "{value:?}");
        assert_eq!(serde_json::from_value::<T>(stored).unwrap(), *value);
    }
}

#[test]
fn names_are_stored_as_they_are_spelled() {
    check(&EventName::ALL, EventName::as_str);
    check(&CallbackState::ALL, CallbackState::as_str);
    check(&REASONS, Reason::as_str);
}

/// A change here is a change of what is stored: older events must still be read.
#[test]
fn the_stored_layout_is_known() {
    for stored in [
        r#"{"n":"_cbe_on_virtual_ixn_create","t":1467575991000,"s":"QUEUED"}"#,
        r#"{"n":"_cbe_on_callback_rescheduled","t":1467575991000,"s":"SCHEDULED","a":{"_desired_time":"2016-07-03T20:59:51.000Z"}}"#,
        r#"{"n":"_cbe_on_dial_done","t":1467576012000,"s":"QUEUED","a":{"c_call_num_attempt":1,"c_call_result":0,"c_dialed_number":"5115"}}"#,
    ] {
        let event: Event = serde_json::from_str(stored).unwrap();
        assert_eq!(serde_json::to_string(&event).unwrap(), stored);
    }
}

#[test]
fn debug_shows_nothing_of_the_person() {
    let number: Value = NUMBER.into();
    let event = Event {
        name: EventName::DialInit,
        at: at(0),
        state: CallbackState::Queued,
        attributes: [
            ("c_dialed_number".to_owned(), number),
            ("x".to_owned(), json!("secret")),
        ]
        .into(),
    };
    let shown = format!("{event:?}");
    assert!(
        shown.contains("_cbe_on_dial_init") && shown.contains("QUEUED"),
        "{shown}"
    );
    assert!(
        !shown.contains(NUMBER) && !shown.contains("secret"),
        "{shown}"
    );
}

#[test]
fn names_are_found_with_or_without_their_first_sign() {
    for name in EventName::ALL {
        assert_eq!(EventName::find(name.as_str()), Some(name));
        assert_eq!(EventName::find(&name.as_str()[1..]), Some(name));
    }
    for unknown in ["", "_", "__cbe_on_service_create", "service_create"] {
        assert_eq!(EventName::find(unknown), None, "'{unknown}'");
    }
}

/// Those of the call.
#[test]
fn nine_and_the_question_are_told_when_nobody_says_which() {
    let told = EventName::ALL
        .iter()
        .filter(|name| name.is_in_default_set());
    let told: Vec<_> = told.map(|name| name.as_str()).collect();
    assert_eq!((told.len(), told[9]), (10, "_cbe_on_user_confirm"));
    assert!(
        !told.iter().any(|name| name.contains("_callback_")),
        "{told:?}"
    );
}
