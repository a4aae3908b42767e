//! When callbacks can be had.

use std::collections::BTreeMap;

use axum::extract::{Path, State};
use ringback_core::ids::ServiceName;
use ringback_ports::desk::{AvailabilityForm, Desk};

use super::Answer;
use crate::access::{Routes, Rule};
use crate::body::QueryOf;
use crate::openapi::GmsReads;
use crate::openapi::shapes::{Availability, OpenTimes};

/// Parameters by name; of several values the last.
type Asked = BTreeMap<String, String>;

pub fn routes<D: Desk>() -> Routes<D> {
    Routes::new()
        .get(
            "/service/callback/{service}/availability",
            Rule::ask().of_service(),
            availability::<D>,
        )
        .get("/service/{name}", Rule::ask(), open_times::<D>)
}

/// What stands under `/genesys/2`.
pub fn second<D: Desk>() -> Routes<D> {
    Routes::new().get(
        "/service/callback/{service}/availability",
        Rule::ask().of_service(),
        second_availability::<D>,
    )
}

/// Ask which time slots of a service can be had
#[utoipa::path(
    get,
    path = "/service/callback/{service}/availability",
    tag = "times",
    params(
        ("service" = String, Path, description = "A service"),
        ("start" = Option<String>, Query, description = "From this time on (RFC 3339); now when absent"),
        ("end" = Option<String>, Query, description = "Until this time (RFC 3339)"),
        ("number-of-days" = Option<u32>, Query, minimum = 1, maximum = 31, description = "In place of `end`"),
        ("max-time-slots" = Option<u32>, Query, minimum = 1, maximum = 5000, description = "At the most so many")
    ),
    responses((status = 200, description = "What is left by the start of a slot", body = BTreeMap<String, u32>), GmsReads)
)]
pub async fn availability<D: Desk>(
    State(desk): State<D>,
    Path(service): Path<String>,
    QueryOf(asked): QueryOf<Asked>,
) -> Answer {
    answer(desk, service, AvailabilityForm::First, asked).await
}

/// Ask which time slots of a service can be had
#[utoipa::path(
    get,
    path = "/service/callback/{service}/availability",
    tag = "times",
    params(
        ("service" = String, Path, description = "A service"),
        ("start" = Option<String>, Query, description = "From this time on (RFC 3339); now when absent"),
        ("end" = Option<String>, Query, description = "Until this time (RFC 3339)"),
        ("number-of-days" = Option<u32>, Query, minimum = 1, maximum = 31, description = "In place of `end`"),
        ("max-time-slots" = Option<u32>, Query, minimum = 1, maximum = 5000, description = "At the most so many"),
        ("start-ms" = Option<i64>, Query, description = "In place of `start`: milliseconds since 1970"),
        ("end-ms" = Option<i64>, Query, description = "In place of `end`: milliseconds since 1970"),
        ("timezone" = Option<String>, Query, description = "Local times are told in it"),
        ("report-busy" = Option<bool>, Query, description = "Whether slots without a place left are told too")
    ),
    responses((status = 200, description = "The slots", body = Availability), GmsReads)
)]
pub async fn second_availability<D: Desk>(
    State(desk): State<D>,
    Path(service): Path<String>,
    QueryOf(asked): QueryOf<Asked>,
) -> Answer {
    answer(desk, service, AvailabilityForm::Second, asked).await
}

async fn answer<D: Desk>(desk: D, service: String, form: AvailabilityForm, asked: Asked) -> Answer {
    let service = ServiceName::new(service);
    let found = desk.availability(&service, form, asked).await?;
    Ok(axum::Json(found))
}

/// Ask when office hours are open, or what places a capacity has
///
/// By their name; without `end` and `number-of-days` at that instant.
#[utoipa::path(
    get,
    path = "/service/{name}",
    tag = "times",
    params(
        ("name" = String, Path, description = "Office hours or a capacity"),
        ("timezone" = Option<String>, Query, description = "That of times without an offset"),
        ("start" = Option<String>, Query, description = "From this time on (RFC 3339); now when absent"),
        ("end" = Option<String>, Query, description = "Until this time (RFC 3339)"),
        ("number-of-days" = Option<u32>, Query, minimum = 1, maximum = 366, description = "In place of `end`")
    ),
    responses((status = 200, description = "Periods", body = OpenTimes), GmsReads)
)]
pub async fn open_times<D: Desk>(
    State(desk): State<D>,
    Path(name): Path<String>,
    QueryOf(asked): QueryOf<Asked>,
) -> Answer {
    Ok(axum::Json(desk.open_times(&name, asked).await?))
}
