//! Virtual queues, as callers ask about them.

use std::collections::BTreeSet;

use futures_util::future::try_join_all;
use ringback_core::callback::{Callback, queue_index};
use ringback_core::ewt::{estimate, is_agent_near};
use ringback_core::ids::CallbackId;
use ringback_core::live::{LiveReport, reports_index};
use ringback_ports::bus::Bus;
use ringback_ports::desk::{
    Outlook, Position, QueueDesk, QueueView, QueuedCallback, Refusal, RefusalKind,
};
use ringback_ports::store::Store;
use serde_json::{Map, Value};

use super::desk::FrontDesk;
use super::refusals::{refuse, refuse_store};
use crate::house::{HouseError, MOST_PACES};

/// The most queues that are reported on.
const MOST_REPORTS: usize = 1000;
/// How many callbacks of a queue are shown.
const PAGE: usize = 100;

impl<S: Store, B: Bus> QueueDesk for FrontDesk<S, B> {
    async fn position(&self, id: &CallbackId) -> Result<Position, Refusal> {
        let callback = self.find(id).await?.callback;
        let options = self.house.options(&callback);
        let pools = [callback.route.pool.clone()];
        let queue = callback.route.virtual_queue.as_str();
        let (ahead, callbacks, report) = tokio::join!(
            self.ahead_of(&callback),
            self.waiting_in(queue),
            self.house.report_on(queue)
        );
        let (ahead, report) = (ahead.map_err(refuse)?, report.map_err(refuse)?);
        let inputs = self
            .house
            .inputs(ahead.unwrap_or(0), &pools, report.as_ref());
        let inputs = inputs.await.map_err(refuse)?;
        let position = ahead.map_or(0, |_| inputs.ahead() + 1);
        let eta = estimate(&inputs);
        let is_agent_near = match options.queueing.ewt_method.as_deref() {
            Some("ursdial") => callback.state.agent().is_some(),
            Some(_) | None => is_agent_near(&options.queueing.eta_positions, position, eta),
        };
        Ok(Position {
            position,
            waiting: callbacks.map_err(refuse)? + inputs.live_calls,
            eta,
            is_agent_near,
            inputs,
        })
    }

    async fn outlook(&self, queue: &str) -> Result<Outlook, Refusal> {
        let report = self.house.report_on(queue).await.map_err(refuse)?;
        if report.is_none() && self.house.services_of(queue).is_empty() {
            self.house.refresh_settings().await.map_err(refuse)?;
            if self.house.services_of(queue).is_empty() {
                return Err(no_queue(queue));
            }
        }
        self.outlook_with(queue, report).await.map_err(refuse)
    }

    async fn queues(&self) -> Result<Vec<Outlook>, Refusal> {
        let settings = self.house.settings.known();
        let services = settings.services.values();
        let own = services.map(|service| service.options.virtual_queue.clone());
        let store = &self.house.store;
        let reported = store.range(&reports_index(), i64::MIN, MOST_REPORTS).await;
        let reported = reported.map_err(refuse_store)?;
        let names = own.chain(reported.into_iter().map(|entry| entry.id));
        let names: BTreeSet<String> = names.filter(|name| !name.is_empty()).collect();
        let names: Vec<String> = names.into_iter().collect();
        let reports = self.house.reports_on(&names).await.map_err(refuse)?;
        let found = names.iter().zip(reports);
        let found = found
            .filter(|(name, report)| report.is_some() || !self.house.services_of(name).is_empty());
        let outlooks = found.map(|(name, report)| self.outlook_with(name, report));
        try_join_all(outlooks).await.map_err(refuse)
    }

    async fn queue(&self, queue: &str) -> Result<QueueView, Refusal> {
        let outlook = self.outlook(queue).await?;
        Ok(QueueView {
            order: self.order_of(queue).await.map_err(refuse)?,
            services: self.house.services_of(queue),
            pools: self.house.pools_of(queue),
            outlook,
        })
    }

