//! Reports: rows of keys, and counts.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::{RawQuery, State};
use axum::http::HeaderMap;
use axum::response::Response;
use ringback_core::reporting::{Interval, KEYS, Row, Waits, dial_result_key};
use ringback_core::zone::Zone;
use ringback_ports::desk::{CallbackQuery, Desk, Refusal, ReportQuery};
use serde::Serialize;
use utoipa::ToSchema;

use crate::access::{Routes, Rule};
use crate::cut;
use crate::filter::{self, invalid};
use crate::openapi::shapes::ReportedCallback;
use crate::openapi::{FormatWord, IntervalWord, Reads};
use crate::refused::Problem;
use crate::rows::{self, Reported, Wish};

/// How many attempts have a column in a file that does not say.
const ATTEMPTS: u32 = 10;

pub fn routes<D: Desk>() -> Routes<D> {
    Routes::new()
        .get("/reports/records", Rule::report(), records::<D>)
        .get("/reports/callbacks", Rule::report(), callbacks::<D>)
}

/// Counts of callbacks.
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CallbackReport {
    /// Of callbacks wanted at this time or later,
    #[schema(format = DateTime)]
    from: String,
    /// and before this one.
    #[schema(format = DateTime)]
    to: String,
    /// Those wanted before this may be gone already, and are not counted then: a callback is kept for its `_ttl`.
    #[schema(format = DateTime)]
    complete_from: String,
    #[schema(value_type = IntervalWord)]
    interval: &'static str,
    /// The time zone whose hours or days these are.
    #[schema(example = "Europe/Paris")]
    timezone: String,
    /// By service and time. There is none for an interval without callbacks.
    rows: Vec<ReportRow>,
}

/// Callbacks of a service that are wanted within an interval.
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReportRow {
    service: String,
    /// The first instant of the interval.
    #[schema(format = DateTime)]
    start: String,
    /// The first instant after it.
    #[schema(format = DateTime)]
    end: String,
    /// What the wall clock shows at its start.
    #[schema(example = "2030-01-31T09:00:00.000")]
    local: String,
    /// How many there are.
    callbacks: u64,
    /// How many are not over.
    pending: u64,
    /// How many are over.
    completed: u64,
    /// How many are over for which `_callback_reason`.
    reasons: BTreeMap<&'static str, u64>,
    /// How many attempts were begun.
    attempts: u64,
    /// How many attempts ended how, in the words of `_CB_DIAL_1_RESULT`.
    dial_results: BTreeMap<&'static str, u64>,
    /// How many customers talked to an agent.
    connected: u64,
    /// How long those have waited for the agent, in seconds from the time they wanted the call; none when there are none.
    #[schema(required)]
    waiting: Option<WaitsView>,
}

/// How long customers have waited, in whole seconds.
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ReportWaits)]
pub struct WaitsView {
    mean: u64,
    /// Half of them no longer than that.
    p50: u64,
    /// 95 of a hundred no longer than that.
    p95: u64,
    max: u64,
}

/// Write what is reported of callbacks to a file
///
/// A row for each, however many there are. Times are seconds since 1970 (UTC), spans whole seconds. What is not known is
/// left out. The connection breaks when something comes between, so that nobody takes a part for the whole. The header
/// `ringback-complete-from` tells from when on all callbacks are still kept.
#[utoipa::path(
    get,
    path = "/reports/records",
    tag = "reports",
    params(
        ("service" = Option<String>, Query, description = "Services, with commas between them"),
        ("from" = Option<String>, Query, format = DateTime, description = "Those wanted at this time or later (RFC 3339)"),
        ("to" = Option<String>, Query, format = DateTime, description = "Those wanted before this time (RFC 3339)"),
        ("format" = inline(Option<FormatWord>), Query, description = "What is accepted when absent"),
        (
            "columns" = Option<String>, Query,
            description = "Of a CSV file, with commas between them; when absent those that are described, with the results of ten attempts"
        )
    ),
    responses(
        (
            status = 200,
            description = "CSV (RFC 4180, a header line first), or one JSON object a line",
            content((String = "text/csv"), (ReportedCallback = "application/x-ndjson"))
        ),
        Reads
    )
)]
pub async fn records<D: Desk>(
    State(desk): State<D>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let (mut asked, mut wish) = (CallbackQuery::default(), Wish::of(&headers));
    for (name, value) in filter::pairs(query.as_deref())? {
        match name.as_str() {
            "service" => filter::services(&mut asked, &value),
            "from" => asked.from = Some(filter::time(&name, &value)?),
            "to" => asked.until = Some(filter::time(&name, &value)?),
            _ if wish.take(&name, &value)? => {}
            other => {
                let allowed = ["service", "from", "to", "format", "columns"];
                return Err(filter::unknown(other, &allowed).into());
            }
        }
    }
    let known = KEYS.iter().map(|key| key.name.to_owned());
    let form = wish.form(known.chain((2..=ATTEMPTS).map(dial_result_key)))?;
    let complete_from = desk.horizon(&asked.services).await?;
    let mut response = rows::file(Reported(desk), asked, form).await?;
    cut::complete_from(&mut response, complete_from);
    Ok(response)
}

