//! Who may call, and the span of each request.

use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ringback_telemetry::{names, propagation};
use std::collections::BTreeMap;
use subtle::ConstantTimeEq;
use tracing::Instrument;

use crate::refused::as_family;

/// What a caller must show (HTTP Basic).
#[derive(Clone)]
pub struct Credentials {
    expected: String,
}

impl Credentials {
    /// A user name and password.
    pub fn basic(user: &str, password: &str) -> Self {
        Self {
            expected: format!("Basic {}", STANDARD.encode(format!("{user}:{password}"))),
        }
    }

    fn fit(&self, headers: &HeaderMap) -> bool {
        let shown = headers
            .get(header::AUTHORIZATION)
            .map(HeaderValue::as_bytes);
        shown.is_some_and(|shown| bool::from(shown.ct_eq(self.expected.as_bytes())))
    }
}

pub async fn check(
    State(credentials): State<Credentials>,
    request: Request,
    next: Next,
) -> Response {
    if credentials.fit(request.headers()) {
        return next.run(request).await;
    }
    let message = "credentials are missing or wrong: HTTP Basic is asked for".to_owned();
    let path = request.uri().path();
    let mut response = as_family(path, StatusCode::UNAUTHORIZED, "Unauthorized", message);
    let challenge = HeaderValue::from_static("Basic realm=\"ringback\"");
    response
        .headers_mut()
        .insert(header::WWW_AUTHENTICATE, challenge);
    response
}

/// One span a request, named by its route, in the caller's trace.
pub async fn trace(request: Request, next: Next) -> Response {
    let route = request
        .extensions()
        .get::<MatchedPath>()
        .map_or("unknown", MatchedPath::as_str);
    let span = names::http_span(request.method().as_str(), route);
    propagation::continue_from(&span, &trace_headers(request.headers()));
    next.run(request).instrument(span).await
}

/// The trace context among HTTP headers.
pub fn trace_headers(headers: &HeaderMap) -> BTreeMap<String, String> {
    let text = |name: &str| {
        Some((
            name.to_owned(),
            headers.get(name)?.to_str().ok()?.to_owned(),
        ))
    };
    ["traceparent", "tracestate"]
        .into_iter()
        .filter_map(text)
        .collect()
}
