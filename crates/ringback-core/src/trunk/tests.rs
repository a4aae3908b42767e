//! The bucket never gives more than the carrier grants, and never keeps anybody waiting for ever.

use proptest::prelude::*;

use super::*;

const START: i64 = 1_800_000_000_000;

fn at(millis: i64) -> Timestamp {
    Timestamp::from_millis(START + millis)
}

fn id(nth: usize) -> CallbackId {
    CallbackId::new(format!("07-{nth}"))
}

fn limits(rate: &str, calls: Option<u32>) -> TrunkLimits {
    TrunkLimits {
        rate: Some(rate.parse().unwrap()),
        calls,
    }
}

/// How the bucket is after a turn.
fn go(trunk: &Trunk, limits: TrunkLimits, lines: &Lines, now: Timestamp) -> Trunk {
    match trunk.turn(&id(0), limits, lines, now) {
        Turn::Now(next) => next,
        Turn::In(wait) => panic!("it has to wait {wait:?}"),
    }
}

#[test]
fn rates_are_read() {
    for (text, millis) in [
        ("1", 1000),
        ("0.5", 2000),
        ("30", 34),
        ("1000", 1),
        ("0.001", 1_000_000),
        ("2.25", 445),
    ] {
        let rate: CallRate = text.parse().unwrap();
        assert_eq!(rate.interval(), Duration::from_millis(millis), "{text}");
    }
    for text in [
        "",
        "0",
        "0.0",
        "-1",
        "1.",
        ".5",
        "1001",
        "1e3",
        "0.0001",
        "1.0000",
        "99999999999",
        " 1",
        "+1",
    ] {
        assert_eq!(text.parse::<CallRate>(), Err(RateError), "{text}");
    }
}

#[test]
fn one_call_a_second_has_no_burst() {
    let (limits, lines) = (limits("1", None), Lines::default());
    let trunk = go(&Trunk::default(), limits, &lines, at(0));
    assert_eq!(
        trunk.turn(&id(1), limits, &lines, at(400)),
        Turn::In(Duration::from_millis(600))
    );
    let trunk = go(&trunk, limits, &lines, at(1000));
    // Nothing is saved up.
    let trunk = go(&trunk, limits, &lines, at(60_000));
    assert_eq!(
        trunk.turn(&id(1), limits, &lines, at(60_000)),
        Turn::In(Duration::from_secs(1))
    );
}

#[test]
fn a_clock_that_went_back_does_not_keep_everybody_waiting() {
    let (limits, lines) = (limits("1", None), Lines::default());
    let trunk = go(&Trunk::default(), limits, &lines, at(3_600_000));
    assert!(matches!(
        trunk.turn(&id(1), limits, &lines, at(0)),
        Turn::Now(_)
    ));
    let little = trunk.turn(&id(1), limits, &lines, at(3_599_000));
    assert_eq!(little, Turn::In(Duration::from_secs(2)));
}

#[test]
fn lines_are_counted_with_those_not_listed_yet() {
    let limits = TrunkLimits {
        rate: None,
        calls: Some(2),
    };
    let none = Lines::default();
    let mut trunk = Trunk::default();
    for nth in [1, 2] {
        let Turn::Now(next) = trunk.turn(&id(nth), limits, &none, at(0)) else {
            panic!("there are two lines");
        };
        trunk = next;
    }
    assert_eq!(
        trunk.turn(&id(3), limits, &none, at(1)),
        Turn::In(ALL_TAKEN)
    );
    let listed = Lines {
        dialing: vec![id(1)],
        talking: 0,
    };
    assert_eq!(
        trunk.turn(&id(3), limits, &listed, at(1)),
        Turn::In(ALL_TAKEN)
    );
    // The other one was never listed: its dialer is gone.
    assert!(matches!(
        trunk.turn(&id(3), limits, &listed, at(2000)),
        Turn::Now(_)
    ));
    let talking = Lines {
        dialing: vec![id(1)],
        talking: 1,
    };
    assert_eq!(
        trunk.turn(&id(3), limits, &talking, at(2000)),
        Turn::In(ALL_TAKEN)
    );
}

