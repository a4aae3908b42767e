//! What administrators ask and do.

use std::collections::BTreeMap;
use std::time::Duration;

use axum::extract::{RawQuery, State};
use axum::response::Response;
use axum::routing::{get, post};
use axum::{Json, Router};
use futures_util::{StreamExt, stream};
use ringback_core::event::{CallbackState, Reason};
use ringback_core::ids::{CallbackId, ServiceName};
use ringback_ports::clock::Clock;
use ringback_ports::desk::{AdminDesk, CallbackQuery, Desk, Refusal, RefusalKind};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::Answer;
use crate::body::JsonBody;
use crate::filter::{self, invalid};
use crate::openapi::shapes::Record;
use crate::openapi::{GmsReads, GmsWrites};
use crate::refused::GmsError;
use crate::rows::{self, Form};

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
/// The most callbacks that are cancelled by one request, and at a time.
const CANCELS: (usize, usize) = (1000, 16);
/// The reasons for which people call something off.
const CANCEL_REASONS: [Reason; 2] = [Reason::CancelledByAdmin, Reason::Cancelled];
/// The most columns of a report.
const MOST_COLUMNS: usize = 64;
/// What a report says that does not name its columns.
const COLUMNS: [&str; 5] = [
    "_id",
    "_service_name",
    "_customer_number",
    "_desired_time",
    "_callback_reason",
];

pub fn routes<D: Desk>() -> Router<D> {
    Router::new()
        .route("/admin/callback/queues", get(queues::<D>))
        .route("/admin/callback/cancel", post(cancel::<D>))
        .route("/admin/callback/watermarks", get(watermarks::<D>))
        .route("/admin/callback/reportcancelled", post(report::<D>))
}

/// Look at the callbacks of services
///
/// From 15 minutes ago until a day ahead when no time is asked for. Any other parameter is what a callback must say: its
/// `_customer_number`, or user data.
#[utoipa::path(
    get,
    path = "/admin/callback/queues",
    tag = "administration",
    params(
        ("target" = Option<String>, Query, description = "Services, with commas between them; all when absent"),
        ("start_time" = Option<String>, Query, description = "Those wanted at this time or later (RFC 3339)"),
        ("end_time" = Option<String>, Query, description = "Those wanted before this time (RFC 3339)"),
        ("states" = Option<String>, Query, description = "Those in one of these states, with commas between them"),
        ("max" = Option<u32>, Query, minimum = 1, maximum = 1000, description = "At the most so many of a service; 500")
    ),
    responses(
        (status = 200, description = "Records by service", body = BTreeMap<String, Vec<Record>>),
        GmsReads
    )
)]
pub async fn queues<D: Desk>(State(desk): State<D>, RawQuery(query): RawQuery) -> Answer {
    let (query, max) = asked(query.as_deref())?;
    let mut services = query.services.clone();
    if services.is_empty() {
        let all = desk.watermarks(Vec::new()).await?;
        services.extend(all.into_iter().map(|it| it.service));
    }
    let (mut shown, mut room) = (Map::new(), MOST_IN_ALL);
    for service in services {
        let query = CallbackQuery {
            services: vec![service.clone()],
            ..query.clone()
        };
        let records = first(&desk, query, max.min(room)).await?;
        room -= records.len();
        shown.insert(service.to_string(), Value::Array(records));
    }
    Ok(Json(Value::Object(shown)))
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
        let message = format!("end_time {until} is not after start_time {from}");
        return Err(invalid(message));
    }
    Ok((asked, max))
}

/// The first `max` records that were asked for.
async fn first<D: AdminDesk>(
    desk: &D,
    mut query: CallbackQuery,
    max: usize,
) -> Result<Vec<Value>, Refusal> {
    let mut records = Vec::new();
    while records.len() < max {
        query.limit = max - records.len();
        let page = desk.callbacks(query.clone()).await?;
        let found = page.callbacks.into_iter().map(|it| it.record.into());
        records.extend(found);
        match page.next {
            Some(next) => query.after = Some(next),
            None => break,
        }
    }
    Ok(records)
}

/// Callbacks to be called off.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CancelRequest)]
pub struct Cancel {
    /// `CANCELLED_BY_ADMIN` or `CANCELLED`; the first when absent.
    #[schema(example = "CANCELLED_BY_ADMIN")]
    reason: Option<String>,
    /// Their `_id`s.
    #[schema(min_items = 1, max_items = 1000)]
    ids: Vec<String>,
}

