//! What somebody is told who is turned away.

use axum::extract::Request;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;

use super::gatekeeper::Turned;
use crate::refused::{as_family, refused};

/// What is asked for.
const CHALLENGES: [&str; 2] = ["Basic realm=\"ringback\"", "Bearer realm=\"ringback\""];
/// What a browser says of itself when a script asks.
const BY_SCRIPT: (&str, &str) = ("sec-fetch-dest", "empty");

impl Turned {
    /// The answer to a request.
    pub fn answer_to(self, request: &Request) -> Response {
        let path = request.uri().path();
        let by = request.headers().get(BY_SCRIPT.0);
        if path.starts_with("/v1/") && by.is_some_and(|by| by == BY_SCRIPT.1) {
            return self.answer_to_script(path);
        }
        self.answer(path)
    }

    /// The answer to a script of a page, which asks for the password itself: no box of the browser shall open.
    pub fn answer_to_script(self, path: &str) -> Response {
        let mut response = self.answer(path);
        let headers = response.headers_mut();
        if headers.contains_key(header::WWW_AUTHENTICATE) {
            let bearer = HeaderValue::from_static(CHALLENGES[1]);
            headers.insert(header::WWW_AUTHENTICATE, bearer);
        }
        response
    }

    /// The answer, in the family of `path`.
    pub fn answer(self, path: &str) -> Response {
        match self {
            Self::Unknown => challenge(
                path,
                "credentials are missing or wrong: HTTP Basic or a bearer key is asked for"
                    .to_owned(),
            ),
            Self::Guarded(service) => challenge(
                path,
                format!(
                    "credentials are missing or wrong: service '{service}' asks for its own username and password by \
                     HTTP Basic, or for a user or key of role supervisor or admin"
                ),
            ),
            Self::Wait(wait) => {
                let message = "credentials were wrong too often: try again later".to_owned();
                let status = StatusCode::TOO_MANY_REQUESTS;
                let mut response = as_family(path, status, "TooManyRequests", message);
                let after = HeaderValue::from(wait.as_secs() + 1);
                response.headers_mut().insert(header::RETRY_AFTER, after);
                response
            }
            Self::Busy => {
                let message = "too many credentials are being checked: try again later".to_owned();
                let status = StatusCode::SERVICE_UNAVAILABLE;
                let mut response = as_family(path, status, "ServiceUnavailable", message);
                let after = HeaderValue::from_static("1");
                response.headers_mut().insert(header::RETRY_AFTER, after);
                response
            }
            Self::Refused(refusal) => refused(path, refusal),
        }
    }
}

fn challenge(path: &str, message: String) -> Response {
    let mut response = as_family(path, StatusCode::UNAUTHORIZED, "Unauthorized", message);
    for challenge in CHALLENGES {
        response.headers_mut().append(
            header::WWW_AUTHENTICATE,
            HeaderValue::from_static(challenge),
        );
    }
    response
}
