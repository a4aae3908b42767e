//! The agent is called before the customer.

use super::story::{DELAYED, asked};

const AGENT_FIRST: &str =
    "_userterminated_first_connect_party=AGENT _max_dial_attempts=2 _dial_retry_timeout=60";

#[test]
fn the_customer_is_dialed_when_the_agent_is_there() {
    asked(DELAYED, AGENT_FIRST)
        .after("1 hand out for KSippola")
        .check_each("2 take by d1 -> summoning KSippola by d1, look at 17\n > phone: summon 7001");
    let summoning = asked(DELAYED, AGENT_FIRST).after("1 hand out for KSippola\n 2 take by d1");
    summoning.check_each(
        "
        9 agent answered -> reaching for KSippola by d1, look at 17
            QUEUED _cbe_on_dial_init c_dialed_number=\"5115\"
            > phone: dial 5115
        9 found summoned answered -> reaching for KSippola by d1, look at 17
            QUEUED _cbe_on_dial_init c_dialed_number=\"5115\"
            > phone: dial 5115
        9 found summoned -> unchanged
        ",
    );
    let (summons, reaching) = (
        summoning.callback.call(),
        summoning.after("9 agent answered"),
    );
    assert_eq!(reaching.callback.call(), summons, "it is one call");
    assert_eq!(reaching.callback.attempts, 1);
    reaching.check_each(
        r#"
        15 answered by person -> connecting KSippola by d1, look at 17
            QUEUED _cbe_on_dial_done c_call_num_attempt=1 c_call_result=0 c_dialed_number="5115"
            ROUTING _cbe_on_callback_status_updated
        15 connected -> completed AGENT_CONNECTED, look at 86400
            QUEUED _cbe_on_dial_done c_call_num_attempt=1 c_call_result=0 c_dialed_number="5115"
            ROUTING _cbe_on_callback_status_updated
            PROCESSING _cbe_on_route_to_agent c_agent_extension="7001" c_agent_id="KSippola"
            PROCESSING _cbe_on_callback_status_updated
            COMPLETED _cbe_on_callback_status_updated
            COMPLETED _cbe_on_service_exit c_dialed_number="5115" c_last_dialed_number="5115" c_termination_type="COMPLETED.AGENT_CONNECTED"
        "#,
    );
}

#[test]
fn an_agent_who_does_not_answer_is_no_attempt_on_the_customer() {
    let summoning = asked(DELAYED, AGENT_FIRST).after("1 hand out for KSippola\n 2 take by d1");
    for input in [
        "9 agent failed",
        "9 agent hung up",
        "9 found unknown",
        "42 timeout",
    ] {
        let after = summoning.clone().after(input);
        assert_eq!(after.callback.attempts, 0, "{input}");
    }
    summoning.check_each(
        "
        9 agent failed -> waiting, look at 15
            > phone: hang up
            > release KSippola who did not answer
            > find an agent of GA:Customer_Service
        ",
    );
    let first = summoning.callback.call();
    let again = summoning.after("9 agent failed\n 10 hand out for Max\n 11 take by d1");
    assert_ne!(again.callback.call(), first, "it is another call");
    assert_eq!(again.callback.attempts, 0);
}

#[test]
fn agents_are_tried_so_often() {
    asked(
        DELAYED,
        &format!("{AGENT_FIRST} _max_transfer_to_agent_attempts=1"),
    )
    .after("1 hand out for KSippola\n 2 take by d1")
    .check_each(
        r#"
            9 agent failed -> completed FAIL_AGENT_CONNECT, look at 86400
                COMPLETED _cbe_on_callback_processing_failed
                COMPLETED _cbe_on_callback_status_updated
                COMPLETED _cbe_on_service_exit c_termination_type="COMPLETED.FAIL_AGENT_CONNECT"
                > phone: hang up
                > release KSippola who did not answer
            "#,
    );
}

/// What the customer's phone says counts as in any other call; the agent is free again.
#[test]
fn a_customer_who_cannot_be_reached_is_called_again() {
    let reaching = asked(DELAYED, AGENT_FIRST)
        .after("1 hand out for KSippola\n 2 take by d1\n 9 agent answered");
    reaching.check_each(
        r#"
        15 failed busy -> scheduled, look at 75
            QUEUED _cbe_on_dial_done c_call_num_attempt=1 c_call_result=6 c_dialed_number="5115"
            SCHEDULED _cbe_on_callback_status_updated
            > release KSippola untouched
        15 answered by machine -> scheduled, look at 75
            QUEUED _cbe_on_dial_done c_call_num_attempt=1 c_call_result=9 c_dialed_number="5115"
            SCHEDULED _cbe_on_callback_status_updated
            > phone: hang up
            > release KSippola untouched
        15 found summoned answered -> scheduled, look at 75
            QUEUED _cbe_on_dial_done c_call_num_attempt=1 c_call_result=28 c_dialed_number="5115"
            SCHEDULED _cbe_on_callback_status_updated
            > phone: hang up
            > release KSippola untouched
        15 cancel -> completed CANCELLED, call open with d1, look at 30
            QUEUED _cbe_on_dial_done c_call_num_attempt=1 c_call_result=26 c_dialed_number="5115"
            COMPLETED _cbe_on_callback_cancelled
            COMPLETED _cbe_on_service_exit c_dialed_number="5115" c_last_dialed_number="5115" c_termination_type="COMPLETED.CANCELLED"
            > tell d1
            > release KSippola untouched
        "#,
    );
    let again = reaching.after("15 failed busy\n 75 look\n 76 hand out for Max\n 77 take by d2");
    assert_eq!(
        again.callback.call().as_str().rsplit_once('-').unwrap().1,
        "002"
    );
}
