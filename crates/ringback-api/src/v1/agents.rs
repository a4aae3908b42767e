//! Agents.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::routing::{get, put};
use axum::{Json, Router};
use ringback_core::agent::{Agent, AgentWish, Profile};
use ringback_core::ids::AgentId;
use ringback_ports::desk::Desk;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::body::JsonBody;
use crate::openapi::{Reads, WishWord, Writes, shapes};
use crate::refused::Problem;

pub fn routes<D: Desk>() -> Router<D> {
    let one = get(agent::<D>)
        .put(put_agent::<D>)
        .delete(delete_agent::<D>);
    Router::new()
        .route("/agents", get(agents::<D>))
        .route("/agents/{id}", one)
        .route("/agents/{id}/state", put(wish::<D>))
}

/// An agent as this API shows it.
#[derive(Serialize, ToSchema)]
#[schema(as = Agent)]
pub struct AgentView {
    #[schema(value_type = String)]
    id: AgentId,
    /// `ready`, `not_ready`, `busy`, `wrap_up` or `reserved`.
    state: &'static str,
    #[serde(flatten)]
    #[schema(value_type = shapes::Profile)]
    profile: Profile,
    /// Seconds; absent while nothing was measured.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = u64, required = false)]
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

/// The state that is asked for.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = AgentState)]
pub struct WishBody {
    #[schema(value_type = WishWord)]
    state: AgentWish,
}

/// List the agents
#[utoipa::path(
    get,
    path = "/agents",
    tag = "agents",
    responses((status = 200, description = "By name, the first 1000", body = [AgentView]), Reads)
)]
pub async fn agents<D: Desk>(State(desk): State<D>) -> Result<Json<Vec<AgentView>>, Problem> {
    Ok(Json(
        desk.agents()
            .await?
            .into_iter()
            .map(AgentView::from)
            .collect(),
    ))
}

/// Look at an agent
#[utoipa::path(
    get,
    path = "/agents/{id}",
    tag = "agents",
    params(("id" = String, Path, description = "Its name")),
    responses((status = 200, description = "The agent", body = AgentView), Reads)
)]
pub async fn agent<D: Desk>(
    State(desk): State<D>,
    Path(id): Path<String>,
) -> Result<Json<AgentView>, Problem> {
    Ok(Json(desk.agent(&AgentId::new(id)).await?.into()))
}

/// Add an agent, or change its profile
#[utoipa::path(
    put,
    path = "/agents/{id}",
    tag = "agents",
    params(("id" = String, Path, description = "Its name")),
    request_body = shapes::Profile,
    responses((status = 200, description = "The agent", body = AgentView), Writes)
)]
pub async fn put_agent<D: Desk>(
    State(desk): State<D>,
    Path(id): Path<String>,
    JsonBody(profile): JsonBody<Profile>,
) -> Result<Json<AgentView>, Problem> {
    Ok(Json(
        desk.put_agent(AgentId::new(id), profile).await?.into(),
    ))
}

/// Remove an agent
#[utoipa::path(
    delete,
    path = "/agents/{id}",
    tag = "agents",
    params(("id" = String, Path, description = "Its name")),
    responses((status = 204, description = "It is gone"), Writes)
)]
pub async fn delete_agent<D: Desk>(
    State(desk): State<D>,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    desk.delete_agent(&AgentId::new(id)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Ask for another state of an agent
#[utoipa::path(
    put,
    path = "/agents/{id}/state",
    tag = "agents",
    params(("id" = String, Path, description = "Its name")),
    request_body = WishBody,
    responses((status = 200, description = "The agent", body = AgentView), Writes)
)]
pub async fn wish<D: Desk>(
    State(desk): State<D>,
    Path(id): Path<String>,
    JsonBody(WishBody { state }): JsonBody<WishBody>,
) -> Result<Json<AgentView>, Problem> {
    Ok(Json(desk.wish(&AgentId::new(id), state).await?.into()))
}
