//! Places of slots as documents: see [`ringback_core::slots::Book`] for who does what when.

mod wishes;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use ringback_core::ids::CallbackId;
use ringback_core::slots::{
    Book, Granted, Look, Mark, Owner, SlotId, Wish, entry, first_score, places_index,
};
use ringback_core::time::Timestamp;
use ringback_ports::bus::Bus;
use ringback_ports::store::{Change, Put, Store};

use super::{Committed, House, HouseError, decode, encode};
pub use wishes::Wishes;

/// How long the writing of a change may take that begins with a mark, and the marking itself: well within the time that a
/// mark is left alone. Then all begins anew.
pub(crate) const WRITING: Duration = Duration::from_secs(20);
/// How many callbacks are asked at once.
const ASKED: usize = 256;
/// How many slots are read at once at the least.
const PAGE: usize = 64;

/// A place that a callback has, or is about to get.
pub(crate) struct Place {
    pub(crate) slot: SlotId,
    /// The mark it was taken with just now; `None` when it was its own before.
    taken: Option<Mark>,
}

impl Place {
    /// One that a callback has.
    pub(crate) const fn own(slot: SlotId) -> Self {
        Self { slot, taken: None }
    }
}

impl<S: Store, B: Bus> House<S, B> {
    /// Takes one of `total` places of a slot, for a callback that is then written with it, soon. `None` if none is left.
    ///
    /// # Errors
    /// When the store is away.
    pub(crate) async fn take_place(
        &self,
        slot: &SlotId,
        holder: &CallbackId,
        total: u32,
    ) -> Result<Option<Place>, HouseError> {
        let granted = self.mark_place(slot, holder, Wish::Take(total)).await?;
        Ok(granted.map(|Granted { mark, is_new }| Place {
            slot: slot.clone(),
            taken: is_new.then_some(mark),
        }))
    }

    /// Gives a place back that was taken in vain.
    pub(crate) async fn return_place(&self, place: &Place, holder: &CallbackId) {
        if let Some(mark) = place.taken {
            self.free_place(&place.slot, holder, mark).await;
        }
    }

    /// Marks a place that a callback is about to leave.
    pub(super) async fn doubt_place(
        &self,
        slot: &SlotId,
        holder: &CallbackId,
    ) -> Result<Option<Mark>, HouseError> {
        let granted = self.mark_place(slot, holder, Wish::Doubt).await?;
        Ok(granted.map(|granted| granted.mark))
    }

    /// A mark that is told too late, because this process or the store stood still, may be gone already: it is set anew.
    async fn mark_place(
        &self,
        slot: &SlotId,
        holder: &CallbackId,
        wish: Wish,
    ) -> Result<Option<Granted>, HouseError> {
        loop {
            let begun = self.clock.now();
            let granted = self.wish(slot, holder, wish).await?;
            if self.clock.now().since(begun) < WRITING {
                return Ok(granted);
            }
        }
    }

    /// Frees a place that a callback has left. When that fails, the slot's alarm does it.
    pub(super) async fn free_place(&self, slot: &SlotId, holder: &CallbackId, mark: Mark) {
        if let Err(error) = self.wish(slot, holder, Wish::GiveBack(mark)).await {
            tracing::debug!(callback.id = %holder, %slot, %error, "a place is given back later");
        }
    }

    /// How many places are taken, by the start of their slot, from one slot to another.
    ///
    /// # Errors
    /// When the store is away.
    pub(crate) async fn taken_places(
        &self,
        owner: Owner<'_>,
        first: Timestamp,
        last: Timestamp,
        expected: usize,
    ) -> Result<BTreeMap<Timestamp, u32>, HouseError> {
        let (index, limit) = (places_index(owner), expected.max(PAGE));
        let (mut taken, mut from) = (BTreeMap::new(), first_score(first));
        loop {
            let page = self.store.range(&index, from, limit).await?;
            let entries = page.iter().map(|found| entry(found.score));
            taken.extend(entries.filter(|(start, _)| *start <= last));
            match page.last() {
                Some(found) if page.len() == limit && entry(found.score).0 < last => {
                    from = found.score + 1;
                }
                Some(_) | None => return Ok(taken),
            }
        }
    }

    /// The alarm of a slot: whoever is marked for long is asked, and the document goes when the slot is long over.
    ///
    /// # Errors
    /// When the store is away or a document cannot be read.
    pub async fn look_at_slot(&self, slot: &SlotId, claimed: Timestamp) -> Result<(), HouseError> {
        loop {
            let Some((mut book, version)) = self.read_book(slot).await? else {
                return Ok(());
            };
            let change = match book.look(slot, self.clock.at_least(claimed)) {
                Look::TooEarly => return Ok(()),
                Look::Over => Change::Delete {
                    key: slot.key(),
                    version,
                    indexes: vec![slot.listing(0).0],
                },
                Look::Ask(asked) => {
                    let holders = self.holders(slot, &asked).await?;
                    book.settle(&asked, |holder| holders.contains(holder));
                    Change::Put(put(slot, &book, version)?)
                }
            };
            if self.write(vec![change]).await? == Committed::Yes {
                return Ok(());
            }
        }
    }

    /// Those of these callbacks that say that a place of the slot is theirs.
    async fn holders(
        &self,
        slot: &SlotId,
        asked: &[CallbackId],
    ) -> Result<BTreeSet<CallbackId>, HouseError> {
        let mut holders = BTreeSet::new();
        for asked in asked.chunks(ASKED) {
            let held = self.hold_all(asked).await?.into_iter().flatten();
            // Whoever cannot be read may have it: a place is rather kept than given twice.
            let silent = asked.iter().filter(|it| self.is_unreadable(&it.key()));
            holders.extend(silent.cloned());
            let said = held.map(|held| held.callback);
            let theirs = said.filter(|callback| callback.holds() == Some(slot));
            holders.extend(theirs.map(|callback| callback.id));
        }
        Ok(holders)
    }

    async fn read_book(&self, slot: &SlotId) -> Result<Option<(Book, u64)>, HouseError> {
        let key = slot.key();
        let found = self.store.get(std::slice::from_ref(&key)).await?.pop();
        let read = |document: ringback_ports::store::Document| {
            Ok((decode(&key, &document.body)?, document.version))
        };
        found.flatten().map(read).transpose()
    }
}

fn put(slot: &SlotId, book: &Book, version: u64) -> Result<Put, HouseError> {
    let key = slot.key();
    let (index, score) = slot.listing(book.taken());
    Ok(Put {
        version,
        body: encode(&key, book)?,
        alarm: Some(book.alarm(slot)),
        log: Vec::new(),
        indexes: vec![(index, Some(score))],
        key,
    })
}
