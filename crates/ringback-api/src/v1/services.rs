//! Services.

use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use ringback_core::ids::ServiceName;
use ringback_ports::desk::{Desk, Removal, ServiceForm, ServiceView};
use serde::Deserialize;
use serde_json::{Map, Value};

use super::notifications::{if_match, tag};
use crate::body::{JsonBody, QueryOf};
use crate::refused::Problem;

pub fn routes<D: Desk>() -> Router<D> {
    let service = get(service::<D>)
        .put(put_service::<D>)
        .delete(delete_service::<D>);
    Router::new()
        .route("/services", get(services::<D>))
        .route("/services/{service}", service)
        .route("/services/{service}/pause", post(pause::<D>))
        .route("/services/{service}/resume", post(resume::<D>))
}

/// What is read of a body: that of a GET can be sent back.
#[derive(Deserialize)]
struct ServiceBody {
    template: String,
    options: Map<String, Value>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Wish {
    force: Option<bool>,
}

impl Wish {
    pub(super) const fn removal(&self) -> Removal {
        match self.force {
            Some(true) => Removal::Forced,
            Some(false) | None => Removal::IfIdle,
        }
    }
}

async fn services<D: Desk>(State(desk): State<D>) -> Result<Json<Vec<ServiceView>>, Problem> {
    Ok(Json(desk.services().await?))
}

async fn service<D: Desk>(
    State(desk): State<D>,
    Path(name): Path<String>,
) -> Result<Response, Problem> {
    Ok(tagged(&desk.service(&ServiceName::new(name)).await?))
}

async fn put_service<D: Desk>(
    State(desk): State<D>,
    Path(name): Path<String>,
    headers: HeaderMap,
    JsonBody(body): JsonBody<ServiceBody>,
) -> Result<Response, Problem> {
    let ServiceBody { template, options } = body;
    let form = ServiceForm { template, options };
    let name = ServiceName::new(name);
    let saved = desk.put_service(&name, form, if_match(&headers)?).await?;
    Ok(tagged(&saved))
}

async fn delete_service<D: Desk>(
    State(desk): State<D>,
    Path(name): Path<String>,
    QueryOf(wish): QueryOf<Wish>,
    headers: HeaderMap,
) -> Result<StatusCode, Problem> {
    let name = ServiceName::new(name);
    desk.delete_service(&name, if_match(&headers)?, wish.removal())
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn pause<D: Desk>(
    State(desk): State<D>,
    Path(name): Path<String>,
) -> Result<Response, Problem> {
    Ok(tagged(
        &desk.pause_service(&ServiceName::new(name), true).await?,
    ))
}

async fn resume<D: Desk>(
    State(desk): State<D>,
    Path(name): Path<String>,
) -> Result<Response, Problem> {
    Ok(tagged(
        &desk.pause_service(&ServiceName::new(name), false).await?,
    ))
}

fn tagged(service: &ServiceView) -> Response {
    let mut response = Json(service).into_response();
    tag(&mut response, service.version);
    response
}
