//! Tables and laws of the estimate.

use std::time::Duration;

use proptest::prelude::*;

use super::{HandleFrom, Inputs, Own, estimate, is_agent_near};
use crate::live::{LIFETIME, LiveReport};
use crate::tests::sample::at;

/// Callbacks, live calls, ready agents, all agents, and a minute for each call.
fn inputs(callbacks: u64, live_calls: u64, ready: u64, staff: u64) -> Inputs {
    Inputs {
        callbacks,
        live_calls,
        ready,
        staff,
        handle_ms: 60_000,
        handle_from: HandleFrom::Measured,
        report_age: None,
    }
}

#[test]
fn grows_with_the_queue_and_shrinks_with_the_staff() {
    for (callbacks, live, ready, staff, expected) in [
        (0, 0, 1, 1, 0),
        (2, 0, 3, 3, 0),
        (0, 2, 3, 3, 0),
        (0, 0, 0, 1, 60),
        (0, 0, 0, 3, 20),
        (9, 0, 0, 5, 120),
        (4, 5, 0, 5, 120),
        (3, 0, 2, 4, 30),
        (1, 2, 2, 4, 30),
        (1, 0, 0, 0, 120),
    ] {
        let inputs = inputs(callbacks, live, ready, staff);
        assert_eq!(
            estimate(&inputs),
            Duration::from_secs(expected),
            "{inputs:?}"
        );
    }
}

fn report(waiting: u64, agents: Option<(u64, u64)>, handle_time: Option<u64>) -> LiveReport {
    LiveReport {
        waiting,
        ready: agents.map(|agents| agents.0),
        busy: agents.map(|agents| agents.1),
        handle_time,
        at: at(0),
    }
}

#[test]
fn says_which_inputs_it_was_made_from() {
    let own = Own {
        ready: 2,
        staff: 5,
        handle_ms: Some(90_000),
    };
    let (nobody, seen) = (Own::default(), Some((1, 9)));
    let (assumed, measured) = (HandleFrom::Assumed, HandleFrom::Measured);
    let (plain, with_agents) = (report(7, None, None), report(7, seen, None));
    let (full, free) = (report(7, seen, Some(240)), report(0, Some((3, 0)), None));
    for (own, report, agents, handle, from) in [
        (nobody, None, (0, 0), 180, assumed),
        (own, None, (2, 5), 90, measured),
        (own, Some(plain), (2, 5), 90, measured),
        (own, Some(with_agents.clone()), (2, 10), 90, measured),
        (own, Some(full), (2, 10), 240, HandleFrom::Report),
        (nobody, Some(with_agents), (1, 10), 180, assumed),
        (own, Some(free), (3, 5), 90, measured),
    ] {
        let inputs = Inputs::of(4, own, report.as_ref(), at(30));
        let age = report.as_ref().map(|_| Duration::from_secs(30));
        let live = report.as_ref().map_or(0, |it| it.waiting);
        assert_eq!((inputs.callbacks, inputs.live_calls), (4, live));
        assert_eq!((inputs.ready, inputs.staff), agents, "{own:?} {report:?}");
        assert_eq!(
            (inputs.handle_ms, inputs.handle_from),
            (handle * 1000, from)
        );
        assert_eq!(inputs.report_age, age);
    }
}

#[test]
fn an_old_report_counts_for_nothing() {
    let (own, report) = (Own::default(), report(7, Some((1, 9)), Some(240)));
    let without = Inputs::of(4, own, None, at(0));
    assert_eq!(Inputs::of(4, own, Some(&report), at(0) + LIFETIME), without);
    assert_ne!(Inputs::of(4, own, Some(&report), at(119)), without);
}

#[test]
fn an_agent_is_near_by_place_and_wait() {
    let usual = [(0, 10), (10, 5), (20, 2), (30, 1), (40, 0)];
    for (thresholds, position, eta, expected) in [
        (&usual[..], 10, 0, true),
        (&usual, 11, 0, false),
        (&usual, 10, 9, true),
        (&usual, 10, 10, false),
        (&usual, 5, 10, true),
        (&usual, 2, 29, true),
        (&usual, 3, 29, false),
        (&usual, 1, 39, true),
        (&usual, 2, 40, false),
        (&usual, 1, 40, true),
        (&usual, 1, 90_000, true),
        (&usual, 0, 0, false),
        (&usual[1..], 2, 9, false),
        (&[], 1, 0, true),
        (&[], 2, 0, false),
    ] {
        let eta = Duration::from_secs(eta);
        let near = is_agent_near(thresholds, position, eta);
        assert_eq!(near, expected, "{thresholds:?} {position} {eta:?}");
    }
}

fn any_inputs() -> impl Strategy<Value = Inputs> {
    let number = || 0..2_000_000_u64;
    (number(), number(), number(), number(), 0..200_000_000_u64).prop_map(
        |(callbacks, live_calls, ready, more, handle_ms)| Inputs {
            handle_ms,
            ..inputs(callbacks, live_calls, ready, ready + more)
        },
    )
}

proptest! {
    #[test]
    fn one_more_before_is_never_a_shorter_wait(inputs in any_inputs()) {
        let more = [
            Inputs { callbacks: inputs.callbacks + 1, ..inputs },
            Inputs { live_calls: inputs.live_calls + 1, ..inputs },
            Inputs { handle_ms: inputs.handle_ms + 1, ..inputs },
        ];
        for longer in more {
            prop_assert!(estimate(&longer) >= estimate(&inputs));
        }
    }

    #[test]
    fn one_agent_more_is_never_a_longer_wait(inputs in any_inputs()) {
        let busy = Inputs { staff: inputs.staff + 1, ..inputs };
        let ready = Inputs { ready: inputs.ready + 1, ..busy };
        prop_assert!(estimate(&busy) <= estimate(&inputs));
        prop_assert!(estimate(&ready) <= estimate(&busy));
    }

    /// Nobody waits exactly when an agent is ready for him, as long as calls take time.
    #[test]
    fn nobody_waits_while_enough_are_ready(inputs in any_inputs()) {
        let nobody = inputs.ahead() < inputs.ready;
        let by_length = inputs.handle_ms < inputs.staff.max(1);
        prop_assert!(nobody || by_length || estimate(&inputs) > Duration::ZERO);
        prop_assert!(!nobody || estimate(&inputs) == Duration::ZERO);
    }

    #[test]
    fn live_calls_weigh_like_callbacks(inputs in any_inputs()) {
        let swapped = Inputs {
            callbacks: inputs.live_calls,
            live_calls: inputs.callbacks,
            ..inputs
        };
        prop_assert_eq!(estimate(&swapped), estimate(&inputs));
    }
}
