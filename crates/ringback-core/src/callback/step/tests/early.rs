//! In the queue before it may be dialed, and earlier where the queue is long.

use super::story::{DELAYED, IMMEDIATE, Told, asked, asked_for};
use crate::callback::{Input, State};
use crate::tests::sample::at;

const EARLY: &str = "_request_execution_time_buffer=600 _desired_connect_time_threshold=180";

/// In its virtual queue it has its place, and nobody finds it for a line.
#[test]
fn it_keeps_its_place_until_it_may_be_dialed() {
    asked_for(IMMEDIATE, EARLY, Some(3600)).check(
        "
        0 accepted -> scheduled, look at 3000
            SCHEDULED _cbe_on_callback_scheduled
        3000 look -> held back, look at 3420
            QUEUED _cbe_on_callback_submitted
            QUEUED _cbe_on_callback_queued
            QUEUED _cbe_on_service_create
            QUEUED _cbe_on_virtual_ixn_create
        3001 look -> unchanged
        3419 hand out -> unchanged
        3420 look -> waiting, look at 3615
            > find a line of default
        3421 hand out -> handed out, look at 3423
            > ask the dialers
        ",
    );
    let held = asked_for(IMMEDIATE, EARLY, Some(3600)).after("3000 look");
    let listed = held.callback.listings();
    let of = |what: &str| {
        listed
            .iter()
            .any(|(name, _)| name.as_str().starts_with(what))
    };
    assert!(of("vq:") && !of("dial:"), "{listed:?}");
    assert_eq!(
        (held.callback.place(), held.callback.queued_since()),
        (None, Some(at(3000)))
    );
    let free = held.after("3420 look").callback;
    assert_eq!(
        free.place().unwrap(),
        at(3000).as_millis(),
        "by its time in the queue"
    );
}

#[test]
fn with_an_agent_it_is_held_back_as_well() {
    let held = asked_for(DELAYED, EARLY, Some(3600)).after("3000 look");
    held.check_ignored(3419, &["hand out for KSippola", "look"]);
    held.after("3420 look").check_each(
        r#"
        3420 cancel -> completed CANCELLED, look at 90000
            COMPLETED _cbe_on_callback_cancelled
            COMPLETED _cbe_on_service_exit c_termination_type="COMPLETED.CANCELLED"
        "#,
    );
}

/// The time in which it could not be dialed is not held against it.
#[test]
fn it_waits_as_long_as_it_may_from_then_on() {
    let further = "_request_execution_time_buffer=600 _desired_connect_time_threshold=180 _urs_queued_ttl=100";
    let free = asked_for(IMMEDIATE, further, Some(3600)).after("3000 look\n 3420 look");
    free.check_each(
        r#"
        3519 hand out -> handed out, look at 3520
            > ask the dialers
        3520 look -> completed FAIL_TIMEOUT_TTL, look at 90000
            COMPLETED _cbe_on_callback_processing_failed
            COMPLETED _cbe_on_callback_status_updated
            COMPLETED _cbe_on_service_exit c_termination_type="COMPLETED.FAIL_TIMEOUT_TTL"
        "#,
    );
}

/// Wanted in three hours, with the wait in its queue asked for.
fn estimated() -> Told {
    asked_for(IMMEDIATE, "_desired_connect_time_threshold=180", Some(60))
        .after("0 update time=10800 estimated=yes")
}

/// When it is looked at after waits in seconds were answered, each when it was asked for.
fn check(waits: &[u64], expected: &[i64]) {
    let mut told = estimated();
    let mut looks = Vec::new();
    for wait in waits {
        let now = told.callback.alarm(&told.options).as_secs() - at(0).as_secs();
        looks.push(now);
        assert!(told.callback.asks_for_wait(at(now)), "at {now}");
        told = told.after(&format!("{now} expect {wait}"));
    }
    let next = told.callback.alarm(&told.options).as_secs() - at(0).as_secs();
    looks.push(next);
    assert_eq!(looks, expected, "{waits:?}");
}

/// The buffer is 0 here: where nobody waits, it is submitted at 10800.
#[test]
fn the_wait_is_asked_for_a_few_times_in_the_last_hour() {
    check(&[0, 0, 0], &[7200, 9900, 10575, 10800]);
    check(&[1200, 1200], &[7200, 9600, 10_620]);
    check(&[1200, 60, 300], &[7200, 9600, 10_500, 10_620]);
    check(&[3000], &[7200, 7800]);
    check(&[0, 700], &[7200, 9900, 10100]);
    check(&[99_999], &[7200, 10_620]);
}

#[test]
fn it_is_submitted_when_the_wait_begins_to_matter() {
    let told = estimated();
    told.check_each(
        "
        7199 expect 9999 -> unchanged
        7200 expect 3600 -> held back, look at 10620
            QUEUED _cbe_on_callback_submitted
            QUEUED _cbe_on_callback_queued
            QUEUED _cbe_on_service_create
            QUEUED _cbe_on_virtual_ixn_create
        7200 expect 3000 -> scheduled, look at 7800
        7200 look -> scheduled, look at 9900
        10800 expect 60 -> unchanged
        10800 look -> waiting, look at 10805
            QUEUED _cbe_on_callback_submitted
            QUEUED _cbe_on_callback_queued
            QUEUED _cbe_on_service_create
            QUEUED _cbe_on_virtual_ixn_create
            > find a line of default
        ",
    );
    let decided = told.after("7200 expect 3000");
    assert!(
        !decided.callback.asks_for_wait(at(7800)),
        "its time has come"
    );
    let held = decided.after("7800 look").callback;
    let State::Waiting {
        since, not_before, ..
    } = held.state
    else {
        panic!("{held:?}");
    };
    assert_eq!((since, not_before), (at(7800), Some(at(10_620))));
}

/// Whoever asks for a time that is near is asked about at once.
#[test]
fn a_near_time_is_decided_at_once() {
    let near = asked_for(IMMEDIATE, "_desired_connect_time_threshold=180", Some(60))
        .after("0 update time=250 estimated=yes");
    assert!(near.callback.asks_for_wait(at(0)));
    near.check_each(
        "
        0 expect 0 -> scheduled, look at 250
        0 expect 100 -> scheduled, look at 150
        0 expect 250 -> held back, look at 70
            QUEUED _cbe_on_callback_submitted
            QUEUED _cbe_on_callback_queued
            QUEUED _cbe_on_service_create
            QUEUED _cbe_on_virtual_ixn_create
        ",
    );
}

#[test]
fn only_who_waits_for_his_time_is_asked_about() {
    let inputs = ["expect 0", "expect 999"];
    asked_for(IMMEDIATE, "", Some(60)).check_ignored(10, &inputs);
    asked(IMMEDIATE, "").check_ignored(10, &inputs);
    let failed = asked(IMMEDIATE, "").after("1 hand out\n 1 take by d1\n 9 failed busy");
    failed.check_ignored(10, &inputs);
    let Input::Expect { wait } = super::story::parse("expect 7") else {
        panic!("another input");
    };
    assert_eq!(wait.as_secs(), 7);
}
