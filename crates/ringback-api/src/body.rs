//! Bodies: JSON or form, into parameters.

use axum::body::Bytes;
use axum::extract::rejection::{BytesRejection, QueryRejection};
use axum::extract::{FromRequest, FromRequestParts, OriginalUri, Query, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use ringback_core::unique_keys::JsonError;
use ringback_core::untrusted::{MAX_DEPTH, MAX_SHAPE_DEPTH, ReadError, read_object};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::MAX_BODY;
use crate::filter::short;
use crate::refused::as_family;

const JSON: &str = "application/json";
const FORM: &str = "application/x-www-form-urlencoded";

/// The parameters of a request, from a JSON object or a form.
pub struct Parameters(pub Map<String, Value>);

/// A JSON body of a known shape.
pub struct JsonBody<T>(pub T);

/// No parameters: a list that takes none says so, rather than answer as if it had been narrowed.
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NoParameters {}

/// A query string of a known shape.
pub struct QueryOf<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for QueryOf<T> {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Response> {
        let original = parts.extensions.get::<OriginalUri>();
        let path = original
            .map_or_else(|| parts.uri.path(), |OriginalUri(uri)| uri.path())
            .to_owned();
        let read = Query::from_request_parts(parts, state).await;
        let wrong = |error: QueryRejection| {
            bad(
                &path,
                format!("the query does not fit: {}", error.body_text()),
            )
        };
        read.map(|Query(query)| Self(query)).map_err(wrong)
    }
}

impl<S: Send + Sync> FromRequest<S> for Parameters {
    type Rejection = Response;

    async fn from_request(request: Request, state: &S) -> Result<Self, Response> {
        let path = path_of(&request);
        let kind = content_type(request.headers());
        let query = request.uri().query().unwrap_or_default().to_owned();
        let bytes = read(request, state, &path).await?;
        let parsed = match kind.as_deref() {
            _ if bytes.is_empty() => Ok(Map::new()),
            Some(JSON) => object(&bytes, MAX_DEPTH),
            Some(FORM) => form(&bytes),
            other => return Err(unsupported(&path, other, &format!("are {JSON} and {FORM}"))),
        };
        let parsed = parsed.and_then(|body| with_query(body, &query));
        parsed.map(Self).map_err(|error| bad(&path, error))
    }
}

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for JsonBody<T> {
    type Rejection = Response;

    async fn from_request(request: Request, state: &S) -> Result<Self, Response> {
        let path = path_of(&request);
        let kind = content_type(request.headers());
        let bytes = read(request, state, &path).await?;
        if kind.as_deref() != Some(JSON) {
            return Err(unsupported(&path, kind.as_deref(), &format!("is {JSON}")));
        }
        let object = object(&bytes, MAX_SHAPE_DEPTH).map_err(|error| bad(&path, error))?;
        let parsed = serde_json::from_value(object.into());
        parsed
            .map(Self)
            .map_err(|error| bad(&path, format!("the body does not fit: {error}")))
    }
}

async fn read<S: Send + Sync>(request: Request, state: &S, path: &str) -> Result<Bytes, Response> {
    Bytes::from_request(request, state)
        .await
        .map_err(|rejection: BytesRejection| {
            if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE {
                let message = format!("a body has at most {MAX_BODY} bytes");
                return as_family(path, StatusCode::PAYLOAD_TOO_LARGE, "TooLarge", message);
            }
            rejection.into_response()
        })
}

/// A list would do for a shape as well: its values in the shape's order, which nobody has promised.
fn object(bytes: &[u8], most: usize) -> Result<Map<String, Value>, String> {
    read_object(bytes, most).map_err(|error| match error {
        ReadError::Json(JsonError::Syntax(error)) => {
            format!("the body is not a JSON object: {error}")
        }
        ReadError::Json(JsonError::Twice(_)) | ReadError::TooMuch(_) | ReadError::Depth(_) => {
            format!("the body cannot be read: {error}")
        }
    })
}

fn form(bytes: &[u8]) -> Result<Map<String, Value>, String> {
    let mut parameters = Map::new();
    for (key, value) in form_urlencoded::parse(bytes).into_owned() {
        if parameters.contains_key(&key) {
            let error = JsonError::Twice(short(&key));
            return Err(format!("the body cannot be read: {error}"));
        }
        parameters.insert(key, value.into());
    }
    Ok(parameters)
}

/// Parameters may stand in the query as well, as clients of the established product write them; each once.
fn with_query(mut body: Map<String, Value>, query: &str) -> Result<Map<String, Value>, String> {
    for (key, value) in form(query.as_bytes())? {
        if body.contains_key(&key) {
            let key = short(&key);
            return Err(format!(
                "parameter '{key}' is in the body and in the query: must be in one of them"
            ));
        }
        body.insert(key, value);
    }
    Ok(body)
}

fn path_of(request: &Request) -> String {
    let original = request.extensions().get::<OriginalUri>();
    original
        .map_or_else(|| request.uri().path(), |OriginalUri(uri)| uri.path())
        .to_owned()
}

pub fn content_type(headers: &HeaderMap) -> Option<String> {
    let value = headers.get(header::CONTENT_TYPE)?.to_str().ok()?;
    Some(
        value
            .split(';')
            .next()
            .unwrap_or_default()
            .trim()
            .to_ascii_lowercase(),
    )
}

fn unsupported(path: &str, found: Option<&str>, allowed: &str) -> Response {
    let found: String = found.unwrap_or("nothing").chars().take(80).collect();
    let message = format!("content-type is {found}: allowed {allowed}");
    as_family(
        path,
        StatusCode::UNSUPPORTED_MEDIA_TYPE,
        "UnsupportedMediaType",
        message,
    )
}

fn bad(path: &str, message: String) -> Response {
    as_family(path, StatusCode::BAD_REQUEST, "Invalid", message)
}
