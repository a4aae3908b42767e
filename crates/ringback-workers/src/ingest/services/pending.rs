//! Whether a service has callbacks that are not over.

use ringback_core::callback::{State, service_index};
use ringback_core::ids::{CallbackId, ServiceName};
use ringback_ports::bus::Bus;
use ringback_ports::desk::Refusal;
use ringback_ports::store::Store;

use crate::ingest::FrontDesk;
use crate::ingest::refusals::{refuse, refuse_store};

/// How many callbacks are read at once.
const PAGE: usize = 200;

impl<S: Store, B: Bus> FrontDesk<S, B> {
    /// One callback of a service that is not over, if there is one.
    pub(super) async fn pending_of(
        &self,
        service: &ServiceName,
    ) -> Result<Option<CallbackId>, Refusal> {
        let (index, store) = (service_index(service.as_str()), &self.house.store);
        let (mut from, mut limit) = (i64::MIN, PAGE);
        loop {
            let page = store.range(&index, from, limit).await;
            let page = page.map_err(refuse_store)?;
            let ids: Vec<_> = page.iter().map(|it| CallbackId::new(&it.id)).collect();
            let held = self.house.hold_all(&ids).await.map_err(refuse)?;
            let mut pending = held
                .into_iter()
                .flatten()
                .filter(|held| !matches!(held.callback.state, State::Completed { open: None, .. }));
            if let Some(pending) = pending.next() {
                return Ok(Some(pending.callback.id));
            }
            let Some(last) = page.last().filter(|_| page.len() == limit) else {
                return Ok(None);
            };
            // The next page begins with those of the last score again; more than a page of those need a longer one.
            limit = if last.score == from { limit * 2 } else { PAGE };
            from = last.score;
        }
    }
}
