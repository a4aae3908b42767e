//! Lists that are not whole say so, where their shape has no room for it.

use axum::http::{HeaderName, HeaderValue};
use axum::response::{IntoResponse, Response};
use ringback_core::time::Timestamp;

/// Says that there is more than the answer shows, and what was left out.
const TRUNCATED: HeaderName = HeaderName::from_static("ringback-truncated");

/// From when on an answer is whole: what was before may be purged.
const COMPLETE_FROM: HeaderName = HeaderName::from_static("ringback-complete-from");

/// Tells from when on an answer is whole.
pub fn complete_from(response: &mut Response, from: Timestamp) {
    if let Ok(value) = HeaderValue::from_str(&from.to_string()) {
        response.headers_mut().insert(COMPLETE_FROM, value);
    }
}

/// The answer; `cut` is what it leaves out, for people.
pub fn told(answer: impl IntoResponse, cut: Option<&str>) -> Response {
    let mut response = answer.into_response();
    let value = cut.and_then(|cut| HeaderValue::from_str(cut).ok());
    if let Some(value) = value {
        response.headers_mut().insert(TRUNCATED, value);
    }
    response
}
