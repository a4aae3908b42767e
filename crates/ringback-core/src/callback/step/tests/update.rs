//! What callers change: the time, the user data, the state.

use serde_json::{Value, json};

use super::super::{Decision, Input, Refusal};
use super::stages::{RETAIN, dialing, on_line};
use super::story::{IMMEDIATE, Told, asked, asked_for};
use crate::callback::{MAX_DATA, MAX_DATA_KEYS, Update, service_index};
use crate::phone::{Country, CustomerNumber};
use crate::tests::sample::{at, object};

fn scheduled() -> Told {
    asked_for(IMMEDIATE, "", Some(3600))
}

#[test]
fn it_gets_another_time() {
    scheduled().check(
        "
        0 accepted -> scheduled, look at 3600
            SCHEDULED _cbe_on_callback_scheduled
        10 update time=7200 -> scheduled, look at 7200
            SCHEDULED _cbe_on_callback_rescheduled
        11 update time=7200 -> unchanged
        3600 look -> unchanged
        3700 update time=5000 -> scheduled, look at 5000
            SCHEDULED _cbe_on_callback_rescheduled
        5000 look -> waiting, look at 5005
            QUEUED _cbe_on_callback_submitted
            QUEUED _cbe_on_callback_queued
            QUEUED _cbe_on_service_create
            QUEUED _cbe_on_virtual_ixn_create
            > find a line of default
        ",
    );
}

/// It counts from its new time, and is listed there.
#[test]
fn everything_follows_the_new_time() {
    let told = scheduled().after("10 update time=7200");
    assert_eq!(told.callback.wanted(), at(7200));
    assert_eq!(told.callback.expires(&told.options), at(7200 + 86_400));
    let listed = told.callback.listings();
    assert!(listed.contains(&(service_index("samples_dev"), at(7200).as_millis())));
}

#[test]
fn a_time_that_has_come_submits_it_at_once() {
    for time in [100, 40, -100] {
        // What had passed when the callback was accepted counts from there.
        let end = time.max(0) + 86_400;
        scheduled().check_each(&format!(
            "
            100 update time={time} -> waiting, look at 105
                SCHEDULED _cbe_on_callback_rescheduled
                QUEUED _cbe_on_callback_submitted
                QUEUED _cbe_on_callback_queued
                QUEUED _cbe_on_service_create
                QUEUED _cbe_on_virtual_ixn_create
                > find a line of default
            "
        ));
        let moved = scheduled().after(&format!("100 update time={time}"));
        assert_eq!(moved.callback.expires(&moved.options), at(end));
    }
}

#[test]
fn its_reminder_moves_with_it() {
    let further = "_enable_notification_reminder=true _notification_reminder_buffer=300";
    let told = asked_for(IMMEDIATE, further, Some(3600)).after("3300 look");
    told.check_each(
        "
        3400 update time=7200 -> scheduled, look at 6900
            SCHEDULED _cbe_on_callback_rescheduled
        3400 update time=3650 -> scheduled, look at 3650
            SCHEDULED _cbe_on_callback_rescheduled
        ",
    );
    told.after("3400 update time=7200").check_each(
        "
        6900 look -> scheduled, look at 7200
            SCHEDULED _cbe_on_callback_reminder
        ",
    );
}

#[test]
fn without_its_service_it_gets_another_time() {
    let told = scheduled().after("3600 look without its service");
    told.check_each(
        "
        3610 update time=7200 without its service -> scheduled, look at 7080
            SCHEDULED _cbe_on_callback_rescheduled
        3610 update time=3605 without its service -> scheduled, look at 3670
            SCHEDULED _cbe_on_callback_rescheduled
            SCHEDULED _cbe_on_callback_submit_failed
        ",
    );
    told.after("3610 update time=7200").check_each(
        "
        7200 look -> waiting, look at 7205
            QUEUED _cbe_on_callback_resubmitted
            QUEUED _cbe_on_callback_queued
            QUEUED _cbe_on_service_create
            QUEUED _cbe_on_virtual_ixn_create
            > find a line of default
        ",
    );
}

