//! A customer asks to be forgotten.

use std::time::Duration;

use futures_util::{StreamExt, stream};
use ringback_core::callback::State;
use ringback_core::event::Reason;
use ringback_core::ids::CallbackId;
use ringback_core::key::IndexName;
use ringback_core::phone::PhoneNumber;
use ringback_ports::bus::Bus;
use ringback_ports::desk::{Refusal, RefusalKind};
use ringback_ports::store::Store;
use tokio::time::Instant;

use crate::house::Committed;
use crate::ingest::FrontDesk;
use crate::ingest::refusals::refuse_store;

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
            let (more, refused) = self.erase_listed(&index).await;
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

    /// How many are erased, and what stands in the way of the others.
    async fn erase_listed(&self, index: &IndexName) -> (u64, Option<Refusal>) {
        let mut erased = 0;
        loop {
            let listed = self.house.store.range(index, i64::MIN, BATCH.0).await;
            let listed = match listed.map_err(refuse_store) {
                Ok(listed) if listed.is_empty() => return (erased, None),
                Ok(listed) => listed,
                Err(refusal) => return (erased, Some(refusal)),
            };
            let ids = listed.into_iter().map(|entry| CallbackId::new(entry.id));
            let erasing = ids.map(|id| async move { self.erase_record(&id).await });
            let done: Vec<_> = stream::iter(erasing).buffered(BATCH.1).collect().await;
            erased += done.iter().filter(|it| matches!(it, Ok(true))).count() as u64;
            if let Some(refusal) = done.into_iter().find_map(Result::err) {
                return (erased, Some(refusal));
            }
        }
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
