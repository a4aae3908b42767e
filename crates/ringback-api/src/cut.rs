//! Lists that are not whole say so, where their shape has no room for it.

use axum::http::{HeaderName, HeaderValue};
use axum::response::{IntoResponse, Response};

/// Says that there is more than the answer shows, and what was left out.
const TRUNCATED: HeaderName = HeaderName::from_static("ringback-truncated");

/// The answer; `cut` is what it leaves out, for people.
pub fn told(answer: impl IntoResponse, cut: Option<&str>) -> Response {
    let mut response = answer.into_response();
    let value = cut.and_then(|cut| HeaderValue::from_str(cut).ok());
    if let Some(value) = value {
        response.headers_mut().insert(TRUNCATED, value);
    }
    response
}
