//! Sessions of the console: who has logged in, and what that may do.

use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use ringback_core::ids::AgentId;
use ringback_core::session::Session;
use ringback_ports::desk::Desk;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::access::{Caller, LoggedIn, Login, Routes, Rule};
use crate::body::JsonBody;
use crate::openapi::{Reads, Writes};
use crate::refused::Problem;

pub fn routes<D: Desk>() -> Routes<D> {
    let path = "/session";
    Routes::new()
        .get(path, Rule::ask(), session::<D>)
        .post(path, Rule::everybody(), log_in::<D>)
        .delete(path, Rule::everybody(), log_out::<D>)
}

/// A name and a password.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = LoginForm)]
pub struct Form {
    /// Of a user; keys do not log in.
    #[schema(max_length = 128)]
    name: String,
    #[schema(max_length = 1024)]
    password: String,
}

/// Who calls, and what that may do.
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Session)]
pub struct View {
    /// Of the user or key; `anybody` in a house without users.
    name: String,
    role: &'static str,
    /// What the role may: `read`, `supervise`, …
    #[schema(value_type = [String])]
    may: Vec<&'static str>,
    /// The agent that has the user's name; null when there is none.
    #[schema(required)]
    agent: Option<String>,
    /// When the session ends at the latest; null without one.
    #[schema(required, format = DateTime)]
    until: Option<String>,
    /// Whether this house has no users, so that nobody logs in.
    open: bool,
    /// Of the server.
    #[schema(value_type = String)]
    version: &'static str,
    /// Of the server, by the clock that decides.
    #[schema(format = DateTime)]
    time: String,
}

/// Who calls
#[utoipa::path(
    get,
    path = "/session",
    tag = "console",
    responses((status = 200, description = "Who it is, and what that may do", body = View), Reads)
)]
pub async fn session<D: Desk>(
    State(desk): State<D>,
    Extension(caller): Extension<Caller>,
    Extension(login): Extension<Login>,
) -> Result<Json<View>, Problem> {
    let session = match login.shown() {
        Some(id) => desk.use_session(id).await?,
        None => None,
    };
    Ok(Json(view(&desk, &caller, session.as_ref()).await))
}

/// Log in
///
/// The answer sets a cookie that counts under `/v1` alone: over HTTPS, or over plain HTTP from the computer to itself.
/// With it, whatever changes something must come from a page of this origin. Wrong passwords lock out as with HTTP Basic.
#[utoipa::path(
    post,
    path = "/session",
    tag = "console",
    security(()),
    request_body = Form,
    responses((status = 200, description = "Who it is, and what that may do", body = View), Writes)
)]
pub async fn log_in<D: Desk>(
    State(desk): State<D>,
    Extension(login): Extension<Login>,
    JsonBody(Form { name, password }): JsonBody<Form>,
) -> Result<Response, Response> {
    let LoggedIn { caller, session } = login.enter(&desk, name, password).await?;
    let (session, cookie) = session.unzip();
    let view = view(&desk, &caller, session.as_ref()).await;
    Ok(unkept(Json(view).into_response(), cookie))
}

/// Log out
///
/// Repeating it is fine.
#[utoipa::path(
    delete,
    path = "/session",
    tag = "console",
    security(()),
    responses((status = 204, description = "The session is over"), Writes)
)]
pub async fn log_out<D: Desk>(
    State(desk): State<D>,
    Extension(login): Extension<Login>,
) -> Result<Response, Response> {
    login.leave(&desk).await?;
    let response = StatusCode::NO_CONTENT.into_response();
    Ok(unkept(response, Login::forgotten()))
}

/// An answer that nobody keeps but for its cookies.
fn unkept(mut response: Response, cookies: impl IntoIterator<Item = HeaderValue>) -> Response {
    let headers = response.headers_mut();
    let unkept = HeaderValue::from_static("no-store");
    headers.insert(header::CACHE_CONTROL, unkept);
    for cookie in cookies {
        headers.append(header::SET_COOKIE, cookie);
    }
    response
}

async fn view<D: Desk>(desk: &D, caller: &Caller, session: Option<&Session>) -> View {
    let agent = match caller {
        Caller::User { name, .. } => desk.agent(&AgentId::new(name)).await.ok(),
        Caller::Anybody | Caller::Service(_) => None,
    };
    View {
        name: caller.name(),
        role: caller.role(),
        may: caller.needs(),
        agent: agent.map(|agent| agent.id.to_string()),
        until: session.map(|it| it.until.to_string()),
        open: *caller == Caller::Anybody,
        version: env!("CARGO_PKG_VERSION"),
        time: desk.now().to_string(),
    }
}
