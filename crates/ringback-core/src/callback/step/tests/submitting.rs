//! Its time comes: reminders, submissions, and services that cannot be used.

use super::stages::{dialing, on_line};
use super::story::{DELAYED, IMMEDIATE, asked, asked_for};
use crate::callback::State;
use crate::service::Options;
use crate::tests::sample::service;

const REMIND: &str = "_enable_notification_reminder=true _notification_reminder_buffer=300";

#[test]
fn it_is_reminded_of_before_its_time() {
    asked_for(IMMEDIATE, REMIND, Some(3600)).check(
        "
        0 accepted -> scheduled, look at 3300
            SCHEDULED _cbe_on_callback_scheduled
        3299 look -> unchanged
        3300 look -> scheduled, look at 3600
            SCHEDULED _cbe_on_callback_reminder
        3300 look -> unchanged
        3600 look -> waiting, look at 3605
            QUEUED _cbe_on_callback_submitted
            QUEUED _cbe_on_callback_queued
            QUEUED _cbe_on_service_create
            QUEUED _cbe_on_virtual_ixn_create
            > find a line of default
        ",
    );
}

/// Whoever looks too late does not say that its time comes soon.
#[test]
fn there_is_no_reminder_without_time_for_it() {
    asked_for(IMMEDIATE, REMIND, Some(300)).check(
        "
        0 accepted -> scheduled, look at 300
            SCHEDULED _cbe_on_callback_scheduled
        ",
    );
    asked_for(IMMEDIATE, REMIND, Some(301)).check(
        "
        0 accepted -> scheduled, look at 1
            SCHEDULED _cbe_on_callback_scheduled
        301 look -> waiting, look at 306
            QUEUED _cbe_on_callback_submitted
            QUEUED _cbe_on_callback_queued
            QUEUED _cbe_on_service_create
            QUEUED _cbe_on_virtual_ixn_create
            > find a line of default
        ",
    );
}

#[test]
fn an_attempt_that_is_repeated_is_not_reminded_of() {
    let further = &format!("{REMIND} _dial_retry_timeout=3000");
    dialing(further).check_each(
        r#"
            9 failed busy -> scheduled, look at 3009
                QUEUED _cbe_on_dial_done c_call_num_attempt=1 c_call_result=6 c_dialed_number="5115"
                SCHEDULED _cbe_on_callback_status_updated
            "#,
    );
}

#[test]
fn without_its_service_it_is_submitted_again_and_then_fails() {
    asked_for(IMMEDIATE, "", Some(3600)).check(
        r#"
        0 accepted -> scheduled, look at 3600
            SCHEDULED _cbe_on_callback_scheduled
        3599 look without its service -> unchanged
        3600 look without its service -> scheduled, look at 3630
            SCHEDULED _cbe_on_callback_submit_failed
        3629 look without its service -> unchanged
        3630 look without its service -> scheduled, look at 3690
            SCHEDULED _cbe_on_callback_submit_failed
        3700 look without its service -> completed FAIL_ERROR, look at 90000
            SCHEDULED _cbe_on_callback_submit_failed
            COMPLETED _cbe_on_callback_processing_failed
            COMPLETED _cbe_on_callback_status_updated
            COMPLETED _cbe_on_service_exit c_termination_type="COMPLETED.FAIL_ERROR"
        89999 look without its service -> unchanged
        90000 look without its service -> gone
        "#,
    );
}

#[test]
fn with_its_service_back_it_is_submitted_again() {
    asked_for(IMMEDIATE, "", Some(3600))
        .after("3600 look without its service")
        .check_each(
            "
            3630 look -> waiting, look at 3635
                QUEUED _cbe_on_callback_resubmitted
                QUEUED _cbe_on_callback_queued
                QUEUED _cbe_on_service_create
                QUEUED _cbe_on_virtual_ixn_create
                > find a line of default
            ",
        );
}

