//! Lanes: holds, numbers, lists, and how they are stored.

use std::time::Duration;

use proptest::prelude::*;

use super::{Attempt, LEASE, Lane, LaneState, Outcome, dead_index, failing_index};
use crate::ids::{CallbackId, LaneId, SubscriptionId, WorkerId};
use crate::key::{Key, Kind, Shards};
use crate::tests::sample::{ID, at};

mod dead;
mod failing;
mod schedule;

fn lane(state: LaneState) -> Lane {
    Lane {
        state,
        ..Lane::head(&CallbackId::new(ID))
    }
}

fn held(owner: &str, until: i64) -> LaneState {
    let (owner, until) = (WorkerId::new(owner), at(until));
    LaneState::Held { owner, until }
}

fn backing_off(until: i64) -> LaneState {
    LaneState::BackingOff { until: at(until) }
}

fn ended(why: &str) -> LaneState {
    let (at, why) = (at(0), why.to_owned());
    LaneState::Ended { at, why }
}

/// Gives the next event up at a time.
fn give_up(lane: &mut Lane, seconds: i64) {
    lane.give_up(
        "_cbe_on_dial_init",
        "the target answered 500",
        "oops",
        at(seconds),
    );
}

#[test]
fn lanes_lie_with_their_callback() {
    let callback = CallbackId::new(ID);
    let subscription = SubscriptionId::new("3f");
    let (head, other) = (
        Lane::head(&callback),
        Lane::new(LaneId::of(&callback, &subscription), 4),
    );
    for (lane, name, of, cursor) in [
        (&head, format!("{ID}/0"), None, 0),
        (&other, format!("{ID}/3f"), Some(subscription), 4),
    ] {
        assert_eq!(lane.key(), Key::new(Kind::Lane, name));
        assert_eq!(
            lane.key().shard(Shards::DEFAULT),
            callback.key().shard(Shards::DEFAULT)
        );
        assert_eq!(lane.id.callback(), callback);
        assert_eq!(lane.id.subscription(), of);
        assert_eq!((lane.cursor, lane.told, lane.sequence()), (cursor, 0, 1));
        assert_eq!((lane.failures, &lane.state), (0, &LaneState::Idle));
    }
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
        (ended("gone"), false),
    ] {
        let hold = lane(state.clone()).hold(WorkerId::new("n1"), at(60));
        let expected = gets_it.then(|| lane(held("n1", 90)));
        assert_eq!(hold, expected, "{state:?}");
    }
    assert_eq!(LEASE, Duration::from_secs(30));
}

/// An event wakes a lane at rest; nothing wakes one that has ended.
#[test]
fn somebody_looks_when_a_hold_or_a_back_off_is_over() {
    for (state, alarm, is_held, is_ended) in [
        (LaneState::Idle, None, false, false),
        (held("n1", 61), Some(at(61)), true, false),
        (backing_off(61), Some(at(61)), false, false),
        (ended("gone"), None, false, true),
    ] {
        let lane = lane(state);
        assert_eq!(lane.alarm(), alarm);
        assert_eq!((lane.is_held(), lane.is_ended()), (is_held, is_ended));
    }
}

#[test]
fn a_holder_that_lives_keeps_it() {
    for (state, renewed) in [
        (held("n1", 61), held("n1", 90)),
        (LaneState::Idle, LaneState::Idle),
        (backing_off(61), backing_off(61)),
        (ended("gone"), ended("gone")),
    ] {
        let mut lane = lane(state);
        lane.renew(at(60));
        assert_eq!(lane.state, renewed);
    }
}

#[test]
fn it_pauses_rests_and_ends() {
    let mut lane = lane(held("n1", 90));
    lane.put_off(at(7));
    assert_eq!((lane.state.clone(), lane.failures), (backing_off(7), 0));
    lane.rest();
    assert_eq!(lane.state, LaneState::Idle);
    lane.end("the target answered 410", at(0));
    assert_eq!(lane.state, ended("the target answered 410"));
}

#[test]
fn it_is_listed_while_it_fails_and_while_it_has_dead_letters() {
    let dead = |seconds| (dead_index(), at(seconds).as_millis());
    let failing = |seconds| (failing_index(), at(seconds).as_millis());
    let names = [dead_index(), failing_index()];
    assert_eq!(
        names.map(|it| it.as_str().to_owned()),
        ["lanes:dead", "lanes:failing"]
    );
    for (given_up, state, listed) in [
        (&[][..], LaneState::Idle, vec![]),
        (&[], held("n1", 90), vec![]),
        (&[], ended("gone"), vec![]),
        (&[], backing_off(7), vec![failing(7)]),
        (&[5], LaneState::Idle, vec![dead(5)]),
        (&[5, 9], ended("gone"), vec![dead(9)]),
        (&[9, 5], backing_off(7), vec![dead(9), failing(7)]),
    ] {
        let mut lane = lane(state);
        for seconds in given_up {
            give_up(&mut lane, *seconds);
        }
        assert_eq!(lane.listings(), listed, "{given_up:?} {:?}", lane.state);
    }
}

