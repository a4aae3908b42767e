//! Dialers: leases, take-overs, and what a successor makes of what the phone network knows.

use super::stages::{connecting, dialing, greeting, on_line, talking};
use super::story::{DELAYED, asked};

const EXIT: &str =
    r#"COMPLETED _cbe_on_service_exit c_dialed_number="5115" c_last_dialed_number="5115""#;

#[test]
fn a_dialer_keeps_its_call_by_renewing() {
    dialing("").check_each("14 renew -> dialing by d1, look at 29");
    greeting("").check_each("14 renew -> greeting by d1, look at 29");
    on_line("").check_each(
        "
        14 renew -> on line by d1, look at 29
            > find an agent of GA:Customer_Service at once
        ",
    );
    connecting("").check_each("14 renew -> connecting KSippola by d1, look at 29");
    talking().check_each("14 renew -> talking KSippola by d1, look at 29");
}

#[test]
fn a_dialer_that_ends_hands_its_calls_on() {
    for (told, phase) in [
        (dialing(""), "dialing"),
        (greeting(""), "greeting"),
        (on_line(""), "on line"),
        (connecting(""), "connecting KSippola"),
        (talking(), "talking KSippola"),
    ] {
        told.check_each(&format!(
            "
            14 yield -> {phase} by d1, look at 14
                > ask the dialers
            "
        ));
        told.after("14 yield")
            .check_each(&format!("14 take over by d2 -> {phase} by d2, look at 29"));
    }
}

/// The take-over alone asks the phone for nothing, tells nobody, counts no attempt.
#[test]
fn a_call_is_taken_over_when_its_lease_has_passed() {
    for (told, phase) in [
        (dialing(""), "dialing"),
        (greeting(""), "greeting"),
        (on_line(""), "on line"),
        (connecting(""), "connecting KSippola"),
    ] {
        told.check_each(&format!(
            "
            15 look -> unchanged
            15 take over by d2 -> unchanged
            16 look -> unchanged
                > ask the dialers
            16 take over by d2 -> {phase} by d2, look at 31
            "
        ));
        assert_eq!(told.after("16 take over by d2").callback.attempts, 1);
    }
}

/// What is not known was never dialed, or is forgotten: it counts as an attempt, and is not dialed again under its name.
#[test]
fn taken_over_while_dialing() {
    dialing("").check_each(
        r#"
        20 found unknown -> scheduled, look at 320
            QUEUED _cbe_on_dial_done c_call_num_attempt=1 c_call_result=28 c_dialed_number="5115"
            SCHEDULED _cbe_on_callback_status_updated
        20 found ringing -> unchanged
        20 found up person -> greeting by d1, look at 16
            QUEUED _cbe_on_dial_done c_call_num_attempt=1 c_call_result=0 c_dialed_number="5115"
            QUEUED _cbe_on_connect_treatment_start c_dialed_number="5115"
            > phone: play greeting
        20 found up machine -> scheduled, look at 320
            QUEUED _cbe_on_dial_done c_call_num_attempt=1 c_call_result=9 c_dialed_number="5115"
            SCHEDULED _cbe_on_callback_status_updated
            > phone: hang up
        20 found up fax -> completed FAIL_CALL_TO_CUSTOMER, look at 86400
            QUEUED _cbe_on_dial_done c_call_num_attempt=1 c_call_result=17 c_dialed_number="5115"
            COMPLETED _cbe_on_callback_processing_failed
            COMPLETED _cbe_on_callback_status_updated
            COMPLETED _cbe_on_service_exit c_dialed_number="5115" c_last_dialed_number="5115" c_termination_type="COMPLETED.FAIL_CALL_TO_CUSTOMER"
            > phone: hang up
        20 found failed busy -> scheduled, look at 320
            QUEUED _cbe_on_dial_done c_call_num_attempt=1 c_call_result=6 c_dialed_number="5115"
            SCHEDULED _cbe_on_callback_status_updated
        20 found failed invalid_number -> completed FAIL_CALL_TO_CUSTOMER, look at 86400
            QUEUED _cbe_on_dial_done c_call_num_attempt=1 c_call_result=11 c_dialed_number="5115"
            COMPLETED _cbe_on_callback_processing_failed
            COMPLETED _cbe_on_callback_status_updated
            COMPLETED _cbe_on_service_exit c_dialed_number="5115" c_last_dialed_number="5115" c_termination_type="COMPLETED.FAIL_CALL_TO_CUSTOMER"
        20 found over -> scheduled, look at 320
            QUEUED _cbe_on_dial_done c_call_num_attempt=1 c_call_result=21 c_dialed_number="5115"
            SCHEDULED _cbe_on_callback_status_updated
        20 found over connected -> scheduled, look at 320
            QUEUED _cbe_on_dial_done c_call_num_attempt=1 c_call_result=21 c_dialed_number="5115"
            SCHEDULED _cbe_on_callback_status_updated
        "#,
    );
}

