//! Many callbacks: found, and written to a file.

use axum::Json;
use axum::extract::{RawQuery, State};
use axum::http::HeaderMap;
use axum::response::Response;
use ringback_ports::desk::{CallbackQuery, Desk, Refusal};
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::import::import;
use crate::access::{Routes, Rule};
use crate::filter;
use crate::openapi::shapes::Record;
use crate::openapi::{FormatWord, Reads};
use crate::refused::Problem;
use crate::rows::{self, Callbacks, Wish};

/// How many callbacks are on a page that does not say, and at the most.
const PAGE: (usize, usize) = (50, 500);
/// The columns of a file that does not say.
const COLUMNS: [&str; 7] = [
    "_id",
    "_service_name",
    "_customer_number",
    "_desired_time",
    "_callback_state",
    "_callback_reason",
    "_expiration_time",
];
/// What both know.
const FILTERS: [&str; 7] = [
    "service", "state", "reason", "number", "queue", "from", "to",
];

/// A page of callbacks.
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CallbackPage {
    #[schema(value_type = Vec<Record>)]
    callbacks: Vec<Map<String, Value>>,
    /// Where the next page begins; none on the last.
    #[schema(required)]
    next: Option<String>,
}

pub fn routes<D: Desk>() -> Routes<D> {
    Routes::new()
        .get("/callbacks", Rule::read(), list::<D>)
        .get("/callbacks:export", Rule::read(), export::<D>)
        .post(
            "/callbacks:import",
            Rule::supervise().changes("callbacks").streams(),
            import::<D>,
        )
}

/// List callbacks
///
/// By service and then by the time they are wanted at. A page may be short, even empty, and not be the last.
#[utoipa::path(
    get,
    path = "/callbacks",
    tag = "many callbacks",
    params(
        ("service" = Option<String>, Query, description = "Services, with commas between them"),
        ("state" = Option<String>, Query, description = "States, with commas between them"),
        ("reason" = Option<String>, Query, description = "Reasons, with commas between them"),
        (
            "number" = Option<String>, Query,
            pattern = r"^[ ./()-]*\+?[0-9 ./()-]*[0-9][0-9 ./()-]*$",
            description = "Those of this customer"
        ),
        ("queue" = Option<String>, Query, description = "Those of this virtual queue"),
        ("from" = Option<String>, Query, format = DateTime, description = "Those wanted at this time or later (RFC 3339)"),
        ("to" = Option<String>, Query, format = DateTime, description = "Those wanted before this time (RFC 3339)"),
        ("limit" = Option<u32>, Query, minimum = 1, maximum = 500, description = "At the most so many; 50 when absent"),
        ("after" = Option<String>, Query, description = "`next` of the page before")
    ),
    responses((status = 200, description = "A page", body = CallbackPage), Reads)
)]
pub async fn list<D: Desk>(
    State(desk): State<D>,
    RawQuery(query): RawQuery,
) -> Result<Json<CallbackPage>, Problem> {
    let mut asked = CallbackQuery {
        limit: PAGE.0,
        ..CallbackQuery::default()
    };
    for (name, value) in filter::pairs(query.as_deref())? {
        match name.as_str() {
            "limit" => asked.limit = filter::count(&name, &value, PAGE.1)?,
            "after" => asked.after = Some(value),
            _ => narrow(&mut asked, &name, &value, &["limit", "after"])?,
        }
    }
    let page = desk.callbacks(asked).await?;
    let callbacks = page.callbacks.into_iter().map(|it| it.record).collect();
    let next = page.next;
    Ok(Json(CallbackPage { callbacks, next }))
}

/// Write callbacks to a file
///
/// However many there are. The connection breaks when something comes between, so that nobody takes a part for the whole.
#[utoipa::path(
    get,
    path = "/callbacks:export",
    tag = "many callbacks",
    params(
        ("service" = Option<String>, Query, description = "Services, with commas between them"),
        ("state" = Option<String>, Query, description = "States, with commas between them"),
        ("reason" = Option<String>, Query, description = "Reasons, with commas between them"),
        (
            "number" = Option<String>, Query,
            pattern = r"^[ ./()-]*\+?[0-9 ./()-]*[0-9][0-9 ./()-]*$",
            description = "Those of this customer"
        ),
        ("queue" = Option<String>, Query, description = "Those of this virtual queue"),
        ("from" = Option<String>, Query, format = DateTime, description = "Those wanted at this time or later (RFC 3339)"),
        ("to" = Option<String>, Query, format = DateTime, description = "Those wanted before this time (RFC 3339)"),
        ("format" = inline(Option<FormatWord>), Query, description = "What is accepted when absent"),
        ("columns" = Option<String>, Query, description = "Record keys and keys of user data, with commas between them")
    ),
    responses(
        (
            status = 200,
            description = "CSV (RFC 4180, a header line first), or one JSON object a line",
            content((String = "text/csv"), (Record = "application/x-ndjson"))
        ),
        Reads
    )
)]
pub async fn export<D: Desk>(
    State(desk): State<D>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let (mut asked, mut wish) = (CallbackQuery::default(), Wish::of(&headers));
    for (name, value) in filter::pairs(query.as_deref())? {
        if !wish.take(&name, &value)? {
            narrow(&mut asked, &name, &value, &["format", "columns"])?;
        }
    }
    let form = wish.form(COLUMNS)?;
    Ok(rows::file(Callbacks(desk), asked, form).await?)
}

fn narrow(
    asked: &mut CallbackQuery,
    name: &str,
    value: &str,
    others: &[&str],
) -> Result<(), Refusal> {
    match name {
        "service" => filter::services(asked, value),
        "state" => filter::states(asked, name, value)?,
        "reason" => filter::reasons(asked, name, value)?,
        "number" => filter::number(asked, name, value)?,
        "queue" => asked.queue = Some(value.to_owned()),
        "from" => asked.from = Some(filter::time(name, value)?),
        "to" => asked.until = Some(filter::time(name, value)?),
        other => return Err(filter::unknown(other, &[&FILTERS[..], others].concat())),
    }
    Ok(())
}
