//! What people who run the house do with many callbacks at once.

mod audit;
mod erase;
mod known;
pub(super) mod walk;

use futures_util::{StreamExt, TryStreamExt, stream};
use ringback_core::callback::{Callback, Operand, begun_index, search_fits, stands_at};
use ringback_core::event::{CallbackState, Reason};
use ringback_core::ids::{CallbackId, ServiceName};
use ringback_core::phone::PhoneNumber;
use ringback_ports::bus::Bus;
use ringback_ports::desk::{
    AdminDesk, CallbackPage, CallbackQuery, FoundCallback, Refusal, Watermark,
};
use ringback_ports::store::Store;

use super::FrontDesk;
use super::refusals::refuse_store;
use walk::{Place, Walk};

/// The most callbacks on a page.
const MOST_FOUND: usize = 500;
/// How many are looked at for one page at the most: those that do not fit cost as much as those that do.
const MOST_LOOKED_AT: usize = 5000;
/// How many are looked at in one go.
const BATCH: usize = 250;
/// How many services are counted at a time.
const COUNTS: usize = 16;

impl<S: Store, B: Bus> AdminDesk for FrontDesk<S, B> {
    async fn callbacks(&self, query: CallbackQuery) -> Result<CallbackPage, Refusal> {
        let (callbacks, next) = self.find_page(&query).await?;
        let callbacks = callbacks.into_iter().map(|it| self.found(it)).collect();
        Ok(CallbackPage { callbacks, next })
    }

    async fn callbacks_named(&self, ids: &[CallbackId]) -> Result<Vec<FoundCallback>, Refusal> {
        self.named(ids).await
    }

    async fn count_callbacks(&self, query: &CallbackQuery) -> Result<Option<u64>, Refusal> {
        self.known_count(query).await
    }

    async fn cancel_for(&self, id: &CallbackId, reason: Reason) -> Result<(), Refusal> {
        let service = self.find(id).await?.callback.service;
        self.call_off(&service, id, reason).await
    }

    async fn watermarks(&self, services: Vec<ServiceName>) -> Result<Vec<Watermark>, Refusal> {
        let services = self.services_asked(&services).await?;
        let counts = services.into_iter().map(|service| self.watermark(service));
        stream::iter(counts).buffered(COUNTS).try_collect().await
    }

    async fn erase(&self, number: &PhoneNumber) -> Result<u64, Refusal> {
        self.erase_customer(number).await
    }
}

impl<S: Store, B: Bus> FrontDesk<S, B> {
    /// A page of callbacks, and where the next one begins.
    pub(super) async fn find_page(
        &self,
        query: &CallbackQuery,
    ) -> Result<(Vec<Callback>, Option<String>), Refusal> {
        let services = self.services_asked(&query.services).await?;
        let place = query.after.as_deref().map(Place::read).transpose()?;
        let numbered = query.number.as_ref();
        let of_number = numbered.map(|it| self.house.number_indexes(it));
        let mut walk = Walk::new(&self.house.store, &services, query, of_number, place);
        let mut keys = self.lookup_keys(&query.services);
        keys.extend(self.house.keys.filter.iter().cloned());
        let more = self.conditions(&query.more, &keys).await?;
        let limit = query.limit.clamp(1, MOST_FOUND);
        let (mut found, mut next, mut looked_at) = (Vec::new(), None, 0);
        while looked_at < MOST_LOOKED_AT {
            let batch = walk.next(BATCH).await?;
            if batch.is_empty() {
                return Ok((found, None));
            }
            let ids: Vec<_> = batch.iter().map(Place::callback).collect();
            for (place, held) in batch.iter().zip(self.house.hold_all(&ids).await?) {
                looked_at += 1;
                next = Some(place.to_string());
                let callback = held.map(|held| held.callback);
                if let Some(callback) = callback.filter(|it| self.fits(it, query)).filter(|it| {
                    let service = self.house.service(&it.service);
                    search_fits(&more, Operand::And, it, service.as_deref())
                }) {
                    found.push(callback);
                }
                if found.len() == limit {
                    return Ok((found, next));
                }
            }
        }
        Ok((found, next))
    }

    /// Those services, or all; by name, each once.
    pub(super) async fn services_asked(
        &self,
        asked: &[ServiceName],
    ) -> Result<Vec<ServiceName>, Refusal> {
        for name in asked {
            self.known_service(name).await?;
        }
        let mut services = if asked.is_empty() {
            self.house.services().keys().cloned().collect()
        } else {
            asked.to_vec()
        };
        services.sort_unstable();
        services.dedup();
        Ok(services)
    }

    fn found(&self, callback: Callback) -> FoundCallback {
        FoundCallback {
            record: self.record_of(&callback),
            user_data: callback.user_data,
        }
    }

    async fn watermark(&self, service: ServiceName) -> Result<Watermark, Refusal> {
        let index = begun_index(service.as_str());
        let (queued, processing) = tokio::join!(
            self.standing(&index, CallbackState::Queued),
            self.standing(&index, CallbackState::Processing)
        );
        let count = queued? + processing?;
        Ok(Watermark { service, count })
    }

    async fn standing(
        &self,
        index: &ringback_core::key::IndexName,
        state: CallbackState,
    ) -> Result<u64, Refusal> {
        let Some(place) = stands_at(state) else {
            return Ok(0);
        };
        let counted = self.house.store.count(index, place, place + 1).await;
        counted.map_err(refuse_store)
    }

    fn fits(&self, callback: &Callback, query: &CallbackQuery) -> bool {
        let options = self.house.options(callback);
        let rules = &options.admission.numbers;
        let wanted = callback.wanted();
        let state = callback.callback_state();
        (query.services.is_empty() || query.services.contains(&callback.service))
            && query
                .number
                .as_ref()
                .is_none_or(|it| callback.is_of(it, rules))
            && (query.states.is_empty() || query.states.contains(&state))
            && (query.reasons.is_empty()
                || callback
                    .reason()
                    .is_some_and(|reason| query.reasons.contains(&reason)))
            && query
                .queue
                .as_ref()
                .is_none_or(|queue| callback.route.virtual_queue == *queue)
            && query.from.is_none_or(|from| wanted >= from)
            && query.until.is_none_or(|until| wanted < until)
    }
}
