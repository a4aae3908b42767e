//! The page behind a link. It is the same for everybody; what it shows it asks for.

use axum::extract::Path;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

const PAGE: &str = include_str!("page.html");
const SCRIPT: &str = include_str!("page.js");
const STYLE: &str = include_str!("page.css");

/// The link lets its customer in: nobody else learns it from the page. Nothing comes from elsewhere.
const HEADERS: [(HeaderName, &str); 4] = [
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; \
         frame-ancestors 'none'",
    ),
    (header::REFERRER_POLICY, "no-referrer"),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::CACHE_CONTROL, "no-store"),
];

/// The page that a customer chats on
#[utoipa::path(
    get,
    path = "/{id}/{key}",
    tag = "chats",
    security(()),
    params(("id" = String, Path, description = "The callback"), ("key" = String, Path, description = "The link's key")),
    responses((status = 200, description = "The page", content_type = "text/html", body = String))
)]
pub async fn page(Path(_link): Path<(String, String)>) -> Response {
    answer("text/html; charset=utf-8", PAGE)
}

/// A file of that page
#[utoipa::path(
    get,
    path = "/{file}",
    tag = "chats",
    security(()),
    params(("file" = String, Path, description = "Its name", example = "page.js")),
    responses(
        (status = 200, description = "The file", content_type = "*/*"),
        (status = 404, description = "There is no such file", content_type = "text/plain", body = String)
    )
)]
pub async fn file(Path(name): Path<String>) -> Response {
    match name.as_str() {
        "page.js" => answer("text/javascript; charset=utf-8", SCRIPT),
        "page.css" => answer("text/css; charset=utf-8", STYLE),
        _ => (StatusCode::NOT_FOUND, "there is no such file").into_response(),
    }
}

fn answer(kind: &'static str, body: &'static str) -> Response {
    let mut response = ([(header::CONTENT_TYPE, kind)], body).into_response();
    for (name, value) in HEADERS {
        let value = HeaderValue::from_static(value);
        response.headers_mut().insert(name, value);
    }
    response
}
