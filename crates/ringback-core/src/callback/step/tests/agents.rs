//! Agents: those who do not answer, those who come too late, and customers who do not wait for them.

use super::stages::{connecting, greeting, on_line, talking};
use super::story::{DELAYED, IMMEDIATE, asked};
use crate::callback::State;

#[test]
fn an_agent_who_does_not_answer_is_followed_by_the_next() {
    let next = connecting("_max_transfer_to_agent_attempts=3");
    next.check_each(
        "
        20 agent failed -> on line by d1, look at 16
            > release KSippola who did not answer
            > phone: hold with music
            > find an agent of GA:Customer_Service at once
        49 timeout -> unchanged
        50 timeout -> on line by d1, look at 16
            > release KSippola who did not answer
            > phone: hold with music
            > find an agent of GA:Customer_Service at once
        ",
    );
    next.after("20 agent failed").check_each(
        r#"
        21 offer anna -> connecting anna by d1, look at 16
            ROUTING _cbe_on_target_found c_agent_extension="anna" c_agent_id="anna" c_target={"agent":"anna","dn":"anna","id":"Customer_Service","place":"","resource":"anna","return":"target","stat_value":"0","switch":"","type":"GA","vq":"SIP_VQ_SIP_Switch"}
            > phone: connect anna
        "#,
    );
}

#[test]
fn after_the_most_agents_it_fails() {
    connecting("_max_transfer_to_agent_attempts=2")
        .after(
            "20 agent failed
             21 offer anna",
        )
        .check_each(
            r#"
            30 agent failed -> completed FAIL_AGENT_CONNECT, look at 86400
                COMPLETED _cbe_on_callback_processing_failed
                COMPLETED _cbe_on_callback_status_updated
                COMPLETED _cbe_on_service_exit c_dialed_number="5115" c_last_dialed_number="5115" c_termination_type="COMPLETED.FAIL_AGENT_CONNECT"
                > release anna who did not answer
                > phone: hang up
            "#,
        );
}

#[test]
fn an_agent_who_was_found_first_counts_as_well() {
    asked(DELAYED, "_max_transfer_to_agent_attempts=1")
        .after(
            "1 hand out for KSippola
             1 take by d1
             5 answered by person
             9 treatment done",
        )
        .check_each(
            r#"
            20 agent failed -> completed FAIL_AGENT_CONNECT, look at 86400
                COMPLETED _cbe_on_callback_processing_failed
                COMPLETED _cbe_on_callback_status_updated
                COMPLETED _cbe_on_service_exit c_dialed_number="5115" c_last_dialed_number="5115" c_termination_type="COMPLETED.FAIL_AGENT_CONNECT"
                > release KSippola who did not answer
                > phone: hang up
            "#,
        );
}

#[test]
fn nobody_is_found_for_the_customer_on_the_line() {
    on_line("_max_time_to_wait_for_agent_on_the_call=60").check_each(
        r#"
        68 timeout -> unchanged
        69 timeout -> completed FAIL_TARGET_NOT_FOUND, look at 86400
            COMPLETED _cbe_on_callback_processing_failed
            COMPLETED _cbe_on_callback_status_updated
            COMPLETED _cbe_on_service_exit c_dialed_number="5115" c_last_dialed_number="5115" c_termination_type="COMPLETED.FAIL_TARGET_NOT_FOUND"
            > phone: hang up
        "#,
    );
}

#[test]
fn an_endless_greeting_is_over_after_two_minutes() {
    greeting("").check_each(
        r#"
            124 timeout -> unchanged
            125 timeout -> on line by d1, look at 16
                ROUTING _cbe_on_customer_queued c_dialed_number="5115"
                ROUTING _cbe_on_callback_status_updated
                > phone: hold with music
                > find an agent of GA:Customer_Service at once
            "#,
    );
}

#[test]
fn the_customer_hangs_up_during_the_greeting() {
    let greeting = "1 take by d1
                    5 answered by person";
    let exit = r#"
        7 customer hung up -> completed FAIL_INTERACTION_DELETED, look at 86400
            COMPLETED _cbe_on_callback_processing_failed
            COMPLETED _cbe_on_callback_status_updated
            COMPLETED _cbe_on_service_exit c_dialed_number="5115" c_last_dialed_number="5115" c_termination_type="COMPLETED.FAIL_INTERACTION_DELETED""#;
    asked(IMMEDIATE, "")
        .after(&format!("1 hand out\n{greeting}"))
        .check_each(exit);
    asked(DELAYED, "")
        .after(&format!("1 hand out for KSippola\n{greeting}"))
        .check_each(&format!("{exit}\n > release KSippola untouched"));
}

#[test]
fn the_customer_hangs_up_before_an_agent_is_there() {
    on_line("").check_each(
        r#"
        30 customer hung up -> completed FAIL_INTERACTION_DELETED, look at 86400
            COMPLETED _cbe_on_callback_processing_failed
            COMPLETED _cbe_on_callback_status_updated
            COMPLETED _cbe_on_service_exit c_dialed_number="5115" c_last_dialed_number="5115" c_termination_type="COMPLETED.FAIL_INTERACTION_DELETED"
        "#,
    );
    connecting("").check_each(
        r#"
        30 customer hung up -> completed FAIL_INTERACTION_DELETED, look at 86400
            COMPLETED _cbe_on_callback_processing_failed
            COMPLETED _cbe_on_callback_status_updated
            COMPLETED _cbe_on_service_exit c_dialed_number="5115" c_last_dialed_number="5115" c_termination_type="COMPLETED.FAIL_INTERACTION_DELETED"
            > release KSippola untouched
        30 failed error -> completed FAIL_INTERACTION_DELETED, look at 86400
            COMPLETED _cbe_on_callback_processing_failed
            COMPLETED _cbe_on_callback_status_updated
            COMPLETED _cbe_on_service_exit c_dialed_number="5115" c_last_dialed_number="5115" c_termination_type="COMPLETED.FAIL_INTERACTION_DELETED"
            > release KSippola untouched
        "#,
    );
}

#[test]
fn an_agent_who_is_not_needed_is_let_go() {
    let release = "\n 15 offer anna -> unchanged
                        > release anna untouched";
    let dialing = asked(DELAYED, "").after(
        "1 hand out for KSippola
         1 take by d1",
    );
    let talking = talking();
    let over = on_line("").after("12 customer hung up");
    for told in [asked(DELAYED, ""), dialing, connecting(""), talking, over] {
        told.check_each(release);
    }
}

/// Hints come more than once: whoever is offered again is the one who is already there.
#[test]
fn an_agent_who_is_there_is_not_let_go_by_being_offered_again() {
    let found_first = asked(DELAYED, "").after(
        "1 hand out for KSippola
         1 take by d1",
    );
    let talking = talking();
    for told in [found_first, connecting(""), talking] {
        told.check_ignored(15, &["offer KSippola"]);
    }
}

#[test]
fn an_agent_who_is_gone_sends_the_callback_back_to_the_queue() {
    let handed_out = asked(DELAYED, "").after("1 hand out for KSippola");
    handed_out.check_each(
        "
        2 agent gone -> waiting, look at 5
            > find an agent of GA:Customer_Service
        100 agent gone -> waiting, look at 155
            > find an agent of GA:Customer_Service
        ",
    );
    let State::Waiting { since, .. } = handed_out.after("2 agent gone").callback.state else {
        panic!("it waits");
    };
    assert_eq!(since, crate::tests::sample::at(0), "it keeps its place");
    asked(IMMEDIATE, "")
        .after("1 hand out")
        .check_ignored(2, &["agent gone"]);
}