/// Count callbacks
///
/// By service, and by hour or day of a time zone, as far as they are kept: see `complete_from`. Those that are wanted within a time count, whatever became of them; at
/// the most 100000 of them, in 1000 rows.
#[utoipa::path(
    get,
    path = "/reports/callbacks",
    tag = "reports",
    params(
        ("service" = Option<String>, Query, description = "Services, with commas between them"),
        (
            "from" = Option<String>, Query, format = DateTime,
            description = "Those wanted at this time or later (RFC 3339); today when absent"
        ),
        (
            "to" = Option<String>, Query, format = DateTime,
            description = "Those wanted before this time (RFC 3339); up to now when absent"
        ),
        ("interval" = inline(Option<IntervalWord>), Query, description = "How long the time of a row is; `day` when absent"),
        ("timezone" = Option<String>, Query, description = "Whose hours and days: an IANA name; UTC when absent")
    ),
    responses((status = 200, description = "Counts", body = CallbackReport), Reads)
)]
pub async fn callbacks<D: Desk>(
    State(desk): State<D>,
    RawQuery(query): RawQuery,
) -> Result<Json<CallbackReport>, Problem> {
    let mut named = CallbackQuery::default();
    let mut asked = ReportQuery {
        services: Vec::new(),
        from: None,
        until: None,
        interval: Interval::Day,
        zone: Zone::UTC,
    };
    for (name, value) in filter::pairs(query.as_deref())? {
        match name.as_str() {
            "service" => filter::services(&mut named, &value),
            "from" => asked.from = Some(filter::time(&name, &value)?),
            "to" => asked.until = Some(filter::time(&name, &value)?),
            "interval" => asked.interval = interval(&name, &value)?,
            "timezone" => asked.zone = zone(&name, &value)?,
            other => {
                let allowed = ["service", "from", "to", "interval", "timezone"];
                return Err(filter::unknown(other, &allowed).into());
            }
        }
    }
    asked.services = named.services;
    let (interval, timezone) = (asked.interval.as_str(), asked.zone.name().to_owned());
    let report = desk.report(asked).await?;
    Ok(Json(CallbackReport {
        from: report.from.to_string(),
        to: report.until.to_string(),
        complete_from: report.complete_from.to_string(),
        interval,
        timezone,
        rows: report.rows.into_iter().map(ReportRow::from).collect(),
    }))
}

fn interval(name: &str, value: &str) -> Result<Interval, Refusal> {
    let known = Interval::ALL.into_iter().find(|it| it.as_str() == value);
    known.ok_or_else(|| {
        let all = Interval::ALL.map(Interval::as_str);
        filter::not_allowed(name, value, &all)
    })
}

fn zone(name: &str, value: &str) -> Result<Zone, Refusal> {
    value
        .parse()
        .map_err(|error| invalid(format!("{name}: {error}")))
}

impl From<Row> for ReportRow {
    fn from(row: Row) -> Self {
        Self {
            service: row.service.to_string(),
            start: row.time.start.to_string(),
            end: row.time.end.to_string(),
            local: row.local,
            callbacks: row.callbacks,
            pending: row.callbacks.saturating_sub(row.completed),
            completed: row.completed,
            reasons: row.reasons,
            attempts: row.attempts,
            dial_results: row.dial_results,
            connected: row.connected,
            waiting: row.waits.map(WaitsView::from),
        }
    }
}

impl From<Waits> for WaitsView {
    fn from(waits: Waits) -> Self {
        let Waits {
            mean,
            p50,
            p95,
            max,
        } = waits;
        Self {
            mean,
            p50,
            p95,
            max,
        }
    }
}
