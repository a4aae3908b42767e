//! Many callbacks: found, and written to a file.

pub mod bulk;
pub mod change;

use axum::Json;
use axum::extract::{RawQuery, State};
use axum::http::HeaderMap;
use axum::response::Response;
use ringback_core::ids::CallbackId;
use ringback_ports::desk::{CallbackQuery, Desk, FoundCallback, Refusal};
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
/// How many are asked for by their ids at the most.
const MOST_IDS: usize = 200;
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
    /// How many there are on all pages, when `count=true` asks for it and an index knows.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = u64, required = false)]
    count: Option<u64>,
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
        .merge(change::routes::<D>())
        .merge(bulk::routes::<D>())
}

/// List callbacks
///
/// By service and then by the time they are wanted at. A page may be short, even empty, and not be the last. `ids` asks for
/// those alone, as they are now; nothing else may be asked then.
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
        ("after" = Option<String>, Query, description = "`next` of the page before"),
        ("count" = Option<bool>, Query, description = "Whether to say how many there are, where an index knows"),
        ("ids" = Option<String>, Query, description = "`_id`s with commas between them, 200 at the most")
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
    let (mut counted, mut ids) = (false, None);
    let pairs = filter::pairs(query.as_deref())?;
    let alone = pairs.len() == 1;
    for (name, value) in pairs {
        match name.as_str() {
            "limit" => asked.limit = filter::count(&name, &value, PAGE.1)?,
            "after" => asked.after = Some(value),
            "count" => counted = flag(&name, &value)?,
            "ids" if alone => ids = Some(read_ids(&value)?),
            "ids" => return Err(filter::invalid("ids must stand alone").into()),
            _ => narrow(
                &mut asked,
                &name,
                &value,
                &["limit", "after", "count", "ids"],
            )?,
        }
    }
    let shown = |found: Vec<FoundCallback>| found.into_iter().map(|it| it.record).collect();
    if let Some(ids) = ids {
        let callbacks = shown(desk.callbacks_named(&ids).await?);
        let (next, count) = (None, None);
        return Ok(Json(CallbackPage {
            callbacks,
            next,
            count,
        }));
    }
    let count = match counted {
        true => desk.count_callbacks(&asked).await?,
        false => None,
    };
    let page = desk.callbacks(asked).await?;
    let (callbacks, next) = (shown(page.callbacks), page.next);
    Ok(Json(CallbackPage {
        callbacks,
        next,
        count,
    }))
}

fn flag(name: &str, value: &str) -> Result<bool, Refusal> {
    match value {
        "true" => Ok(true),
        "false" => Ok(false),
        other => Err(filter::not_allowed(name, other, &["true", "false"])),
    }
}

fn read_ids(value: &str) -> Result<Vec<CallbackId>, Refusal> {
    let ids = value.split(',').map(str::trim).filter(|id| !id.is_empty());
    let ids: Vec<_> = ids.map(CallbackId::new).collect();
    if (1..=MOST_IDS).contains(&ids.len()) {
        return Ok(ids);
    }
    let message = format!("ids names {}: must name 1 to {MOST_IDS}", ids.len());
    Err(filter::invalid(message))
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
