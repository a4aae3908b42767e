//! Dead letters: kept, delivered again, forgotten.

use super::super::{DeadLetter, Lane, LaneState, Schedule, Wish};
use super::failing::fail;
use super::{backing_off, ended, give_up, held, lane};
use crate::tests::sample::at;

/// A lane with events behind it, of which these were given up, by their numbers, at 0.
fn with_dead(numbers: &[u64], state: LaneState) -> Lane {
    let mut lane = lane(state);
    for number in 1..=5 {
        if numbers.contains(&number) {
            give_up(&mut lane, 0);
        } else {
            lane.delivered();
        }
    }
    lane
}

fn numbers(letters: &[DeadLetter], wanted: impl Fn(&DeadLetter) -> bool) -> Vec<u64> {
    let wanted = letters.iter().filter(|letter| wanted(letter));
    wanted.map(|letter| letter.sequence).collect()
}

fn on_their_way(lane: &Lane) -> Vec<u64> {
    numbers(&lane.dead, |letter| letter.replay)
}

fn all(lane: &Lane) -> Vec<u64> {
    numbers(&lane.dead, |_| true)
}

#[test]
fn what_is_given_up_is_kept_with_its_reason() {
    let mut lane = lane(held("n1", 90));
    lane.passed_over();
    lane.delivered();
    let (reason, answer) = ("r".repeat(400), "ä".repeat(400));
    lane.give_up("_cbe_on_dial_done", &reason, &answer, at(7));
    let expected = DeadLetter {
        sequence: 2,
        event: "_cbe_on_dial_done".to_owned(),
        index: 2,
        at: at(7),
        reason: "r".repeat(300),
        answer: "ä".repeat(300),
        replay: false,
    };
    assert_eq!(lane.dead, [expected]);
    assert_eq!((lane.cursor, lane.told, lane.failures), (3, 2, 0));
    assert_eq!(lane.state, held("n1", 90), "its holder goes on");
}

#[test]
fn debug_shows_no_answer() {
    let mut lane = lane(LaneState::Idle);
    lane.give_up(
        "_cbe_on_dial_init",
        "the target answered 500",
        "token 4711",
        at(0),
    );
    for shown in [format!("{:?}", lane.dead[0]), format!("{lane:?}")] {
        assert!(shown.contains("the target answered 500"), "{shown}");
        assert!(!shown.contains("4711"), "{shown}");
    }
}

/// Which letters go on their way, and how many did not go before.
fn check_replay(before: &[u64], which: Option<u64>, count: usize, after: &[u64]) {
    let mut lane = with_dead(&[2, 4, 5], backing_off(60));
    for number in before {
        lane.replay(Some(*number));
    }
    assert_eq!(lane.replay(which), count, "{which:?}");
    assert_eq!(on_their_way(&lane), after, "{which:?}");
    assert_eq!(all(&lane), [2, 4, 5]);
    let first = lane.to_replay().map(|letter| letter.sequence);
    assert_eq!(first, after.first().copied(), "in their order");
}

#[test]
fn dead_letters_can_be_wanted_again() {
    check_replay(&[], None, 3, &[2, 4, 5]);
    check_replay(&[], Some(4), 1, &[4]);
    check_replay(&[4], Some(4), 0, &[4]);
    check_replay(&[4], Some(2), 1, &[2, 4]);
    check_replay(&[4], None, 2, &[2, 4, 5]);
    check_replay(&[], Some(3), 0, &[]);
}

/// Whoever wants them does not have to wait; even a lane that has ended goes on.
#[test]
fn a_lane_with_letters_on_their_way_can_be_held() {
    for state in [LaneState::Idle, backing_off(60), ended("gone")] {
        let mut lane = with_dead(&[2], state.clone());
        lane.failures = 3;
        assert_eq!(lane.replay(Some(1)), 0);
        assert_eq!((&lane.state, lane.failures), (&state, 3), "nothing changes");
        assert_eq!(lane.replay(None), 1);
        assert_eq!((&lane.state, lane.failures), (&LaneState::Idle, 0));
    }
}

#[test]
fn a_letter_that_arrives_after_all_is_forgotten() {
    let mut lane = with_dead(&[2, 4], LaneState::Idle);
    lane.replay(None);
    assert!(fail(&mut lane, 1.0));
    lane.revived(2);
    assert_eq!((all(&lane), on_their_way(&lane)), (vec![4], vec![4]));
    assert_eq!((lane.told, lane.cursor, lane.failures), (5, 5, 0));
}

#[test]
fn a_letter_that_fails_too_often_again_stays_dead() {
    let mut lane = with_dead(&[2, 4], LaneState::Idle);
    lane.replay(None);
    let once = Schedule::default().limited(Some(2));
    assert!(lane.failed(&once, 1.0, Wish::default(), at(0)));
    assert!(!lane.failed(&once, 1.0, Wish::default(), at(0)));
    let (reason, answer) = ("r".repeat(400), "a".repeat(400));
    lane.dead_again(2, &reason, &answer, at(9));
    let expected = DeadLetter {
        at: at(9),
        reason: "r".repeat(300),
        answer: "a".repeat(300),
        ..with_dead(&[2, 4], LaneState::Idle).dead[0].clone()
    };
    assert_eq!(lane.dead[0], expected);
    assert_eq!((on_their_way(&lane), lane.failures), (vec![4], 0));
    assert_eq!((lane.told, lane.cursor), (5, 5));
}

#[test]
fn dead_letters_can_be_forgotten() {
    for (which, count, left) in [
        (None, 3, vec![]),
        (Some(4), 1, vec![2, 5]),
        (Some(3), 0, vec![2, 4, 5]),
    ] {
        let mut lane = with_dead(&[2, 4, 5], backing_off(60));
        assert_eq!(lane.discard(which), count, "{which:?}");
        assert_eq!(all(&lane), left, "{which:?}");
        assert_eq!((lane.told, lane.state), (5, backing_off(60)));
    }
}
