//! One gate, with one deliverer inside.

use std::sync::Arc;
use std::time::Duration;

use ringback_core::gate::Pace;
use ringback_core::ids::LaneId;
use ringback_core::time::Timestamp;

use super::{Entry, PUT_OFF, Targets, WAITING};

const HOST: &str = "http://crm.example";
const PACE: Pace = Pace {
    concurrency: 1,
    rate: None,
};

fn at(millis: u64) -> Timestamp {
    Timestamp::from_millis(1_800_000_000_000) + Duration::from_millis(millis)
}

fn lane(number: usize) -> LaneId {
    LaneId::new(format!("07-{number}/0"))
}

/// How a lane comes in, as a word.
fn enter(targets: &Targets, number: usize, millis: u64) -> &'static str {
    match targets.enter(HOST, PACE, &lane(number), at(millis)) {
        Entry::In => "in",
        Entry::Waits => "waits",
        Entry::Crowded(_) => "crowded",
        Entry::Full => "full",
        Entry::Shut(_) => "shut",
    }
}

/// A gate at which as many wait as may, the first of them at the first place.
fn crowd() -> Targets {
    let targets = Targets::new(Arc::default());
    assert_eq!(enter(&targets, 0, 0), "in");
    for number in 1..=WAITING {
        assert_eq!(enter(&targets, number, 0), "waits");
    }
    targets
}

/// So many lanes get their turn, at such a distance; the time of the last.
fn turns(targets: &Targets, count: u64, apart: u64) -> u64 {
    for turn in 1..=count {
        assert!(targets.next(HOST, at(turn * apart)).is_some());
    }
    count * apart
}

#[test]
fn lanes_get_their_turn_in_order_and_wait_only_once() {
    let targets = Targets::new(Arc::default());
    assert_eq!(enter(&targets, 0, 0), "in");
    for number in [1, 2, 1, 3, 2] {
        assert_eq!(enter(&targets, number, 0), "waits");
    }
    assert!(targets.waits(&lane(2)) && !targets.waits(&lane(0)));
    let next = || targets.next(HOST, at(0)).map(|waiting| waiting.lane);
    assert_eq!([next(), next()], [Some(lane(1)), Some(lane(2))]);
    // It is in hand now: whatever comes for it waits for another turn.
    assert!(!targets.waits(&lane(2)));
    assert_eq!(enter(&targets, 2, 0), "waits");
    assert_eq!(
        [next(), next(), next()],
        [Some(lane(3)), Some(lane(2)), None]
    );
    assert_eq!(enter(&targets, 4, 0), "in");
}

#[test]
fn room_is_waited_for_only_where_others_get_through_fast() {
    let full = WAITING + 1;
    let targets = crowd();
    assert_eq!(enter(&targets, full, 0), "full");

    let last = turns(&targets, 100, 1);
    for number in full..full + 100 {
        assert_eq!(enter(&targets, number, last), "waits");
    }
    assert_eq!(enter(&targets, 2 * full, last), "crowded");
    // Since then nobody got through.
    assert_eq!(enter(&targets, 2 * full, last + 251), "full");

    let slow = crowd();
    let last = turns(&slow, 1000, 20);
    for number in full..full + 1000 {
        assert_eq!(enter(&slow, number, last), "waits");
    }
    assert_eq!(enter(&slow, 2 * full, last), "full");
}

#[test]
fn whoever_is_put_off_comes_back_as_fast_as_others_get_through() {
    let check = |targets: &Targets, now: u64, apart: u64| {
        let later: Vec<_> = (0..50).map(|_| targets.later(HOST, at(now))).collect();
        assert_eq!(later[0], at(now) + PUT_OFF);
        let distance = later[49].since(later[0]).as_millis();
        assert_eq!(u64::try_from(distance).unwrap(), 49 * apart);
    };
    let targets = crowd();
    check(&targets, 0, 5);
    for apart in [1, 20] {
        let targets = crowd();
        let last = turns(&targets, 1000, apart);
        check(&targets, last, apart);
    }
    // A target that hangs for a minute does not keep others away for hours.
    let targets = crowd();
    turns(&targets, 2, 60_000);
    check(&targets, 120_000, 50);
}
