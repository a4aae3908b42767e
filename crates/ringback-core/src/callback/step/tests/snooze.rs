//! A customer who wants the call later.

use super::story::{DELAYED, IMMEDIATE, asked, asked_for};

#[test]
fn it_leaves_the_queue_and_comes_back() {
    asked(IMMEDIATE, "").check(
        "
        0 accepted -> waiting, look at 5
            QUEUED _cbe_on_callback_submitted
            QUEUED _cbe_on_callback_queued
            QUEUED _cbe_on_service_create
            QUEUED _cbe_on_virtual_ixn_create
        10 snooze -> scheduled, look at 310
            SCHEDULED _cbe_on_callback_status_updated
        309 look -> unchanged
        310 look -> waiting, look at 315
            QUEUED _cbe_on_callback_resubmitted
            QUEUED _cbe_on_callback_queued
            > find a line of default
        ",
    );
}

/// Its agent is free for others, and the dialer that was asked finds nothing to do.
#[test]
fn whoever_was_found_for_it_is_let_go() {
    let handed_out = asked(DELAYED, "_snooze_duration=60").after("1 hand out for KSippola");
    handed_out.check_each(
        "
        2 snooze -> scheduled, look at 62
            SCHEDULED _cbe_on_callback_status_updated
            > release KSippola untouched
        ",
    );
    handed_out
        .after("2 snooze")
        .check_ignored(3, &["take by d1", "agent gone"]);
}

#[test]
fn only_who_waits_in_the_queue_is_snoozed() {
    let refused = |state: &str, attempts: u32| {
        format!(
            "refused: the callback is {state} after {attempts} attempts: only one that is QUEUED, and not being \
             dialed, can be snoozed"
        )
    };
    let dialing = "1 hand out\n 1 take by d1";
    let greeted = format!("{dialing}\n 3 answered by person\n 4 treatment done");
    for (before, state, attempts) in [
        (dialing, "QUEUED", 1),
        (greeted.as_str(), "ROUTING", 1),
        ("5 snooze", "SCHEDULED", 0),
        ("5 cancel", "COMPLETED", 0),
    ] {
        let told = asked(IMMEDIATE, "").after(before);
        told.check_each(&format!("9 snooze -> {}", refused(state, attempts)));
    }
    let scheduled = asked_for(IMMEDIATE, "", Some(3600));
    scheduled.check_each(&format!("9 snooze -> {}", refused("SCHEDULED", 0)));
}

/// Who is told "later" is called later.
#[test]
fn a_snooze_beyond_its_end_is_refused() {
    let refused = "refused: the callback cannot wait until 2016-07-03T20:05:01.000Z: it ends at 2016-07-03T20:01:31.000Z (_ttl)";
    asked(IMMEDIATE, "_ttl=100").check_each(&format!("10 snooze -> {refused}"));
    asked(IMMEDIATE, "_ttl=311").check_each(
        "
        10 snooze -> scheduled, look at 310
            SCHEDULED _cbe_on_callback_status_updated
        ",
    );
}

#[test]
fn it_does_not_outlive_its_time() {
    asked(IMMEDIATE, "_ttl=400").after("10 snooze").check_each(
        r#"
        400 look -> completed FAIL_TIMEOUT_TTL, look at 4000
            COMPLETED _cbe_on_callback_processing_failed
            COMPLETED _cbe_on_callback_status_updated
            COMPLETED _cbe_on_service_exit c_termination_type="COMPLETED.FAIL_TIMEOUT_TTL"
        "#,
    );
}
