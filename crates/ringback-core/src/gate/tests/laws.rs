//! What gates promise: a model that they are held against, and the laws of turns.

use std::time::Duration;

use proptest::prelude::*;

use super::super::{Admission, Gate, Pace};
use super::paced;
use crate::tests::sample::at;
use crate::time::Timestamp;

/// What happens at a gate. Only who is inside leaves, or tells something.
#[derive(Clone, Copy, Debug)]
enum Move {
    Enter,
    Leave,
    Told(bool),
    Wait { millis: u64 },
}

fn moves() -> impl Strategy<Value = Vec<Move>> {
    let wait = prop_oneof![0..50_u64, 4_000..6_000_u64, 0..400_000_u64];
    let one = prop_oneof![
        4 => Just(Move::Enter),
        3 => Just(Move::Leave),
        6 => Just(Move::Told(false)),
        1 => Just(Move::Told(true)),
        3 => wait.prop_map(|millis| Move::Wait { millis }),
    ];
    proptest::collection::vec(one, 0..120)
}

/// What a gate promises.
struct Model {
    now: Timestamp,
    inside: u32,
    failures: u32,
    /// Until when the target is left alone, and for how long that is.
    rest: Option<(Timestamp, Duration)>,
    probing: bool,
}

impl Model {
    fn enter(&mut self, concurrency: u32, admitted: Admission) {
        let may = match self.rest {
            Some((until, _)) if self.now < until => {
                assert_eq!(admitted, Admission::Shut(until));
                false
            }
            Some(_) => self.inside == 0,
            None => self.inside < concurrency,
        };
        assert_eq!(admitted == Admission::In, may, "{admitted:?}");
        match admitted {
            Admission::In => {
                self.inside += 1;
                self.probing = self.rest.is_some();
            }
            Admission::Full => assert!(self.rest.is_none()),
            Admission::Shut(until) => assert!(self.rest.is_some() && until > self.now),
        }
        assert!(self.inside <= concurrency);
    }

    fn leave(&mut self) {
        self.inside -= 1;
        if let Some((until, _)) = &mut self.rest
            && self.probing
        {
            *until = self.now;
        }
        self.probing = false;
    }

    fn told(&mut self, answers: bool) -> Option<Timestamp> {
        let rest = self.rest.map(|(_, rest)| rest);
        self.failures = if answers { 0 } else { self.failures + 1 };
        let next = match rest {
            None if self.failures == 5 => Some(Duration::from_secs(5)),
            Some(rest) if self.probing => Some((rest * 2).min(Duration::from_secs(300))),
            _ => None,
        };
        if answers {
            self.rest = None;
        } else if let Some(rest) = next {
            self.rest = Some((self.now + rest, rest));
        }
        self.probing = false;
        self.rest.map(|(until, _)| until)
    }
}

proptest! {
    #[test]
    fn it_does_what_it_promises(concurrency in 1..4_u32, moves in moves()) {
        let mut gate = Gate::new(Pace { concurrency, rate: None });
        let mut model = Model { now: at(0), inside: 0, failures: 0, rest: None, probing: false };
        for step in moves {
            let now = model.now;
            match step {
                Move::Enter => model.enter(concurrency, gate.enter(now)),
                Move::Leave if model.inside > 0 => {
                    gate.leave(now);
                    model.leave();
                }
                Move::Told(answers) if model.inside > 0 => {
                    assert_eq!(gate.told(answers, now), model.told(answers));
                }
                Move::Wait { millis } => model.now = now + Duration::from_millis(millis),
                Move::Leave | Move::Told(_) => {}
            }
        }
        let now = model.now + Duration::from_secs(300);
        (0..model.inside).for_each(|_| gate.leave(now));
        assert_eq!(gate.enter(now), Admission::In, "nothing keeps a target out for ever");
        gate.told(true, now);
        gate.leave(now);
        assert!(gate.is_new(), "{gate:?}");
    }

    /// Whatever the clock does, and whoever loses patience.
    #[test]
    fn no_second_has_more_turns_than_the_rate(
        rate in prop_oneof![1..20_u32, 1..5_000_u32, any::<u32>()],
        asked in proptest::collection::vec((-300..400_i64, 0..2_000_u64), 1..200),
    ) {
        let mut gate = paced(rate);
        let (mut now, mut turns) = (at(0), Vec::new());
        for (millis, patience) in asked {
            now = Timestamp::from_millis(now.as_millis() + millis);
            let latest = now + Duration::from_millis(patience);
            match gate.turn(Duration::from_millis(patience), now) {
                Ok(turn) => {
                    assert!(now <= turn && turn <= latest);
                    turns.push(turn);
                }
                Err(turn) => assert!(turn > latest && Some(&turn) >= turns.last()),
            }
        }
        assert!(turns.is_sorted(), "{turns:?}");
        let rate = usize::try_from(rate).unwrap();
        for (first, next) in turns.iter().zip(turns.iter().skip(rate)) {
            assert!(next.since(*first) >= Duration::from_secs(1), "{turns:?}");
        }
    }

    /// No second that somebody waits through has less.
    #[test]
    fn nor_does_it_have_less(rate in 1..2_000_u32) {
        let mut gate = paced(rate);
        let turns = (0..=rate).map(|_| gate.turn(Duration::MAX, at(0)).unwrap());
        let last = turns.last().unwrap().since(at(0));
        // A microsecond is lost for each at most.
        assert!(last <= Duration::from_millis(1002), "{last:?}");
    }

    /// A new gate in the place of an idle one gives no turn too many.
    #[test]
    fn an_idle_gate_may_be_forgotten(rate in 1..50_u32, taken in 1..10_u32, millis in 0..3_000_u64) {
        let mut gate = paced(rate);
        let last = (0..taken).map(|_| gate.turn(Duration::MAX, at(0)).unwrap()).last().unwrap();
        let now = at(0) + Duration::from_millis(millis);
        if gate.is_idle(now) {
            let first = paced(rate).turn(Duration::ZERO, now).unwrap();
            let distance = first.since(last).as_micros() + 1_000;
            assert!(distance >= u128::from(1_000_000 / rate), "{distance}");
        }
    }
}
