//! How everything stands, as it changes: server-sent events of state, not of what happened.

mod board;
mod hub;
mod watching;

use std::convert::Infallible;

use axum::extract::{RawQuery, State};
use axum::http::HeaderMap;
use axum::response::sse::Sse;
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use futures_util::stream;
use ringback_core::frames::Rows;
use ringback_ports::desk::{Desk, Refusal};
use serde::Serialize;
use utoipa::ToSchema;

use crate::access::{Routes, Rule};
use crate::filter;
use crate::openapi::Reads;
use crate::refused::Problem;
use hub::Hub;
use watching::Watching;

/// Proxies shall pass on each event when it comes.
const UNBUFFERED: (&str, &str) = ("x-accel-buffering", "no");
/// What can be watched.
const TOPICS: [&str; 1] = ["board"];

pub fn routes<D: Desk>() -> Routes<D> {
    Routes::new()
        .get("/live", Rule::read(), live::<D>)
        .get("/summary", Rule::read(), summary::<D>)
        .telling(Hub::default())
}

/// How everything stood.
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Summary {
    /// When; at most 1.5 s ago.
    #[schema(format = DateTime)]
    at: String,
    /// Rows by name: `service/…`, `queue/…` and `deliveries`.
    #[schema(value_type = std::collections::BTreeMap<String, serde_json::Value>)]
    rows: Rows,
}

/// How everything stands
///
/// Of each service how many callbacks stand in each state that has begun; of each virtual queue how many wait, since when
/// the first, the estimate for a new caller and its agents; of notifications how many targets fail or have some that were
/// given up. Nothing is counted by walking, and nobody who asks within a second counts anew.
#[utoipa::path(
    get,
    path = "/summary",
    tag = "console",
    responses((status = 200, description = "Figures", body = Summary), Reads)
)]
pub async fn summary<D: Desk>(
    State(desk): State<D>,
    Extension(hub): Extension<Hub>,
) -> Result<Json<Summary>, Problem> {
    let look = hub.look(&desk).await?;
    Ok(Json(Summary {
        at: look.at.to_string(),
        rows: look.frames.rows().clone(),
    }))
}

/// Watch how everything stands
///
/// Server-sent events, computed once a process however many watch, and only while somebody does. First comes `snapshot`
/// with all `rows`, then `delta` with those that `changed` and the names of those that are `gone`; what would change
/// nothing is not sent. After 2 s of silence comes `beat`. Each `data` says of which `topic` it is and `at` which time what
/// is shown was looked at: whatever comes through the connection, nothing is newer than that. `every` is the time to the
/// next look in ms, which grows while the store is slow. `end` says why no more comes; a watcher comes back then, and with
/// `Last-Event-ID` it is sent what it has missed, or a new snapshot.
#[utoipa::path(
    get,
    path = "/live",
    tag = "console",
    params(("topic" = String, Query, description = "`board`: what `/v1/summary` tells")),
    responses(
        (status = 200, description = "A stream; each `data` is an object", body = Object, content_type = "text/event-stream"),
        Reads
    )
)]
pub async fn live<D: Desk>(
    State(desk): State<D>,
    Extension(hub): Extension<Hub>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    read_topic(query.as_deref())?;
    let last = headers.get("last-event-id").and_then(|it| it.to_str().ok());
    let watcher = hub.watch(&desk).await?;
    let watching = Watching::new(watcher, last, Box::pin(desk.stopped()));
    let events = stream::unfold(watching, |watching| async {
        let (event, watching) = watching.next().await?;
        Some((Ok::<_, Infallible>(event), watching))
    });
    Ok(([UNBUFFERED], Sse::new(events)).into_response())
}

fn read_topic(query: Option<&str>) -> Result<(), Refusal> {
    let mut found = false;
    for (name, value) in filter::pairs(query)? {
        match (name.as_str(), TOPICS.contains(&value.as_str())) {
            ("topic", true) if found => {
                let message = "parameter 'topic' stands twice: it must stand once";
                return Err(filter::invalid(message));
            }
            ("topic", true) => found = true,
            ("topic", false) => return Err(filter::not_allowed("topic", &value, &TOPICS)),
            (other, _) => return Err(filter::unknown(other, &["topic"])),
        }
    }
    let missing = || filter::invalid("parameter 'topic' is missing: allowed is board");
    found.then_some(()).ok_or_else(missing)
}
