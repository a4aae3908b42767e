//! Error bodies: `{message, exception, code, phrase}` in the callback API, problem+json (RFC 9457) under `/v1` and `/chat`.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use ringback_ports::desk::{Refusal, RefusalKind};
use serde_json::{Value, json};

/// An error of the callback API.
pub struct GmsError(pub Refusal);

/// An error under `/v1`.
pub struct Problem(pub Refusal);

impl From<Refusal> for GmsError {
    fn from(refusal: Refusal) -> Self {
        Self(refusal)
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        Self(refusal)
    }
}

impl IntoResponse for GmsError {
    fn into_response(self) -> Response {
        let status = status_of(&self.0);
        let mut body = gms_body(status, self.0.exception(), &self.0.message);
        propose(&mut body, &self.0);
        later(&self.0, (status, Json(body)).into_response())
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = status_of(&self.0);
        let mut body = problem_body(status, &self.0.message);
        propose(&mut body, &self.0);
        later(&self.0, as_problem(status, body))
    }
}

/// An error that no refusal of the front desk stands for, in the family of `path`.
pub fn as_family(path: &str, status: StatusCode, exception: &str, message: String) -> Response {
    if has_problems(path) {
        as_problem(status, problem_body(status, &message))
    } else {
        let exception = format!("CallbackException{exception}");
        (status, Json(gms_body(status, &exception, &message))).into_response()
    }
}

/// A refusal of the front desk, in the family of `path`.
pub fn refused(path: &str, refusal: Refusal) -> Response {
    if has_problems(path) {
        Problem(refusal).into_response()
    } else {
        GmsError(refusal).into_response()
    }
}

fn has_problems(path: &str) -> bool {
    ["/v1", "/chat"]
        .iter()
        .any(|family| path.starts_with(family))
}

fn gms_body(status: StatusCode, exception: &str, message: &str) -> Value {
    let phrase = status.canonical_reason().unwrap_or_default();
    let code = status.as_u16();
    json!({ "message": message, "exception": exception, "code": code, "phrase": phrase })
}

fn problem_body(status: StatusCode, detail: &str) -> Value {
    let title = status.canonical_reason().unwrap_or_default();
    let code = status.as_u16();
    json!({ "type": "about:blank", "title": title, "status": code, "detail": detail })
}

/// Other times than the one that is refused.
fn propose(body: &mut Value, refusal: &Refusal) {
    if let Some(availability) = &refusal.availability {
        body["availability"] = availability.clone();
    }
}

fn as_problem(status: StatusCode, body: Value) -> Response {
    let mut response = (status, Json(body)).into_response();
    let kind = HeaderValue::from_static("application/problem+json");
    response.headers_mut().insert(header::CONTENT_TYPE, kind);
    response
}

fn status_of(refusal: &Refusal) -> StatusCode {
    StatusCode::from_u16(refusal.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

/// Says when the same may work, where waiting helps, and of a 503 whether it is an outage or a rule.
fn later(refusal: &Refusal, mut response: Response) -> Response {
    let word = match refusal.kind {
        RefusalKind::Unavailable => Some("outage"),
        RefusalKind::Limit => Some("rule"),
        RefusalKind::Number
        | RefusalKind::Availability
        | RefusalKind::Invalid
        | RefusalKind::NotFound
        | RefusalKind::Conflict
        | RefusalKind::Version => None,
    };
    if let Some(word) = word {
        let headers = response.headers_mut();
        headers.insert("ringback-reason", HeaderValue::from_static(word));
    }
    if let Some(wait) = refusal.retry_after {
        // A whole number of seconds, rather too late than too early.
        let seconds = wait.as_millis().div_ceil(1000);
        let seconds = u64::try_from(seconds).unwrap_or(u64::MAX);
        let headers = response.headers_mut();
        headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}
