//! Gates: who goes in, whose turn it is, and when a target is left alone.

use std::time::Duration;

use super::{Admission, Breaker, Gate, Pace};
use crate::tests::sample::at;

mod laws;

const UNPACED: Pace = Pace {
    concurrency: 2,
    rate: None,
};

fn paced(rate: u32) -> Gate {
    Gate::new(Pace {
        rate: Some(rate),
        ..UNPACED
    })
}

/// A gate whose target failed five times in a row, at 0; nobody is inside.
fn shut() -> Gate {
    let mut gate = Gate::new(UNPACED);
    assert_eq!(gate.enter(at(0)), Admission::In);
    for _ in 0..4 {
        assert_eq!(gate.told(false, at(0)), None);
    }
    assert_eq!(gate.told(false, at(0)), Some(at(5)));
    gate.leave(at(0));
    gate
}

#[test]
fn it_is_full_when_as_many_are_inside_as_may() {
    let mut gate = Gate::new(UNPACED);
    let expected = [Admission::In, Admission::In, Admission::Full];
    assert_eq!([0, 1, 2].map(|now| gate.enter(at(now))), expected);
    gate.leave(at(3));
    assert_eq!([4, 5].map(|now| gate.enter(at(now))), expected[1..]);
}

#[test]
fn an_answer_forgets_the_failures_before_it() {
    let mut gate = Gate::new(UNPACED);
    for answers in [false, false, false, false, true, false, false, false, false] {
        assert_eq!(gate.told(answers, at(0)), None);
    }
    assert_eq!(gate.breaker(), Breaker::Closed { failures: 4 });
    assert_eq!(gate.breaker().name(), "closed");
}

/// Nobody goes in before its time; then one, whoever else asks.
#[test]
fn after_its_rest_a_target_is_probed_by_one() {
    let mut gate = shut();
    assert_eq!(gate.breaker().name(), "open");
    for (now, admitted) in [
        (0, Admission::Shut(at(5))),
        (4, Admission::Shut(at(5))),
        (5, Admission::In),
        (5, Admission::Shut(at(10))),
        (60, Admission::Shut(at(65))),
    ] {
        assert_eq!(gate.enter(at(now)), admitted, "{now}");
    }
    assert_eq!(gate.breaker().name(), "half-open");
    assert_eq!(gate.told(true, at(60)), None);
    assert_eq!(gate.enter(at(60)), Admission::In, "it is open to all again");
}

/// Of those who went in before it was shut.
#[test]
fn a_late_answer_opens_it_and_a_late_failure_does_not_prolong_its_rest() {
    for (answers, until) in [(false, Some(at(5))), (true, None)] {
        let mut gate = Gate::new(UNPACED);
        assert_eq!([gate.enter(at(0)), gate.enter(at(0))], [Admission::In; 2]);
        for _ in 0..5 {
            gate.told(false, at(0));
        }
        gate.leave(at(0));
        assert_eq!(gate.told(answers, at(4)), until);
        let later = gate.enter(at(6));
        let expected = until.map_or(Admission::In, |_| Admission::Shut(at(11)));
        assert_eq!(later, expected, "the other one is still inside");
    }
}

#[test]
fn a_probe_that_tells_nothing_leaves_it_to_the_next() {
    let mut gate = shut();
    for now in [5, 6, 7] {
        assert_eq!(gate.enter(at(now)), Admission::In);
        assert_eq!(gate.breaker().name(), "half-open");
        gate.leave(at(now));
    }
    assert_eq!(gate.enter(at(7)), Admission::In);
    assert_eq!(gate.told(false, at(7)), Some(at(17)), "it counts as one");
}

/// To five minutes, and from the beginning after an answer.
#[test]
fn each_probe_that_fails_doubles_the_rest() {
    let mut gate = shut();
    let mut now = at(5);
    for rest in [10, 20, 40, 80, 160, 300, 300, 300] {
        assert_eq!(gate.enter(now), Admission::In);
        let until = now + Duration::from_secs(rest);
        assert_eq!(gate.told(false, now), Some(until));
        gate.leave(now);
        now = until;
    }
    assert_eq!(gate.enter(now), Admission::In);
    assert_eq!(gate.told(true, now), None);
    for _ in 0..4 {
        assert_eq!(gate.told(false, now), None);
    }
    assert_eq!(gate.told(false, now), Some(now + Duration::from_secs(5)));
}

/// Three in a second are not four, as with 333 ms each.
#[test]
fn turns_come_at_the_rate() {
    for (rate, expected) in [
        (1, [0, 1000, 2000, 3000]),
        (3, [0, 333, 666, 1000]),
        (7, [0, 142, 285, 428]),
        (1000, [0, 1, 2, 3]),
        (0, [0, 1000, 2000, 3000]),
    ] {
        let mut gate = paced(rate);
        for millis in expected {
            let turn = at(0) + Duration::from_millis(millis);
            assert_eq!(gate.turn(Duration::MAX, at(0)), Ok(turn), "{rate}");
        }
    }
    let mut gate = Gate::new(UNPACED);
    assert_eq!(
        [0, 0, 1].map(|now| gate.turn(Duration::ZERO, at(now))),
        [0, 0, 1].map(|now| Ok(at(now)))
    );
}

#[test]
fn a_turn_that_nobody_waits_for_stays_free() {
    let mut gate = paced(1);
    assert_eq!(gate.turn(Duration::ZERO, at(0)), Ok(at(0)));
    for patience in [0, 999] {
        let patience = Duration::from_millis(patience);
        assert_eq!(gate.turn(patience, at(0)), Err(at(1)));
    }
    assert_eq!(gate.turn(Duration::from_secs(1), at(0)), Ok(at(1)));
    assert_eq!(
        gate.turn(Duration::ZERO, at(60)),
        Ok(at(60)),
        "none is saved up"
    );
    assert_eq!(gate.turn(Duration::MAX, at(60)), Ok(at(61)));
}

#[test]
fn it_is_idle_when_nothing_keeps_anybody_out() {
    let now = at(0);
    let fresh = Gate::new(UNPACED);
    let mut busy = fresh.clone();
    assert_eq!(busy.enter(now), Admission::In);
    let mut behind = paced(2);
    assert_eq!(behind.turn(Duration::ZERO, now), Ok(now));
    for (gate, since) in [
        (fresh, Some(0)),
        (busy, None),
        (shut(), Some(5000)),
        (behind, Some(500)),
    ] {
        for millis in [0, 499, 500, 4999, 5000] {
            let then = now + Duration::from_millis(millis);
            let expected = since.is_some_and(|since| since <= millis);
            assert_eq!(gate.is_idle(then), expected, "{gate:?} after {millis} ms");
        }
    }
}

/// It has a turn to remember.
#[test]
fn a_gate_with_a_rate_is_never_new() {
    assert!(Gate::new(UNPACED).is_new());
    assert!(!paced(1).is_new());
}
