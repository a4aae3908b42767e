//! Deliveries that fail: how long they wait, and when they are given up.

use std::time::Duration;

use proptest::prelude::*;

use super::super::{Lane, LaneState, Schedule, Wish};
use super::{backing_off, give_up, held, lane};
use crate::tests::sample::at;
use crate::time::Timestamp;

/// The next event fails at 0, as the default schedule has it.
pub fn fail(lane: &mut Lane, random: f64) -> bool {
    lane.failed(&Schedule::default(), random, Wish::default(), at(0))
}

fn retry_after(wait: Duration) -> Wish {
    Wish {
        retry_after: wait,
        not_before: None,
    }
}

/// The whole schedule: 1 s, 5 s, 30 s, 2 min, 10 min, 30 min, 2 h; then it has to be given up.
#[test]
fn it_is_tried_again_with_growing_distance_and_then_no_more() {
    let mut lane = lane(held("n1", 90));
    for (failures, seconds) in (1..).zip([1, 5, 30, 120, 600, 1800, 7200]) {
        assert!(fail(&mut lane, 1.0));
        assert_eq!(
            (lane.failures, lane.state.clone()),
            (failures, backing_off(seconds))
        );
    }
    let exhausted = lane.clone();
    assert!(!fail(&mut lane, 1.0));
    assert_eq!(lane, exhausted, "and stays where it is");
    give_up(&mut lane, 0);
    assert!(fail(&mut lane, 1.0), "the next event has all its tries");
}

/// As often as `_max_notify_delivery_attempts` says.
#[test]
fn it_is_delivered_as_often_as_its_service_says() {
    for attempts in [1, 2, 8, 99] {
        let schedule = Schedule::default().limited(Some(attempts));
        let mut lane = lane(held("n1", 90));
        let mut tried = 1;
        while lane.failed(&schedule, 1.0, Wish::default(), at(0)) {
            tried += 1;
        }
        assert_eq!(tried, attempts);
    }
}

/// When the try after so many failures is repeated: `random` of the distance, or later if the target wishes it.
#[test]
fn jitter_and_wishes() {
    let (none, wish) = (Duration::ZERO, Duration::from_secs);
    for (failures, random, wish, seconds) in [
        (0, 0.0, none, 0),
        (3, 0.5, none, 60),
        (3, 1.0, none, 120),
        (3, 7.0, none, 120),
        (3, -7.0, none, 0),
        (3, f64::NAN, none, 0),
        (3, f64::INFINITY, none, 120),
        (3, f64::NEG_INFINITY, none, 0),
        (3, 0.5, wish(10), 60),
        (3, 0.5, wish(90), 90),
        (0, 1.0, wish(3600), 3600),
        (0, 1.0, wish(3601), 3600),
        (0, 1.0, Duration::MAX, 3600),
        (6, 1.0, wish(0), 7200),
        (6, 1.0, wish(3600), 7200),
    ] {
        let mut lane = lane(held("n1", 90));
        lane.failures = failures;
        assert!(lane.failed(&Schedule::default(), random, retry_after(wish), at(0)));
        assert_eq!(
            lane.state,
            backing_off(seconds),
            "{failures} {random} {wish:?}"
        );
    }
}

/// As long as its target is left alone.
#[test]
fn it_can_be_put_off_and_never_brought_forward() {
    for (not_before, seconds) in [(-9, 1), (0, 1), (1, 1), (2, 2), (86_400, 86_400)] {
        let wish = Wish {
            not_before: Some(at(not_before)),
            ..Wish::default()
        };
        let mut lane = lane(held("n1", 90));
        assert!(lane.failed(&Schedule::default(), 1.0, wish, at(0)));
        assert_eq!(lane.state, backing_off(seconds), "{not_before}");
    }
}

proptest! {
    /// Never before now, never later than is scheduled or wished, and never earlier than is wished.
    #[test]
    fn no_wait_is_longer_than_scheduled_or_wished(
        failures in 0..9_u32,
        random in any::<f64>(),
        wish in any::<u64>().prop_map(Duration::from_millis),
        not_before in proptest::option::of(any::<i64>().prop_map(Timestamp::from_millis)),
    ) {
        let mut lane = lane(held("n1", 90));
        lane.failures = failures;
        let schedule = Schedule::default();
        let wish = Wish { retry_after: wish, not_before };
        let again = lane.failed(&schedule, random, wish, at(0));
        let scheduled = schedule.after(failures);
        assert_eq!(again, scheduled.is_some());
        if let (LaneState::BackingOff { until }, Some(scheduled)) = (lane.state, scheduled) {
            let wished = wish.retry_after.min(Duration::from_secs(3600));
            let alone = not_before.unwrap_or(at(0));
            assert!(until >= at(0) && until >= alone && until.since(at(0)) >= wished);
            assert!(until <= (at(0) + scheduled.max(wished)).max(alone));
        }
    }

    /// It spreads over the whole distance.
    #[test]
    fn full_jitter_takes_its_share(failures in 0..7_u32, random in 0.0..=1.0) {
        let mut lane = lane(held("n1", 90));
        lane.failures = failures;
        let distance = Schedule::default().after(failures).unwrap();
        assert!(fail(&mut lane, random));
        let expected = at(0) + distance.mul_f64(random);
        assert_eq!(lane.state, LaneState::BackingOff { until: expected });
    }
}