#[test]
fn taken_over_while_dialing_for_an_agent() {
    asked(DELAYED, "")
        .after(
            "1 hand out for KSippola
             1 take by d1",
        )
        .check_each(
            r#"
            20 found unknown -> scheduled, look at 320
                QUEUED _cbe_on_dial_done c_call_num_attempt=1 c_call_result=28 c_dialed_number="5115"
                SCHEDULED _cbe_on_callback_status_updated
                > release KSippola untouched
            20 found up person -> greeting for KSippola by d1, look at 16
                QUEUED _cbe_on_dial_done c_call_num_attempt=1 c_call_result=0 c_dialed_number="5115"
                QUEUED _cbe_on_connect_treatment_start c_dialed_number="5115"
                > phone: play greeting
            "#,
        );
}

/// The call goes on where it was: the greeting again, the music again, the agent's phone again.
#[test]
fn taken_over_while_the_customer_is_there() {
    for (told, effects) in [
        (greeting(""), "> phone: play greeting"),
        (
            on_line(""),
            "> phone: hold with music
             > find an agent of GA:Customer_Service at once",
        ),
        (connecting(""), "> phone: connect 7001"),
        (talking(), ""),
    ] {
        for by in ["person", "machine", "fax"] {
            told.check_each(&format!("20 found up {by} -> unchanged\n{effects}"));
        }
        told.check_ignored(20, &["found ringing"]);
    }
}

/// An agent who was given up, and answered after all: the record counts.
#[test]
fn taken_over_with_somebody_bridged_in_whom_nobody_knows() {
    greeting("").check_each(
        "
        20 found up connected -> unchanged
            > phone: play greeting
        ",
    );
    on_line("").check_each(
        "
        20 found up connected -> unchanged
            > phone: hold with music
            > find an agent of GA:Customer_Service at once
        ",
    );
}

#[test]
fn taken_over_after_the_customer_left() {
    for (told, release) in [
        (greeting(""), ""),
        (on_line(""), ""),
        (connecting(""), "> release KSippola untouched"),
    ] {
        for status in ["unknown", "failed error", "over"] {
            told.check_each(&format!(
                "
                20 found {status} -> completed FAIL_INTERACTION_DELETED, look at 86400
                    COMPLETED _cbe_on_callback_processing_failed
                    COMPLETED _cbe_on_callback_status_updated
                    {EXIT} c_termination_type=\"COMPLETED.FAIL_INTERACTION_DELETED\"
                    {release}
                "
            ));
        }
    }
}

/// The successor learns that the agent answered, and perhaps that all is over.
#[test]
fn taken_over_after_the_agent_answered() {
    connecting("").check_each(
        r#"
        20 found up connected -> completed AGENT_CONNECTED, look at 86400
            PROCESSING _cbe_on_route_to_agent c_agent_extension="7001" c_agent_id="KSippola"
            PROCESSING _cbe_on_callback_status_updated
            COMPLETED _cbe_on_callback_status_updated
            COMPLETED _cbe_on_service_exit c_dialed_number="5115" c_last_dialed_number="5115" c_termination_type="COMPLETED.AGENT_CONNECTED"
        20 found over connected -> completed AGENT_CONNECTED, look at 86400
            PROCESSING _cbe_on_route_to_agent c_agent_extension="7001" c_agent_id="KSippola"
            PROCESSING _cbe_on_callback_status_updated
            COMPLETED _cbe_on_callback_status_updated
            COMPLETED _cbe_on_service_exit c_dialed_number="5115" c_last_dialed_number="5115" c_termination_type="COMPLETED.AGENT_CONNECTED"
            > release KSippola who talked
        "#,
    );
}

#[test]
fn taken_over_while_they_talk() {
    talking().check_ignored(20, &["found up connected", "found up person"]);
    for status in ["unknown", "failed error", "over", "over connected"] {
        talking().check_each(&format!(
            "
            20 found {status} -> completed AGENT_CONNECTED, look at 86400
                COMPLETED _cbe_on_callback_status_updated
                {EXIT} c_termination_type=\"COMPLETED.AGENT_CONNECTED\"
                > release KSippola who talked
            "
        ));
    }
}
