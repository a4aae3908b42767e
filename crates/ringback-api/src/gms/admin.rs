//! What administrators ask and do.

pub mod ending;

use std::collections::BTreeMap;
use std::time::Duration;

use axum::Json;
use axum::extract::{RawQuery, State};
use axum::response::Response;
use ringback_core::ids::ServiceName;
use ringback_ports::clock::Clock;
use ringback_ports::desk::{AdminDesk, CallbackQuery, Desk, Refusal};
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::Answer;
use crate::access::{Routes, Rule};
use crate::cut;
use crate::filter::{self, invalid};
use crate::openapi::GmsReads;
use crate::openapi::shapes::Record;
use crate::refused::GmsError;

/// What is shown when no time is asked for: from so long ago until so far ahead.
const WINDOW: (Duration, Duration) = (
    Duration::from_secs(15 * 60),
    Duration::from_secs(24 * 60 * 60),
);
/// How many records of a service are shown when `max` does not say.
const SHOWN: usize = 500;
/// The most records of a service that are shown.
const MOST_SHOWN: usize = 1000;
/// The most records that one answer shows.
const MOST_IN_ALL: usize = 10_000;

pub fn routes<D: Desk>() -> Routes<D> {
    Routes::new()
        .get("/admin/callback/queues", Rule::read(), queues::<D>)
        .post(
            "/admin/callback/cancel",
            Rule::supervise().changes("callbacks"),
            ending::cancel::<D>,
        )
        .get("/admin/callback/watermarks", Rule::read(), watermarks::<D>)
        .post(
            "/admin/callback/reportcancelled",
            Rule::supervise(),
            ending::report::<D>,
        )
}

/// Look at the callbacks of services
///
/// From 15 minutes ago until a day ahead when no time is asked for. Any other parameter is what a callback must say: its
/// `_customer_number`, `_callback_state`, `_callback_reason`, `_vq`, a lookup key, or one of the configured `filter-keys`.
/// Where a service has more than are shown, the header `ringback-truncated` names it.
#[utoipa::path(
    get,
    path = "/admin/callback/queues",
    tag = "administration",
    params(
        ("target" = Option<String>, Query, description = "Services, with commas between them; all when absent"),
        ("start_time" = Option<String>, Query, format = DateTime, description = "Those wanted at this time or later (RFC 3339)"),
        ("end_time" = Option<String>, Query, format = DateTime, description = "Those wanted before this time (RFC 3339)"),
        ("states" = Option<String>, Query, description = "Those in one of these states, with commas between them"),
        ("max" = Option<u32>, Query, minimum = 1, maximum = 1000, description = "At the most so many of a service; 500")
    ),
    responses(
        (status = 200, description = "Records by service", body = BTreeMap<String, Vec<Record>>),
        GmsReads
    )
)]
pub async fn queues<D: Desk>(
    State(desk): State<D>,
    RawQuery(query): RawQuery,
) -> Result<Response, GmsError> {
    let (query, max) = asked(query.as_deref())?;
    let mut services = query.services.clone();
    if services.is_empty() {
        let all = desk.watermarks(Vec::new()).await?;
        services.extend(all.into_iter().map(|it| it.service));
    }
    let (mut shown, mut room, mut cut) = (Map::new(), MOST_IN_ALL, Vec::new());
    for service in services {
        let query = CallbackQuery {
            services: vec![service.clone()],
            ..query.clone()
        };
        let (records, more) = first(&desk, query, max.min(room)).await?;
        if more {
            cut.push(service.to_string());
        }
        room -= records.len();
        shown.insert(service.to_string(), Value::Array(records));
    }
    let cut = (!cut.is_empty()).then(|| format!("there is more of {}", cut.join(", ")));
    Ok(cut::told(Json(shown), cut.as_deref()))
}

fn asked(query: Option<&str>) -> Result<(CallbackQuery, usize), Refusal> {
    let now = Clock::system().now();
    let mut asked = CallbackQuery {
        from: Some(now - WINDOW.0),
        until: Some(now + WINDOW.1),
        ..CallbackQuery::default()
    };
    let mut max = SHOWN;
    for (name, value) in filter::pairs(query)? {
        match name.as_str() {
            "target" => filter::services(&mut asked, &value),
            "start_time" => asked.from = Some(filter::time(&name, &value)?),
            "end_time" => asked.until = Some(filter::time(&name, &value)?),
            "max" => max = filter::count(&name, &value, MOST_SHOWN)?,
            "states" => filter::states(&mut asked, &name, &value)?,
            _ => filter::property(&mut asked, name, value)?,
        }
    }
    if let (Some(from), Some(until)) = (asked.from, asked.until)
        && until <= from
    {
        let message =
            format!("end_time {until} is not after start_time {from}: allowed is a later one");
        return Err(invalid(message));
    }
    Ok((asked, max))
}

/// The first `max` records that were asked for, and whether there are more.
async fn first<D: AdminDesk>(
    desk: &D,
    mut query: CallbackQuery,
    max: usize,
) -> Result<(Vec<Value>, bool), Refusal> {
    let mut records = Vec::new();
    loop {
        // One more than are shown tells whether there are more.
        query.limit = max - records.len() + 1;
        let page = desk.callbacks(query.clone()).await?;
        let found = page.callbacks.into_iter().map(|it| it.record.into());
        records.extend(found);
        match page.next {
            Some(next) => query.after = Some(next),
            None => break,
        }
        if records.len() > max {
            break;
        }
    }
    let more = records.len() > max;
    records.truncate(max);
    Ok((records, more))
}

/// How many callbacks are QUEUED or PROCESSING.
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Watermarks {
    /// By service.
    services: BTreeMap<String, u64>,
    total: u64,
}

/// Count what services have on their hands
#[utoipa::path(
    get,
    path = "/admin/callback/watermarks",
    tag = "administration",
    params(("service_name" = Option<Vec<String>>, Query, description = "Services; all when absent")),
    responses((status = 200, description = "QUEUED and PROCESSING ones", body = Watermarks), GmsReads)
)]
pub async fn watermarks<D: Desk>(
    State(desk): State<D>,
    RawQuery(query): RawQuery,
) -> Answer<Watermarks> {
    let mut services = Vec::new();
    for (name, value) in filter::pairs(query.as_deref())? {
        match name.as_str() {
            "service_name" => services.push(ServiceName::new(value)),
            other => return Err(filter::unknown(other, &["service_name"]).into()),
        }
    }
    let marks = desk.watermarks(services).await?;
    let total = marks.iter().map(|mark| mark.count).sum();
    let services = marks
        .into_iter()
        .map(|mark| (mark.service.to_string(), mark.count));
    let services = services.collect();
    Ok(Json(Watermarks { services, total }))
}
