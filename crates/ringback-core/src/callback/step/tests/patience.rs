//! How long a callback waits for whom: the targets of a list, and the least and the longest wait in the queue.

use super::story::{DELAYED, IMMEDIATE, asked, asked_for};

const LIST: &str = r#"_target=[{"target":"Customer_Service.GA","timeout":20},{"target":"Max.A","timeout":30,"clear":true},{"target":"All.GA"}]"#;

#[test]
fn more_targets_open_to_who_waits() {
    asked(DELAYED, LIST).after("5 look\n 15 look").check_each(
        "
        20 look -> waiting for 1 more, look at 35
            > find an agent of GA:Customer_Service
            > find an agent of A:Max
        50 look -> waiting for 2 more, look at 75
            > find an agent of GA:Customer_Service
            > find an agent of GA:All
        ",
    );
    let waiting = asked(DELAYED, LIST).after("5 look\n 15 look");
    let at = |seconds| crate::tests::sample::at(seconds);
    assert_eq!(waiting.callback.alarm(&waiting.options), at(20));
}

/// Whoever is found through another target than the first is told with that one.
#[test]
fn who_is_found_is_told_with_his_target() {
    let waiting = asked(DELAYED, LIST).after("20 look");
    let mut agent = crate::tests::sample::agent("Max");
    agent.pool = Some("A:Max".to_owned());
    let input = super::super::Input::HandOut { agent: Some(agent) };
    let step = waiting
        .callback
        .step(input, &waiting.options, crate::tests::sample::at(21));
    let super::super::Decision::Step(step) = step else {
        panic!("{step:?}");
    };
    let target = &step.events[0].attributes["c_target"];
    assert_eq!(
        (&target["type"], &target["id"]),
        (&"A".into(), &"Max".into())
    );
}

#[test]
fn more_targets_open_to_who_is_on_the_line() {
    asked(IMMEDIATE, LIST)
        .after("1 hand out\n 2 take by d1\n 5 answered by person\n 9 treatment done")
        .check_each(
            "
            15 renew -> on line by d1, look at 30
                > find an agent of GA:Customer_Service at once
            20 renew -> on line for 1 more by d1, look at 35
                > find an agent of GA:Customer_Service at once
                > find an agent of A:Max at once
            ",
        );
}

/// `_min_queue_wait`.
#[test]
fn nobody_is_dialed_before_the_least_wait() {
    let held = asked(DELAYED, "_min_queue_wait=60");
    held.check_ignored(59, &["hand out for KSippola", "look"]);
    held.check_each(
        "
        60 look -> waiting, look at 75
            > find an agent of GA:Customer_Service
        ",
    );
    asked_for(
        IMMEDIATE,
        "_min_queue_wait=60 _request_execution_time_buffer=300",
        Some(900),
    )
    .after("600 look")
    .check_ignored(899, &["hand out", "look"]);
}

/// `_max_queue_wait`.
#[test]
fn who_has_waited_long_enough_is_dialed_without_an_agent() {
    let waiting = asked(DELAYED, "_max_queue_wait=12").after("5 look");
    waiting.check_each(
        "
        12 look -> waiting without an agent, look at 15
            > find a line of default
        ",
    );
    waiting.after("12 look").check_each(
        "
        13 hand out -> handed out, look at 15
            > ask the dialers
        ",
    );
    asked(IMMEDIATE, "_max_queue_wait=12").check_each(
        "
        12 look -> waiting, look at 15
            > find a line of default
        ",
    );
}

/// `_cannot_dial_buffer_time`.
#[test]
fn nobody_is_dialed_shortly_before_the_wait_is_over() {
    let exit = r#"COMPLETED _cbe_on_callback_processing_failed
                  COMPLETED _cbe_on_callback_status_updated
                  COMPLETED _cbe_on_service_exit c_termination_type="COMPLETED.FAIL_TIMEOUT_TTL""#;
    asked(DELAYED, "_urs_queued_ttl=60 _cannot_dial_buffer_time=20").check_each(&format!(
        "
        39 look -> waiting, look at 40
            > find an agent of GA:Customer_Service
        40 hand out for KSippola -> completed FAIL_TIMEOUT_TTL, look at 86400
            {exit}
            > release KSippola untouched
        "
    ));
}
