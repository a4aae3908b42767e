//! The order of who waits, against the definition of the priority.

use std::cmp::Ordering;
use std::time::Duration;

use proptest::collection::vec;
use proptest::prelude::*;

use super::{Pace, Rank};
use crate::key::IndexName;
use crate::service::options::Aging;
use crate::tests::sample::at;
use crate::time::Timestamp;

/// The highest score of an index.
const MAX_SCORE: i64 = 1 << 53;

fn rank(priority: u32, increment: u32, interval: u64) -> Rank {
    Rank::of(&Aging {
        priority,
        increment,
        interval: Duration::from_secs(interval),
    })
}

#[test]
fn the_priority_grows_by_whole_intervals() {
    for (priority, increment, interval, waited, expected) in [
        (0, 0, 60, 90_000, 0),
        (7, 0, 60, 90_000, 7),
        (7, 5, 60, 0, 7),
        (7, 5, 60, 59, 7),
        (7, 5, 60, 60, 12),
        (7, 5, 60, 3600, 307),
        (1_000_000, 1_000_000, 1, 31_622_400, 31_622_401_000_000),
    ] {
        let found = rank(priority, increment, interval).priority(at(0), at(waited));
        assert_eq!(
            found, expected,
            "{priority} + {increment} each {interval}: {waited}"
        );
    }
    assert_eq!(
        rank(7, 5, 60).priority(at(9), at(0)),
        7,
        "not before it waits"
    );
}

#[test]
fn whoever_keeps_the_order_is_of_one_pace() {
    let pace = |priority, increment, interval| rank(priority, increment, interval).pace();
    assert_eq!(pace(3, 10, 60), pace(73, 10, 60));
    assert_ne!(pace(3, 10, 60), pace(4, 10, 60));
    assert_ne!(
        pace(0, 1, 6),
        pace(0, 10, 60),
        "their steps are not the same"
    );
    assert_eq!(pace(9, 1, 60), pace(0, 1, 60));
    assert_eq!(pace(7, 0, 60), Pace::STEADY);
    assert_eq!(pace(7, 1, 31_622_400), Pace::STEADY, "as good as never");
    assert_eq!(pace(25, 10, 60).to_string(), "60000.10.5");
}

#[test]
fn paces_have_names_that_read_back() {
    let pace = rank(25, 10, 60).pace();
    assert_eq!(pace.to_string().parse(), Ok(pace));
    for text in [
        "",
        "6000",
        "6000.1",
        "6000.0.0",
        "0.1.0",
        "6000.2.2",
        "06000.1.0",
        "9000000000.1.0",
        "x.1.0",
        "6000.1.0.0",
    ] {
        let error = text.parse::<Pace>().unwrap_err().to_string();
        assert!(error.contains(&format!("'{text}'")), "{error}");
    }
}

