//! Positions and estimates.

use ringback_core::agent::{ready_index, staff_index};
use ringback_core::callback::{State, queue_index};
use ringback_core::ewt::{ASSUMED_HANDLE, Inputs};
use ringback_core::ids::CallbackId;
use ringback_core::target::Target;
use ringback_core::time::Timestamp;
use ringback_ports::bus::Bus;
use ringback_ports::desk::{Outlook, Position, Refusal, RefusalKind};
use ringback_ports::store::Store;

use super::desk::FrontDesk;
use super::refusals::refuse_store;

/// How many agents' handle times are averaged at the most.
const SAMPLE: usize = 100;

impl<S: Store, B: Bus> FrontDesk<S, B> {
    pub(super) async fn position_of(&self, id: &CallbackId) -> Result<Position, Refusal> {
        let callback = self.find(id).await?.callback;
        let queue = queue_index(&callback.route.virtual_queue);
        let since = match &callback.state {
            State::Waiting { since, .. } | State::HandedOut { since, .. } => Some(*since),
            State::OnCall { leg, .. } => Some(leg.since),
            State::Scheduled { .. } | State::Completed { .. } => None,
        };
        let before = since.map_or(i64::MIN, Timestamp::as_millis);
        let store = &self.house.store;
        let (ahead, waiting, pool) = tokio::join!(
            store.count(&queue, i64::MIN, before),
            store.count(&queue, i64::MIN, i64::MAX),
            self.pool(&callback.route.pool)
        );
        let (ahead, pool) = (ahead.map_err(refuse_store)?, pool?);
        Ok(Position {
            position: since.map_or(0, |_| ahead + 1),
            waiting: waiting.map_err(refuse_store)?,
            inputs: Inputs {
                ahead,
                ..pool.inputs
            },
        })
    }

    pub(super) async fn outlook_of(&self, virtual_queue: &str) -> Result<Outlook, Refusal> {
        let services = self.house.services();
        let serving = services
            .values()
            .find(|service| service.options.virtual_queue == virtual_queue);
        let target = serving.and_then(|service| service.options.target.as_ref());
        let Some(target) = target.filter(|_| !virtual_queue.is_empty()) else {
            let name: String = virtual_queue.chars().take(80).collect();
            let message = format!("no service has _urs_virtual_queue = '{name}'");
            return Err(Refusal::new(RefusalKind::NotFound, message));
        };
        let (queue, pool) = (queue_index(virtual_queue), Target::pool(target));
        let (waiting, pool) = tokio::join!(
            self.house.store.count(&queue, i64::MIN, i64::MAX),
            self.pool(&pool)
        );
        let pool = pool?;
        let ahead = waiting.map_err(refuse_store)?;
        Ok(Outlook {
            inputs: Inputs {
                ahead,
                ..pool.inputs
            },
            measured: pool.measured,
        })
    }

    /// Who works in a pool, and how long calls take there.
    async fn pool(&self, pool: &str) -> Result<Outlook, Refusal> {
        let (ready, staff) = (ready_index(pool), staff_index(pool));
        let store = &self.house.store;
        let (ready, count, measured) = tokio::join!(
            store.count(&ready, i64::MIN, i64::MAX),
            store.count(&staff, i64::MIN, i64::MAX),
            store.range(&staff, 1, SAMPLE)
        );
        let handled: Vec<u64> = measured
            .map_err(refuse_store)?
            .iter()
            .map(|entry| u64::try_from(entry.score).unwrap_or(0))
            .collect();
        let mean = handled
            .iter()
            .sum::<u64>()
            .checked_div(handled.len() as u64);
        let assumed = u64::try_from(ASSUMED_HANDLE.as_millis()).unwrap_or(u64::MAX);
        let inputs = Inputs {
            ahead: 0,
            ready: ready.map_err(refuse_store)?,
            staff: count.map_err(refuse_store)?,
            handle_ms: mean.unwrap_or(assumed),
        };
        Ok(Outlook {
            inputs,
            measured: mean.is_some(),
        })
    }
}
