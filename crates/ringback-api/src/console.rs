//! The console: files that are built before, embedded, and the same in every installation, so they are open to everybody.
//! What they show they ask under `/v1`, as whoever has logged in.

mod files;

use axum::extract::Path;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};

use crate::access::{Routes, Rule};
use files::File;

/// Nothing comes from elsewhere, no script or style stands in a page, and no text becomes markup.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; \
                      connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; \
                      require-trusted-types-for 'script'; trusted-types svelte-trusted-html";

/// On every answer.
const HEADERS: [(HeaderName, &str); 5] = [
    (header::CONTENT_SECURITY_POLICY, POLICY),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
    (
        HeaderName::from_static("cross-origin-opener-policy"),
        "same-origin",
    ),
    (
        HeaderName::from_static("cross-origin-resource-policy"),
        "same-origin",
    ),
];

/// The page that names all other files: it is asked for anew each time.
const INDEX: &str = "index.html";

pub fn routes<S: Clone + Send + Sync + 'static>() -> Routes<S> {
    let open = Rule::everybody();
    Routes::new()
        .get("/console", open, page)
        .get("/console/", open, index)
        .get("/console/{file}", open, file)
}

/// The console
#[utoipa::path(
    get,
    path = "/console",
    tag = "console",
    security(()),
    responses((status = 308, description = "It stands at `/console/`"))
)]
pub async fn page() -> Redirect {
    Redirect::permanent("console/")
}

/// The console itself
#[utoipa::path(
    get,
    path = "/console/",
    tag = "console",
    security(()),
    responses(
        (status = 200, description = "The page", content_type = "text/html", body = String),
        (status = 304, description = "It is the one that the caller has")
    )
)]
pub async fn index(headers: HeaderMap) -> Response {
    answer(INDEX, &headers)
}

/// A file of the console
#[utoipa::path(
    get,
    path = "/console/{file}",
    tag = "console",
    security(()),
    params(("file" = String, Path, description = "Its name")),
    responses(
        (status = 200, description = "The file", content_type = "*/*"),
        (status = 304, description = "It is the one that the caller has"),
        (status = 404, description = "There is no such file", content_type = "text/plain", body = String)
    )
)]
pub async fn file(Path(name): Path<String>, headers: HeaderMap) -> Response {
    answer(&name, &headers)
}

fn answer(name: &str, asked: &HeaderMap) -> Response {
    let mut response = match files::find(name) {
        Some(file) => found(name, file, asked),
        None => (StatusCode::NOT_FOUND, "there is no such file").into_response(),
    };
    for (name, value) in HEADERS {
        let value = HeaderValue::from_static(value);
        response.headers_mut().insert(name, value);
    }
    response
}

fn found(name: &str, file: &'static File, asked: &HeaderMap) -> Response {
    let known = asked.get(header::IF_NONE_MATCH);
    let is_known = known.and_then(|it| it.to_str().ok()).is_some_and(|known| {
        let mut tags = known.split(',').map(str::trim);
        tags.any(|tag| tag.trim_start_matches("W/") == file.tag || tag == "*")
    });
    let kept = if name == INDEX {
        "no-cache"
    } else {
        "public, max-age=31536000, immutable"
    };
    let mut response = if is_known {
        StatusCode::NOT_MODIFIED.into_response()
    } else if let Some(packed) = file.packed.as_deref().filter(|_| takes_gzip(asked)) {
        ([(header::CONTENT_ENCODING, "gzip")], packed).into_response()
    } else {
        file.plain.as_ref().into_response()
    };
    let headers = response.headers_mut();
    let kind = HeaderValue::from_static(file.kind);
    headers.insert(header::CONTENT_TYPE, kind);
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(kept));
    let vary = HeaderValue::from_static("accept-encoding");
    headers.insert(header::VARY, vary);
    if let Ok(tag) = HeaderValue::from_str(&file.tag) {
        headers.insert(header::ETAG, tag);
    }
    response
}

fn takes_gzip(asked: &HeaderMap) -> bool {
    let encodings = asked.get(header::ACCEPT_ENCODING);
    let encodings = encodings.and_then(|it| it.to_str().ok());
    encodings.unwrap_or_default().split(',').any(|encoding| {
        let (name, weight) = encoding.split_once(';').unwrap_or((encoding, ""));
        let is_refused = ["q=0", "q=0.0", "q=0.00", "q=0.000"].contains(&weight.trim());
        name.trim().eq_ignore_ascii_case("gzip") && !is_refused
    })
}

#[cfg(test)]
mod tests;
