//! What is written down of changes, and asked about them.

use std::future::Future;

use ringback_core::audit::{AuditEntry, AuditNote};
use ringback_core::ids::AuditId;
use ringback_core::time::Timestamp;
use serde_json::{Map, Value};

use super::Refusal;

/// How a change ended.
#[derive(Clone, Debug, Default)]
pub struct AuditEnd {
    /// The status it was answered with.
    pub status: u16,
    /// What was changed, when that was not known before.
    pub object: Option<String>,
    /// What else is known of it.
    pub details: Map<String, Value>,
}

/// Which entries; what is left out does not matter.
#[derive(Clone, Debug, Default)]
pub struct AuditQuery {
    /// Those about this: a kind of things, or one.
    pub object: Option<String>,
    /// Those of this user or key.
    pub who: Option<String>,
    /// Those of this time or later.
    pub from: Option<Timestamp>,
    /// Those before this time.
    pub until: Option<Timestamp>,
    /// At the most so many on a page.
    pub limit: usize,
    /// After the last of the page before.
    pub after: Option<String>,
}

/// A page of entries, the latest first.
#[derive(Clone, Debug, Default)]
pub struct AuditPage {
    /// Them.
    pub entries: Vec<AuditEntry>,
    /// Where the next page begins; `None` on the last. A page may be short, even empty, and not be the last.
    pub next: Option<String>,
}

/// Keeps the audit.
pub trait AuditDesk: Clone + Send + Sync + 'static {
    /// Writes down that a change begins; durable once it returns.
    ///
    /// # Errors
    /// When the store is away: then nothing may be changed.
    fn note(&self, note: AuditNote) -> impl Future<Output = Result<AuditId, Refusal>> + Send;

    /// Writes down how it ended.
    ///
    /// # Errors
    /// When the store is away.
    fn close(
        &self,
        id: &AuditId,
        end: AuditEnd,
    ) -> impl Future<Output = Result<(), Refusal>> + Send;

    /// A page of entries.
    ///
    /// # Errors
    /// When `after` is no place to go on from.
    fn audit(&self, query: AuditQuery) -> impl Future<Output = Result<AuditPage, Refusal>> + Send;
}
