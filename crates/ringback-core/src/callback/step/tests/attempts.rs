//! Attempts that reach nobody.

use super::stages::dialing;
use super::story::{DELAYED, IMMEDIATE, asked};

/// A retry that `_dial_retry_timeout` puts 300 seconds after the result.
#[test]
fn with_attempts_left_it_is_scheduled_again() {
    dialing("").check_each(
        r#"
        9 failed busy -> scheduled, look at 309
            QUEUED _cbe_on_dial_done c_call_num_attempt=1 c_call_result=6 c_dialed_number="5115"
            SCHEDULED _cbe_on_callback_status_updated
        9 failed no_answer -> scheduled, look at 309
            QUEUED _cbe_on_dial_done c_call_num_attempt=1 c_call_result=7 c_dialed_number="5115"
            SCHEDULED _cbe_on_callback_status_updated
        9 answered by machine -> scheduled, look at 309
            QUEUED _cbe_on_dial_done c_call_num_attempt=1 c_call_result=9 c_dialed_number="5115"
            SCHEDULED _cbe_on_callback_status_updated
            > phone: hang up
        9 failed answering_machine -> scheduled, look at 309
            QUEUED _cbe_on_dial_done c_call_num_attempt=1 c_call_result=9 c_dialed_number="5115"
            SCHEDULED _cbe_on_callback_status_updated
        9 failed error -> scheduled, look at 309
            QUEUED _cbe_on_dial_done c_call_num_attempt=1 c_call_result=3 c_dialed_number="5115"
            SCHEDULED _cbe_on_callback_status_updated
        9 failed all_trunks_busy -> scheduled, look at 309
            QUEUED _cbe_on_dial_done c_call_num_attempt=1 c_call_result=10 c_dialed_number="5115"
            SCHEDULED _cbe_on_callback_status_updated
        9 failed dropped -> scheduled, look at 309
            QUEUED _cbe_on_dial_done c_call_num_attempt=1 c_call_result=26 c_dialed_number="5115"
            SCHEDULED _cbe_on_callback_status_updated
        9 failed unknown -> scheduled, look at 309
            QUEUED _cbe_on_dial_done c_call_num_attempt=1 c_call_result=28 c_dialed_number="5115"
            SCHEDULED _cbe_on_callback_status_updated
        9 customer hung up -> scheduled, look at 309
            QUEUED _cbe_on_dial_done c_call_num_attempt=1 c_call_result=21 c_dialed_number="5115"
            SCHEDULED _cbe_on_callback_status_updated
        21 timeout -> scheduled, look at 321
            QUEUED _cbe_on_dial_done c_call_num_attempt=1 c_call_result=28 c_dialed_number="5115"
            SCHEDULED _cbe_on_callback_status_updated
            > phone: hang up
        "#,
    );
}

/// A network that contradicts itself is not believed: 0 would say that somebody was reached.
#[test]
fn a_failure_is_never_told_as_a_success() {
    dialing("").check_each(
        r#"
        9 failed ok -> scheduled, look at 309
            QUEUED _cbe_on_dial_done c_call_num_attempt=1 c_call_result=28 c_dialed_number="5115"
            SCHEDULED _cbe_on_callback_status_updated
        "#,
    );
}

