//! What analysts can ask about many callbacks.

use std::future::Future;

use ringback_core::ids::ServiceName;
use ringback_core::reporting::{Interval, Row};
use ringback_core::time::Timestamp;
use ringback_core::zone::Zone;
use serde_json::{Map, Value};

use super::{CallbackQuery, Refusal};

/// A page of what is reported of callbacks, by service and then by the time they are wanted at.
#[derive(Clone, Default)]
pub struct RecordPage {
    /// The keys of each.
    pub records: Vec<Map<String, Value>>,
    /// Where the next page begins; `None` on the last. A page may be short, even empty, and not be the last.
    pub next: Option<String>,
}

/// What a report is of.
#[derive(Clone, Debug)]
pub struct ReportQuery {
    /// Callbacks of these services; of every service when there is none.
    pub services: Vec<ServiceName>,
    /// Those wanted at this time or later; today when left out.
    pub from: Option<Timestamp>,
    /// Those wanted before this time; up to now when left out.
    pub until: Option<Timestamp>,
    /// How long the time of a row is.
    pub interval: Interval,
    /// Whose hours and days.
    pub zone: Zone,
}

/// Counts of callbacks.
#[derive(Clone, Debug)]
pub struct CallbackReport {
    /// Of those wanted at this time or later,
    pub from: Timestamp,
    /// and before this one.
    pub until: Timestamp,
    /// Those wanted before this may be gone already: a callback is kept for its `_ttl`.
    pub complete_from: Timestamp,
    /// By service and time.
    pub rows: Vec<Row>,
}

/// Answers analysts.
pub trait ReportDesk: Clone + Send + Sync + 'static {
    /// A page of what is reported of callbacks.
    ///
    /// # Errors
    /// When a service does not exist or `after` is no place to go on from.
    fn records(
        &self,
        query: CallbackQuery,
    ) -> impl Future<Output = Result<RecordPage, Refusal>> + Send;

    /// From when on all callbacks of these services, or of all, are still kept.
    ///
    /// # Errors
    /// When a service does not exist.
    fn horizon(
        &self,
        services: &[ServiceName],
    ) -> impl Future<Output = Result<Timestamp, Refusal>> + Send;

    /// Counts callbacks.
    ///
    /// # Errors
    /// When a service does not exist, or it would be too many callbacks or rows.
    fn report(
        &self,
        query: ReportQuery,
    ) -> impl Future<Output = Result<CallbackReport, Refusal>> + Send;
}
