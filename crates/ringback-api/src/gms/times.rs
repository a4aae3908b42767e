//! When callbacks can be had.

use std::collections::BTreeMap;

use axum::Router;
use axum::extract::{Path, State};
use axum::routing::get;
use ringback_core::ids::ServiceName;
use ringback_ports::desk::{AvailabilityForm, Desk};

use super::Answer;
use crate::body::QueryOf;

/// Parameters by name; of several values the last.
type Asked = BTreeMap<String, String>;

pub fn routes<D: Desk>() -> Router<D> {
    Router::new()
        .route(
            "/service/callback/{service}/availability",
            get(availability::<D>),
        )
        .route("/service/{name}", get(open_times::<D>))
}

/// What stands under `/genesys/2`.
pub fn second<D: Desk>() -> Router<D> {
    Router::new().route(
        "/service/callback/{service}/availability",
        get(second_availability::<D>),
    )
}

async fn availability<D: Desk>(
    State(desk): State<D>,
    Path(service): Path<String>,
    QueryOf(asked): QueryOf<Asked>,
) -> Answer {
    answer(desk, service, AvailabilityForm::First, asked).await
}

async fn second_availability<D: Desk>(
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

/// Office hours or a capacity, by their name.
async fn open_times<D: Desk>(
    State(desk): State<D>,
    Path(name): Path<String>,
    QueryOf(asked): QueryOf<Asked>,
) -> Answer {
    Ok(axum::Json(desk.open_times(&name, asked).await?))
}