#[test]
fn some_results_are_final() {
    dialing("").check_each(
        r#"
        9 failed invalid_number -> completed FAIL_CALL_TO_CUSTOMER, look at 86400
            QUEUED _cbe_on_dial_done c_call_num_attempt=1 c_call_result=11 c_dialed_number="5115"
            COMPLETED _cbe_on_callback_processing_failed
            COMPLETED _cbe_on_callback_status_updated
            COMPLETED _cbe_on_service_exit c_dialed_number="5115" c_last_dialed_number="5115" c_termination_type="COMPLETED.FAIL_CALL_TO_CUSTOMER"
        9 failed rejected -> completed FAIL_CALL_TO_CUSTOMER, look at 86400
            QUEUED _cbe_on_dial_done c_call_num_attempt=1 c_call_result=5 c_dialed_number="5115"
            COMPLETED _cbe_on_callback_processing_failed
            COMPLETED _cbe_on_callback_status_updated
            COMPLETED _cbe_on_service_exit c_dialed_number="5115" c_last_dialed_number="5115" c_termination_type="COMPLETED.FAIL_CALL_TO_CUSTOMER"
        9 failed special_tone -> completed FAIL_CALL_TO_CUSTOMER, look at 86400
            QUEUED _cbe_on_dial_done c_call_num_attempt=1 c_call_result=8 c_dialed_number="5115"
            COMPLETED _cbe_on_callback_processing_failed
            COMPLETED _cbe_on_callback_status_updated
            COMPLETED _cbe_on_service_exit c_dialed_number="5115" c_last_dialed_number="5115" c_termination_type="COMPLETED.FAIL_CALL_TO_CUSTOMER"
        9 answered by fax -> completed FAIL_CALL_TO_CUSTOMER, look at 86400
            QUEUED _cbe_on_dial_done c_call_num_attempt=1 c_call_result=17 c_dialed_number="5115"
            COMPLETED _cbe_on_callback_processing_failed
            COMPLETED _cbe_on_callback_status_updated
            COMPLETED _cbe_on_service_exit c_dialed_number="5115" c_last_dialed_number="5115" c_termination_type="COMPLETED.FAIL_CALL_TO_CUSTOMER"
            > phone: hang up
        "#,
    );
}

/// Each rule decides about its results alone.
#[test]
fn the_service_says_what_is_retried() {
    let results = [
        ("busy", "busy"),
        ("no_answer", "no_answer"),
        ("answering_machine", "answering_machine"),
        ("fax", "fax"),
        ("error", "error"),
        ("error", "all_trunks_busy"),
        ("error", "abandoned"),
        ("error", "dropped"),
        ("error", "unknown"),
    ];
    let rules = ["busy", "no_answer", "answering_machine", "fax", "error"];
    for (rule, result) in results {
        for retried in [true, false] {
            let options: Vec<_> = rules
                .iter()
                .map(|name| format!("_retry_on_{name}={}", (*name == rule) == retried))
                .collect();
            let state = dialing(&options.join(" "))
                .after(&format!("9 failed {result}"))
                .callback
                .callback_state();
            let expected = if retried { "SCHEDULED" } else { "COMPLETED" };
            assert_eq!(state.as_str(), expected, "{result} with {options:?}");
        }
    }
}

#[test]
fn the_last_attempt_ends_it() {
    asked(IMMEDIATE, "_max_dial_attempts=2").check(
        r#"
        0 accepted -> waiting, look at 5
            QUEUED _cbe_on_callback_submitted
            QUEUED _cbe_on_callback_queued
            QUEUED _cbe_on_service_create
            QUEUED _cbe_on_virtual_ixn_create
        1 hand out -> handed out, look at 3
            > ask the dialers
        1 take by d1 -> dialing by d1, look at 16
            QUEUED _cbe_on_dial_init c_dialed_number="5115"
            > phone: dial 5115
        9 failed busy -> scheduled, look at 309
            QUEUED _cbe_on_dial_done c_call_num_attempt=1 c_call_result=6 c_dialed_number="5115"
            SCHEDULED _cbe_on_callback_status_updated
        308 look -> unchanged
        308 hand out -> unchanged
        309 look -> waiting, look at 314
            QUEUED _cbe_on_callback_resubmitted
            QUEUED _cbe_on_callback_queued
            > find a line of default
        310 hand out -> handed out, look at 312
            > ask the dialers
        310 take by d2 -> dialing by d2, look at 325
            QUEUED _cbe_on_dial_init c_dialed_number="5115"
            > phone: dial 5115
        325 failed no_answer -> completed FAIL_CALL_TO_CUSTOMER, look at 86400
            QUEUED _cbe_on_dial_done c_call_num_attempt=2 c_call_result=7 c_dialed_number="5115"
            COMPLETED _cbe_on_callback_processing_failed
            COMPLETED _cbe_on_callback_status_updated
            COMPLETED _cbe_on_service_exit c_dialed_number="5115" c_last_dialed_number="5115" c_termination_type="COMPLETED.FAIL_CALL_TO_CUSTOMER"
        "#,
    );
}

