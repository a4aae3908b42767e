//! What callbacks want of a slot, many of them in one commit.
//!
//! All who want something of one slot would meet at its book, and all but one of them would have to read it again. So in
//! one process one task at a time serves a slot, and what comes while it writes is granted together.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use ringback_core::ids::CallbackId;
use ringback_core::slots::{Book, Granted, SlotId, Wish};
use ringback_ports::bus::Bus;
use ringback_ports::store::{Change, Store, StoreError};
use tokio::sync::oneshot;
use tracing::Instrument;

use super::put;
use crate::house::{Committed, House, HouseError};
use crate::panics::caught;

/// Who waits for which slot.
#[derive(Clone, Default)]
pub struct Wishes(Arc<Mutex<HashMap<SlotId, Vec<Waiting>>>>);

struct Waiting {
    holder: CallbackId,
    wish: Wish,
    answer: oneshot::Sender<Result<Option<Granted>, HouseError>>,
}

impl Wishes {
    /// Whether nobody serves the slot yet.
    fn add(&self, slot: &SlotId, waiting: Waiting) -> bool {
        match self.lock().entry(slot.clone()) {
            Entry::Occupied(mut served) => {
                served.get_mut().push(waiting);
                false
            }
            Entry::Vacant(free) => {
                free.insert(vec![waiting]);
                true
            }
        }
    }

    /// Those who wait; with nobody left, nobody serves the slot any more.
    fn take(&self, slot: &SlotId) -> Vec<Waiting> {
        let mut slots = self.lock();
        let waiting = slots.get_mut(slot).map(std::mem::take).unwrap_or_default();
        if waiting.is_empty() {
            slots.remove(slot);
        }
        waiting
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<SlotId, Vec<Waiting>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<S: Store, B: Bus> House<S, B> {
    /// What becomes of a wish: see [`Book::grant`].
    pub(super) async fn wish(
        &self,
        slot: &SlotId,
        holder: &CallbackId,
        wish: Wish,
    ) -> Result<Option<Granted>, HouseError> {
        let (answer, answered) = oneshot::channel();
        let waiting = Waiting {
            holder: holder.clone(),
            wish,
            answer,
        };
        if self.wishes.add(slot, waiting) {
            // On its own: whoever asked first may go away.
            tokio::spawn(serve(self.clone(), slot.clone()).in_current_span());
        }
        answered.await.unwrap_or_else(|_| Err(not_served()))
    }

    async fn grant(
        &self,
        slot: &SlotId,
        known: &mut Option<(Book, u64)>,
        waiting: &[Waiting],
    ) -> Result<Vec<Option<Granted>>, HouseError> {
        loop {
            let (is_known, (mut book, version)) = match known.take() {
                Some(known) => (true, known),
                None => (false, self.read_book(slot).await?.unwrap_or_default()),
            };
            let now = self.clock.now();
            let grant = |it: &Waiting| book.grant(it.wish, &it.holder, now);
            let granted: Vec<_> = waiting.iter().map(grant).collect();
            if is_known && granted.contains(&None) {
                // Another process may have given a place back meanwhile.
                continue;
            }
            if granted.iter().all(Option::is_none) {
                return Ok(granted);
            }
            let change = Change::Put(put(slot, &book, version)?);
            if self.write(vec![change]).await? == Committed::Yes {
                *known = Some((book, version + 1));
                return Ok(granted);
            }
        }
    }
}

async fn serve<S: Store, B: Bus>(house: House<S, B>, slot: SlotId) {
    let mut known = None;
    loop {
        let waiting = house.wishes.take(&slot);
        if waiting.is_empty() {
            return;
        }
        let answers = waiting.iter().map(|_| ());
        let granting = house.grant(&slot, &mut known, &waiting);
        let granted = caught(&house.counters, "slot", granting).await;
        let answers: Vec<_> = match granted.unwrap_or_else(|_| Err(not_served())) {
            Ok(granted) => granted.into_iter().map(Ok).collect(),
            Err(error) => std::iter::once(Err(error))
                .chain(answers.skip(1).map(|()| Err(not_served())))
                .collect(),
        };
        for (waiting, answer) in waiting.into_iter().zip(answers) {
            // Whoever asked may have gone away.
            drop(waiting.answer.send(answer));
        }
    }
}

fn not_served() -> HouseError {
    HouseError::Store(StoreError::Unavailable("the slot was not written".into()))
}