/// What became of them.
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CancelResults)]
pub struct Cancelled {
    /// How many are called off.
    cancelled: usize,
    /// How many are not.
    failed: usize,
    /// One for each, in the order of the request.
    results: Vec<CancelResult>,
}

/// What became of one.
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CancelResult {
    #[serde(rename = "_id")]
    #[schema(value_type = String)]
    id: CallbackId,
    /// An HTTP status.
    code: u16,
    /// Its reason phrase.
    phrase: &'static str,
    /// Why it is not called off, for programs.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, required = false)]
    exception: Option<&'static str>,
    /// Why it is not called off, for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, required = false)]
    message: Option<String>,
}

/// Call many callbacks off
#[utoipa::path(
    post,
    path = "/admin/callback/cancel",
    tag = "administration",
    request_body = Cancel,
    responses((status = 200, description = "What became of each", body = Cancelled), GmsWrites)
)]
pub async fn cancel<D: Desk>(
    State(desk): State<D>,
    JsonBody(Cancel { reason, ids }): JsonBody<Cancel>,
) -> Answer<Cancelled> {
    let reason = match reason.filter(|reason| !reason.is_empty()) {
        Some(reason) => filter::reason("reason", &reason, &CANCEL_REASONS)?,
        None => Reason::CancelledByAdmin,
    };
    if !(1..=CANCELS.0).contains(&ids.len()) {
        let message = format!(
            "ids has {} entries: allowed are 1 to {}",
            ids.len(),
            CANCELS.0
        );
        return Err(invalid(message).into());
    }
    let cancels = ids.into_iter().map(|id| cancel_one(&desk, id, reason));
    let results: Vec<CancelResult> = stream::iter(cancels).buffered(CANCELS.1).collect().await;
    let cancelled = results.iter().filter(|it| it.message.is_none()).count();
    Ok(Json(Cancelled {
        cancelled,
        failed: results.len() - cancelled,
        results,
    }))
}

async fn cancel_one<D: AdminDesk>(desk: &D, id: String, reason: Reason) -> CancelResult {
    let id = CallbackId::new(id);
    match desk.cancel_for(&id, reason).await {
        Ok(()) => CancelResult {
            id,
            code: 200,
            phrase: "OK",
            exception: None,
            message: None,
        },
        Err(refusal) => CancelResult {
            id,
            code: refusal.status(),
            phrase: refusal.phrase(),
            exception: Some(refusal.exception()),
            message: Some(refusal.message),
        },
    }
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

/// What a report tells.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ReportRequest)]
pub struct Report {
    /// Reasons, with commas between them; those of people who called something off when absent.
    #[schema(example = "CANCELLED_BY_ADMIN")]
    callback_reason: Option<String>,
    /// Its columns: record keys and keys of user data.
    #[schema(max_items = 64)]
    exported_properties: Option<Vec<String>>,
}

/// Report the callbacks that were called off
#[utoipa::path(
    post,
    path = "/admin/callback/reportcancelled",
    tag = "administration",
    request_body = Report,
    responses(
        (status = 200, description = "RFC 4180, a header line first", content_type = "text/csv", body = String),
        GmsWrites
    )
)]
pub async fn report<D: Desk>(
    State(desk): State<D>,
    JsonBody(report): JsonBody<Report>,
) -> Result<Response, GmsError> {
    let reason = report.callback_reason.unwrap_or_default();
    let mut query = CallbackQuery {
        states: vec![CallbackState::Completed],
        limit: usize::MAX,
        ..CallbackQuery::default()
    };
    filter::reasons(&mut query, "callback_reason", &reason)?;
    if query.reasons.is_empty() {
        query.reasons.extend(CANCEL_REASONS);
    }
    let columns = report.exported_properties.unwrap_or_default();
    let columns = match columns.len() {
        0 => COLUMNS.map(str::to_owned).to_vec(),
        1..=MOST_COLUMNS => columns,
        count => {
            let message =
                format!("exported_properties has {count} entries: allowed are 1 to {MOST_COLUMNS}");
            return Err(Refusal::new(RefusalKind::Invalid, message).into());
        }
    };
    Ok(rows::file(desk, query, Form::Csv(columns)).await?)
}
