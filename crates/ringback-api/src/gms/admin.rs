//! What administrators ask and do.

use std::time::Duration;

use axum::extract::{RawQuery, State};
use axum::response::Response;
use axum::routing::{get, post};
use axum::{Extension, Json, Router};
use futures_util::{StreamExt, stream};
use ringback_core::event::{CallbackState, Reason};
use ringback_core::ids::{CallbackId, ServiceName};
use ringback_ports::clock::Clock;
use ringback_ports::desk::{AdminDesk, CallbackQuery, Desk, Refusal, RefusalKind};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::Answer;
use crate::access::Told;
use crate::body::JsonBody;
use crate::filter::{self, invalid};
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

async fn queues<D: Desk>(State(desk): State<D>, RawQuery(query): RawQuery) -> Answer {
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

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Cancel {
    reason: Option<String>,
    ids: Vec<String>,
}

async fn cancel<D: Desk>(
    State(desk): State<D>,
    JsonBody(Cancel { reason, ids }): JsonBody<Cancel>,
) -> Result<(Extension<Told>, Json<Value>), GmsError> {
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
    let results: Vec<Value> = stream::iter(cancels).buffered(CANCELS.1).collect().await;
    let done = results
        .iter()
        .filter(|it| it.get("code") == Some(&json!(200)));
    let done: Vec<Value> = done.filter_map(|it| it.get("_id").cloned()).collect();
    let (cancelled, failed) = (done.len(), results.len() - done.len());
    let answer = json!({ "cancelled": cancelled, "failed": failed, "results": results });
    Ok((Extension(told(done, failed)), Json(answer)))
}

/// Those that were cancelled, by name; what else was sent may be anything.
fn told(done: Vec<Value>, failed: usize) -> Told {
    let details = [
        ("cancelled".to_owned(), Value::Array(done)),
        ("failed".to_owned(), failed.into()),
    ];
    Told {
        details: details.into_iter().collect(),
        ..Told::default()
    }
}

async fn cancel_one<D: AdminDesk>(desk: &D, id: String, reason: Reason) -> Value {
    let id = CallbackId::new(id);
    match desk.cancel_for(&id, reason).await {
        Ok(()) => json!({ "_id": id, "code": 200, "phrase": "OK" }),
        Err(refusal) => json!({
            "_id": id,
            "code": refusal.status(),
            "phrase": refusal.phrase(),
            "exception": refusal.exception(),
            "message": refusal.message,
        }),
    }
}

async fn watermarks<D: Desk>(State(desk): State<D>, RawQuery(query): RawQuery) -> Answer {
    let mut services = Vec::new();
    for (name, value) in filter::pairs(query.as_deref())? {
        match name.as_str() {
            "service_name" => services.push(ServiceName::new(value)),
            other => return Err(filter::unknown(other, &["service_name"]).into()),
        }
    }
    let marks = desk.watermarks(services).await?;
    let total: u64 = marks.iter().map(|mark| mark.count).sum();
    let services = marks
        .into_iter()
        .map(|mark| (mark.service.to_string(), mark.count.into()));
    let services: Map<String, Value> = services.collect();
    Ok(Json(json!({ "services": services, "total": total })))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Report {
    callback_reason: Option<String>,
    exported_properties: Option<Vec<String>>,
}

async fn report<D: Desk>(
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