/// It is told of like the first attempt, and the service does not start twice.
#[test]
fn a_later_attempt_fails_to_be_submitted_in_the_same_way() {
    dialing("")
        .after("9 failed busy\n 309 look without its service")
        .check_each(
            "
            339 look -> waiting, look at 344
                QUEUED _cbe_on_callback_resubmitted
                QUEUED _cbe_on_callback_queued
                > find a line of default
            339 look without its service -> scheduled, look at 399
                SCHEDULED _cbe_on_callback_submit_failed
            ",
        );
}

/// A service that is there but does not take what the request set: its own options say how often, and it is tried
/// again with growing distance.
#[test]
fn the_distance_of_submissions_grows() {
    let service = service(IMMEDIATE, "_max_ors_submit_attempts=8 _ttl=60000");
    let mut told = asked_for(IMMEDIATE, "", Some(100));
    told.options = Options::stand_in(Some(&service));
    let mut distances = Vec::new();
    let mut now = 100;
    while let State::Scheduled { due, .. } = told.callback.state {
        now = due.as_secs() - told.callback.created.as_secs();
        told = told.after(&format!("{now} look"));
        let next = told.callback.alarm(&told.options).as_secs() - told.callback.created.as_secs();
        distances.push(next - now);
    }
    assert_eq!(distances[..7], [30, 60, 120, 240, 480, 600, 600]);
    assert_eq!(now, 100 + 30 + 60 + 120 + 240 + 480 + 600 + 600);
    assert_eq!(distances.len(), 8, "after the eighth it is over");
}

const FAILED: &str = r#"COMPLETED _cbe_on_callback_processing_failed
    COMPLETED _cbe_on_callback_status_updated
    COMPLETED _cbe_on_service_exit c_termination_type="COMPLETED.FAIL_ERROR""#;

/// Whoever comes first to find its service gone.
#[test]
fn in_the_queue_it_fails_without_its_service() {
    let found = "> release KSippola untouched";
    let waiting = asked(DELAYED, "");
    waiting.check_each(&format!(
        "
        2 look without its service -> completed FAIL_ERROR, look at 86400
            {FAILED}
        2 hand out for KSippola without its service -> completed FAIL_ERROR, look at 86400
            {FAILED}
            {found}
        "
    ));
    waiting
        .after("1 hand out for KSippola")
        .check_each(&format!(
            "
        2 look without its service -> completed FAIL_ERROR, look at 86400
            {FAILED}
            {found}
        2 take by d1 without its service -> completed FAIL_ERROR, look at 86400
            {FAILED}
            {found}
        "
        ));
}

/// The call goes on, under its lease; but nobody allows another attempt.
#[test]
fn a_call_goes_on_without_its_service() {
    on_line("").check_each(
        "
        10 look without its service -> unchanged
        16 look without its service -> unchanged
            > ask the dialers
        16 take over by d2 without its service -> on line by d2, look at 31
        12 renew without its service -> on line by d1, look at 27
            > find an agent of GA:Customer_Service at once
        ",
    );
    dialing("").check_each(
        r#"
        9 failed busy without its service -> completed FAIL_CALL_TO_CUSTOMER, look at 86400
            QUEUED _cbe_on_dial_done c_call_num_attempt=1 c_call_result=6 c_dialed_number="5115"
            COMPLETED _cbe_on_callback_processing_failed
            COMPLETED _cbe_on_callback_status_updated
            COMPLETED _cbe_on_service_exit c_dialed_number="5115" c_last_dialed_number="5115" c_termination_type="COMPLETED.FAIL_CALL_TO_CUSTOMER"
        "#,
    );
}

#[test]
fn it_can_be_cancelled_without_its_service() {
    let exit = r#"COMPLETED _cbe_on_callback_cancelled
        COMPLETED _cbe_on_service_exit c_termination_type="COMPLETED.CANCELLED""#;
    let failing = asked_for(IMMEDIATE, "", Some(10)).after("10 look without its service");
    for (told, end) in [(failing, 86410), (asked(IMMEDIATE, ""), 86400)] {
        told.check_each(&format!(
            "
            20 cancel without its service -> completed CANCELLED, look at {end}
                {exit}
            "
        ));
    }
}
