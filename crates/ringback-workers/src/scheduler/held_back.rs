//! What waits and is not handed out: callbacks of paused services.
//!
//! They keep their places in the indexes. A pass remembers those that it has met and reads that much further the next
//! time, so that they stand in nobody's way.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

use ringback_core::ids::ServiceName;
use ringback_core::key::IndexName;
use ringback_ports::store::Entry;

/// The most that are remembered of one index. Beyond, a pass may find nothing else until the service is resumed.
const MOST: usize = 20_000;

type Kept = HashMap<String, ServiceName>;

/// What is held back, by index.
#[derive(Default)]
pub(super) struct HeldBack(Mutex<HashMap<IndexName, Kept>>);

impl HeldBack {
    /// How many are held back in an index, of services that are still paused.
    pub(super) fn count(&self, index: &IndexName, paused: &BTreeSet<ServiceName>) -> usize {
        let mut held = self.lock();
        let Some(kept) = held.get_mut(index) else {
            return 0;
        };
        kept.retain(|_, service| paused.contains(service));
        if kept.is_empty() {
            held.remove(index);
            return 0;
        }
        kept.len()
    }

    /// Remembers one. Whether that is new.
    pub(super) fn keep(&self, index: &IndexName, id: &str, service: &ServiceName) -> bool {
        let mut held = self.lock();
        let kept = held.entry(index.clone()).or_default();
        kept.len() < MOST && kept.insert(id.to_owned(), service.clone()).is_none()
    }

    /// The first `most` of what an index has that are not held back. What it no longer has is forgotten, if `found` is
    /// all of it: less than the `limit` that was asked for.
    pub(super) fn leave_out(
        &self,
        index: &IndexName,
        mut found: Vec<Entry>,
        limit: usize,
        most: usize,
    ) -> Vec<Entry> {
        let mut held = self.lock();
        if let Some(kept) = held.get_mut(index) {
            if found.len() < limit {
                let there: HashSet<&str> = found.iter().map(|entry| entry.id.as_str()).collect();
                kept.retain(|id, _| there.contains(id.as_str()));
            }
            found.retain(|entry| !kept.contains_key(&entry.id));
        }
        found.truncate(most);
        found
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<IndexName, Kept>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entries(count: usize) -> Vec<Entry> {
        let entry = |n: usize| Entry {
            id: n.to_string(),
            score: 0,
        };
        (0..count).map(entry).collect()
    }

    fn ids(entries: &[Entry]) -> Vec<&str> {
        entries.iter().map(|entry| entry.id.as_str()).collect()
    }

    #[test]
    fn what_is_paused_stands_in_nobodys_way_until_it_is_resumed() {
        let (held, index) = (HeldBack::default(), IndexName::new("dial", "default"));
        let service = ServiceName::new("desk");
        let paused = BTreeSet::from([service.clone()]);
        for id in ["0", "2"] {
            held.keep(&index, id, &service);
        }
        assert_eq!(held.count(&index, &paused), 2);
        let left = held.leave_out(&index, entries(4), 4, 2);
        assert_eq!(ids(&left), ["1", "3"]);
        let other = IndexName::new("dial", "other");
        assert_eq!(ids(&held.leave_out(&other, entries(4), 4, 2)), ["0", "1"]);
        assert_eq!(held.count(&index, &BTreeSet::new()), 0);
        assert_eq!(ids(&held.leave_out(&index, entries(2), 9, 2)), ["0", "1"]);
    }

    #[test]
    fn what_has_left_the_index_is_forgotten() {
        let (held, index) = (HeldBack::default(), IndexName::new("dial", "default"));
        let service = ServiceName::new("desk");
        let paused = BTreeSet::from([service.clone()]);
        for id in ["0", "7"] {
            held.keep(&index, id, &service);
        }
        held.leave_out(&index, entries(3), 3, 3);
        assert_eq!(held.count(&index, &paused), 2, "there may be more");
        held.leave_out(&index, entries(3), 4, 3);
        assert_eq!(held.count(&index, &paused), 1);
    }
}
