//! How long a callback for a time would wait in its queue.

use std::time::Duration;

use ringback_core::callback::{Callback, queue_index};
use ringback_core::ewt::estimate;
use ringback_core::ids::ServiceName;
use ringback_core::service::Options;
use ringback_ports::bus::Bus;
use ringback_ports::store::Store;

use super::estimates::Newcomer;
use super::{House, HouseError};

impl<S: Store, B> House<S, B> {
    /// Whether there is a queue in which the wait of callbacks with these options can be estimated.
    pub fn can_expect(&self, options: &Options) -> bool {
        !self.expected_queue(options).is_empty()
    }

    /// That of `_request_ewt_service`, that of `_request_queue_time_stat`, or its own.
    fn expected_queue(&self, options: &Options) -> String {
        let scheduled = &options.scheduled;
        let service = scheduled.ewt_service.as_ref();
        let service = service.and_then(|name| self.service(&ServiceName::new(name)));
        let of_service = service.map(|service| service.options.virtual_queue.clone());
        of_service
            .filter(|queue| !queue.is_empty())
            .or_else(|| scheduled.stat_queue().map(str::to_owned))
            .unwrap_or_else(|| options.virtual_queue.clone())
    }
}

impl<S: Store, B: Bus> House<S, B> {
    /// How long a callback would wait if it entered its queue now, as of the last second; no time where there is none.
    ///
    /// # Errors
    /// When the store is away.
    pub async fn expected_wait(
        &self,
        callback: &Callback,
        options: &Options,
    ) -> Result<Duration, HouseError> {
        let queue = self.expected_queue(options);
        if queue.is_empty() {
            return Ok(Duration::ZERO);
        }
        let (pool, rank) = (callback.route.pool.clone(), callback.route.rank);
        let newcomer = Newcomer { queue, pool, rank };
        let (known, now) = (&self.estimates.waits, self.clock.now());
        if let Some(wait) = known.recall(&newcomer, now) {
            return Ok(wait);
        }
        let wait = self.wait_of(&newcomer, callback).await?;
        known.learn(newcomer, wait, now);
        Ok(wait)
    }

    async fn wait_of(
        &self,
        newcomer: &Newcomer,
        callback: &Callback,
    ) -> Result<Duration, HouseError> {
        let Newcomer { queue, pool, rank } = newcomer;
        let (index, now) = (queue_index(queue), self.clock.now());
        let (ahead, pools) = if *queue == callback.route.virtual_queue {
            let place = (rank.pace(), rank.score(now));
            let ahead = self.count_before(&index, place).await?;
            (ahead, vec![pool.clone()])
        } else {
            (self.count_all(&index).await?, self.pools_of(queue))
        };
        let report = self.report_on(queue).await?;
        let inputs = self.inputs(ahead, &pools, report.as_ref()).await?;
        Ok(estimate(&inputs))
    }
}
