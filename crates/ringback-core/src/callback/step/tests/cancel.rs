//! Calling a callback off, in every state.

use super::stages::{RETAIN, dialing, greeting, on_line};
use super::story::{DELAYED, IMMEDIATE, asked, asked_for};

#[test]
fn before_the_call_it_is_over_at_once() {
    let exit = r#"
        50 cancel -> completed CANCELLED, look at 86400
            COMPLETED _cbe_on_callback_cancelled
            COMPLETED _cbe_on_service_exit c_termination_type="COMPLETED.CANCELLED""#;
    asked(IMMEDIATE, "").check_each(exit);
    asked(IMMEDIATE, "").after("1 hand out").check_each(exit);
    asked(DELAYED, "")
        .after("1 hand out for KSippola")
        .check_each(&format!("{exit}\n > release KSippola untouched"));
    asked_for(IMMEDIATE, "", Some(3600)).check_each(
        r#"
        50 cancel by admin -> completed CANCELLED_BY_ADMIN, look at 90000
            COMPLETED _cbe_on_callback_cancelled
            COMPLETED _cbe_on_service_exit c_termination_type="COMPLETED.CANCELLED_BY_ADMIN"
        "#,
    );
}

#[test]
fn between_attempts_it_is_over_at_once() {
    dialing("").after("9 failed busy")
        .check_each(
            r#"
            50 cancel -> completed CANCELLED, look at 86400
                COMPLETED _cbe_on_callback_cancelled
                COMPLETED _cbe_on_service_exit c_dialed_number="5115" c_last_dialed_number="5115" c_termination_type="COMPLETED.CANCELLED"
            "#,
        );
}

/// The dialer that holds the call is told; the record keeps who that is, in case it does not listen.
#[test]
fn during_the_dial_its_dialer_hangs_up() {
    asked(DELAYED, "")
        .after(
            "1 hand out for KSippola
             1 take by d1",
        )
        .check_each(
            r#"
            9 cancel -> completed CANCELLED, call open with d1, look at 24
                QUEUED _cbe_on_dial_done c_call_num_attempt=1 c_call_result=26 c_dialed_number="5115"
                COMPLETED _cbe_on_callback_cancelled
                COMPLETED _cbe_on_service_exit c_dialed_number="5115" c_last_dialed_number="5115" c_termination_type="COMPLETED.CANCELLED"
                > tell d1
                > release KSippola untouched
            "#,
        );
}

#[test]
fn with_the_customer_on_the_line_its_dialer_hangs_up() {
    let exit = r#"COMPLETED _cbe_on_callback_cancelled
                  COMPLETED _cbe_on_service_exit c_dialed_number="5115" c_last_dialed_number="5115" c_termination_type="COMPLETED.CANCELLED""#;
    let greeting = greeting("");
    for told in [greeting, on_line(RETAIN)] {
        told.check_each(&format!(
            "
            20 cancel -> completed CANCELLED, call open with d1, look at 35
                {exit}
                > tell d1
            "
        ));
    }
    on_line(RETAIN)
        .after("10 offer KSippola")
        .check_each(&format!(
            "
        20 cancel -> completed CANCELLED, call open with d1, look at 35
            {exit}
            > tell d1
            > release KSippola untouched
        "
        ));
}

#[test]
fn who_talks_is_not_interrupted() {
    on_line(RETAIN)
        .after(
            "10 offer KSippola
             12 connected",
        )
        .check_each(
            "
            20 cancel -> refused: the callback is PROCESSING: customer and agent are talking
            20 cancel by admin -> refused: the callback is PROCESSING: customer and agent are talking
            ",
        );
}

#[test]
fn what_is_over_stays_over() {
    let cancelled = on_line(RETAIN).after("20 cancel by admin");
    let never_dialed = asked(IMMEDIATE, "").after("20 cancel");
    for told in [cancelled, never_dialed] {
        told.check_ignored(30, &["cancel", "cancel by admin"]);
    }
}

/// Nobody is told "is cancelled" of a customer who was called, or given up.
#[test]
fn a_callback_that_ended_otherwise_is_not_cancelled() {
    let connected = on_line("").after("9 offer KSippola\n 12 connected");
    let given_up = asked(IMMEDIATE, "_ttl=100").after("100 look");
    for (told, reason) in [
        (connected, "AGENT_CONNECTED"),
        (given_up, "FAIL_TIMEOUT_TTL"),
    ] {
        told.check_each(&format!(
            "
            130 cancel -> refused: the callback is COMPLETED ({reason}): it can neither be cancelled nor get another time any more
            130 cancel by admin -> refused: the callback is COMPLETED ({reason}): it can neither be cancelled nor get another time any more
            "
        ));
    }
}

#[test]
fn the_open_call_is_closed_once() {
    let open = on_line(RETAIN).after("20 cancel");
    open.check_each(
        "
        25 closed -> completed CANCELLED, look at 86400
        ",
    );
    open.after("25 closed")
        .check_ignored(26, &["closed", "look", "take over by d2"]);
}

/// Its alarm sees to a dialer that died: another takes the call over and hangs up.
#[test]
fn an_open_call_survives_its_dialer() {
    let open = on_line(RETAIN).after("20 cancel");
    open.check_each(
        "
        34 look -> unchanged
        34 take over by d2 -> unchanged
        35 look -> unchanged
            > ask the dialers
        99999 look -> unchanged
            > ask the dialers
        36 take over by d2 -> completed CANCELLED, call open with d2, look at 51
        ",
    );
    open.after("36 take over by d2").check_each(
        "
        37 closed -> completed CANCELLED, look at 86400
        ",
    );
}