#[test]
fn who_asks_for_nothing_stands_where_he_always_did() {
    let index = || IndexName::new("dial", "default");
    assert_eq!(Rank::default().score(at(5)), at(5).as_millis());
    assert_eq!(Pace::STEADY.part_of(index()), index());
    let aging = rank(0, 10, 60).pace();
    assert_eq!(aging.part_of(index()).as_str(), "60000.10.0:dial:default");
    assert_eq!(aging.members().as_str(), "pace:60000.10.0");
    assert_eq!(serde_json::to_string(&Rank::default()).unwrap(), "{}");
    let stored = serde_json::to_string(&rank(3, 10, 60)).unwrap();
    assert_eq!(stored, r#"{"p":3,"i":10,"s":60}"#);
    assert_eq!(
        serde_json::from_str::<Rank>(&stored).unwrap(),
        rank(3, 10, 60)
    );
}

/// One who waits: rank, and seconds since when.
type Waiting = (Rank, i64);

fn place((rank, since): Waiting) -> (Pace, i64) {
    (rank.pace(), rank.score(at(since)))
}

fn order(one: Waiting, other: Waiting, now: i64) -> Ordering {
    Pace::order(place(one), place(other), at(now))
}

#[test]
fn who_comes_first() {
    let (plain, high) = (rank(0, 0, 60), rank(20, 0, 60));
    let (aging, fast) = (rank(0, 10, 60), rank(5, 50, 60));
    for (one, other, now, expected) in [
        ((plain, 0), (plain, 1), 9, Ordering::Less),
        ((plain, 1), (plain, 1), 9, Ordering::Equal),
        ((high, 8), (plain, 0), 9, Ordering::Less),
        ((high, 86_400), (plain, 0), 90_000, Ordering::Less),
        ((aging, 0), (plain, 1), 30, Ordering::Less),
        ((aging, 1), (plain, 0), 60, Ordering::Greater),
        ((aging, 1), (plain, 0), 61, Ordering::Less),
        ((aging, 0), (high, 0), 119, Ordering::Greater),
        ((aging, 0), (high, 121), 120, Ordering::Less),
        ((aging, 0), (high, 119), 120, Ordering::Greater),
        ((aging, 0), (high, 0), 180, Ordering::Less),
        ((rank(20, 10, 60), 100), (aging, 0), 100, Ordering::Less),
        ((rank(10, 10, 60), 100), (aging, 0), 100, Ordering::Greater),
        ((rank(11, 10, 60), 100), (aging, 0), 100, Ordering::Less),
        ((fast, 80), (aging, 0), 90, Ordering::Greater),
        ((fast, 80), (aging, 0), 140, Ordering::Less),
    ] {
        assert_eq!(order(one, other, now), expected, "{one:?} {other:?} {now}");
        assert_eq!(order(other, one, now), expected.reverse());
    }
}

fn any_rank() -> impl Strategy<Value = Rank> {
    let priority = prop_oneof![Just(0), 0..100_u32, 0..=1_000_000_u32];
    let increment = prop_oneof![Just(0), 1..100_u32, 1..=1_000_000_u32];
    let interval = prop_oneof![Just(60), 1..7200_u64, 1..=31_622_400_u64];
    (priority, increment, interval).prop_map(|(p, i, s)| rank(p, i, s))
}

fn any_waiting() -> impl Strategy<Value = Waiting> {
    (any_rank(), 0..30_000_i64)
}

proptest! {
    #[test]
    fn every_score_fits_into_an_index(waiting in any_waiting(), year in 0..200_i64) {
        let (rank, since) = waiting;
        let since = Timestamp::from_millis(since + year * 31_557_600_000);
        prop_assert!(rank.score(since).abs() <= MAX_SCORE);
    }

    /// The definition, whatever ranks meet, as long as nobody has waited for 104 days.
    #[test]
    fn a_higher_priority_comes_first(one in any_waiting(), other in any_waiting(), more in 0..90_000_i64) {
        let now = one.1.max(other.1) + more;
        let priority = |(rank, since): Waiting| rank.priority(at(since), at(now));
        if priority(one) != priority(other) {
            let expected = priority(other).cmp(&priority(one));
            prop_assert_eq!(order(one, other, now), expected);
        }
    }

    #[test]
    fn of_the_same_rank_the_longest_waiting_comes_first(rank in any_rank(), since in 0..9000_i64, later in 1..9000_i64, now in 0..90_000_i64) {
        let (one, other) = ((rank, since), (rank, since + later));
        prop_assert_eq!(order(one, other, since + later + now), Ordering::Less);
    }

    /// What an index relies on: at one pace nobody overtakes anybody.
    #[test]
    fn at_one_pace_the_order_stays(one in any_waiting(), other in any_waiting(), first in 0..90_000_i64, then in 0..90_000_i64) {
        let steps = other.0.priority % 10;
        let priority = one.0.priority % 1000 + steps * one.0.increment;
        let other = (Rank { priority, ..one.0 }, other.1);
        let one = (Rank { priority: one.0.priority % 1000, ..one.0 }, one.1);
        let by_score = place(one).1.cmp(&place(other).1);
        for now in [30_000 + first, 30_000 + then] {
            if place(one).0 == place(other).0 {
                prop_assert_eq!(order(one, other, now), by_score);
            }
        }
    }

    /// Whoever ages overtakes every priority that does not.
    #[test]
    fn nobody_who_ages_starves(increment in 1..100_u32, interval in 1..600_u64, high in 0..100_000_u32, since in 0..9000_i64) {
        let aging = (rank(0, increment, interval), since);
        let intervals = u64::from(high) / u64::from(increment) + 2;
        let then = since + i64::try_from(intervals * interval).unwrap();
        prop_assume!(then - since < 8_000_000);
        prop_assert_eq!(order(aging, (rank(high, 0, 60), then), then), Ordering::Less);
    }

    #[test]
    fn whom_counting_finds_before_is_before(waiting in vec(any_waiting(), 1..30), more in 0..90_000_i64) {
        let now = 30_000 + more;
        for mine in &waiting {
            for (pace, score) in waiting.iter().map(|it| place(*it)) {
                let is_before = Pace::order((pace, score), place(*mine), at(now)) == Ordering::Less;
                prop_assert_eq!(score < pace.before(place(*mine), at(now)), is_before);
            }
        }
    }

    /// Sorting by the order is well defined whatever paces meet.
    #[test]
    fn it_is_an_order(one in any_waiting(), other in any_waiting(), third in any_waiting(), more in 0..90_000_i64) {
        let now = 30_000 + more;
        prop_assert_eq!(order(one, other, now), order(other, one, now).reverse());
        if order(one, other, now) != Ordering::Greater && order(other, third, now) != Ordering::Greater {
            prop_assert_ne!(order(one, third, now), Ordering::Greater);
        }
    }
}
