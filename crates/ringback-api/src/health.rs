//! Probes and counters.

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;

/// What a probe asks.
pub trait Health: Send + Sync + 'static {
    /// Configuration is read and everything was reached once.
    fn started(&self) -> bool;
    /// Work can be taken now; else what is away.
    ///
    /// # Errors
    /// With the name of what is away.
    fn ready(&self) -> Result<(), &'static str>;
    /// The process's own loops still turn.
    fn live(&self) -> bool;
    /// Counters in Prometheus text format.
    fn metrics(&self) -> String;
}

/// `/healthz/live|ready|startup` and `/metrics`.
pub fn health(health: Arc<dyn Health>) -> Router {
    Router::new()
        .route("/healthz/live", get(live))
        .route("/healthz/ready", get(ready))
        .route("/healthz/startup", get(startup))
        .route("/metrics", get(metrics))
        .with_state(health)
}

pub type Answer = (StatusCode, &'static str);

/// Ask whether the loops of this process turn
#[utoipa::path(
    get,
    path = "/healthz/live",
    tag = "health",
    security(()),
    responses(
        (status = 200, description = "Yes", content_type = "text/plain", body = String),
        (status = 503, description = "What is away", content_type = "text/plain", body = String)
    )
)]
pub async fn live(State(health): State<Arc<dyn Health>>) -> Answer {
    answer(health.live(), "a loop of this process has stopped turning")
}

/// Ask whether it has started
#[utoipa::path(
    get,
    path = "/healthz/startup",
    tag = "health",
    security(()),
    responses(
        (status = 200, description = "Yes", content_type = "text/plain", body = String),
        (status = 503, description = "What is away", content_type = "text/plain", body = String)
    )
)]
pub async fn startup(State(health): State<Arc<dyn Health>>) -> Answer {
    answer(health.started(), "starting")
}

/// Ask whether it can take work now
#[utoipa::path(
    get,
    path = "/healthz/ready",
    tag = "health",
    security(()),
    responses(
        (status = 200, description = "Yes", content_type = "text/plain", body = String),
        (status = 503, description = "What is away", content_type = "text/plain", body = String)
    )
)]
pub async fn ready(State(health): State<Arc<dyn Health>>) -> Answer {
    match health.ready() {
        Ok(()) => (StatusCode::OK, "ok"),
        Err(away) => (StatusCode::SERVICE_UNAVAILABLE, away),
    }
}

/// Read the counters of this process
#[utoipa::path(
    get,
    path = "/metrics",
    tag = "health",
    security(()),
    responses((status = 200, description = "Prometheus text format", content_type = "text/plain", body = String))
)]
pub async fn metrics(State(health): State<Arc<dyn Health>>) -> String {
    health.metrics()
}

const fn answer(good: bool, bad: &'static str) -> Answer {
    if good {
        (StatusCode::OK, "ok")
    } else {
        (StatusCode::SERVICE_UNAVAILABLE, bad)
    }
}
