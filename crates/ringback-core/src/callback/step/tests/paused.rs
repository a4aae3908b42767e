//! A paused service: its callbacks keep their places, and go on from them.

use super::story::{DELAYED, IMMEDIATE, asked, asked_for};

#[test]
fn who_waits_is_paused_and_resumed_at_its_place() {
    asked(DELAYED, "").check(
        "
        0 accepted -> waiting, look at 5
            QUEUED _cbe_on_callback_submitted
            QUEUED _cbe_on_callback_queued
            QUEUED _cbe_on_service_create
            QUEUED _cbe_on_virtual_ixn_create
        2 look while paused -> paused, look at 7
            PAUSED _cbe_on_callback_status_updated
        7 look while paused -> paused, look at 17
        16 look while paused -> unchanged
        40 look -> waiting, look at 75
            QUEUED _cbe_on_callback_status_updated
            > find an agent of GA:Customer_Service
        ",
    );
    let paused = asked(DELAYED, "").after("2 look while paused");
    assert_eq!(
        paused.callback.queued_since(),
        Some(crate::tests::sample::at(0))
    );
    assert!(paused.callback.waits_for().is_empty());
}

/// Up to the moment at which its phone would be touched.
#[test]
fn nobody_is_handed_out_or_taken() {
    asked(IMMEDIATE, "").check_each(
        "
        1 hand out while paused -> paused, look at 6
            PAUSED _cbe_on_callback_status_updated
        ",
    );
    asked(DELAYED, "").check_each(
        "
        1 hand out for KSippola while paused -> paused, look at 6
            PAUSED _cbe_on_callback_status_updated
            > release KSippola untouched
        ",
    );
    asked(DELAYED, "")
        .after("1 hand out for KSippola")
        .check_each(
            "
            2 take by d1 while paused -> paused, look at 7
                PAUSED _cbe_on_callback_status_updated
                > release KSippola untouched
            2 look while paused -> paused, look at 7
                PAUSED _cbe_on_callback_status_updated
                > release KSippola untouched
            ",
        );
}

#[test]
fn a_call_in_progress_goes_on() {
    let dialing = asked(IMMEDIATE, "").after("1 hand out\n 2 take by d1");
    dialing.check_ignored(3, &["look", "hand out"]);
    let on_line = dialing.after("5 answered by person\n 9 treatment done");
    on_line.check_each(
        r#"
        10 offer KSippola while paused -> connecting KSippola by d1, look at 17
            ROUTING _cbe_on_target_found c_agent_extension="7001" c_agent_id="KSippola" c_target={"agent":"KSippola","dn":"7001","id":"Customer_Service","place":"SIP_Server_Place1","resource":"7001","return":"target","stat_value":"0","switch":"SIP_Switch","type":"GA","vq":"SIP_VQ_SIP_Switch"}
            > phone: connect 7001
        "#,
    );
}

#[test]
fn one_that_is_paused_can_be_called_off_and_does_not_wait_for_ever() {
    let ended = |reason: &str| {
        format!(r#"COMPLETED _cbe_on_service_exit c_termination_type="COMPLETED.{reason}""#)
    };
    asked(DELAYED, "_urs_queued_ttl=60")
        .after("2 look while paused")
        .check_each(&format!(
            "
            9 cancel while paused -> completed CANCELLED, look at 86400
                COMPLETED _cbe_on_callback_cancelled
                {}
            60 look while paused -> completed FAIL_TIMEOUT_TTL, look at 86400
                COMPLETED _cbe_on_callback_processing_failed
                COMPLETED _cbe_on_callback_status_updated
                {}
            9 snooze while paused -> refused: the callback is PAUSED after 0 attempts: only one that is QUEUED, and not being dialed, can be snoozed
            ",
            ended("CANCELLED"),
            ended("FAIL_TIMEOUT_TTL"),
        ));
}

#[test]
fn one_whose_time_comes_enters_the_queue_and_is_paused_there() {
    asked_for(IMMEDIATE, "", Some(600)).check_each(
        "
        600 look while paused -> paused, look at 605
            QUEUED _cbe_on_callback_submitted
            QUEUED _cbe_on_callback_queued
            QUEUED _cbe_on_service_create
            QUEUED _cbe_on_virtual_ixn_create
            PAUSED _cbe_on_callback_status_updated
        ",
    );
}
