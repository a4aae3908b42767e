//! What watchers are sent of a state that changes: first all of it, then what differs.
//!
//! The state is a map from names to rows. Whoever has seen the last number is sent what has changed since; whoever has
//! not, or in any doubt, all of it, which is always right.

use std::collections::{BTreeMap, VecDeque};

use serde_json::Value;

/// How many changes are kept for watchers that come back.
const KEPT: usize = 20;

/// A state: rows by name.
pub type Rows = BTreeMap<String, Value>;

/// What differs from the state before.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Delta {
    /// Rows that are new or another.
    pub changed: Rows,
    /// Rows that are not there any more.
    pub gone: Vec<String>,
}

/// What a watcher lacks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Lacks {
    /// Everything.
    All,
    /// Those of these changes, the oldest first; none when it has seen the last.
    Since(Vec<Delta>),
}

/// A state with its last changes, each with a number.
#[derive(Clone, Debug)]
pub struct Frames {
    /// Another for each time that somebody began to look: numbers count from there.
    epoch: String,
    number: u64,
    rows: Rows,
    recent: VecDeque<Delta>,
}

impl Frames {
    /// Begins with this state.
    pub const fn new(epoch: String, rows: Rows) -> Self {
        Self {
            epoch,
            number: 1,
            rows,
            recent: VecDeque::new(),
        }
    }

    /// The state.
    pub const fn rows(&self) -> &Rows {
        &self.rows
    }

    /// The number of its last change.
    pub const fn number(&self) -> u64 {
        self.number
    }

    /// The same as a watcher shows it that comes back: epoch and number with a colon between them.
    pub fn id(&self) -> String {
        format!("{}:{}", self.epoch, self.number)
    }

    /// Takes over a new state; whether anything differs.
    pub fn update(&mut self, rows: Rows) -> bool {
        let differs = |(name, row): &(&String, &Value)| self.rows.get(*name) != Some(*row);
        let changed = rows.iter().filter(differs);
        let changed: Rows = changed
            .map(|(name, row)| (name.clone(), row.clone()))
            .collect();
        let gone = self.rows.keys().filter(|name| !rows.contains_key(*name));
        let gone: Vec<String> = gone.cloned().collect();
        self.rows = rows;
        if changed.is_empty() && gone.is_empty() {
            return false;
        }
        self.number += 1;
        self.recent.push_back(Delta { changed, gone });
        if self.recent.len() > KEPT {
            self.recent.pop_front();
        }
        true
    }

    /// What a watcher lacks that has seen the change of this number.
    pub fn since(&self, number: u64) -> Lacks {
        let missed = self.number.checked_sub(number).filter(|_| number > 0);
        let missed = missed.and_then(|missed| usize::try_from(missed).ok());
        match missed.filter(|missed| *missed <= self.recent.len()) {
            Some(missed) => {
                let recent = self.recent.iter().skip(self.recent.len() - missed);
                Lacks::Since(recent.cloned().collect())
            }
            None => Lacks::All,
        }
    }

    /// The number in an id of this epoch.
    pub fn number_of(&self, id: &str) -> Option<u64> {
        let (epoch, number) = id.split_once(':')?;
        number.parse().ok().filter(|_| epoch == self.epoch)
    }
}

impl Delta {
    /// Carries the change out.
    pub fn apply(&self, rows: &mut Rows) {
        for name in &self.gone {
            rows.remove(name);
        }
        let changed = self.changed.iter();
        rows.extend(changed.map(|(name, row)| (name.clone(), row.clone())));
    }
}

#[cfg(test)]
mod tests {
    use proptest::collection::{btree_map, vec};
    use proptest::prelude::*;

    use super::*;

    fn states() -> impl Strategy<Value = Vec<Rows>> {
        let rows = btree_map("[a-e]", (0_u8..3).prop_map(Value::from), 0..5);
        vec(rows, 1..60)
    }

    proptest! {
        /// However rarely somebody looks, and whatever it was sent before, what it ends with is the state.
        #[test]
        fn who_takes_what_it_lacks_has_the_state(states in states(), looks in vec(any::<bool>(), 60)) {
            let mut frames = Frames::new("e".to_owned(), Rows::new());
            let (mut seen, mut number) = (Rows::new(), 0);
            for (state, looks) in states.into_iter().zip(looks) {
                let before = frames.number();
                let differs = frames.update(state.clone());
                prop_assert_eq!(differs, frames.number() > before);
                if !looks {
                    continue;
                }
                match frames.since(number) {
                    Lacks::All => seen = frames.rows().clone(),
                    Lacks::Since(deltas) => deltas.iter().for_each(|it| it.apply(&mut seen)),
                }
                number = frames.number();
                prop_assert_eq!(&seen, &state);
            }
        }
    }

    #[test]
    fn in_any_doubt_everything_is_lacking() {
        let row = |value: u8| Rows::from([("a".to_owned(), value.into())]);
        let mut frames = Frames::new("e".to_owned(), row(0));
        for value in 1..=30 {
            assert!(frames.update(row(value)));
            assert!(!frames.update(row(value)));
        }
        assert_eq!(frames.id(), "e:31");
        assert_eq!(frames.since(31), Lacks::Since(Vec::new()));
        assert!(matches!(frames.since(11), Lacks::Since(them) if them.len() == 20));
        for unknown in [0, 10, 32, u64::MAX] {
            assert_eq!(frames.since(unknown), Lacks::All, "{unknown}");
        }
        assert_eq!(frames.number_of("e:7"), Some(7));
        for other in ["f:7", "e", "e:x", ""] {
            assert_eq!(frames.number_of(other), None, "{other}");
        }
    }
}
