//! The commits that were written lately. A document remembers the token of its last put; this is how a commit is known again
//! whose documents were changed since. The file belongs to one process, so whoever repeats a commit is in this one.

use std::collections::{HashSet, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// How many are remembered.
const MOST: usize = 4096;

#[derive(Default)]
pub(super) struct Recent(Mutex<Tokens>);

#[derive(Default)]
struct Tokens {
    known: HashSet<u64>,
    order: VecDeque<u64>,
}

impl Recent {
    pub(super) fn contains(&self, token: u64) -> bool {
        token != 0 && self.lock().known.contains(&token)
    }

    pub(super) fn push(&self, token: u64) {
        let mut tokens = self.lock();
        if token == 0 || !tokens.known.insert(token) {
            return;
        }
        tokens.order.push_back(token);
        if tokens.order.len() > MOST
            && let Some(oldest) = tokens.order.pop_front()
        {
            tokens.known.remove(&oldest);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Tokens> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
