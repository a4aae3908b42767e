//! The last sound of a call, for those who get no conversation.

use super::stages::{connecting, dialing, on_line};
use super::story::{DELAYED, asked};

const MACHINE: &str = "_treatment_call_failure_answering_machine=message.wav";
const NO_AGENT: &str = "_treatment_find_agent_fail=sorry.wav _max_transfer_to_agent_attempts=1 \
                        _max_time_to_wait_for_agent_on_the_call=60";

#[test]
fn a_message_is_left_on_a_machine() {
    dialing(MACHINE).check_each(
        r#"
        9 answered by machine -> parting from a machine by d1, look at 16
            QUEUED _cbe_on_dial_done c_call_num_attempt=1 c_call_result=9 c_dialed_number="5115"
            > phone: play message.wav
        9 found up machine -> parting from a machine by d1, look at 16
            QUEUED _cbe_on_dial_done c_call_num_attempt=1 c_call_result=9 c_dialed_number="5115"
            > phone: play message.wav
        "#,
    );
    dialing(MACHINE).after("9 answered by machine").check_each(
        "
        13 treatment done -> scheduled, look at 313
            SCHEDULED _cbe_on_callback_status_updated
            > phone: hang up
        13 customer hung up -> scheduled, look at 313
            SCHEDULED _cbe_on_callback_status_updated
        ",
    );
}

#[test]
fn the_last_message_ends_it() {
    dialing(&format!("{MACHINE} _max_dial_attempts=1"))
        .after("9 answered by machine")
        .check_each(
            r#"
            13 treatment done -> completed FAIL_CALL_TO_CUSTOMER, look at 86400
                COMPLETED _cbe_on_callback_processing_failed
                COMPLETED _cbe_on_callback_status_updated
                COMPLETED _cbe_on_service_exit c_dialed_number="5115" c_last_dialed_number="5115" c_termination_type="COMPLETED.FAIL_CALL_TO_CUSTOMER"
                > phone: hang up
            13 customer hung up -> completed FAIL_CALL_TO_CUSTOMER, look at 86400
                COMPLETED _cbe_on_callback_processing_failed
                COMPLETED _cbe_on_callback_status_updated
                COMPLETED _cbe_on_service_exit c_dialed_number="5115" c_last_dialed_number="5115" c_termination_type="COMPLETED.FAIL_CALL_TO_CUSTOMER"
            "#,
        );
}

/// The agent who was held for the customer does not wait for the end of a message.
#[test]
fn who_was_held_is_free_at_once() {
    asked(DELAYED, MACHINE)
        .after("1 hand out for KSippola\n 2 take by d1")
        .check_each(
            r#"
            9 answered by machine -> parting from a machine by d1, look at 17
                QUEUED _cbe_on_dial_done c_call_num_attempt=1 c_call_result=9 c_dialed_number="5115"
                > release KSippola untouched
                > phone: play message.wav
            "#,
        );
}

/// The agent hears the machine, and may speak.
#[test]
fn where_an_agent_listens_nothing_is_played() {
    let agent_first = format!("{MACHINE} _userterminated_first_connect_party=AGENT");
    asked(DELAYED, &agent_first)
        .after("1 hand out for KSippola\n 2 take by d1\n 4 agent answered")
        .check_each(
            r#"
            9 answered by machine -> scheduled, look at 309
                QUEUED _cbe_on_dial_done c_call_num_attempt=1 c_call_result=9 c_dialed_number="5115"
                SCHEDULED _cbe_on_callback_status_updated
                > phone: hang up
                > release KSippola untouched
            "#,
        );
}

#[test]
fn a_customer_to_whom_nobody_comes_hears_so() {
    on_line(NO_AGENT).check_each(
        "
        69 timeout -> parting from the customer by d1, look at 16
            > phone: play sorry.wav
        ",
    );
    connecting(NO_AGENT).check_each(
        "
        25 agent failed -> parting from the customer by d1, look at 16
            > release KSippola who did not answer
            > phone: play sorry.wav
        ",
    );
    on_line(NO_AGENT).after("69 timeout").check_each(
        r#"
        73 treatment done -> completed FAIL_TARGET_NOT_FOUND, look at 86400
            COMPLETED _cbe_on_callback_processing_failed
            COMPLETED _cbe_on_callback_status_updated
            COMPLETED _cbe_on_service_exit c_dialed_number="5115" c_last_dialed_number="5115" c_termination_type="COMPLETED.FAIL_TARGET_NOT_FOUND"
            > phone: hang up
        "#,
    );
    connecting(NO_AGENT).after("25 agent failed").check_each(
        r#"
        27 customer hung up -> completed FAIL_AGENT_CONNECT, look at 86400
            COMPLETED _cbe_on_callback_processing_failed
            COMPLETED _cbe_on_callback_status_updated
            COMPLETED _cbe_on_service_exit c_dialed_number="5115" c_last_dialed_number="5115" c_termination_type="COMPLETED.FAIL_AGENT_CONNECT"
        "#,
    );
}

/// A successor plays it once more; a sound without an end does not keep the line.
#[test]
fn a_last_sound_survives_its_dialer() {
    let parting = on_line(NO_AGENT).after("69 timeout");
    parting.check_ignored(188, &["timeout", "found ringing"]);
    parting.check_each(
        r#"
        70 found up person -> unchanged
            > phone: play sorry.wav
        70 offer MSalo -> unchanged
            > release MSalo untouched
        80 found over -> completed FAIL_TARGET_NOT_FOUND, look at 86400
            COMPLETED _cbe_on_callback_processing_failed
            COMPLETED _cbe_on_callback_status_updated
            COMPLETED _cbe_on_service_exit c_dialed_number="5115" c_last_dialed_number="5115" c_termination_type="COMPLETED.FAIL_TARGET_NOT_FOUND"
        189 timeout -> completed FAIL_TARGET_NOT_FOUND, look at 86400
            COMPLETED _cbe_on_callback_processing_failed
            COMPLETED _cbe_on_callback_status_updated
            COMPLETED _cbe_on_service_exit c_dialed_number="5115" c_last_dialed_number="5115" c_termination_type="COMPLETED.FAIL_TARGET_NOT_FOUND"
            > phone: hang up
        "#,
    );
}
