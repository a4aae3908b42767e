//! Versions of what people set, as entity tags.

use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::Response;

use crate::filter::{invalid, short};
use crate::refused::Problem;

/// The version as an entity tag (RFC 9110, 8.8.3).
pub fn tag(response: &mut Response, version: u64) {
    if let Ok(tag) = HeaderValue::from_str(&format!("\"{version}\"")) {
        response.headers_mut().insert(header::ETAG, tag);
    }
}

/// The version that the caller wants to replace; `If-None-Match: *` for none at all.
pub fn if_match(headers: &HeaderMap) -> Result<Option<u64>, Problem> {
    if let Some(tag) = headers.get(header::IF_NONE_MATCH) {
        if headers.contains_key(header::IF_MATCH) {
            let message = "If-Match and If-None-Match exclude each other: allowed is one of them";
            return Err(invalid(message).into());
        }
        if tag != "*" {
            let tag = shown(tag);
            return Err(invalid(format!("If-None-Match '{tag}': allowed is *")).into());
        }
        return Ok(Some(0));
    }
    let Some(tag) = headers.get(header::IF_MATCH).filter(|tag| *tag != "*") else {
        return Ok(None);
    };
    let version = tag.to_str().ok();
    let version = version.and_then(|tag| tag.trim().trim_matches('"').parse().ok());
    version.map(Some).ok_or_else(|| {
        let tag = shown(tag);
        invalid(format!(
            "If-Match '{tag}': allowed is the ETag of an answer, or *"
        ))
        .into()
    })
}

fn shown(value: &HeaderValue) -> String {
    short(&String::from_utf8_lossy(value.as_bytes()))
}
