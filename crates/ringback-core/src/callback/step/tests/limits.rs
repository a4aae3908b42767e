//! How long a callback waits, how often it is looked at, and when it is given up.

use super::story::{DELAYED, IMMEDIATE, asked, asked_for};

#[test]
fn who_waits_is_looked_at_with_growing_distance() {
    asked(DELAYED, "").check(
        "
        0 accepted -> waiting, look at 5
            QUEUED _cbe_on_callback_submitted
            QUEUED _cbe_on_callback_queued
            QUEUED _cbe_on_service_create
            QUEUED _cbe_on_virtual_ixn_create
        5 look -> waiting, look at 15
            > find an agent of GA:Customer_Service
        15 look -> waiting, look at 35
            > find an agent of GA:Customer_Service
        35 look -> waiting, look at 75
            > find an agent of GA:Customer_Service
        75 look -> waiting, look at 155
            > find an agent of GA:Customer_Service
        155 look -> waiting, look at 315
            > find an agent of GA:Customer_Service
        315 look -> waiting, look at 615
            > find an agent of GA:Customer_Service
        615 look -> waiting, look at 915
            > find an agent of GA:Customer_Service
        ",
    );
}

/// After a long stop, looks that were missed are not made up for.
#[test]
fn missed_looks_are_not_made_up_for() {
    asked(DELAYED, "").check_each(
        "
        16 look -> waiting, look at 35
            > find an agent of GA:Customer_Service
        3600 look -> waiting, look at 3615
            > find an agent of GA:Customer_Service
        3615 look -> waiting, look at 3915
            > find an agent of GA:Customer_Service
        14399 look -> waiting, look at 14400
            > find an agent of GA:Customer_Service
        ",
    );
    asked(IMMEDIATE, "").after("1 hand out").check_each(
        "
        7 look -> handed out, look at 15
            > ask the dialers
        3600 look -> handed out, look at 3811
            > ask the dialers
        ",
    );
}

#[test]
fn the_dialers_are_reminded_with_growing_distance() {
    asked(IMMEDIATE, "").after("1 hand out").check_each(
        "
        3 look -> handed out, look at 7
            > ask the dialers
        2 look -> unchanged
            > ask the dialers
        ",
    );
    asked(IMMEDIATE, "")
        .after("1 hand out\n 3 look\n 7 look")
        .check_each(
            "
            15 look -> handed out, look at 31
                > ask the dialers
            ",
        );
}

/// Who has called, or is in the chat, hangs up long before growing distances have reached a dialer that is not stopped.
#[test]
fn the_dialers_are_reminded_evenly_of_who_is_on_the_line() {
    let called = "1 invite to 800 until 31\n 9 arrive 800-1";
    asked(crate::service::Template::UserOriginatedImmediate, "")
        .after(called)
        .check_each(
            "
            11 look -> handed out with 800-1, look at 13
                > ask the dialers
            20 look -> handed out with 800-1, look at 21
                > ask the dialers
            38 look -> handed out with 800-1, look at 39
                > ask the dialers
            ",
        );
}

#[test]
fn the_queue_has_a_limit() {
    let exit = r#"COMPLETED _cbe_on_callback_processing_failed
                  COMPLETED _cbe_on_callback_status_updated
                  COMPLETED _cbe_on_service_exit c_termination_type="COMPLETED.FAIL_TIMEOUT_TTL""#;
    let waiting = asked(DELAYED, "_urs_queued_ttl=60");
    waiting.check_each(&format!(
        "
        59 look -> waiting, look at 60
            > find an agent of GA:Customer_Service
        60 look -> completed FAIL_TIMEOUT_TTL, look at 86400
            {exit}
        60 hand out for KSippola -> completed FAIL_TIMEOUT_TTL, look at 86400
            {exit}
            > release KSippola untouched
        "
    ));
    waiting
        .after("1 hand out for KSippola")
        .check_each(&format!(
            "
        60 look -> completed FAIL_TIMEOUT_TTL, look at 86400
            {exit}
            > release KSippola untouched
        60 take by d1 -> completed FAIL_TIMEOUT_TTL, look at 86400
            {exit}
            > release KSippola untouched
        "
        ));
}

