//! Many callbacks, changed by people: those that are named, or all that a filter finds. Answered line by line as it goes,
//! and it stops when nobody reads any more.

use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use axum::Extension;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use futures_util::{StreamExt, stream};
use ringback_core::event::{CallbackState, Reason};
use ringback_core::ids::{CallbackId, ServiceName};
use ringback_ports::desk::{CallbackQuery, Desk, FoundCallback, Refusal};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use utoipa::ToSchema;

use super::change::moved;
use super::{FILTERS, narrow};
use crate::access::{Routes, Rule, Tally};
use crate::body::JsonBody;
use crate::filter::{self, invalid};
use crate::openapi::Writes;
use crate::refused::Problem;

/// How many are named at the most; more are found by a filter.
const MOST_IDS: usize = 1000;
/// How many are changed at a time, and read at a time.
const AT_A_TIME: (usize, usize) = (16, 200);
/// The reasons for which people call something off.
const REASONS: [Reason; 2] = [Reason::CancelledByAdmin, Reason::Cancelled];

pub fn routes<D: Desk>() -> Routes<D> {
    let rule = Rule::supervise().changes("callbacks").streams();
    Routes::new()
        .post("/callbacks:cancel", rule, cancel_many::<D>)
        .post("/callbacks:reschedule", rule, reschedule_many::<D>)
}

/// Which callbacks: by `ids`, or by a `filter`.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Bulk {
    /// Their `_id`s.
    #[schema(max_items = 1000, required = false)]
    ids: Vec<String>,
    /// At least one of the parameters of `GET /v1/callbacks`: `service`, `state`, `reason`, `number`, `queue`, `from`, `to`.
    #[schema(required = false)]
    filter: std::collections::BTreeMap<String, String>,
    /// To cancel: `CANCELLED_BY_ADMIN` or `CANCELLED`; the first when absent.
    #[schema(required = false, nullable = false)]
    reason: Option<String>,
    /// To reschedule: the time (RFC 3339).
    #[schema(required = false, nullable = false, format = DateTime)]
    time: Option<String>,
    /// Only tells what would be.
    dry_run: bool,
}

/// What became of a callback, a line each; the last line has the sums.
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BulkLine {
    #[serde(rename = "_id")]
    #[schema(required = false)]
    id: String,
    /// `done`, `over` or `refused`.
    #[schema(required = false)]
    outcome: String,
    /// Why it is refused.
    #[schema(required = false)]
    error: String,
    /// On the last line: how many were changed, or would be.
    #[schema(required = false)]
    done: u64,
    /// On the last line: how many were over already.
    #[schema(required = false)]
    over: u64,
    /// On the last line: how many were refused.
    #[schema(required = false)]
    refused: u64,
    /// On the last line: why it ends before all were looked at.
    #[schema(required = false)]
    broken: String,
}

/// Call many callbacks off
///
/// Those that are over are passed over, those that talk are refused. Repeating it is harmless.
#[utoipa::path(
    post,
    path = "/callbacks:cancel",
    tag = "many callbacks",
    request_body = Bulk,
    responses(
        (status = 200, description = "A line for each", content_type = "application/x-ndjson", body = BulkLine),
        Writes
    )
)]
pub async fn cancel_many<D: Desk>(
    State(desk): State<D>,
    JsonBody(bulk): JsonBody<Bulk>,
) -> Result<Response, Problem> {
    if bulk.time.is_some() {
        return Err(invalid("time is for callbacks:reschedule").into());
    }
    let reason = match &bulk.reason {
        Some(reason) => filter::reason("reason", reason, &REASONS)?,
        None => Reason::CancelledByAdmin,
    };
    answer(desk, bulk, Act::Cancel(reason))
}

