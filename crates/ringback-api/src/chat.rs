//! Chats of customers, who come by a link: a page, and what it asks. The link is all that lets them in.

mod page;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use ringback_core::ids::CallbackId;
use ringback_ports::desk::{ChatDesk, ChatView, Chatter, Desk};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::{IntoParams, OpenApi, ToSchema};

use crate::access::{Routes, Rule};
use crate::body::{JsonBody, QueryOf};
use crate::openapi::{Reads, Writes};
use crate::refused::Problem;

/// What stands under `/chat`.
pub fn routes<D: Desk>() -> Routes<D> {
    let (link, open) = ("/chat/{id}/{key}", Rule::everybody());
    let lines_of = format!("{link}/lines");
    Routes::new()
        .get(link, open, page::page)
        .post(&format!("{link}/join"), open, join::<D>)
        .get(&lines_of, open, lines::<D>)
        .post(&lines_of, open, write::<D>)
        .post(&format!("{link}/leave"), open, leave::<D>)
        .get("/chat/{file}", open, page::file)
}

/// The descriptions of all of it.
#[derive(OpenApi)]
#[openapi(paths(page::page, page::file, join, lines, write, leave))]
pub struct Described;

/// What is written.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Text {
    #[schema(min_length = 1, max_length = 2000)]
    pub text: String,
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct After {
    /// How many lines are known: the last `next`.
    #[serde(default)]
    pub after: u64,
}

/// How a chat stands.
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Chat)]
pub struct ChatBody {
    /// What is new, in order.
    #[schema(value_type = [ChatLine])]
    lines: Vec<Map<String, Value>>,
    /// What to ask `after` next time.
    next: u64,
    /// Whether the agent is there.
    with_agent: bool,
    /// Whether nothing can be written any more.
    over: bool,
}

/// A line: a text, or an event.
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChatLine {
    #[schema(format = DateTime)]
    time: String,
    /// `customer`, `agent` or `us`.
    by: String,
    #[schema(required = false)]
    text: String,
    /// `joined` or `left`: with that the chat is over.
    #[schema(required = false)]
    event: String,
}

impl From<ChatView> for ChatBody {
    fn from(view: ChatView) -> Self {
        let lines = view.lines.iter().map(|line| {
            let mut shown = object(&line.what);
            shown.insert("time".to_owned(), line.at.to_string().into());
            shown.insert("by".to_owned(), Value::from(line.by.as_str()));
            shown
        });
        Self {
            lines: lines.collect(),
            next: view.next,
            with_agent: view.with_agent,
            over: view.over,
        }
    }
}

fn object(what: &impl Serialize) -> Map<String, Value> {
    let value = serde_json::to_value(what).unwrap_or_default();
    value.as_object().cloned().unwrap_or_default()
}

type Link = Path<(String, String)>;

fn by_link(Path((id, key)): Link) -> (CallbackId, Chatter) {
    (CallbackId::new(id), Chatter::Customer(key))
}

/// Come into a chat
///
/// The callback is on its way to an agent then. Repeating it is fine.
#[utoipa::path(
    post,
    path = "/{id}/{key}/join",
    tag = "chats",
    security(()),
    params(("id" = String, Path, description = "The callback"), ("key" = String, Path, description = "The link's key")),
    responses((status = 204, description = "The customer is there"), Writes)
)]
pub async fn join<D: ChatDesk>(State(desk): State<D>, link: Link) -> Result<StatusCode, Problem> {
    let (id, who) = by_link(link);
    desk.join(&id, &who).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Read on
///
/// It is asked at least every 60 seconds: a customer who does not ask counts as gone.
#[utoipa::path(
    get,
    path = "/{id}/{key}/lines",
    tag = "chats",
    security(()),
    params(
        ("id" = String, Path, description = "The callback"), ("key" = String, Path, description = "The link's key"), After
    ),
    responses((status = 200, description = "What is new", body = ChatBody), Reads)
)]
pub async fn lines<D: ChatDesk>(
    State(desk): State<D>,
    link: Link,
    QueryOf(After { after }): QueryOf<After>,
) -> Result<Json<ChatBody>, Problem> {
    let (id, who) = by_link(link);
    Ok(Json(desk.read_chat(&id, &who, after).await?.into()))
}

/// Write
#[utoipa::path(
    post,
    path = "/{id}/{key}/lines",
    tag = "chats",
    security(()),
    params(("id" = String, Path, description = "The callback"), ("key" = String, Path, description = "The link's key")),
    request_body = Text,
    responses((status = 204, description = "It is there"), Writes)
)]
pub async fn write<D: ChatDesk>(
    State(desk): State<D>,
    link: Link,
    JsonBody(Text { text }): JsonBody<Text>,
) -> Result<StatusCode, Problem> {
    let (id, who) = by_link(link);
    desk.write_chat(&id, &who, text).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Go
///
/// With that the chat is over. Repeating it is fine.
#[utoipa::path(
    post,
    path = "/{id}/{key}/leave",
    tag = "chats",
    security(()),
    params(("id" = String, Path, description = "The callback"), ("key" = String, Path, description = "The link's key")),
    responses((status = 204, description = "The chat is over"), Writes)
)]
pub async fn leave<D: ChatDesk>(State(desk): State<D>, link: Link) -> Result<StatusCode, Problem> {
    let (id, who) = by_link(link);
    desk.leave(&id, &who).await?;
    Ok(StatusCode::NO_CONTENT)
}
