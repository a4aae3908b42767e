//! Logs in words, and what is reported of them.

mod keys;
mod summary;

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::json;

use super::Facts;
use crate::call::CallResult;
use crate::event::{CallbackState, Event, EventName};
use crate::tests::sample::at;

/// Lines of `<seconds> <STATE> <event> [<attempt> <result>]`, events without what all begin with.
fn log(lines: &str) -> Vec<Event> {
    let lines = lines.lines().map(str::trim);
    lines.filter(|line| !line.is_empty()).map(event).collect()
}

fn event(line: &str) -> Event {
    let words: Vec<&str> = line.split_whitespace().collect();
    let [seconds, state, name, told @ ..] = words.as_slice() else {
        panic!("'{line}'");
    };
    let mut attributes = BTreeMap::new();
    if let [attempt, result] = told {
        let attempt: u32 = attempt.parse().unwrap();
        let result: CallResult = serde_json::from_value(json!(result)).unwrap();
        attributes.insert("c_call_num_attempt".to_owned(), attempt.into());
        attributes.insert("c_call_result".to_owned(), result.code().into());
    }
    let millis = seconds.parse::<f64>().unwrap() * 1000.0;
    let state = CallbackState::ALL
        .into_iter()
        .find(|it| it.as_str() == *state);
    Event {
        name: EventName::find(&format!("_cbe_on_{name}")).unwrap_or_else(|| panic!("'{line}'")),
        at: at(0) + Duration::from_millis(millis as u64),
        state: state.unwrap_or_else(|| panic!("'{line}'")),
        attributes,
    }
}

/// What a log tells, on one line.
fn told(lines: &str) -> String {
    let facts = Facts::of(&log(lines));
    let span =
        |span: Option<Duration>| span.map_or("-".to_owned(), |it| it.as_secs_f64().to_string());
    let dials: Vec<_> = facts
        .dials
        .iter()
        .map(|(attempt, result)| format!("{attempt} {}", result.as_str()))
        .collect();
    let connected = facts.connected.map(|it| it.since(at(0)));
    format!(
        "offline {} dialing {} on line {} connected {} agents {} dials [{}]",
        span(facts.offline),
        span(facts.dialing),
        span(facts.on_line),
        span(connected),
        facts.agents_found,
        dials.join(", ")
    )
}

const ACCEPTED: &str = "
    0 QUEUED callback_submitted
    0 QUEUED callback_queued
    0 QUEUED service_create
    0 QUEUED virtual_ixn_create
";

