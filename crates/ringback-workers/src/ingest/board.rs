//! How everything stands, in figures that indexes know.

use std::sync::Arc;

use futures_util::{StreamExt, TryStreamExt, stream};
use ringback_core::callback::{begun_index, queue_index, stands_at};
use ringback_core::event::CallbackState;
use ringback_core::ids::CallbackId;
use ringback_core::lane::{dead_index, failing_index};
use ringback_core::service::Service;
use ringback_core::time::Timestamp;
use ringback_ports::bus::Bus;
use ringback_ports::desk::{Board, BoardDesk, Outlook, QueueDesk, QueueRow, Refusal, ServiceRow};
use ringback_ports::store::Store;

use super::FrontDesk;
use super::refusals::refuse_store;

/// How many questions are asked at a time.
const AT_A_TIME: usize = 16;

impl<S: Store, B: Bus> BoardDesk for FrontDesk<S, B> {
    async fn board(&self) -> Result<Board, Refusal> {
        // Before the first look: nothing that is shown is older.
        let at = self.house.clock.now();
        let mut services: Vec<_> = self.house.services().values().cloned().collect();
        services.sort_by(|one, other| one.name.cmp(&other.name));
        let rows = services
            .into_iter()
            .map(|service| self.service_row(service));
        let services = stream::iter(rows).buffered(AT_A_TIME).try_collect();
        let queues = async {
            let rows = self.queues().await?.into_iter();
            let rows = rows.map(|outlook| self.queue_row(outlook));
            stream::iter(rows).buffered(AT_A_TIME).try_collect().await
        };
        let (dead, failing) = (dead_index(), failing_index());
        let lanes = async {
            let dead = self.house.store.count(&dead, i64::MIN, i64::MAX);
            let failing = self.house.store.count(&failing, i64::MIN, i64::MAX);
            tokio::try_join!(dead, failing).map_err(refuse_store)
        };
        let (services, queues, lanes) = tokio::try_join!(services, queues, lanes)?;
        let (dead_targets, failing_targets) = lanes;
        Ok(Board {
            at,
            services,
            queues,
            dead_targets,
            failing_targets,
        })
    }

    fn now(&self) -> Timestamp {
        self.house.clock.now()
    }

    fn stopped(&self) -> impl Future<Output = ()> + Send + 'static {
        self.house.stop.clone().cancelled_owned()
    }
}

impl<S: Store, B: Bus> FrontDesk<S, B> {
    async fn service_row(&self, service: Arc<Service>) -> Result<ServiceRow, Refusal> {
        let paused = self.house.is_paused(&service.name);
        let index = begun_index(service.name.as_str());
        let store = &self.house.store;
        let all = store.count(&index, i64::MIN, i64::MAX).await;
        let mut states = Vec::new();
        // Most services of a quiet hour have nothing on their hands: one question instead of four.
        if all.map_err(refuse_store)? > 0 {
            for state in CallbackState::ALL {
                if let Some(place) = stands_at(state) {
                    let count = store.count(&index, place, place + 1).await;
                    states.push((state, count.map_err(refuse_store)?));
                }
            }
        }
        Ok(ServiceRow {
            name: service.name.clone(),
            queue: service.options.virtual_queue.clone(),
            paused,
            states,
        })
    }

    async fn queue_row(&self, outlook: Outlook) -> Result<QueueRow, Refusal> {
        let mut first_since = None;
        if outlook.inputs.callbacks > 0 {
            let first = self.house.first_of(&queue_index(&outlook.name), 1).await?;
            let ids: Vec<_> = first.iter().map(|it| CallbackId::new(&it.id)).collect();
            let held = self.house.hold_all(&ids).await?;
            let first = held.into_iter().flatten().next();
            first_since = first.and_then(|held| held.callback.queued_since());
        }
        Ok(QueueRow {
            outlook,
            first_since,
        })
    }
}
