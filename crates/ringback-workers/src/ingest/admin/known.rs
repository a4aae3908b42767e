//! What indexes know of many callbacks: nothing here walks over them.

use ringback_core::callback::{begun_index, service_index, stands_at};
use ringback_core::ids::CallbackId;
use ringback_ports::bus::Bus;
use ringback_ports::desk::{CallbackQuery, FoundCallback, Refusal};
use ringback_ports::store::Store;

use crate::ingest::FrontDesk;
use crate::ingest::refusals::refuse_store;

impl<S: Store, B: Bus> FrontDesk<S, B> {
    /// Those of these callbacks that there are.
    pub(super) async fn named(&self, ids: &[CallbackId]) -> Result<Vec<FoundCallback>, Refusal> {
        let held = self.house.hold_all(ids).await?.into_iter().flatten();
        Ok(held.map(|held| self.found(held.callback)).collect())
    }

    /// How many callbacks a query finds, where indexes know: by service and time, or by service and a state that has begun.
    pub(super) async fn known_count(&self, query: &CallbackQuery) -> Result<Option<u64>, Refusal> {
        let places: Option<Vec<i64>> = query.states.iter().map(|it| stands_at(*it)).collect();
        let timed = query.from.is_some() || query.until.is_some();
        let by_more = query.number.is_some()
            || query.queue.is_some()
            || !query.reasons.is_empty()
            || !query.more.is_empty();
        let Some(places) = places.filter(|it| !by_more && (it.is_empty() || !timed)) else {
            return Ok(None);
        };
        let from = query.from.map_or(i64::MIN, |from| from.as_millis());
        let until = query.until.map_or(i64::MAX, |until| until.as_millis());
        let mut sum = 0_u64;
        for service in self.services_asked(&query.services).await? {
            let (service, store) = (service.as_str(), &self.house.store);
            if places.is_empty() {
                let count = store.count(&service_index(service), from, until).await;
                sum = sum.saturating_add(count.map_err(refuse_store)?);
            }
            for place in &places {
                let count = store.count(&begun_index(service), *place, place + 1).await;
                sum = sum.saturating_add(count.map_err(refuse_store)?);
            }
        }
        Ok(Some(sum))
    }
}