/// Move many callbacks to another time
#[utoipa::path(
    post,
    path = "/callbacks:reschedule",
    tag = "many callbacks",
    request_body = Bulk,
    responses(
        (status = 200, description = "A line for each", content_type = "application/x-ndjson", body = BulkLine),
        Writes
    )
)]
pub async fn reschedule_many<D: Desk>(
    State(desk): State<D>,
    JsonBody(mut bulk): JsonBody<Bulk>,
) -> Result<Response, Problem> {
    if bulk.reason.is_some() {
        return Err(invalid("reason is for callbacks:cancel").into());
    }
    let Some(time) = bulk.time.take() else {
        return Err(invalid("time is missing: must be RFC 3339").into());
    };
    filter::time("time", &time)?;
    answer(desk, bulk, Act::Move(time))
}

/// What happens to each.
#[derive(Clone)]
enum Act {
    Cancel(Reason),
    Move(String),
}

impl Act {
    /// Whether a callback is where it would be moved to.
    fn is_there(&self, record: &Map<String, Value>) -> bool {
        let Self::Move(time) = self else {
            return false;
        };
        let there = filter::time("time", text(record, "_desired_time"));
        there.is_ok_and(|there| filter::time("time", time) == Ok(there))
    }
}

/// Those that are still to be looked at.
enum Left {
    Named(std::vec::IntoIter<CallbackId>),
    Found(Box<CallbackQuery>),
    None,
}

struct Run<D> {
    desk: D,
    left: Left,
    tally: Arc<Tally>,
    act: Act,
    is_ended: bool,
}

fn answer<D: Desk>(desk: D, bulk: Bulk, act: Act) -> Result<Response, Problem> {
    let tally = Arc::new(Tally {
        is_dry: bulk.dry_run,
        ..Tally::default()
    });
    let run = Run {
        desk,
        left: left(bulk)?,
        tally: tally.clone(),
        act,
        is_ended: false,
    };
    let lines = stream::unfold(run, |run| async {
        let (bytes, run) = run.next().await?;
        Some((Ok::<Bytes, Infallible>(bytes), run))
    });
    let mut response = (Extension(tally), Body::from_stream(lines)).into_response();
    let kind = HeaderValue::from_static("application/x-ndjson");
    response.headers_mut().insert(header::CONTENT_TYPE, kind);
    Ok(response)
}

fn left(bulk: Bulk) -> Result<Left, Refusal> {
    let Bulk { ids, filter, .. } = bulk;
    match (ids.is_empty(), filter.is_empty()) {
        (true, true) => Err(invalid(
            "ids or filter must be there, and have an entry: nothing at all does not mean everything",
        )),
        (false, false) => Err(invalid("ids and filter exclude each other")),
        (false, true) if ids.len() > MOST_IDS => {
            let message = format!("ids has {} entries: must have 1 to {MOST_IDS}", ids.len());
            Err(invalid(message))
        }
        (false, true) => {
            let ids: Vec<_> = ids.into_iter().map(CallbackId::new).collect();
            Ok(Left::Named(ids.into_iter()))
        }
        (true, false) => {
            let mut query = CallbackQuery {
                limit: AT_A_TIME.1,
                ..CallbackQuery::default()
            };
            for (name, value) in filter {
                if value.trim().is_empty() {
                    let allowed = FILTERS.join(", ");
                    let message = format!("filter.{name} must not be empty; keys are {allowed}");
                    return Err(invalid(message));
                }
                narrow(&mut query, &name, &value, &[])?;
            }
            Ok(Left::Found(Box::new(query)))
        }
    }
}

impl<D: Desk> Run<D> {
    /// The next lines; `None` after the last.
    async fn next(mut self) -> Option<(Bytes, Self)> {
        if self.is_ended {
            return None;
        }
        let batch = match self.batch().await {
            Ok(Some(batch)) => batch,
            Ok(None) => return Some((self.end(None), self)),
            Err(refusal) => return Some((self.end(Some(&refusal)), self)),
        };
        let lines = stream::iter(batch).map(|(id, found)| self.line(id, found));
        let lines: Vec<String> = lines.buffered(AT_A_TIME.0).collect().await;
        Some((lines.concat().into(), self))
    }