/// Each attempt has the queue limit for itself; `_ttl` counts from the desired time, whatever happens.
#[test]
fn the_callback_has_a_limit() {
    let exit = r#"COMPLETED _cbe_on_callback_processing_failed
                  COMPLETED _cbe_on_callback_status_updated
                  COMPLETED _cbe_on_service_exit c_termination_type="COMPLETED.FAIL_TIMEOUT_TTL""#;
    asked_for(IMMEDIATE, "_ttl=60", Some(1000)).check_each(&format!(
        "
        1059 look -> waiting, look at 1060
            QUEUED _cbe_on_callback_submitted
            QUEUED _cbe_on_callback_queued
            QUEUED _cbe_on_service_create
            QUEUED _cbe_on_virtual_ixn_create
            > find a line of default
        1060 look -> completed FAIL_TIMEOUT_TTL, look at 4660
            {exit}
        "
    ));
    let waiting = asked(IMMEDIATE, "_ttl=60");
    waiting.check_each(&format!(
        "
        60 look -> completed FAIL_TIMEOUT_TTL, look at 3660
            {exit}
        60 hand out -> completed FAIL_TIMEOUT_TTL, look at 3660
            {exit}
        "
    ));
    waiting.clone().after("1 hand out").check_each(&format!(
        "
        59 look -> handed out, look at 60
            > ask the dialers
        60 look -> completed FAIL_TIMEOUT_TTL, look at 3660
            {exit}
        60 take by d1 -> completed FAIL_TIMEOUT_TTL, look at 3660
            {exit}
        "
    ));
    let retry = waiting.after("1 hand out\n 1 take by d1\n 9 failed busy");
    retry.check_each(
        r#"
        59 look -> unchanged
        60 look -> completed FAIL_TIMEOUT_TTL, look at 3660
            COMPLETED _cbe_on_callback_processing_failed
            COMPLETED _cbe_on_callback_status_updated
            COMPLETED _cbe_on_service_exit c_dialed_number="5115" c_last_dialed_number="5115" c_termination_type="COMPLETED.FAIL_TIMEOUT_TTL"
        "#,
    );
}

/// Neither limit cuts a call.
#[test]
fn a_call_goes_on_past_the_limits() {
    asked(IMMEDIATE, "_ttl=60 _urs_queued_ttl=60")
        .after(
            "1 hand out
             59 take by d1
             70 answered by person",
        )
        .check_each(
            "
            73 look -> unchanged
            74 look -> unchanged
                > ask the dialers
            ",
        );
}

/// At least an hour, so that the last notifications can be delivered.
#[test]
fn a_finished_callback_is_kept_for_a_while() {
    asked(IMMEDIATE, "_ttl=60").after("10 cancel").check_each(
        "
        60 look -> unchanged
        3609 look -> unchanged
        3610 look -> gone
        ",
    );
    asked(IMMEDIATE, "_ttl=7200").after("10 cancel").check_each(
        "
        3610 look -> unchanged
        7199 look -> unchanged
        7200 look -> gone
        ",
    );
}

/// The longest limits there are.
#[test]
fn a_year_in_the_queue() {
    asked(DELAYED, "_urs_queued_ttl=31622400 _ttl=31622400").check_each(
        r#"
        31622000 look -> waiting, look at 31622115
            > find an agent of GA:Customer_Service
        31622399 look -> waiting, look at 31622400
            > find an agent of GA:Customer_Service
        31622400 look -> completed FAIL_TIMEOUT_TTL, look at 31626000
            COMPLETED _cbe_on_callback_processing_failed
            COMPLETED _cbe_on_callback_status_updated
            COMPLETED _cbe_on_service_exit c_termination_type="COMPLETED.FAIL_TIMEOUT_TTL"
        "#,
    );
}
