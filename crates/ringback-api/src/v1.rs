//! `/v1`: what the callback API lacks.

mod audit;
mod callbacks;
mod customers;
mod import;
mod notifications;
mod services;
mod timetables;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::routing::{get, put};
use axum::{Json, Router};
use ringback_core::agent::{Agent, AgentWish, Profile};
use ringback_core::ids::{AgentId, CallbackId};
use ringback_ports::desk::{Desk, Timeline};
use serde::{Deserialize, Serialize};

use crate::body::JsonBody;
use crate::refused::Problem;

/// What stands under `/v1`.
pub fn routes<D: Desk>() -> Router<D> {
    Router::new()
        .route("/callbacks/{id}", get(callback::<D>))
        .route("/agents", get(agents::<D>))
        .route(
            "/agents/{id}",
            get(agent::<D>)
                .put(put_agent::<D>)
                .delete(delete_agent::<D>),
        )
        .route("/agents/{id}/state", put(wish::<D>))
        .merge(services::routes::<D>())
        .merge(callbacks::routes::<D>())
        .merge(audit::routes::<D>())
        .merge(customers::routes::<D>())
        .merge(notifications::routes::<D>())
        .merge(timetables::routes::<D>())
}

/// An agent as this API shows it.
#[derive(Serialize)]
struct AgentView {
    id: AgentId,
    state: &'static str,
    #[serde(flatten)]
    profile: Profile,
    /// Seconds; absent while nothing was measured.
    #[serde(skip_serializing_if = "Option::is_none")]
    handle_time: Option<u64>,
}

impl From<Agent> for AgentView {
    fn from(agent: Agent) -> Self {
        let state = agent.state_name();
        let handle_time = agent.handle_ms.map(|millis| millis / 1000);
        Self {
            id: agent.id,
            state,
            profile: agent.profile,
            handle_time,
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WishBody {
    state: AgentWish,
}

async fn callback<D: Desk>(
    State(desk): State<D>,
    Path(id): Path<String>,
) -> Result<Json<Timeline>, Problem> {
    Ok(Json(desk.timeline(&CallbackId::new(id)).await?))
}

async fn agents<D: Desk>(State(desk): State<D>) -> Result<Json<Vec<AgentView>>, Problem> {
    Ok(Json(
        desk.agents()
            .await?
            .into_iter()
            .map(AgentView::from)
            .collect(),
    ))
}

async fn agent<D: Desk>(
    State(desk): State<D>,
    Path(id): Path<String>,
) -> Result<Json<AgentView>, Problem> {
    Ok(Json(desk.agent(&AgentId::new(id)).await?.into()))
}

async fn put_agent<D: Desk>(
    State(desk): State<D>,
    Path(id): Path<String>,
    JsonBody(profile): JsonBody<Profile>,
) -> Result<Json<AgentView>, Problem> {
    Ok(Json(
        desk.put_agent(AgentId::new(id), profile).await?.into(),
    ))
}

async fn delete_agent<D: Desk>(
    State(desk): State<D>,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    desk.delete_agent(&AgentId::new(id)).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn wish<D: Desk>(
    State(desk): State<D>,
    Path(id): Path<String>,
    JsonBody(WishBody { state }): JsonBody<WishBody>,
) -> Result<Json<AgentView>, Problem> {
    Ok(Json(desk.wish(&AgentId::new(id), state).await?.into()))
}
