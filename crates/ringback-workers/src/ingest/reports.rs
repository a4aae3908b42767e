//! What is reported of callbacks, derived from their records and logs when it is asked for.

use futures_util::{StreamExt, TryStreamExt, stream};
use ringback_core::callback::{Callback, service_index};
use ringback_core::ids::ServiceName;
use ringback_core::reporting::{Facts, Interval, Report, keys};
use ringback_core::time::Timestamp;
use ringback_ports::bus::Bus;
use ringback_ports::desk::{
    CallbackQuery, CallbackReport, RecordPage, Refusal, RefusalKind, ReportDesk, ReportQuery,
};
use ringback_ports::store::Store;

use super::FrontDesk;
use super::refusals::{refuse, refuse_store};

/// How many logs are read at a time.
const READS: usize = 64;
/// How many services are counted at a time.
const COUNTS: usize = 16;
/// The most callbacks and rows of a report.
const MOST_CALLBACKS: u64 = 100_000;
const MOST_ROWS: usize = 1000;

impl<S: Store, B: Bus> ReportDesk for FrontDesk<S, B> {
    async fn records(&self, query: CallbackQuery) -> Result<RecordPage, Refusal> {
        let (callbacks, next) = self.find_page(&query).await?;
        let records = self.with_facts(callbacks).await?;
        let record = |(callback, facts)| keys(&callback, &self.house.options(&callback), &facts);
        let records = records.into_iter().map(record).collect();
        Ok(RecordPage { records, next })
    }

    async fn report(&self, query: ReportQuery) -> Result<CallbackReport, Refusal> {
        let now = self.house.clock.now();
        let from = query.from.unwrap_or_else(|| query.zone.day(now).start);
        let until = query.until.unwrap_or(now);
        if until <= from {
            let message = format!("to {until} is not after from {from}: allowed is a later one");
            return Err(Refusal::new(RefusalKind::Invalid, message));
        }
        let services = self.services_asked(&query.services).await?;
        let complete_from = self.kept_from(&services);
        self.check_size(&services, from, until).await?;
        let mut report = Report::new(query.zone, query.interval);
        let mut asked = CallbackQuery {
            services,
            from: Some(from),
            until: Some(until),
            limit: usize::MAX,
            ..CallbackQuery::default()
        };
        loop {
            let (callbacks, next) = self.find_page(&asked).await?;
            for (callback, facts) in self.with_facts(callbacks).await? {
                report.count(&callback, &facts);
            }
            if report.len() > MOST_ROWS {
                return Err(too_many_rows(query.interval));
            }
            match next {
                Some(next) => asked.after = Some(next),
                None => break,
            }
        }
        let rows = report.rows();
        Ok(CallbackReport {
            from,
            until,
            complete_from,
            rows,
        })
    }

    async fn horizon(&self, services: &[ServiceName]) -> Result<Timestamp, Refusal> {
        let services = self.services_asked(services).await?;
        Ok(self.kept_from(&services))
    }
}

impl<S: Store, B: Bus> FrontDesk<S, B> {
    /// Callbacks, with what their logs tell.
    async fn with_facts(
        &self,
        callbacks: Vec<Callback>,
    ) -> Result<Vec<(Callback, Facts)>, Refusal> {
        let read = callbacks.into_iter().map(|callback| async move {
            let log = self.house.events_after(&callback.id, 0).await;
            let facts = Facts::of(&log.map_err(refuse)?);
            Ok((callback, facts))
        });
        stream::iter(read).buffered(READS).try_collect().await
    }

    /// What was wanted before may be purged: each callback is kept for the `_ttl` of its service.
    fn kept_from(&self, services: &[ServiceName]) -> Timestamp {
        let now = self.house.clock.now();
        let services = services.iter().filter_map(|name| self.house.service(name));
        let shortest = services.map(|service| service.options.ttl).min();
        shortest.map_or(now, |ttl| now - ttl)
    }

    async fn check_size(
        &self,
        services: &[ServiceName],
        from: Timestamp,
        until: Timestamp,
    ) -> Result<(), Refusal> {
        let (from, until) = (from.as_millis(), until.as_millis());
        let indexes: Vec<_> = services
            .iter()
            .map(|it| service_index(it.as_str()))
            .collect();
        let store = &self.house.store;
        let counts = indexes.into_iter().map(|index| async move {
            let counted = store.count(&index, from, until).await;
            counted.map_err(refuse_store)
        });
        let counts: Vec<u64> = stream::iter(counts).buffered(COUNTS).try_collect().await?;
        let count: u64 = counts.into_iter().sum();
        if count <= MOST_CALLBACKS {
            return Ok(());
        }
        let message = format!(
            "the report would be of {count} callbacks: allowed are {MOST_CALLBACKS}: narrow service, from or to"
        );
        Err(Refusal::new(RefusalKind::Invalid, message))
    }
}

fn too_many_rows(interval: Interval) -> Refusal {
    let interval = match interval {
        Interval::Hour => ", or ask for interval=day",
        Interval::Day => "",
    };
    let message = format!(
        "the report would have more than {MOST_ROWS} rows: so many are allowed: narrow service, from or to{interval}"
    );
    Refusal::new(RefusalKind::Invalid, message)
}