/// What is stored today must be read tomorrow.
#[test]
fn the_stored_layout_is_known() {
    let dead = r#"{"q":2,"n":"_cbe_on_dial_done","i":3,"t":1,"why":"the target answered 500","ans":"oops"}"#;
    let again = r#"{"q":1,"n":"_cbe_on_dial_init","i":2,"t":1,"why":"no answer","re":true}"#;
    for stored in [
        r#"{"id":"07-x/0","c":0,"n":0,"st":{"is":"idle"}}"#.to_owned(),
        r#"{"id":"07-x/3f","c":4,"n":3,"st":{"is":"held","owner":"n1","until":1}}"#.to_owned(),
        r#"{"id":"07-x/0","c":4,"n":3,"f":2,"st":{"is":"backing_off","until":1}}"#.to_owned(),
        r#"{"id":"07-x/0","c":4,"n":3,"st":{"is":"ended","at":1,"why":"gone"}}"#.to_owned(),
        r#"{"id":"07-x/0","c":4,"n":3,"fan":{"c":4,"to":["3f"]},"st":{"is":"idle"}}"#.to_owned(),
        r#"{"id":"07-x/0","c":0,"n":0,"fan":{"c":4},"st":{"is":"idle"}}"#.to_owned(),
        format!(r#"{{"id":"07-x/0","c":4,"n":2,"d":[{again},{dead}],"st":{{"is":"idle"}}}}"#),
    ] {
        let lane: Lane = serde_json::from_str(&stored).unwrap();
        assert_eq!(serde_json::to_string(&lane).unwrap(), stored);
    }
}

#[test]
fn the_stored_layout_of_attempts_is_known() {
    for (stored, outcome, is_good, told) in [
        (
            r#"{"q":1,"t":1467575991000,"d":12,"r":200}"#,
            Outcome::Status(200),
            true,
            "the target answered 200",
        ),
        (
            r#"{"q":1,"t":1467575991000,"d":12,"r":"confirmed"}"#,
            Outcome::confirmed(),
            true,
            "confirmed",
        ),
        (
            r#"{"q":1,"t":1467575991000,"d":12,"r":"timeout"}"#,
            Outcome::Word("timeout".to_owned()),
            false,
            "timeout",
        ),
    ] {
        assert_eq!(
            (outcome.is_good(), outcome.to_string().as_str()),
            (is_good, told)
        );
        let attempt = Attempt {
            sequence: 1,
            at: at(0),
            millis: 12,
            outcome,
        };
        assert_eq!(serde_json::to_string(&attempt).unwrap(), stored);
        assert_eq!(serde_json::from_str::<Attempt>(stored).unwrap(), attempt);
    }
}

#[test]
fn two_hundreds_are_good() {
    for (status, is_good) in [
        (199, false),
        (200, true),
        (204, true),
        (299, true),
        (300, false),
        (304, false),
        (404, false),
        (500, false),
    ] {
        assert_eq!(Outcome::Status(status).is_good(), is_good, "{status}");
    }
}

/// What happens to one event of the log.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Course {
    PassedOver,
    Delivered { failures: u32 },
    GivenUp { failures: u32 },
}

fn course() -> impl Strategy<Value = Course> {
    prop_oneof![
        Just(Course::PassedOver),
        (0..3_u32).prop_map(|failures| Course::Delivered { failures }),
        (0..3_u32).prop_map(|failures| Course::GivenUp { failures }),
    ]
}

proptest! {
    /// Only what is for the target has a number, each the next; so a number that the target misses is a dead letter's.
    #[test]
    fn a_gap_is_a_dead_letter(courses in proptest::collection::vec(course(), 0..40)) {
        let mut lane = lane(held("n1", 90));
        let (mut arrived, mut given_up) = (Vec::new(), Vec::new());
        for (index, course) in (0..).zip(&courses) {
            let sequence = lane.sequence();
            assert_eq!(lane.cursor, index);
            let (Course::Delivered { failures } | Course::GivenUp { failures }) = course else {
                lane.passed_over();
                assert_eq!(lane.sequence(), sequence, "it has no number");
                continue;
            };
            for _ in 0..*failures {
                assert!(failing::fail(&mut lane, 1.0));
                assert_eq!((lane.sequence(), lane.cursor), (sequence, index));
            }
            if let Course::Delivered { .. } = course {
                lane.delivered();
                arrived.push(sequence);
            } else {
                give_up(&mut lane, 0);
                given_up.push((sequence, index));
            }
            assert_eq!((lane.sequence(), lane.failures), (sequence + 1, 0));
        }
        let gaps: Vec<_> = (1..lane.sequence()).filter(|number| !arrived.contains(number)).collect();
        let letters: Vec<_> = lane.dead.iter().map(|letter| (letter.sequence, letter.index)).collect();
        assert_eq!(letters, given_up);
        assert_eq!(gaps, given_up.iter().map(|(number, _)| *number).collect::<Vec<_>>());
    }
}
