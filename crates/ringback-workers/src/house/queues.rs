//! Virtual queues: who waits, who works there, and what a switch reports.

use std::collections::BTreeSet;

use futures_util::future::try_join_all;
use ringback_core::agent::{ready_index, staff_index};
use ringback_core::ewt::{Inputs, Own};
use ringback_core::ids::ServiceName;
use ringback_core::live::{LiveReport, report_key, reports_index};
use ringback_core::target::Target;
use ringback_core::time::Timestamp;
use ringback_ports::bus::Bus;
use ringback_ports::store::{Change, Put, Store};

use super::{Committed, House, HouseError, decode, encode};

/// How many agents' handle times are averaged at the most.
const SAMPLE: usize = 1024;

impl<S: Store, B> House<S, B> {
    /// The services whose callbacks wait in a virtual queue.
    pub fn services_of(&self, queue: &str) -> Vec<ServiceName> {
        let settings = self.settings.known();
        let services = settings.services.values();
        services
            .filter(|service| !queue.is_empty() && service.options.virtual_queue == queue)
            .map(|service| service.name.clone())
            .collect()
    }

    /// The pools that agents for a virtual queue come from.
    pub fn pools_of(&self, queue: &str) -> Vec<String> {
        let settings = self.settings.known();
        let names = self.services_of(queue).into_iter();
        let services = names.filter_map(|name| settings.services.get(&name));
        let targets = services.filter_map(|service| service.options.target.as_ref());
        let pools: BTreeSet<String> = targets.map(Target::pool).collect();
        pools.into_iter().collect()
    }
}

impl<S: Store, B: Bus> House<S, B> {
    /// What the wait of somebody with `callbacks` before him in `queue` is estimated from. Agents are counted in each of
    /// `pools`.
    ///
    /// # Errors
    /// When the store is away.
    pub async fn inputs(
        &self,
        callbacks: u64,
        pools: &[String],
        report: Option<&LiveReport>,
    ) -> Result<Inputs, HouseError> {
        let crews = try_join_all(pools.iter().map(|pool| self.crew(pool))).await?;
        let mut own = Own::default();
        let (mut measured, mut weight) = (0_u64, 0_u64);
        for crew in crews {
            own.ready += crew.ready;
            own.staff += crew.staff;
            if let Some(millis) = crew.handle_ms {
                measured = measured.saturating_add(millis.saturating_mul(crew.staff.max(1)));
                weight += crew.staff.max(1);
            }
        }
        own.handle_ms = measured.checked_div(weight);
        Ok(Inputs::of(callbacks, own, report, self.clock.now()))
    }

    /// Who works in a pool, and how long calls take there.
    async fn crew(&self, pool: &str) -> Result<Own, HouseError> {
        let (ready, staff) = (ready_index(pool), staff_index(pool));
        let (ready, staff, handle_ms) = tokio::join!(
            self.store.count_of_reachable(&ready, i64::MIN, i64::MAX),
            self.store.count_of_reachable(&staff, i64::MIN, i64::MAX),
            self.handle_time(pool)
        );
        Ok(Own {
            ready: ready?.estimated(),
            staff: staff?.estimated(),
            handle_ms: handle_ms?,
        })
    }

    async fn handle_time(&self, pool: &str) -> Result<Option<u64>, HouseError> {
        let (known, now) = (&self.estimates.handle_times, self.clock.now());
        if let Some(mean) = known.recall(pool, now) {
            return Ok(mean);
        }
        let staff = staff_index(pool);
        let measured = self
            .store
            .range_of_reachable(&staff, 1, SAMPLE)
            .await?
            .found;
        let each = measured.iter().map(|entry| entry.score.unsigned_abs());
        let sum = each.fold(0_u64, u64::saturating_add);
        let mean = sum.checked_div(measured.len() as u64);
        known.learn(pool.to_owned(), mean, now);
        Ok(mean)
    }

    /// What a switch last reported of a queue, while it counts.
    ///
    /// # Errors
    /// When the store is away.
    pub async fn report_on(&self, queue: &str) -> Result<Option<LiveReport>, HouseError> {
        let queues = [queue.to_owned()];
        let mut reports = self.reports_on(&queues).await?;
        Ok(reports.pop().flatten())
    }

    /// The same for several queues, in their order.
    ///
    /// # Errors
    /// When the store is away.
    pub async fn reports_on(
        &self,
        queues: &[String],
    ) -> Result<Vec<Option<LiveReport>>, HouseError> {
        let keys: Vec<_> = queues.iter().map(|queue| report_key(queue)).collect();
        let now = self.clock.now();
        let documents = self.store.get(&keys).await?;
        let found = keys.iter().zip(documents).map(|(key, document)| {
            let document = document?;
            let read = decode(key, &document.body);
            let report: LiveReport = self.readable(key, document.version, read)?;
            Some(report).filter(|report| report.counts(now))
        });
        Ok(found.collect())
    }

    /// Takes a report in place of the last one.
    ///
    /// # Errors
    /// When the store is away.
    pub async fn keep_report(&self, queue: &str, report: &LiveReport) -> Result<(), HouseError> {
        let key = report_key(queue);
        loop {
            let found = self.store.get(std::slice::from_ref(&key)).await?.pop();
            let version = found.flatten().map_or(0, |document| document.version);
            let put = Put {
                version,
                body: encode(&key, report)?,
                alarm: Some(report.expires()),
                log: Vec::new(),
                indexes: vec![(reports_index(), Some(0))],
                key: key.clone(),
            };
            if self.write(vec![Change::Put(put)]).await? == Committed::Yes {
                return Ok(());
            }
        }
    }

    /// The alarm of a report: one that is too old goes.
    ///
    /// # Errors
    /// When the store is away.
    pub async fn look_at_report(&self, queue: &str, claimed: Timestamp) -> Result<(), HouseError> {
        let key = report_key(queue);
        let found = self.store.get(std::slice::from_ref(&key)).await?.pop();
        let Some(document) = found.flatten() else {
            return Ok(());
        };
        let report: LiveReport = decode(&key, &document.body)?;
        if report.counts(self.clock.at_least(claimed)) {
            return Ok(());
        }
        // On a conflict a new report has just come, with an alarm of its own.
        self.write(vec![Change::Delete {
            key,
            version: document.version,
            indexes: vec![reports_index()],
        }])
        .await
        .map(drop)
    }
}
