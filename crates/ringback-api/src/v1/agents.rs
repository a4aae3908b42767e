//! Agents.

mod profile;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use ringback_core::agent::{Agent, AgentWish, Profile};
use ringback_core::ids::{AgentId, CallbackId, ServiceName};
use ringback_ports::desk::{AgentChat, Desk, Preview, Refusal};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::{IntoParams, ToSchema};

use crate::access::{Routes, Rule};
use crate::body::{JsonBody, QueryOf};
use crate::cut;
use crate::filter::{self, not_allowed};
use crate::openapi::{Reads, WishWord, Writes, shapes};
use crate::refused::Problem;
use profile::{MissedView, ProfileBody};

/// The most agents of a page.
const PAGE: usize = 1000;

/// What a page says that is not the last.
const MORE: &str = "more agents follow; ask with after= and the id of the last one";

pub fn routes<D: Desk>() -> Routes<D> {
    let (one, change) = ("/agents/{id}", Rule::supervise().changes("agents"));
    Routes::new()
        .get("/agents", Rule::read(), agents::<D>)
        .get(one, Rule::read(), agent::<D>)
        .put(one, change, put_agent::<D>)
        .delete(one, change, delete_agent::<D>)
        .put("/agents/{id}/state", Rule::own_agent(), wish::<D>)
        .post(
            "/agents/{id}/preview/{callback}/{verdict}",
            Rule::own_agent(),
            previewed::<D>,
        )
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
    /// Present while it is not ready because it did not answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false, nullable = false)]
    missed: Option<MissedView>,
}

impl From<Agent> for AgentView {
    fn from(agent: Agent) -> Self {
        let state = agent.state_name();
        let handle_time = agent.handle_ms.map(|millis| millis / 1000);
        let missed = agent.missed().cloned().map(MissedView::from);
        Self {
            id: agent.id,
            state,
            profile: agent.profile,
            handle_time,
            missed,
        }
    }
}

/// An agent, and what is asked of it now.
#[derive(Serialize, ToSchema)]
#[schema(as = BusyAgent)]
pub struct BusyAgentView {
    #[serde(flatten)]
    agent: AgentView,
    /// Present while it is asked to accept or reject a callback.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false, nullable = false)]
    preview: Option<PreviewView>,
    /// Present while it is asked into a chat, or is in one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false, nullable = false)]
    chat: Option<AgentChatView>,
}

/// A chat that an agent is asked into, or is in.
#[derive(Serialize, ToSchema)]
#[schema(as = AgentChat)]
pub struct AgentChatView {
    #[schema(value_type = String)]
    callback: CallbackId,
    #[schema(value_type = String)]
    service: ServiceName,
    /// Whether the agent has come in.
    joined: bool,
}

impl From<AgentChat> for AgentChatView {
    fn from(chat: AgentChat) -> Self {
        let AgentChat {
            callback,
            service,
            joined,
        } = chat;
        Self {
            callback,
            service,
            joined,
        }
    }
}

/// A callback that an agent is asked to look at.
#[derive(Serialize, ToSchema)]
#[schema(as = Preview)]
pub struct PreviewView {
    #[schema(value_type = String)]
    callback: CallbackId,
    #[schema(value_type = String)]
    service: ServiceName,
    /// Until when the agent may answer.
    #[schema(format = DateTime)]
    until: String,
    /// Whether it may be rejected.
    may_reject: bool,
    /// What `_agent_preview_data` names of its record and user data.
    data: Map<String, Value>,
}

impl From<Preview> for PreviewView {
    fn from(preview: Preview) -> Self {
        let Preview {
            callback,
            service,
            until,
            may_reject,
            data,
        } = preview;
        Self {
            callback,
            service,
            until: until.to_string(),
            may_reject,
            data,
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

/// Which agents are listed.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Listed {
    /// At the most so many on a page; 1000 when absent.
    #[param(value_type = u64, required = false, minimum = 1, maximum = 1000)]
    limit: Option<String>,
    /// Those behind this name: the `id` of the last one of the page before.
    #[param(min_length = 1)]
    after: Option<String>,
}

/// List the agents
#[utoipa::path(
    get,
    path = "/agents",
    tag = "agents",
    params(Listed),
    responses(
        (status = 200, description = "A page, by name", body = [AgentView], headers(
            ("ringback-truncated" = String, description = "There when more agents follow: ask again with `after`")
        )),
        Reads
    )
)]
pub async fn agents<D: Desk>(
    State(desk): State<D>,
    QueryOf(asked): QueryOf<Listed>,
) -> Result<Response, Problem> {
    let limit = asked.limit.as_deref();
    let limit = limit.map_or(Ok(PAGE), |limit| filter::count("limit", limit, PAGE))?;
    if asked.after.as_deref() == Some("") {
        return Err(filter::invalid("after '': must be the id of an agent").into());
    }
    let page = desk.agents(asked.after.map(AgentId::new), limit).await?;
    let cut = page.next.is_some().then_some(MORE);
    let agents: Vec<_> = page.agents.into_iter().map(AgentView::from).collect();
    Ok(cut::told(Json(agents), cut))
}

/// Look at an agent, and at what is asked of it
#[utoipa::path(
    get,
    path = "/agents/{id}",
    tag = "agents",
    params(("id" = String, Path, description = "Its name")),
    responses((status = 200, description = "The agent", body = BusyAgentView), Reads)
)]
pub async fn agent<D: Desk>(
    State(desk): State<D>,
    Path(id): Path<String>,
) -> Result<Json<BusyAgentView>, Problem> {
    let agent = desk.agent(&AgentId::new(id)).await?;
    let preview = desk.preview_of(&agent).await?;
    let chat = desk.chat_of(&agent).await?;
    Ok(Json(BusyAgentView {
        agent: agent.into(),
        preview: preview.map(PreviewView::from),
        chat: chat.map(AgentChatView::from),
    }))
}

/// Add an agent, or change its profile
#[utoipa::path(
    put,
    path = "/agents/{id}",
    tag = "agents",
    params(("id" = String, Path, description = "Its name")),
    request_body = ProfileBody,
    responses((status = 200, description = "The agent", body = AgentView), Writes)
)]
pub async fn put_agent<D: Desk>(
    State(desk): State<D>,
    Path(id): Path<String>,
    JsonBody(profile): JsonBody<ProfileBody>,
) -> Result<Json<AgentView>, Problem> {
    Ok(Json(
        desk.put_agent(AgentId::new(id), profile.into())
            .await?
            .into(),
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

/// Accept or reject a callback that an agent was asked to look at
///
/// Once rejected, another agent is sought; `_agent_preview_allow_reject` says whether, and how often.
#[utoipa::path(
    post,
    path = "/agents/{id}/preview/{callback}/{verdict}",
    tag = "agents",
    params(
        ("id" = String, Path, description = "The agent's name"),
        ("callback" = String, Path, description = "The callback's `_id`"),
        ("verdict" = String, Path, description = "`accept` or `reject`", example = "accept")
    ),
    responses((status = 204, description = "It is on its way, or another agent is sought"), Writes)
)]
pub async fn previewed<D: Desk>(
    State(desk): State<D>,
    Path((id, callback, verdict)): Path<(String, String, String)>,
) -> Result<StatusCode, Problem> {
    let takes = takes(&verdict)?;
    let callback = CallbackId::new(callback);
    desk.previewed(&AgentId::new(id), &callback, takes).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn takes(verdict: &str) -> Result<bool, Refusal> {
    match verdict {
        "accept" => Ok(true),
        "reject" => Ok(false),
        other => Err(not_allowed("verdict", other, &["accept", "reject"])),
    }
}
