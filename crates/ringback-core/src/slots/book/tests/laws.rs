//! Whatever happens at once, and whoever dies when: no slot is given to more callbacks than it has places, and in the end
//! exactly those have a place who say so.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::{at, id};
use crate::ids::CallbackId;
use crate::slots::{Book, Look, Mark, SlotId, Wish};
use crate::time::Timestamp;

const PLACES: u32 = 2;
const NAMES: [&str; 4] = ["a", "b", "c", "d"];
/// Longer than this, nobody goes on with a mark of its own. In seconds.
const WRITING: i64 = 20;

fn slots() -> [SlotId; 2] {
    [super::slot("desk"), super::slot("@lines")]
}

/// What somebody wants of a callback.
#[derive(Clone, Copy, Debug)]
enum Deed {
    Start(usize, usize),
    Move(usize, usize),
    Cancel(usize),
    /// The alarm of a slot.
    Look(usize),
}

#[derive(Clone, Debug)]
enum Happens {
    Deed(usize, Deed),
    Step(usize),
    Crash(usize),
    Tick(i64),
}

fn happens() -> impl Strategy<Value = Happens> {
    let (name, slot) = (0..NAMES.len(), 0..2_usize);
    let wish = prop_oneof![
        3 => (name.clone(), slot.clone()).prop_map(|(name, slot)| Deed::Start(name, slot)),
        3 => (name.clone(), slot.clone()).prop_map(|(name, slot)| Deed::Move(name, slot)),
        2 => name.prop_map(Deed::Cancel),
        3 => slot.prop_map(Deed::Look),
    ];
    prop_oneof![
        3 => (0..4_usize, wish).prop_map(|(who, wish)| Happens::Deed(who, wish)),
        12 => (0..4_usize).prop_map(Happens::Step),
        1 => (0..4_usize).prop_map(Happens::Crash),
        2 => (1..15_i64).prop_map(Happens::Tick),
    ]
}

/// A callback: where it has a place, and its version.
type Record = (Option<usize>, u64);

/// How far somebody is.
#[derive(Clone, Debug, Default)]
struct Actor {
    wish: Option<Deed>,
    stage: u8,
    record: Record,
    book: (Book, u64),
    /// Since when it works on this.
    since: i64,
    mark: Option<Mark>,
    asked: Vec<CallbackId>,
    holders: Vec<&'static str>,
}

struct World {
    second: i64,
    books: [(Book, u64); 2],
    records: BTreeMap<usize, Record>,
    actors: [Actor; 4],
}

impl World {
    fn now(&self) -> Timestamp {
        // Long before the slots are over.
        at(self.second - 10_000)
    }

    fn write_book(&mut self, slot: usize, read: u64, book: &Book) -> bool {
        let fits = self.books[slot].1 == read;
        if fits {
            self.books[slot] = (book.clone(), read + 1);
        }
        fits
    }

    fn write_record(&mut self, name: usize, read: u64, place: Option<usize>) -> bool {
        let version = self.records.get(&name).map_or(0, |record| record.1);
        if version == read {
            self.records.insert(name, (place, read + 1));
        }
        version == read
    }

    /// One step of one actor: one look at a document, or one write.
    fn step(&mut self, who: usize) {
        let mut actor = std::mem::take(&mut self.actors[who]);
        match actor.wish {
            None => {}
            Some(Deed::Start(name, slot)) => self.change(&mut actor, name, Some(slot), true),
            Some(Deed::Move(name, slot)) => self.change(&mut actor, name, Some(slot), false),
            Some(Deed::Cancel(name)) => self.change(&mut actor, name, None, false),
            Some(Deed::Look(slot)) => self.look(&mut actor, slot),
        }
        self.actors[who] = actor;
    }