    /// Those that are looked at next, as they are now.
    async fn batch(&mut self) -> Result<Option<Vec<(CallbackId, Option<FoundCallback>)>>, Refusal> {
        match &mut self.left {
            Left::None => Ok(None),
            Left::Named(ids) => {
                let ids: Vec<_> = ids.take(AT_A_TIME.1).collect();
                if ids.is_empty() {
                    return Ok(None);
                }
                let found = self.desk.callbacks_named(&ids).await?;
                let of = |id: &CallbackId| found.iter().find(|it| is_of(it, id)).cloned();
                Ok(Some(
                    ids.into_iter().map(|id| (id.clone(), of(&id))).collect(),
                ))
            }
            Left::Found(query) => {
                let page = self.desk.callbacks(CallbackQuery::clone(query)).await?;
                match page.next {
                    Some(next) => query.after = Some(next),
                    None => self.left = Left::None,
                }
                // Who was moved stands there on the way again: whoever is there already needs no move.
                let there = |found: &FoundCallback| self.act.is_there(&found.record);
                let named = page.callbacks.into_iter().filter(|it| !there(it));
                let named = named.map(|it| (CallbackId::new(text(&it.record, "_id")), Some(it)));
                Ok(Some(named.collect()))
            }
        }
    }

    async fn line(&self, id: CallbackId, found: Option<FoundCallback>) -> String {
        let line = match self.done(&id, found).await {
            Ok(true) => {
                self.tally.accepted.fetch_add(1, Ordering::Relaxed);
                json!({ "_id": id, "outcome": "done" })
            }
            Ok(false) => {
                self.tally.skipped.fetch_add(1, Ordering::Relaxed);
                json!({ "_id": id, "outcome": "over" })
            }
            Err(error) => {
                self.tally.refused.fetch_add(1, Ordering::Relaxed);
                json!({ "_id": id, "outcome": "refused", "error": error })
            }
        };
        format!("{line}\n")
    }

    /// Whether it is changed; not when it is over.
    async fn done(&self, id: &CallbackId, found: Option<FoundCallback>) -> Result<bool, String> {
        let Some(FoundCallback { record, .. }) = found else {
            return Err("there is no such callback, or it is kept no longer".to_owned());
        };
        let state = text(&record, "_callback_state");
        if state == CallbackState::Completed.as_str() {
            return Ok(false);
        }
        if self.tally.is_dry {
            let talks = state == CallbackState::Processing.as_str();
            let talking = || "customer and agent talk".to_owned();
            return if talks { Err(talking()) } else { Ok(true) };
        }
        let changed = match &self.act {
            Act::Cancel(reason) => self.desk.cancel_for(id, *reason).await,
            Act::Move(time) => {
                let service = ServiceName::new(text(&record, "_service_name"));
                self.desk.update(&service, id, moved(time.clone())).await
            }
        };
        changed.map(|()| true).map_err(|refusal| refusal.message)
    }

    fn end(&mut self, broken: Option<&Refusal>) -> Bytes {
        self.is_ended = true;
        let count = |count: &std::sync::atomic::AtomicU64| count.load(Ordering::Relaxed);
        let tally = &self.tally;
        let mut line = json!({
            "done": count(&tally.accepted),
            "over": count(&tally.skipped),
            "refused": count(&tally.refused),
        });
        if let Some(refusal) = broken {
            line["broken"] = refusal.message.clone().into();
        }
        format!("{line}\n").into()
    }
}

fn is_of(found: &FoundCallback, id: &CallbackId) -> bool {
    text(&found.record, "_id") == id.as_str()
}

fn text<'a>(record: &'a Map<String, Value>, key: &str) -> &'a str {
    record.get(key).and_then(Value::as_str).unwrap_or_default()
}
