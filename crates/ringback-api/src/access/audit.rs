//! Each change is written down before it is begun, and how it ended after it. So none happens without an entry: when
//! the store does not take the entry, the change is refused. An entry that keeps no outcome, because the process died or
//! the caller hung up meanwhile, tells that the change may have happened or not.
//!
//! Routes say whether they change something: those of `/v1` that do not only read, and in the callback API what
//! administrators do and subscriptions. No change in this sense is the daily work of machines and agents, which their
//! callbacks tell of themselves: starting, changing and cancelling one callback, publishing, an agent's state, a report
//! of live calls.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::response::Response;
use futures_util::{StreamExt, stream};
use ringback_core::audit::AuditNote;
use ringback_core::ids::AuditId;
use ringback_ports::desk::{AuditDesk, AuditEnd, Refusal};
use serde_json::{Map, Value};

use super::caller::Caller;

/// The longest name of an object that is written down, in characters.
const LONGEST: usize = 100;
/// Parameters of routes that are about a person.
const PERSONAL: &str = "number";

/// What a handler knows of its change besides; among the extensions of its response.
#[derive(Clone, Default)]
pub struct Told {
    /// What was changed, when the route does not name it.
    pub object: Option<String>,
    /// What else there is to know.
    pub details: Map<String, Value>,
}

/// How a change goes that goes on while its answer is read; among the extensions of its response.
#[derive(Debug, Default)]
pub struct Tally {
    /// How many callbacks were accepted.
    pub accepted: AtomicU64,
    /// How many were known.
    pub known: AtomicU64,
    /// How many were over, and skipped.
    pub skipped: AtomicU64,
    /// How many were refused.
    pub refused: AtomicU64,
    /// Nothing was changed: somebody has only asked what would be.
    pub is_dry: bool,
}

impl Tally {
    fn details(&self) -> Map<String, Value> {
        let counts = [
            ("accepted", &self.accepted),
            ("known", &self.known),
            ("skipped", &self.skipped),
            ("refused", &self.refused),
        ];
        let count = |(name, count): (&str, &AtomicU64)| {
            (name.to_owned(), count.load(Ordering::Relaxed).into())
        };
        let dry = ("dry_run".to_owned(), Value::Bool(true));
        let dry = Some(dry).filter(|_| self.is_dry);
        counts.into_iter().map(count).chain(dry).collect()
    }
}

/// A change that is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Change {
    what: String,
    object: String,
}

impl Change {
    /// Of things of a kind. The first parameter of the path is which, unless it is about a person.
    pub fn new(kind: &str, what: String, first: Option<&(String, String)>) -> Self {
        let first = first.filter(|(name, _)| name != PERSONAL);
        let object = first.map_or_else(|| kind.to_owned(), |(_, name)| object(kind, name));
        Self { what, object }
    }

    /// Lets it happen, between an entry and its end.
    pub async fn happen<D: AuditDesk>(
        self,
        desk: D,
        caller: &Caller,
        keep: Duration,
        happening: impl Future<Output = Response>,
    ) -> Result<Response, Refusal> {
        let note = AuditNote {
            who: caller.name(),
            role: caller.role().to_owned(),
            what: self.what.clone(),
            object: self.object,
            keep,
        };
        let id = desk.note(note).await?;
        let mut response = happening.await;
        let (user, role, what) = (caller.name(), caller.role(), self.what);
        let status = response.status().as_u16();
        tracing::info!(target: "ringback::audit", user, role, what, status, "a change");
        let told = response.extensions_mut().remove::<Told>();
        let Told { object, details } = told.unwrap_or_default();
        let end = AuditEnd {
            status,
            object,
            details,
        };
        let Some(tally) = response.extensions_mut().remove::<Arc<Tally>>() else {
            close(&desk, &id, end).await;
            return Ok(response);
        };
        Ok(response.map(|body| {
            let end = async move {
                let details = tally.details();
                close(&desk, &id, AuditEnd { details, ..end }).await;
            };
            before_end(body, end)
        }))
    }
}

/// One of a kind of things.
pub fn object(kind: &str, name: &str) -> String {
    let name: String = name.chars().take(LONGEST).collect();
    format!("{kind}/{name}")
}

async fn close<D: AuditDesk>(desk: &D, id: &AuditId, end: AuditEnd) {
    if let Err(error) = desk.close(id, end).await {
        tracing::error!(audit.id = %id, %error, "how a change ended is not written down");
    }
}

/// The same body, whose reader waits at its end for something else.
fn before_end(body: Body, end: impl Future<Output = ()> + Send + 'static) -> Body {
    let end = stream::once(end).filter_map(|()| async { None::<Result<Bytes, axum::Error>> });
    Body::from_stream(body.into_data_stream().chain(end))
}