    async fn report_live(
        &self,
        queue: &str,
        report: Map<String, Value>,
    ) -> Result<Outlook, Refusal> {
        let invalid = |message: String| Refusal::new(RefusalKind::Invalid, message);
        let report = LiveReport::read(queue, &report, self.house.clock.now());
        let report = report.map_err(|error| invalid(error.to_string()))?;
        if self.house.report_on(queue).await.map_err(refuse)?.is_none() {
            let store = &self.house.store;
            let reports = store.count(&reports_index(), i64::MIN, i64::MAX).await;
            if usize::try_from(reports.map_err(refuse_store)?).is_ok_and(|it| it >= MOST_REPORTS) {
                let message =
                    format!("there are reports on {MOST_REPORTS} queues: no more are kept");
                return Err(invalid(message));
            }
        }
        self.house
            .keep_report(queue, &report)
            .await
            .map_err(refuse)?;
        self.outlook_with(queue, Some(report)).await.map_err(refuse)
    }
}

impl<S: Store, B: Bus> FrontDesk<S, B> {
    async fn outlook_with(
        &self,
        queue: &str,
        report: Option<LiveReport>,
    ) -> Result<Outlook, HouseError> {
        let waiting = self.waiting_in(queue).await?;
        let pools = self.house.pools_of(queue);
        let inputs = self.house.inputs(waiting, &pools, report.as_ref()).await?;
        Ok(Outlook {
            name: queue.to_owned(),
            ewt: estimate(&inputs),
            inputs,
            report,
        })
    }

    /// Callbacks may not bring about ever more paces: each is looked through whenever somebody is handed out.
    pub(super) async fn check_pace(&self, callback: &Callback) -> Result<(), Refusal> {
        let has_room = self.house.has_room_for_pace_of(callback).await;
        if has_room.map_err(refuse)? {
            return Ok(());
        }
        let rank = &callback.route.rank;
        let message = format!(
            "_urs_vq_priority_increment {} in _urs_vq_priority_increment_interval {} s: priorities grow in {MOST_PACES} \
             other ways already, allowed are those, and 0",
            rank.increment(),
            rank.interval()
        );
        Err(Refusal::new(RefusalKind::Invalid, message))
    }

    /// How many callbacks come before one that waits.
    async fn ahead_of(&self, callback: &Callback) -> Result<Option<u64>, HouseError> {
        let Some(since) = callback.queued_since() else {
            return Ok(None);
        };
        let queue = queue_index(&callback.route.virtual_queue);
        let rank = &callback.route.rank;
        let ahead = self
            .house
            .count_before(&queue, (rank.pace(), rank.score(since)));
        Ok(Some(ahead.await?))
    }

    async fn waiting_in(&self, queue: &str) -> Result<u64, HouseError> {
        self.house.count_all(&queue_index(queue)).await
    }

    async fn order_of(&self, queue: &str) -> Result<Vec<QueuedCallback>, HouseError> {
        let listed = self.house.first_of(&queue_index(queue), PAGE).await?;
        let ids: Vec<_> = listed.iter().map(|it| CallbackId::new(&it.id)).collect();
        let held = self.house.hold_all(&ids).await?.into_iter().flatten();
        let now = self.house.clock.now();
        let order = held.zip(1..).filter_map(|(held, position)| {
            let callback = held.callback;
            let since = callback.queued_since()?;
            Some(QueuedCallback {
                position,
                since,
                priority: callback.route.rank.priority(since, now),
                id: callback.id,
                service: callback.service,
            })
        });
        Ok(order.collect())
    }
}

fn no_queue(queue: &str) -> Refusal {
    let name: String = queue.chars().take(80).collect();
    let message =
        format!("no service has _urs_virtual_queue = '{name}', and no live report on it counts");
    Refusal::new(RefusalKind::NotFound, message)
}