#[test]
fn every_result_of_the_last_attempt_ends_it() {
    let last = dialing("_max_dial_attempts=1 _retry_on_fax=true");
    for result in [
        "failed busy",
        "failed no_answer",
        "answered by machine",
        "answered by fax",
        "failed invalid_number",
        "failed error",
        "failed all_trunks_busy",
        "failed unknown",
        "customer hung up",
        "found unknown",
        "found failed busy",
        "timeout",
    ] {
        let over = last.clone().after(&format!("21 {result}")).callback;
        assert_eq!(over.callback_state().as_str(), "COMPLETED", "{result}");
        assert_eq!(over.attempts, 1, "{result}");
    }
}

#[test]
fn the_next_attempt_may_follow_at_once() {
    dialing("_dial_retry_timeout=0")
        .after("9 failed busy")
        .check_each(
            "
            9 look -> waiting, look at 14
                QUEUED _cbe_on_callback_resubmitted
                QUEUED _cbe_on_callback_queued
                > find a line of default
            ",
        );
}

/// The agent who was found first is let go, and found anew for the next attempt.
#[test]
fn a_failed_attempt_lets_its_agent_go() {
    let dialing = asked(DELAYED, "").after(
        "1 hand out for KSippola
         1 take by d1",
    );
    dialing.check_each(
        r#"
        9 failed busy -> scheduled, look at 309
            QUEUED _cbe_on_dial_done c_call_num_attempt=1 c_call_result=6 c_dialed_number="5115"
            SCHEDULED _cbe_on_callback_status_updated
            > release KSippola untouched
        9 answered by machine -> scheduled, look at 309
            QUEUED _cbe_on_dial_done c_call_num_attempt=1 c_call_result=9 c_dialed_number="5115"
            SCHEDULED _cbe_on_callback_status_updated
            > phone: hang up
            > release KSippola untouched
        9 failed invalid_number -> completed FAIL_CALL_TO_CUSTOMER, look at 86400
            QUEUED _cbe_on_dial_done c_call_num_attempt=1 c_call_result=11 c_dialed_number="5115"
            COMPLETED _cbe_on_callback_processing_failed
            COMPLETED _cbe_on_callback_status_updated
            COMPLETED _cbe_on_service_exit c_dialed_number="5115" c_last_dialed_number="5115" c_termination_type="COMPLETED.FAIL_CALL_TO_CUSTOMER"
            > release KSippola untouched
        "#,
    );
    dialing.after("9 failed busy").check_each(
        "
        309 look -> waiting, look at 314
            QUEUED _cbe_on_callback_resubmitted
            QUEUED _cbe_on_callback_queued
            > find an agent of GA:Customer_Service
        ",
    );
}

/// 24 digits with a prefix before them are too many: no phone is touched, no attempt counted.
#[test]
fn a_number_that_its_prefix_makes_too_long_is_not_dialed() {
    let mut told = asked(IMMEDIATE, "_prefix_dial_out=0");
    told.callback.number = "9".repeat(24).parse().ok();
    told.callback.customer = None;
    told.after("1 hand out").check_each(
        r#"
        1 take by d1 -> completed FAIL_CALL_TO_CUSTOMER, look at 86400
            COMPLETED _cbe_on_callback_processing_failed
            COMPLETED _cbe_on_callback_status_updated
            COMPLETED _cbe_on_service_exit c_termination_type="COMPLETED.FAIL_CALL_TO_CUSTOMER"
        "#,
    );
}