/// Logs, and what they tell.
const LOGS: &[(&str, &str)] = &[
    (
        "",
        "offline - dialing - on line - connected - agents 0 dials []",
    ),
    (
        ACCEPTED,
        "offline - dialing - on line - connected - agents 0 dials []",
    ),
    // A whole life, of a service that dials at once.
    (
        "0 QUEUED callback_queued
             0 QUEUED service_create
             4 QUEUED dial_init
             10.5 QUEUED dial_done 1 ok
             10.5 QUEUED connect_treatment_start
             14 ROUTING customer_queued
             14 ROUTING callback_status_updated
             20 ROUTING target_found
             23 PROCESSING route_to_agent
             23 COMPLETED callback_status_updated
             23 COMPLETED service_exit",
        "offline 4 dialing 6.5 on line 12.5 connected 23 agents 1 dials [1 CONNECTED]",
    ),
    // One that waits for its agent first, and for its time before that.
    (
        "0 SCHEDULED callback_scheduled
             600 QUEUED callback_submitted
             600 QUEUED callback_queued
             660 QUEUED target_found
             661 QUEUED dial_init
             665 QUEUED dial_done 1 ok
             668 PROCESSING route_to_agent",
        "offline 61 dialing 4 on line 3 connected 668 agents 1 dials [1 CONNECTED]",
    ),
    // Several attempts; between them it is not in its queue.
    (
        "0 QUEUED callback_queued
             10 QUEUED dial_init
             15 QUEUED dial_done 1 busy
             15 SCHEDULED callback_status_updated
             315 QUEUED callback_resubmitted
             315 QUEUED callback_queued
             320 QUEUED dial_init
             321 QUEUED dial_done 2 answering_machine
             321 COMPLETED callback_processing_failed
             321 COMPLETED service_exit",
        "offline 15 dialing 6 on line - connected - agents 0 dials [1 BUSY, 2 ANSWERING_MACHINE]",
    ),
    // The customer hangs up while an agent is looked for.
    (
        "0 QUEUED callback_queued
             1 QUEUED dial_init
             2 QUEUED dial_done 1 ok
             9 ROUTING customer_queued
             60 COMPLETED callback_processing_failed
             60 COMPLETED service_exit",
        "offline 1 dialing 1 on line 58 connected - agents 0 dials [1 PERSON]",
    ),
    // Called off in its queue, before its time, and while it rings.
    (
        "0 QUEUED callback_queued
             7 COMPLETED callback_cancelled
             7 COMPLETED service_exit",
        "offline 7 dialing - on line - connected - agents 0 dials []",
    ),
    (
        "0 SCHEDULED callback_scheduled
             7 COMPLETED callback_cancelled
             7 COMPLETED service_exit",
        "offline - dialing - on line - connected - agents 0 dials []",
    ),
    (
        "0 QUEUED callback_queued
             1 QUEUED dial_init
             3 QUEUED dial_done 1 dropped
             3 COMPLETED callback_cancelled
             3 COMPLETED service_exit",
        "offline 1 dialing 2 on line - connected - agents 0 dials [1 DROPPED]",
    ),
    // Snoozed: back in its queue later.
    (
        "0 QUEUED callback_queued
             20 SCHEDULED callback_status_updated
             320 QUEUED callback_queued
             330 QUEUED dial_init",
        "offline 30 dialing - on line - connected - agents 0 dials []",
    ),
    // An agent who did not answer; what was read twice counts once.
    (
        "0 QUEUED callback_queued
             0 QUEUED callback_queued
             5 QUEUED dial_init
             6 QUEUED dial_done 1 ok
             7 ROUTING target_found
             47 ROUTING target_found
             50 PROCESSING route_to_agent",
        "offline 5 dialing 1 on line 44 connected 50 agents 2 dials [1 CONNECTED]",
    ),
    // The customer calls; the service was paused before that.
    (
        "0 QUEUED callback_queued
             5 PAUSED callback_status_updated
             65 QUEUED callback_status_updated
             70 QUEUED connect_treatment_start
             74 ROUTING customer_queued
             74 ROUTING callback_status_updated
             80 ROUTING target_found
             82 PROCESSING route_to_agent
             82 COMPLETED callback_status_updated
             82 COMPLETED service_exit",
        "offline 10 dialing - on line 12 connected 82 agents 1 dials []",
    ),
    // The dialer's clock is behind.
    (
        "10 QUEUED callback_queued
             8 QUEUED dial_init
             9 QUEUED dial_done 1 no_answer
             12 COMPLETED service_exit",
        "offline 0 dialing 0 on line - connected - agents 0 dials [1 NO_ANSWER]",
    ),
];

#[test]
fn spans_and_results_follow_from_the_log() {
    for (lines, expected) in LOGS {
        assert_eq!(told(lines), *expected, "{lines}");
    }
}

#[test]
fn each_result_of_a_call_has_a_word_of_its_own() {
    let words = CallResult::ALL.map(|result| {
        assert_eq!(CallResult::of_code(result.code().into()), Some(result));
        let name = serde_json::to_value(result).unwrap();
        let told = told(&format!("0 QUEUED dial_done 1 {}", name.as_str().unwrap()));
        told.split("[1 ").nth(1).unwrap().to_owned()
    });
    let mut different = words.to_vec();
    different.sort_unstable();
    different.dedup();
    assert_eq!(different.len(), words.len(), "{words:?}");
    assert_eq!(words[0], "PERSON]");
    assert_eq!(CallResult::of_code(33), None);
}