#[test]
fn congestion_halves_the_rate_and_passes() {
    let (limits, lines) = (limits("1", None), Lines::default());
    let wait = |trunk: &Trunk, millis| match go(trunk, limits, &lines, at(millis)).turn(
        &id(1),
        limits,
        &lines,
        at(millis),
    ) {
        Turn::In(wait) => wait.as_secs(),
        Turn::Now(_) => 0,
    };
    let slow = Trunk::default().congested(at(0)).unwrap();
    assert_eq!(wait(&slow, 0), 2);
    // Calls that were under way together count once.
    assert_eq!(slow.congested(at(1999)), None);
    let slower = slow.congested(at(2000)).unwrap();
    assert_eq!(wait(&slower, 2000), 4);
    assert_eq!(wait(&slower, 31_999), 4);
    assert_eq!(wait(&slower, 32_000), 2);
    assert_eq!(wait(&slower, 62_000), 1);
    let slowest = (0..20).fold(Trunk::default(), |trunk, nth| {
        trunk.congested(at(nth * 3000)).unwrap_or(trunk)
    });
    assert_eq!(wait(&slowest, 60_000), 32);
}

#[test]
fn dialers_have_the_turns_of_two_seconds_at_hand() {
    let at_hand = |rate: &str, millis| {
        let limits = limits(rate, None);
        go(&Trunk::default(), limits, &Lines::default(), at(0)).at_hand(at(millis))
    };
    assert_eq!(Trunk::default().at_hand(at(0)), None);
    assert_eq!(at_hand("1", 0), Some(4));
    assert_eq!(at_hand("10", 3_599_999), Some(20));
    assert_eq!(at_hand("1000", 0), Some(2000));
    // The limit may have been taken away since.
    assert_eq!(at_hand("10", 3_600_000), None);
    let lines_alone = TrunkLimits {
        rate: None,
        calls: Some(1),
    };
    let trunk = go(&Trunk::default(), lines_alone, &Lines::default(), at(0));
    assert_eq!(trunk.at_hand(at(0)), None);
}

#[test]
fn it_is_stored_and_read_back() {
    let limits = limits("1", Some(9));
    let trunk = go(&Trunk::default(), limits, &Lines::default(), at(0))
        .congested(at(1))
        .unwrap();
    let stored = serde_json::to_string(&trunk).unwrap();
    assert_eq!(serde_json::from_str::<Trunk>(&stored).unwrap(), trunk);
    assert_eq!(
        serde_json::from_str::<Trunk>("{}").unwrap(),
        Trunk::default()
    );
    assert_eq!(Trunk::key("carrier").to_string(), "hs:trunk:carrier");
}

proptest! {
    /// Whatever dialers ask, in any second and any longer time there are no more calls than granted.
    #[test]
    fn no_more_calls_begin_than_the_carrier_grants(
        per_second in 1..50_u32,
        steps in proptest::collection::vec((0..400_i64, 0..10_u8), 1..200),
    ) {
        let limits = limits(&per_second.to_string(), None);
        let interval = i64::try_from(limits.rate.unwrap().interval().as_millis()).unwrap();
        let (mut trunk, mut now, mut last) = (Trunk::default(), 0, None::<i64>);
        for (nth, (later, what)) in steps.into_iter().enumerate() {
            now += later;
            if what == 0 {
                trunk = trunk.congested(at(now)).unwrap_or(trunk);
                continue;
            }
            match trunk.turn(&id(nth), limits, &Lines::default(), at(now)) {
                Turn::Now(next) => {
                    prop_assert!(last.is_none_or(|last| now - last >= interval));
                    (trunk, last) = (next, Some(now));
                }
                // Whoever waits as long as he was told has his turn, unless somebody else was first.
                Turn::In(wait) => {
                    let then = at(now) + wait;
                    let turn = trunk.turn(&id(nth), limits, &Lines::default(), then);
                    prop_assert!(matches!(turn, Turn::Now(_)), "{wait:?}");
                }
            }
        }
    }

    /// Calls that are listed at once, end when they like, and never are more than there are lines.
    #[test]
    fn no_more_calls_than_lines(most in 1..5_u32, steps in proptest::collection::vec((0..1500_i64, any::<bool>()), 1..100)) {
        let limits = TrunkLimits { rate: None, calls: Some(most) };
        let (mut trunk, mut lines, mut now) = (Trunk::default(), Lines::default(), 0);
        for (nth, (later, ends)) in steps.into_iter().enumerate() {
            now += later;
            if ends && !lines.dialing.is_empty() {
                lines.dialing.remove(0);
            } else if let Turn::Now(next) = trunk.turn(&id(nth), limits, &lines, at(now)) {
                trunk = next;
                lines.dialing.push(id(nth));
            }
            prop_assert!(lines.dialing.len() <= usize::try_from(most).unwrap());
        }
    }
}