/// Once it is under way its time is what it was, and repeating the time it has is fine.
#[test]
fn what_has_begun_gets_no_other_time() {
    let waiting = asked(IMMEDIATE, "");
    let dialing = waiting.clone().after("1 hand out\n 1 take by d1");
    for (told, state, attempts) in [
        (waiting.clone(), "QUEUED", 0),
        (waiting.clone().after("1 hand out"), "QUEUED", 0),
        (dialing.clone(), "QUEUED", 1),
        (dialing.clone().after("9 failed busy"), "SCHEDULED", 1),
        (
            dialing.after("5 answered by person\n 9 treatment done"),
            "ROUTING",
            1,
        ),
    ] {
        told.check_each(&format!(
            "
            12 update time=7200 account=4711 -> refused: the callback is {state} after {attempts} attempts: only one that is SCHEDULED and was never dialed gets another time
            "
        ));
        told.check_ignored(12, &["update time=0"]);
    }
}

/// Not even the one it has: nobody is told "is rescheduled" of a callback that is over.
#[test]
fn what_is_over_gets_no_time() {
    let cancelled = scheduled().after("9 cancel");
    let refused = "refused: the callback is COMPLETED (CANCELLED): it can neither be cancelled nor get another time any more";
    cancelled.check_each(&format!(
        "
        12 update time=3600 -> {refused}
        12 update time=7200 account=4711 -> {refused}
        "
    ));
}

fn with_data(data: Value) -> Told {
    let mut told = asked(IMMEDIATE, "");
    told.callback.user_data = object(data);
    told
}

#[test]
fn user_data_changes_wherever_it_stands() {
    let data = json!({"account": "0815", "name": "Alice", "visits": 3});
    let over = with_data(data.clone()).after("9 cancel");
    let talking = with_data(data.clone()).after(
        "1 hand out
         1 take by d1
         5 answered by person
         9 treatment done",
    );
    for told in [with_data(data), talking, over] {
        let (state, attempts) = (told.callback.state.clone(), told.callback.attempts);
        let told = told.after("12 update account=4711 name= city=Bonn nothing=");
        let data = Value::Object(told.callback.user_data.clone());
        assert_eq!(
            data,
            json!({"account": "4711", "visits": 3, "city": "Bonn"})
        );
        assert_eq!(
            (&told.callback.state, told.callback.attempts),
            (&state, attempts)
        );
        told.check_ignored(13, &["update account=4711", "update name=", "update"]);
    }
}

/// No event tells of it, and its alarm stays where it was.
#[test]
fn user_data_is_nobody_elses_business() {
    scheduled().check_each("10 update account=4711 -> scheduled, look at 3600");
    asked(IMMEDIATE, "").check_each("3 update account=4711 -> waiting, look at 5");
}

/// One change: the log has one event, the record has both.
#[test]
fn time_and_user_data_change_together() {
    let told = scheduled();
    told.check_each(
        "
        10 update time=7200 account=4711 -> scheduled, look at 7200
            SCHEDULED _cbe_on_callback_rescheduled
        10 update time=3600 account=4711 -> scheduled, look at 3600
        ",
    );
    let told = told.after("10 update time=7200 account=4711");
    assert_eq!(told.callback.user_data["account"], "4711");
}

#[test]
fn it_is_found_by_what_it_says_now() {
    let further = "_customer_lookup_keys=_customer_number,account";
    let listed = |told: &Told| {
        let names = told.callback.listings().into_iter();
        names
            .map(|(name, _)| name)
            .filter(|name| name.as_str().contains("account"))
            .count()
    };
    let told = asked(IMMEDIATE, further);
    assert_eq!(listed(&told), 0);
    let told = told.after("1 update account=4711");
    assert_eq!(listed(&told), 1);
    assert_eq!(listed(&told.after("2 update account=")), 0);
}

#[test]
fn it_is_over_when_a_caller_says_so() {
    let exit = r#"COMPLETED _cbe_on_callback_status_updated
        COMPLETED _cbe_on_service_exit c_termination_type="COMPLETED.CANCELLED""#;
    scheduled().check_each(&format!(
        "
        50 update over=yes -> completed CANCELLED, look at 90000
            {exit}
        50 update over=yes account=4711 -> completed CANCELLED, look at 90000
            {exit}
        "
    ));
    let over = scheduled().after("50 update over=yes account=4711");
    assert_eq!(over.callback.user_data["account"], "4711");
    over.check_ignored(60, &["update over=yes", "cancel"]);
    over.check_each("60 update over=yes account=1 -> completed CANCELLED, look at 90000");
}

