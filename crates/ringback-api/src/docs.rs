//! The document of the API, and a page that shows it. Both are the same in every installation, so they are open to
//! everybody. Nothing is fetched from elsewhere.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use utoipa_swagger_ui::Config;

use crate::access::{Routes, Rule};
use crate::openapi::openapi;
use crate::refused;

/// The page takes scripts and styles from its own folder only, and talks to the API it came from.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; \
                      base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// What travels over AMQP; bodies that travel over HTTP too are named in the other document.
const ASYNCAPI: &str = include_str!("../asyncapi.json");

pub fn routes<S: Clone + Send + Sync + 'static>() -> Routes<S> {
    let open = Rule::everybody();
    Routes::new()
        .get("/", open, front)
        .get("/openapi.json", open, document)
        .get("/asyncapi.json", open, messages)
        .get("/docs", open, page)
        .get("/docs/", open, index)
        .get("/docs/{file}", open, file)
        .with_state(openapi().to_string().into())
}

/// Where to begin
///
/// A browser is led to the console; a program is told that nothing stands here.
#[utoipa::path(
    get,
    path = "/",
    tag = "documents",
    security(()),
    responses(
        (status = 303, description = "For who accepts `text/html`: at `/console/`"),
        (status = 404, description = "For everybody else", body = Object)
    )
)]
pub async fn front(headers: HeaderMap) -> Response {
    let accepted = headers.get(header::ACCEPT).and_then(|it| it.to_str().ok());
    if accepted.is_some_and(|accepted| accepted.contains("text/html")) {
        return Redirect::to("console/").into_response();
    }
    let message = "there is nothing at /: the API stands under /genesys and /v1, its reference at /docs/, the console at /console/";
    refused::as_family("/", StatusCode::NOT_FOUND, "NotFound", message.to_owned())
}

/// This document
#[utoipa::path(
    get,
    path = "/openapi.json",
    tag = "documents",
    security(()),
    responses((status = 200, description = "OpenAPI 3.1", body = Object))
)]
pub async fn document(State(document): State<Arc<str>>) -> Response {
    let kind = [(header::CONTENT_TYPE, "application/json")];
    (kind, document.to_string()).into_response()
}

/// The document of the messages
#[utoipa::path(
    get,
    path = "/asyncapi.json",
    tag = "documents",
    security(()),
    responses((status = 200, description = "AsyncAPI 3: requests and notifications over AMQP", body = Object))
)]
pub async fn messages() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "application/json")], ASYNCAPI)
}

/// The reference page
#[utoipa::path(
    get,
    path = "/docs",
    tag = "documents",
    security(()),
    responses((status = 308, description = "It stands at `/docs/`"))
)]
pub async fn page() -> Redirect {
    Redirect::permanent("docs/")
}

/// The reference page itself
#[utoipa::path(
    get,
    path = "/docs/",
    tag = "documents",
    security(()),
    responses((status = 200, description = "The page", content_type = "text/html", body = String))
)]
pub async fn index() -> Response {
    file(Path(String::new())).await
}

/// A file of the reference page
#[utoipa::path(
    get,
    path = "/docs/{file}",
    tag = "documents",
    security(()),
    params(("file" = String, Path, description = "Its name")),
    responses(
        (status = 200, description = "The file", content_type = "*/*"),
        (status = 404, description = "There is no such file", content_type = "text/plain", body = String)
    )
)]
pub async fn file(Path(name): Path<String>) -> Response {
    let config = Config::from("../openapi.json")
        .use_base_layout()
        .deep_linking(true);
    let found = utoipa_swagger_ui::serve(&name, Arc::new(config));
    let Ok(Some(found)) = found else {
        return (StatusCode::NOT_FOUND, "there is no such file").into_response();
    };
    let mut response = Response::new(Body::from(found.bytes.into_owned()));
    let headers = response.headers_mut();
    if let Ok(kind) = HeaderValue::from_str(&found.content_type) {
        headers.insert(header::CONTENT_TYPE, kind);
    }
    if found.gzpipped {
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    }
    let policy = HeaderValue::from_static(POLICY);
    headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    let as_said = HeaderValue::from_static("nosniff");
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, as_said);
    response
}
