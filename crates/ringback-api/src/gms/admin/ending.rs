//! Calling many off, and telling which were.

use axum::extract::State;
use axum::response::Response;
use axum::{Extension, Json};
use futures_util::{StreamExt, stream};
use ringback_core::event::{CallbackState, Reason};
use ringback_core::ids::CallbackId;
use ringback_ports::desk::{AdminDesk, CallbackQuery, Desk};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::access::Told;
use crate::body::JsonBody;
use crate::filter::{self, invalid};
use crate::openapi::GmsWrites;
use crate::refused::GmsError;
use crate::rows::{self, Callbacks, Form};

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
) -> Result<(Extension<Told>, Json<Cancelled>), GmsError> {
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
    let done = results.iter().filter(|it| it.message.is_none());
    let done: Vec<Value> = done.map(|it| it.id.as_str().into()).collect();
    let (cancelled, failed) = (done.len(), results.len() - done.len());
    let answer = Cancelled {
        cancelled,
        failed,
        results,
    };
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
            return Err(invalid(message).into());
        }
    };
    Ok(rows::file(Callbacks(desk), query, Form::Csv(columns)).await?)
}
