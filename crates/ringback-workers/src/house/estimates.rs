//! What is remembered for a moment, so that a thousand callers do not each read it.

use std::borrow::Borrow;
use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use ringback_core::priority::Rank;
use ringback_core::time::Timestamp;

/// How long a mean handle time is remembered: agents change it by an eighth of a call.
const HANDLE_TIME: Duration = Duration::from_secs(5);
/// How long the wait of callbacks for a time is remembered: many are asked about at once.
const WAIT: Duration = Duration::from_secs(1);
/// How many of a kind are remembered.
const MOST: usize = 1024;

/// What waiting times were made from lately, in this process.
#[derive(Clone, Default)]
pub struct Estimates {
    /// The mean handle time of a pool in ms.
    pub(super) handle_times: Recent<String, Option<u64>, { HANDLE_TIME.as_millis() as u64 }>,
    /// The wait of a new callback in a queue.
    pub(super) waits: Recent<Newcomer, Duration, { WAIT.as_millis() as u64 }>,
}

/// Those whose wait is the same.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(super) struct Newcomer {
    pub queue: String,
    pub pool: String,
    pub rank: Rank,
}

/// What was read in the last so many milliseconds.
pub(super) struct Recent<K, V, const MILLIS: u64>(Arc<Mutex<HashMap<K, (Timestamp, V)>>>);

impl<K: Hash + Eq, V: Copy, const MILLIS: u64> Recent<K, V, MILLIS> {
    pub fn recall<Q: Hash + Eq + ?Sized>(&self, key: &Q, now: Timestamp) -> Option<V>
    where
        K: Borrow<Q>,
    {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (read, value) = known.get(key)?;
        (now < *read + Duration::from_millis(MILLIS)).then_some(*value)
    }

    pub fn learn(&self, key: K, value: V, now: Timestamp) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= MOST {
            known.retain(|_, (read, _)| now < *read + Duration::from_millis(MILLIS));
        }
        if known.len() < MOST {
            known.insert(key, (now, value));
        }
    }
}

impl<K, V, const MILLIS: u64> Clone for Recent<K, V, MILLIS> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<K, V, const MILLIS: u64> Default for Recent<K, V, MILLIS> {
    fn default() -> Self {
        Self(Arc::default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_read_is_remembered_for_a_moment() {
        let recent = Recent::<u32, u32, 1000>::default();
        let at = Timestamp::from_millis;
        recent.learn(1, 7, at(0));
        recent.learn(1, 8, at(500));
        assert_eq!(recent.clone().recall(&1, at(1499)), Some(8));
        assert_eq!(recent.recall(&1, at(1500)), None);
        assert_eq!(recent.recall(&2, at(0)), None);
    }

    #[test]
    fn not_more_is_remembered_than_there_is_room_for() {
        let recent = Recent::<usize, usize, 1000>::default();
        let at = Timestamp::from_millis;
        for number in 0..=MOST {
            recent.learn(number, number, at(0));
        }
        assert_eq!(recent.recall(&(MOST - 1), at(1)), Some(MOST - 1));
        assert_eq!(recent.recall(&MOST, at(1)), None);
        recent.learn(MOST, 7, at(1000));
        assert_eq!(recent.recall(&MOST, at(1001)), Some(7), "old ones go");
    }
}
