//! Versions of what people set, as entity tags.

use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::Response;

use crate::filter::invalid;
use crate::refused::Problem;

/// The version as an entity tag (RFC 9110, 8.8.3).
pub(super) fn tag(response: &mut Response, version: u64) {
    if let Ok(tag) = HeaderValue::from_str(&format!("\"{version}\"")) {
        response.headers_mut().insert(header::ETAG, tag);
    }
}

/// The version that the caller wants to replace; `If-None-Match: *` for none at all.
pub(super) fn if_match(headers: &HeaderMap) -> Result<Option<u64>, Problem> {
    if headers
        .get(header::IF_NONE_MATCH)
        .is_some_and(|tag| tag == "*")
    {
        return Ok(Some(0));
    }
    let Some(tag) = headers.get(header::IF_MATCH).filter(|tag| *tag != "*") else {
        return Ok(None);
    };
    let version = tag
        .to_str()
        .ok()
        .and_then(|tag| tag.trim().trim_matches('"').parse().ok());
    version
        .map(Some)
        .ok_or_else(|| invalid("If-Match: allowed is the ETag of an answer").into())
}
