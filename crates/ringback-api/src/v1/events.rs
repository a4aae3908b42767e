//! What has happened to a callback, page by page.

use axum::Json;
use axum::extract::{Path, RawQuery, State};
use ringback_core::ids::CallbackId;
use ringback_ports::desk::Desk;
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::access::{Routes, Rule};
use crate::filter;
use crate::openapi::{Reads, shapes};
use crate::refused::Problem;

/// How many events are on a page that does not say, and at the most.
const PAGE: (usize, usize) = (100, 1000);

/// No sequence is higher.
const LAST: u64 = i64::MAX as u64;

pub fn routes<D: Desk>() -> Routes<D> {
    let rule = Rule::read().of_callback();
    Routes::new().get("/callbacks/{id}/events", rule, events::<D>)
}

/// A page of the events of a callback.
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EventPage {
    /// In their order.
    #[schema(value_type = Vec<shapes::TimelineEvent>)]
    events: Vec<Map<String, Value>>,
    /// The `after` of the next page; none when there was no more.
    #[schema(required)]
    next: Option<u64>,
}

/// Look at the events of one callback
#[utoipa::path(
    get,
    path = "/callbacks/{id}/events",
    tag = "many callbacks",
    params(
        ("id" = String, Path, description = "Its `_id`"),
        ("after" = Option<u64>, Query, description = "Those with a higher `sequence`"),
        ("limit" = Option<u32>, Query, minimum = 1, maximum = 1000, description = "At the most so many; 100 when absent")
    ),
    responses((status = 200, description = "A page", body = EventPage), Reads)
)]
pub async fn events<D: Desk>(
    State(desk): State<D>,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Json<EventPage>, Problem> {
    let (mut after, mut limit) = (0, PAGE.0);
    for (name, value) in filter::pairs(query.as_deref())? {
        match name.as_str() {
            "after" => after = sequence(&name, &value)?,
            "limit" => limit = filter::count(&name, &value, PAGE.1)?,
            other => return Err(filter::unknown(other, &["after", "limit"]).into()),
        }
    }
    let events = desk.events(&CallbackId::new(id), after, limit).await?;
    let next = (events.len() == limit).then(|| after.saturating_add(events.len() as u64));
    Ok(Json(EventPage { events, next }))
}

fn sequence(name: &str, value: &str) -> Result<u64, Problem> {
    let number = value.parse().ok().filter(|number| *number <= LAST);
    number.ok_or_else(|| {
        let shown = filter::short(value);
        filter::invalid(format!("{name} '{shown}': allowed are 0 to {LAST}")).into()
    })
}
