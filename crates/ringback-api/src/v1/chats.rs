//! Chats of agents.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use ringback_core::ids::{AgentId, CallbackId};
use ringback_ports::desk::{ChatDesk, Chatter, Desk};

use crate::access::{Routes, Rule};
use crate::body::{JsonBody, QueryOf};
use crate::chat::{After, ChatBody, Text};
use crate::openapi::Writes;
use crate::refused::Problem;

/// What customers write is not for everybody who reads.
pub fn routes<D: Desk>() -> Routes<D> {
    let (chat, own) = ("/agents/{id}/chats/{callback}", Rule::own_agent());
    let lines_of = format!("{chat}/lines");
    Routes::new()
        .post(&format!("{chat}/join"), own, join::<D>)
        .get(&lines_of, own, lines::<D>)
        .post(&lines_of, own, write::<D>)
        .post(&format!("{chat}/leave"), own, leave::<D>)
}

type Seat = Path<(String, String)>;

fn by_name(Path((agent, id)): Seat) -> (CallbackId, Chatter) {
    (CallbackId::new(id), Chatter::Agent(AgentId::new(agent)))
}

/// Come into a chat as the agent who is asked for it
///
/// `GET /v1/agents/{id}` tells of it. With that customer and agent are connected. Repeating it is fine.
#[utoipa::path(
    post,
    path = "/agents/{id}/chats/{callback}/join",
    tag = "chats",
    params(
        ("id" = String, Path, description = "The agent's name"), ("callback" = String, Path, description = "The callback")
    ),
    responses((status = 204, description = "The agent is there"), Writes)
)]
pub async fn join<D: ChatDesk>(State(desk): State<D>, seat: Seat) -> Result<StatusCode, Problem> {
    let (id, who) = by_name(seat);
    desk.join(&id, &who).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Read on in a chat as its agent
#[utoipa::path(
    get,
    path = "/agents/{id}/chats/{callback}/lines",
    tag = "chats",
    params(
        ("id" = String, Path, description = "The agent's name"), ("callback" = String, Path, description = "The callback"),
        After
    ),
    responses((status = 200, description = "What is new", body = ChatBody), Writes)
)]
pub async fn lines<D: ChatDesk>(
    State(desk): State<D>,
    seat: Seat,
    QueryOf(After { after }): QueryOf<After>,
) -> Result<Json<ChatBody>, Problem> {
    let (id, who) = by_name(seat);
    Ok(Json(desk.read_chat(&id, &who, after).await?.into()))
}

/// Write in a chat as its agent
#[utoipa::path(
    post,
    path = "/agents/{id}/chats/{callback}/lines",
    tag = "chats",
    params(
        ("id" = String, Path, description = "The agent's name"), ("callback" = String, Path, description = "The callback")
    ),
    request_body = Text,
    responses((status = 204, description = "It is there"), Writes)
)]
pub async fn write<D: ChatDesk>(
    State(desk): State<D>,
    seat: Seat,
    JsonBody(Text { text }): JsonBody<Text>,
) -> Result<StatusCode, Problem> {
    let (id, who) = by_name(seat);
    desk.write_chat(&id, &who, text).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// End a chat as its agent
///
/// Repeating it is fine.
#[utoipa::path(
    post,
    path = "/agents/{id}/chats/{callback}/leave",
    tag = "chats",
    params(
        ("id" = String, Path, description = "The agent's name"), ("callback" = String, Path, description = "The callback")
    ),
    responses((status = 204, description = "The chat is over"), Writes)
)]
pub async fn leave<D: ChatDesk>(State(desk): State<D>, seat: Seat) -> Result<StatusCode, Problem> {
    let (id, who) = by_name(seat);
    desk.leave(&id, &who).await?;
    Ok(StatusCode::NO_CONTENT)
}
