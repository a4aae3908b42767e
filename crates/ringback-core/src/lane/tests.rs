//! Lanes: holds, failures and their distances.

use std::time::Duration;

use proptest::prelude::*;

use super::{LEASE, Lane, LaneState, SCHEDULE};
use crate::ids::{CallbackId, WorkerId};
use crate::key::{Key, Kind, Shards};
use crate::tests::sample::{ID, at};

fn lane(state: LaneState) -> Lane {
    Lane {
        state,
        ..Lane::first(CallbackId::new(ID))
    }
}

fn held(owner: &str, until: i64) -> LaneState {
    let (owner, until) = (WorkerId::new(owner), at(until));
    LaneState::Held { owner, until }
}

fn backing_off(until: i64) -> LaneState {
    LaneState::BackingOff { until: at(until) }
}

#[test]
fn it_begins_at_the_first_event_and_lies_with_its_callback() {
    let id = CallbackId::new(ID);
    let lane = Lane::first(id.clone());
    assert_eq!((lane.cursor, lane.dead, lane.failures), (0, 0, 0));
    assert_eq!((lane.state.clone(), lane.alarm()), (LaneState::Idle, None));
    let key = Lane::key(&id);
    assert_eq!(key, Key::new(Kind::Lane, format!("{ID}/0")));
    assert_eq!(key.shard(Shards::DEFAULT), id.key().shard(Shards::DEFAULT));
}

/// Whether notifier `n1` gets hold of a lane at 60 seconds: not while it is at it itself.
#[test]
fn one_notifier_holds_it_at_a_time() {
    for (state, gets_it) in [
        (LaneState::Idle, true),
        (held("n2", 61), false),
        (held("n2", 60), true),
        (held("n1", 61), false),
        (held("n1", 60), true),
        (backing_off(61), false),
        (backing_off(60), true),
    ] {
        let hold = lane(state.clone()).hold(WorkerId::new("n1"), at(60));
        let expected = gets_it.then(|| lane(held("n1", 90)));
        assert_eq!(hold, expected, "{state:?}");
    }
    assert_eq!(LEASE, Duration::from_secs(30));
}

#[test]
fn somebody_looks_when_a_hold_or_a_back_off_is_over() {
    for (state, alarm, holds) in [
        (LaneState::Idle, None, false),
        (held("n1", 61), Some(at(61)), true),
        (backing_off(61), Some(at(61)), false),
    ] {
        let lane = lane(state);
        assert_eq!(lane.alarm(), alarm);
        assert_eq!(lane.is_held(), holds);
    }
}

#[test]
fn delivered_or_given_up_the_next_event_comes() {
    let mut lane = lane(held("n1", 90));
    lane.delivered();
    assert_eq!((lane.cursor, lane.dead, lane.failures), (1, 0, 0));
    assert!(lane.failed(0.5, None, at(0)));
    lane.delivered();
    assert_eq!((lane.cursor, lane.dead, lane.failures), (2, 0, 0));
    assert!(lane.failed(0.5, None, at(0)));
    lane.given_up();
    assert_eq!((lane.cursor, lane.dead, lane.failures), (3, 1, 0));
    lane.rest();
    assert_eq!(lane.state, LaneState::Idle);
}

/// The whole schedule: 1 s, 5 s, 30 s, 2 min, 10 min, 30 min, 2 h; then it has to be given up.
#[test]
fn it_is_tried_again_with_growing_distance_and_then_no_more() {
    let mut lane = lane(held("n1", 90));
    for (failures, seconds) in (1..).zip([1, 5, 30, 120, 600, 1800, 7200]) {
        assert!(lane.failed(1.0, None, at(0)));
        assert_eq!(
            (lane.failures, lane.state.clone()),
            (failures, backing_off(seconds))
        );
    }
    let exhausted = lane.clone();
    assert!(!lane.failed(1.0, None, at(0)));
    assert_eq!(lane, exhausted, "and stays where it is");
    lane.given_up();
    assert!(
        lane.failed(1.0, None, at(0)),
        "the next event has all its tries"
    );
}

/// When the first try at a time `at` is repeated: `random` of the first distance, or later if the target wishes it.
#[test]
fn jitter_and_wishes() {
    let wish = |seconds| Some(Duration::from_secs(seconds));
    for (failures, random, wish, seconds) in [
        (0, 0.0, None, 0),
        (3, 0.5, None, 60),
        (3, 1.0, None, 120),
        (3, 7.0, None, 120),
        (3, -7.0, None, 0),
        (3, f64::NAN, None, 0),
        (3, f64::INFINITY, None, 120),
        (3, 0.5, wish(10), 60),
        (3, 0.5, wish(90), 90),
        (0, 1.0, wish(3600), 3600),
        (0, 1.0, wish(3601), 3600),
        (0, 1.0, Some(Duration::MAX), 3600),
        (6, 1.0, wish(0), 7200),
    ] {
        let mut lane = lane(held("n1", 90));
        lane.failures = failures;
        assert!(lane.failed(random, wish, at(0)));
        assert_eq!(
            lane.state,
            backing_off(seconds),
            "{failures} {random} {wish:?}"
        );
    }
}

/// What is stored today must be read tomorrow.
#[test]
fn the_stored_layout_is_known() {
    for stored in [
        r#"{"callback":"07-x","cursor":0,"failures":0,"state":{"is":"idle"}}"#,
        r#"{"callback":"07-x","cursor":3,"failures":0,"state":{"is":"held","owner":"n1","until":1}}"#,
        r#"{"callback":"07-x","cursor":3,"dead":1,"failures":2,"state":{"is":"backing_off","until":1}}"#,
    ] {
        let lane: Lane = serde_json::from_str(stored).unwrap();
        assert_eq!(serde_json::to_string(&lane).unwrap(), stored);
    }
}

proptest! {
    #[test]
    fn no_wait_is_longer_than_scheduled_or_wished(
        failures in 0..9_u32,
        random in any::<f64>(),
        wish in proptest::option::of(any::<u64>().prop_map(Duration::from_millis)),
    ) {
        let mut lane = lane(held("n1", 90));
        lane.failures = failures;
        let again = lane.failed(random, wish, at(0));
        let scheduled = SCHEDULE.get(failures as usize);
        assert_eq!(again, scheduled.is_some());
        if let (LaneState::BackingOff { until }, Some(scheduled)) = (lane.state, scheduled) {
            let (wait, hour) = (until.since(at(0)), Duration::from_secs(3600));
            assert!(wait <= (*scheduled).max(hour));
            assert!(wait >= wish.unwrap_or_default().min(hour));
        }
    }
}
