//! Probes and counters.

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;

/// What a probe asks.
pub trait Health: Send + Sync + 'static {
    /// What the process waits for at its start; `None` once everything was reached. Its configuration is valid: otherwise
    /// there is nobody to ask.
    fn waits_for(&self) -> Option<&'static str>;
    /// It can do its work now.
    ///
    /// # Errors
    /// With what is away.
    fn ready(&self) -> Result<(), String>;
    /// The process's own loops still turn.
    ///
    /// # Errors
    /// With those that do not.
    fn live(&self) -> Result<(), String>;
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

pub type Answer = (StatusCode, String);

/// Ask whether the loops of this process turn
#[utoipa::path(
    get,
    path = "/healthz/live",
    tag = "health",
    security(()),
    responses(
        (status = 200, description = "Yes", content_type = "text/plain", body = String),
        (status = 503, description = "Which do not", content_type = "text/plain", body = String)
    )
)]
pub async fn live(State(health): State<Arc<dyn Health>>) -> Answer {
    answer(health.live())
}

/// Ask whether it runs, and what its start still waits for
#[utoipa::path(
    get,
    path = "/healthz/startup",
    tag = "health",
    security(()),
    responses(
        (status = 200, description = "Its configuration is valid; `ok`, or `waiting for` what is away", content_type = "text/plain", body = String)
    )
)]
pub async fn startup(State(health): State<Arc<dyn Health>>) -> Answer {
    let waits = health.waits_for();
    let told = waits.map_or_else(|| "ok".to_owned(), |what| format!("waiting for {what}"));
    (StatusCode::OK, told)
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
    answer(health.ready())
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

fn answer(asked: Result<(), String>) -> Answer {
    match asked {
        Ok(()) => (StatusCode::OK, "ok".to_owned()),
        Err(why) => (StatusCode::SERVICE_UNAVAILABLE, why),
    }
}
