//! A customer asks to be forgotten.

use std::time::Duration;

use futures_util::{StreamExt, stream};
use ringback_core::callback::{Callback, State};
use ringback_core::event::Reason;
use ringback_core::ids::CallbackId;
use ringback_core::key::IndexName;
use ringback_core::phone::PhoneNumber;
use ringback_ports::bus::Bus;
use ringback_ports::desk::{Refusal, RefusalKind};
use ringback_ports::store::Store;
use tokio::time::Instant;

use super::walk::{Place, Walk};
use crate::house::Committed;
use crate::ingest::FrontDesk;
use crate::ingest::refusals::refuse;
use crate::watched::Watched;

/// How many records are erased in one go, and how many of them at a time.
const BATCH: (usize, usize) = (128, 8);
/// How long one record may resist: a call is hung up meanwhile, a notification delivered. How often that is looked at.
const PATIENCE: (Duration, Duration) = (Duration::from_secs(10), Duration::from_millis(50));

impl<S: Store, B: Bus> FrontDesk<S, B> {
    /// Every record of a customer, with all that belongs to it. Those that come meanwhile go, too.
    pub(super) async fn erase_customer(&self, number: &PhoneNumber) -> Result<u64, Refusal> {
        if self.house.readings(number).len() != 1 {
            let message = "number is ambiguous: services of several countries read it differently; must begin with '+' \
                           and the country code";
            return Err(Refusal::new(RefusalKind::Number, message));
        }
        let (mut erased, mut refusal) = (0, None);
        for index in self.house.number_indexes(number) {
            let (more, refused) = self.erase_listed(number, &index).await;
            erased += more;
            refusal = refusal.or(refused);
        }
        // Who was erased is what must not be kept.
        tracing::info!(
            records = erased,
            complete = refusal.is_none(),
            "the records of a customer were erased"
        );
        match refusal {
            None => Ok(erased),
            Some(Refusal { kind, message, .. }) => Err(Refusal::new(
                kind,
                format!("{erased} records are erased, not all: {message}"),
            )),
        }
    }

    /// How many of the customer's are erased that are listed there, and what stands in the way of the others.
    async fn erase_listed(
        &self,
        number: &PhoneNumber,
        index: &IndexName,
    ) -> (u64, Option<Refusal>) {
        let mut erased = 0;
        loop {
            let all = i64::MIN..i64::MAX;
            let mut walk = Walk::along(&self.house.store, index.clone(), all, None);
            let before = erased;
            loop {
                let ids = match self.of_customer(&mut walk, number).await {
                    Ok(None) => break,
                    Ok(Some(ids)) => ids,
                    Err(refusal) => return (erased, Some(refusal)),
                };
                let erasing = ids
                    .into_iter()
                    .map(|id| async move { self.erase_record(&id).await });
                let done: Vec<_> = stream::iter(erasing).buffered(BATCH.1).collect().await;
                erased += done.iter().filter(|it| matches!(it, Ok(true))).count() as u64;
                if let Some(refusal) = done.into_iter().find_map(Result::err) {
                    return (erased, Some(refusal));
                }
            }
            // Those that have come meanwhile go, too.
            if erased == before {
                return (erased, self.not_read(index).await.err());
            }
        }
    }

    /// Whether nothing is left that cannot be read: whose it is nobody knows, so it is not erased, and that is said.
    async fn not_read(&self, index: &IndexName) -> Result<(), Refusal> {
        if self.house.passed_over() == 0 {
            return Ok(());
        }
        let all = i64::MIN..i64::MAX;
        let mut walk = Walk::along(&self.house.store, index.clone(), all, None);
        loop {
            let batch = walk.next(BATCH.0).await?;
            if batch.is_empty() {
                return Ok(());
            }
            let ids = batch.iter().map(Place::callback);
            if let Some(id) = ids
                .into_iter()
                .find(|id| self.house.is_unreadable(&id.key()))
            {
                let message = format!(
                    "callback '{id}' is listed under this number and cannot be read: it must be removed from the store"
                );
                return Err(Refusal::new(RefusalKind::Conflict, message));
            }
        }
    }

    /// The customer's among the next ones; `None` at the end. Another number may have the same digits.
    async fn of_customer(
        &self,
        walk: &mut Walk<'_, Watched<S>>,
        number: &PhoneNumber,
    ) -> Result<Option<Vec<CallbackId>>, Refusal> {
        let batch = walk.next(BATCH.0).await?;
        if batch.is_empty() {
            return Ok(None);
        }
        let ids: Vec<_> = batch.iter().map(Place::callback).collect();
        let held = self.house.hold_all(&ids).await.map_err(refuse)?;
        let is_it = |callback: &Callback| {
            let options = self.house.options(callback);
            callback.is_of(number, &options.admission.numbers)
        };
        let callbacks = held.into_iter().flatten().map(|it| it.callback);
        let own = callbacks.filter(is_it);
        Ok(Some(own.map(|it| it.id).collect()))
    }

    /// Whether it was there.
    async fn erase_record(&self, id: &CallbackId) -> Result<bool, Refusal> {
        let begun = Instant::now();
        while begun.elapsed() < PATIENCE.0 {
            let Some(held) = self.house.hold(id).await? else {
                return Ok(false);
            };
            match &held.callback.state {
                State::Completed { open: None, .. } => {
                    if self.house.purge(&held).await? == Committed::Yes {
                        return Ok(true);
                    }
                }
                State::Completed { open: Some(_), .. } => tokio::time::sleep(PATIENCE.1).await,
                State::Scheduled { .. }
                | State::Waiting { .. }
                | State::Paused { .. }
                | State::Arranging { .. }
                | State::HandedOut { .. }
                | State::OnCall { .. } => {
                    let service = &held.callback.service;
                    self.call_off(service, id, Reason::CancelledByAdmin).await?;
                }
            }
        }
        let message = format!("the call of '{id}' is still being hung up: try again");
        Err(Refusal::new(RefusalKind::Conflict, message))
    }
}
