//! What a watcher has seen of each callback.

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use crate::event::{CallbackState, Event};
use crate::ids::{CallbackId, ServiceName};
use crate::time::Timestamp;

/// How many callbacks a watcher knows at once.
pub const MOST_SEEN: usize = 100_000;

/// How far a watcher has seen the logs of callbacks.
///
/// It begins at a moment: of a callback that it does not know, what happened before is not shown. The callback that was
/// not looked at for the longest is forgotten when there are too many, and the moment moves on to its last event, so that
/// nothing of it is shown twice. Times of looks are counted from any fixed moment, by a clock that is never set back.
#[derive(Debug)]
pub struct Seen {
    /// What happened later is shown of callbacks that are not known.
    horizon: Timestamp,
    most: usize,
    known: HashMap<CallbackId, Known>,
    /// By the last look.
    looks: BTreeMap<u64, CallbackId>,
    /// How many looks there were.
    count: u64,
}

#[derive(Debug)]
struct Known {
    service: ServiceName,
    /// The sequence of the last event.
    last: u64,
    /// When that happened.
    at: Timestamp,
    /// Whether something is expected of it without anybody's asking: its time has come, and it is not over.
    moves: bool,
    look: u64,
    looked: Duration,
}

/// What was read of the log of a callback.
pub struct Read<'a> {
    /// The callback.
    pub id: &'a CallbackId,
    /// Its service.
    pub service: &'a ServiceName,
    /// After so many events.
    pub after: u64,
    /// All events from there on.
    pub events: &'a [Event],
}

impl Seen {
    /// Nothing, from this moment on.
    pub fn since(began: Timestamp) -> Self {
        Self::at_most(MOST_SEEN, began)
    }

    fn at_most(most: usize, began: Timestamp) -> Self {
        Self {
            horizon: began - Duration::from_millis(1),
            most,
            known: HashMap::new(),
            looks: BTreeMap::new(),
            count: 0,
        }
    }

    /// After how many events to read on, and the service; `None` for a callback that is not known, which is read from the
    /// beginning.
    pub fn place(&self, id: &CallbackId) -> Option<(u64, &ServiceName)> {
        self.known.get(id).map(|known| (known.last, &known.service))
    }

    /// What is new of what was read, with its sequence. From now on it has been seen.
    pub fn look<'a>(&mut self, read: &Read<'a>, now: Duration) -> Vec<(u64, &'a Event)> {
        let known = self.known.remove(read.id);
        if let Some(known) = &known {
            self.looks.remove(&known.look);
        }
        let is_new = |(sequence, event): &(u64, &Event)| match &known {
            Some(known) => *sequence > known.last,
            None => event.at > self.horizon,
        };
        let numbered = (read.after + 1..).zip(read.events);
        let new: Vec<_> = numbered.filter(is_new).collect();
        self.remember(read, known, now);
        new
    }

    /// Callbacks of which more is expected, and that were not looked at for so long; those that wait longest first.
    pub fn quiet(&self, now: Duration, span: Duration, most: usize) -> Vec<CallbackId> {
        let known = self
            .looks
            .values()
            .filter_map(|id| self.known.get_key_value(id));
        known
            .take_while(|(_, known)| known.looked + span <= now)
            .filter(|(_, known)| known.moves)
            .map(|(id, _)| id.clone())
            .take(most)
            .collect()
    }

    fn remember(&mut self, read: &Read<'_>, before: Option<Known>, now: Duration) {
        let (last, at, moves) = match (read.events.last(), &before) {
            (Some(event), _) => {
                let last = read.after + read.events.len() as u64;
                (last, event.at, moves(event.state))
            }
            (None, Some(known)) => (known.last, known.at, known.moves),
            // There is nothing yet.
            (None, None) => return,
        };
        self.count += 1;
        self.looks.insert(self.count, read.id.clone());
        let known = Known {
            service: read.service.clone(),
            last: before.map_or(last, |before| last.max(before.last)),
            at,
            moves,
            look: self.count,
            looked: now,
        };
        self.known.insert(read.id.clone(), known);
        if self.looks.len() > self.most
            && let Some((_, id)) = self.looks.pop_first()
            && let Some(forgotten) = self.known.remove(&id)
        {
            self.horizon = self.horizon.max(forgotten.at);
        }
    }
}

const fn moves(state: CallbackState) -> bool {
    !matches!(state, CallbackState::Scheduled | CallbackState::Completed)
}
