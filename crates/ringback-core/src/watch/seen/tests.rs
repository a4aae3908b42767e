use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;
use crate::event::EventName;

fn event(at: i64, state: CallbackState) -> Event {
    Event {
        name: EventName::CallbackStatusUpdated,
        at: Timestamp::from_millis(at),
        state,
        attributes: BTreeMap::new(),
    }
}

fn queued(at: i64) -> Event {
    event(at, CallbackState::Queued)
}

/// Logs of callbacks by number, and somebody who watches them.
struct World {
    logs: BTreeMap<u8, Vec<Event>>,
    shown: BTreeMap<u8, Vec<u64>>,
    seen: Seen,
}

impl World {
    fn new(most: usize, began: i64) -> Self {
        Self {
            logs: BTreeMap::new(),
            shown: BTreeMap::new(),
            seen: Seen::at_most(most, Timestamp::from_millis(began)),
        }
    }

    fn happens(&mut self, number: u8, event: Event) {
        self.logs.entry(number).or_default().push(event);
    }

    fn hinted(&mut self, number: u8, now: u64) {
        let id = CallbackId::new(format!("07-{number}"));
        let place = self.seen.place(&id);
        let after = place.map_or(0, |(after, _)| after);
        let log = self.logs.entry(number).or_default();
        let read = Read {
            id: &id,
            service: &ServiceName::new("desk"),
            after,
            events: &log[usize::try_from(after).unwrap()..],
        };
        let new = self.seen.look(&read, Duration::from_millis(now));
        let shown = self.shown.entry(number).or_default();
        shown.extend(new.iter().map(|(sequence, _)| sequence));
    }

    fn shown(&self, number: u8) -> &[u64] {
        self.shown.get(&number).map_or(&[], Vec::as_slice)
    }

    fn quiet(&self, now: u64, most: usize) -> Vec<String> {
        let span = Duration::from_secs(15);
        let quiet = self.seen.quiet(Duration::from_millis(now), span, most);
        quiet.iter().map(ToString::to_string).collect()
    }
}

#[test]
fn what_happened_before_is_not_shown_unless_the_callback_is_known() {
    let mut world = World::new(9, 100);
    for at in [50, 99, 100, 101] {
        world.happens(1, queued(at));
    }
    world.hinted(1, 101);
    assert_eq!(world.shown(1), [3, 4]);

    // A clock behind that of others: what is known is shown whatever its time.
    world.happens(1, queued(90));
    world.hinted(1, 102);
    assert_eq!(world.shown(1), [3, 4, 5]);
}

#[test]
fn a_lost_hint_is_made_up_for_by_the_next() {
    let mut world = World::new(9, 0);
    world.happens(1, queued(1));
    world.happens(1, queued(2));
    world.hinted(1, 2);
    for at in 3..6 {
        world.happens(1, queued(at));
    }
    world.hinted(1, 6);
    world.hinted(1, 7);
    assert_eq!(world.shown(1), [1, 2, 3, 4, 5]);
    world.hinted(2, 8);
    assert_eq!(
        world.shown(2),
        [0; 0],
        "of nothing there is nothing to show"
    );
    world.happens(2, queued(9));
    world.hinted(2, 9);
    assert_eq!(world.shown(2), [1]);
}

#[test]
fn those_that_move_are_looked_at_when_they_are_quiet() {
    let mut world = World::new(9, 0);
    for (number, state) in [
        (1, CallbackState::Queued),
        (2, CallbackState::Scheduled),
        (3, CallbackState::Routing),
        (4, CallbackState::Completed),
        (5, CallbackState::Processing),
    ] {
        world.happens(number, event(i64::from(number), state));
        world.hinted(number, 1000 * u64::from(number));
    }
    assert_eq!(world.quiet(15_999, 9), [""; 0]);
    assert_eq!(world.quiet(16_000, 9), ["07-1"]);
    assert_eq!(world.quiet(90_000, 9), ["07-1", "07-3", "07-5"]);
    assert_eq!(world.quiet(90_000, 2), ["07-1", "07-3"]);
    world.hinted(1, 90_000);
    assert_eq!(world.quiet(90_001, 9), ["07-3", "07-5"]);
}

#[test]
fn whoever_was_not_looked_at_for_the_longest_is_forgotten() {
    let mut world = World::new(2, 0);
    for number in 1..=3 {
        world.happens(number, queued(10 * i64::from(number)));
        world.hinted(number, 100);
    }
    world.happens(1, queued(40));
    world.hinted(1, 100);
    assert_eq!(world.shown(1), [1, 2], "and shown on from there");
    world.happens(4, queued(5));
    world.hinted(4, 100);
    assert_eq!(
        world.shown(4),
        [0; 0],
        "it happened before what was forgotten"
    );
}

proptest! {
    /// Hints come late, twice, or never.
    #[test]
    fn each_event_is_shown_once_and_in_order(
        steps in proptest::collection::vec((0..6_u8, 0..4_u8), 1..200),
        began in 0..60_u32,
        most in 1..8_usize,
    ) {
        let mut world = World::new(most, began.into());
        for (now, (number, what)) in (0_u32..).zip(steps) {
            match what {
                0 | 1 => world.happens(number, queued(now.into())),
                _ if now < began => {}
                _ => world.hinted(number, now.into()),
            }
        }
        (0..6).for_each(|number| world.hinted(number, 1000));
        for number in 0..6 {
            let shown = world.shown(number);
            prop_assert!(shown.is_sorted_by(|one, next| one < next), "{shown:?}");
            if most < 6 {
                continue;
            }
            let log = world.logs.get(&number).into_iter().flatten();
            let expected = (1..).zip(log).filter(|(_, event)| event.at.as_millis() >= began.into());
            let expected: Vec<u64> = expected.map(|(sequence, _)| sequence).collect();
            prop_assert_eq!(shown, expected);
        }
    }
}