/// As a cancel does.
#[test]
fn a_call_that_shall_be_over_is_hung_up_by_its_dialer() {
    dialing("")
        .check_each(
            r#"
            9 update over=yes -> completed CANCELLED, call open with d1, look at 24
                QUEUED _cbe_on_dial_done c_call_num_attempt=1 c_call_result=26 c_dialed_number="5115"
                COMPLETED _cbe_on_callback_status_updated
                COMPLETED _cbe_on_service_exit c_dialed_number="5115" c_last_dialed_number="5115" c_termination_type="COMPLETED.CANCELLED"
                > tell d1
            "#,
        );
}

/// Nothing of the request happens then.
#[test]
fn who_talks_is_not_interrupted() {
    on_line(RETAIN).after("9 offer KSippola\n 12 connected")
        .check_each(
            "
            20 update over=yes account=4711 -> refused: the callback is PROCESSING: customer and agent are talking
            20 update account=4711 -> talking KSippola by d1, look at 16
            ",
        );
}

fn add(told: &Told, set: Value) -> Decision {
    let update = Update {
        set: object(set),
        ..Update::default()
    };
    told.callback
        .step(Input::Update(update), &told.options, at(1))
}

/// However often it is changed.
#[test]
fn user_data_is_bounded() {
    let many = (0..MAX_DATA_KEYS).map(|n| (format!("key{n}"), json!(n)));
    let told = with_data(Value::Object(many.collect()));
    let refused = add(&told, json!({"one": "more"}));
    let Decision::Refused(refusal @ Refusal::TooMuchData { keys: 65, .. }) = refused else {
        panic!("{refused:?}");
    };
    let message = refusal.to_string();
    assert!(
        message.contains("65 keys") && message.contains("allowed are 64 in 65536"),
        "{message}"
    );
    assert!(matches!(
        add(&told, json!({"key1": "other"})),
        Decision::Step(_)
    ));
    let long = "x".repeat(MAX_DATA);
    let refused = add(&asked(IMMEDIATE, ""), json!({"long": long}));
    assert!(
        matches!(
            refused,
            Decision::Refused(Refusal::TooMuchData { keys: 1, .. })
        ),
        "{refused:?}"
    );
    let already = with_data(json!({"long": long, "short": "x"}));
    already
        .after("1 update short=")
        .check_each("2 update long= -> waiting, look at 5");
}

/// Decisions, inputs and refusals are logged.
#[test]
fn debug_shows_nothing_of_the_person() {
    let shown = format!("{:?}", super::story::parse("update time=60 name=Alice"));
    assert!(
        shown.contains("Update") && shown.contains("set: 1"),
        "{shown}"
    );
    assert!(!shown.contains("Alice"), "{shown}");
}

/// Until somebody is sought out for it.
#[test]
fn a_number_and_a_queue_are_corrected_until_it_is_dialed() {
    let mut route = scheduled().callback.route;
    route.virtual_queue = "VIP".to_owned();
    let correction = || Update {
        number: CustomerNumber::read("5116".parse().unwrap(), Country::DEFAULT).ok(),
        route: Some(Box::new(route.clone())),
        options: [("_urs_virtual_queue".to_owned(), "VIP".to_owned())].into(),
        ..Update::default()
    };
    let told = scheduled();
    let Decision::Step(step) =
        told.callback
            .step(Input::Update(correction()), &told.options, at(5))
    else {
        panic!("it is not corrected");
    };
    assert_eq!(step.callback.customer().unwrap().as_str(), "5116");
    assert_eq!(step.callback.route.virtual_queue, "VIP");
    assert_eq!(step.callback.overrides["_urs_virtual_queue"], "VIP");
    let again = step
        .callback
        .step(Input::Update(correction()), &told.options, at(6));
    assert_eq!(again, Decision::nothing());
    let told = dialing("");
    let refused = told
        .callback
        .step(Input::Update(correction()), &told.options, at(6));
    assert!(
        matches!(refused, Decision::Refused(Refusal::TooLateToCorrect { .. })),
        "{refused:?}"
    );
}