    fn change(&mut self, actor: &mut Actor, name: usize, to: Option<usize>, is_start: bool) {
        let holder = id(NAMES[name]);
        let from = actor.record.0.filter(|_| !is_start);
        match actor.stage {
            0 => {
                actor.since = self.second;
                actor.mark = None;
                let record = self.records.get(&name).copied();
                let is_there = record.is_some_and(|record| record.0.is_some());
                actor.record = if is_start {
                    (None, 0)
                } else {
                    record.unwrap_or_default()
                };
                let goes_on = is_start || is_there && actor.record.0 != to;
                actor.stage = if goes_on { 1 } else { 9 };
            }
            // Takes the new place.
            1 => match to {
                Some(slot) => (actor.book, actor.stage) = (self.books[slot].clone(), 2),
                None => actor.stage = 3,
            },
            2 => {
                let (slot, (mut book, version)) = (to.unwrap(), actor.book.clone());
                match book.grant(Wish::Take(PLACES), &holder, self.now()) {
                    None => actor.stage = 9,
                    Some(_) if self.write_book(slot, version, &book) => actor.stage = 3,
                    Some(_) => actor.stage = 1,
                }
            }
            // Marks the old one.
            3 => match from {
                Some(slot) => (actor.book, actor.stage) = (self.books[slot].clone(), 4),
                None => actor.stage = 5,
            },
            4 => {
                let (slot, (mut book, version)) = (from.unwrap(), actor.book.clone());
                actor.mark = book
                    .grant(Wish::Doubt, &holder, self.now())
                    .map(|it| it.mark);
                let is_done = actor.mark.is_none() || self.write_book(slot, version, &book);
                actor.stage = if is_done { 5 } else { 3 };
            }
            5 if self.second - actor.since > WRITING => actor.stage = 0,
            5 => {
                let written = self.write_record(name, actor.record.1, to);
                actor.stage = match (written, is_start) {
                    (false, false) => 0,
                    (false, true) => 9,
                    (true, _) => 6,
                };
            }
            6 | 7 => self.leave(actor, &holder, from),
            _ => *actor = Actor::default(),
        }
    }

    /// Gives the old place back.
    fn leave(&mut self, actor: &mut Actor, holder: &CallbackId, from: Option<usize>) {
        let Some((slot, mark)) = from.zip(actor.mark) else {
            actor.stage = 9;
            return;
        };
        if actor.stage == 6 {
            (actor.book, actor.stage) = (self.books[slot].clone(), 7);
            return;
        }
        let (mut book, version) = actor.book.clone();
        let changed = book
            .grant(Wish::GiveBack(mark), holder, self.now())
            .is_some();
        let is_done = !changed || self.write_book(slot, version, &book);
        actor.stage = if is_done { 9 } else { 6 };
    }

    fn look(&mut self, actor: &mut Actor, slot: usize) {
        match actor.stage {
            0 => {
                actor.book = self.books[slot].clone();
                let asked = actor.book.0.look(&slots()[slot], self.now());
                (actor.asked, actor.stage) = match asked {
                    Look::Ask(asked) => (asked, 1),
                    Look::TooEarly | Look::Over => (Vec::new(), 9),
                };
            }
            1 => (actor.holders, actor.stage) = (self.holders(slot), 2),
            2 => {
                let (mut book, version) = actor.book.clone();
                book.settle(&actor.asked, |it| actor.holders.contains(&it.as_str()));
                self.write_book(slot, version, &book);
                actor.stage = 9;
            }
            _ => *actor = Actor::default(),
        }
    }

    fn holders(&self, slot: usize) -> Vec<&'static str> {
        let records = self
            .records
            .iter()
            .filter(|(_, record)| record.0 == Some(slot));
        records.map(|(name, _)| NAMES[*name]).collect()
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3000))]

    #[test]
    fn no_place_is_given_twice_and_none_is_lost(story in proptest::collection::vec(happens(), 1..200)) {
        let mut world = World {
            second: 0,
            books: Default::default(),
            records: BTreeMap::new(),
            actors: Default::default(),
        };
        for event in story {
            match event {
                Happens::Deed(who, wish) if world.actors[who].wish.is_none() => {
                    world.actors[who].wish = Some(wish);
                }
                Happens::Deed(..) => {}
                Happens::Step(who) => world.step(who),
                Happens::Crash(who) => world.actors[who] = Actor::default(),
                Happens::Tick(seconds) => world.second += seconds,
            }
            for slot in 0..2 {
                prop_assert!(world.holders(slot).len() <= PLACES as usize, "slot {slot}");
                for name in world.holders(slot) {
                    prop_assert!(world.books[slot].0.has(&id(name)), "{name} has lost its place in slot {slot}");
                }
            }
        }
        world.actors = Default::default();
        world.second += 100;
        for slot in 0..2 {
            world.actors[0].wish = Some(Deed::Look(slot));
            while world.actors[0].wish.is_some() {
                world.step(0);
            }
            let has: Vec<_> = NAMES.into_iter().filter(|name| world.books[slot].0.has(&id(name))).collect();
            prop_assert_eq!(has, world.holders(slot), "slot {}", slot);
        }
    }
}
