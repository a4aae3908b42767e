//! Callbacks: requested, looked up, changed, called off.

use axum::extract::{Path, RawQuery, State};
use axum::http::HeaderMap;
use axum::response::Response;
use axum::{Extension, Json};
use ringback_core::ids::{CallbackId, ServiceName};
use ringback_ports::desk::{Channel, Desk, FoundRecords, Operand, Refusal, RefusalKind, Start};
use ringback_telemetry::propagation;
use serde::Serialize;

use utoipa::ToSchema;

use super::Answer;
use crate::access::{self, Caller};
use crate::body::Parameters;
use crate::cut;
use crate::openapi::shapes::{Dialog, Record, StartParameters, UpdateParameters};
use crate::openapi::{GmsReads, GmsWrites, OperandWord};
use crate::refused::GmsError;

/// The callback that was spoken of.
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Named {
    #[serde(rename = "_id")]
    #[schema(value_type = String)]
    id: CallbackId,
}

/// Request a callback
///
/// Durable once it is answered. With an `Idempotency-Key` a repeat is answered with the callback that is there.
#[utoipa::path(
    post,
    path = "/service/callback/{service}",
    tag = "callbacks",
    params(
        ("service" = String, Path, description = "A service"),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes repeats of this request harmless")
    ),
    request_body(content(
        (StartParameters = "application/json"),
        (StartParameters = "application/x-www-form-urlencoded")
    )),
    responses((status = 200, description = "It is accepted: its name, and what the customer's device does now", body = Dialog), GmsWrites)
)]
pub async fn start<D: Desk>(
    State(desk): State<D>,
    Path(service): Path<String>,
    headers: HeaderMap,
    Parameters(parameters): Parameters,
) -> Answer {
    let start = Start {
        service: ServiceName::new(service),
        parameters,
        idempotency_key: idempotency_key(&headers)?,
        trace: propagation::received_traceparent(&access::trace_headers(&headers)),
        channel: Channel::Http,
    };
    let started = desk.start(start).await?;
    Ok(Json(started.answer().into()))
}

/// The key that makes repeats harmless. One that cannot be read would make them harmful.
fn idempotency_key(headers: &HeaderMap) -> Result<Option<String>, Refusal> {
    let invalid = |problem: &str| {
        let message = format!("header Idempotency-Key {problem}");
        Err(Refusal::new(RefusalKind::Invalid, message))
    };
    let mut keys = headers.get_all("idempotency-key").iter();
    match (keys.next().map(|key| key.to_str()), keys.next()) {
        (None, _) => Ok(None),
        (Some(_), Some(_)) => invalid("stands twice: allowed is one"),
        (Some(Ok(key)), None) => Ok(Some(key.to_owned())),
        (Some(Err(_)), None) => {
            invalid("has other characters: allowed are visible ASCII characters")
        }
    }
}

/// Call a callback off
///
/// Repeating it is fine. While customer and agent talk it is refused with 409.
#[utoipa::path(
    delete,
    path = "/service/callback/{service}/{id}",
    tag = "callbacks",
    params(
        ("service" = String, Path, description = "Its service"),
        ("id" = String, Path, description = "Its `_id`"),
        ("discard_ors_failure" = Option<String>, Query, description = "Accepted, and without a meaning here")
    ),
    responses((status = 200, description = "It is called off", body = Named), GmsWrites)
)]
pub async fn cancel<D: Desk>(
    State(desk): State<D>,
    Path((service, id)): Path<(String, String)>,
) -> Answer<Named> {
    let id = CallbackId::new(id);
    desk.cancel(&ServiceName::new(service), &id).await?;
    Ok(Json(Named { id }))
}

/// Change a callback
///
/// Its time while it is SCHEDULED, its user data, or its state; all of it or nothing.
#[utoipa::path(
    put,
    path = "/service/callback/{service}/{id}",
    tag = "callbacks",
    params(
        ("service" = String, Path, description = "Its service"),
        ("id" = String, Path, description = "Its `_id`")
    ),
    request_body(content(
        (UpdateParameters = "application/json"),
        (UpdateParameters = "application/x-www-form-urlencoded")
    )),
    responses((status = 200, description = "It is changed", body = Named), GmsWrites)
)]
pub async fn update<D: Desk>(
    State(desk): State<D>,
    Path((service, id)): Path<(String, String)>,
    Parameters(parameters): Parameters,
) -> Answer<Named> {
    let id = CallbackId::new(id);
    desk.update(&ServiceName::new(service), &id, parameters)
        .await?;
    Ok(Json(Named { id }))
}

/// Look callbacks up by their properties, in every service
///
/// Any other parameter is a condition: a lookup key and its value; `_service_name`, `_callback_reason` and `_vq` are
/// conditions as well. One of them must be a key that is looked up by. At the most the newest 200 are returned; where there
/// are more, the header `ringback-truncated` says so.
#[utoipa::path(
    get,
    path = "/service/callback",
    tag = "callbacks",
    params(
        ("_id" = Option<String>, Query, description = "Only this one"),
        ("_customer_number" = Option<String>, Query, description = "Those of this customer"),
        ("_callback_state" = Option<String>, Query, description = "Those in this state; `!COMPLETED` for any other"),
        ("operand" = inline(Option<OperandWord>), Query, description = "Whether all conditions hold or one does")
    ),
    responses((status = 200, description = "Newest first", body = [Record]), GmsReads)
)]
pub async fn query<D: Desk>(
    State(desk): State<D>,
    Extension(caller): Extension<Caller>,
    RawQuery(query): RawQuery,
) -> Result<Response, GmsError> {
    let (conditions, operand) = conditions(query.as_deref())?;
    // Whoever names a callback has shown the login of its service already.
    let is_named = operand == Operand::And && conditions.iter().any(|(key, _)| key == "_id");
    let mut found = desk.query(None, conditions, operand).await?;
    if !is_named {
        found.records = caller.may_see(&desk, found.records).await?;
    }
    Ok(records(found))
}

/// Look callbacks of a service up by their properties
///
/// Any other parameter is a condition: a lookup key and its value; `_id`, `_callback_reason` and `_vq` are conditions as
/// well. At the most the newest 200 are returned; where there are more, the header `ringback-truncated` says so.
#[utoipa::path(
    get,
    path = "/service/callback/{service}",
    tag = "callbacks",
    params(
        ("service" = String, Path, description = "A service"),
        ("_customer_number" = Option<String>, Query, description = "Those of this customer"),
        ("_callback_state" = Option<String>, Query, description = "Those in this state; `!COMPLETED` for any other"),
        ("operand" = inline(Option<OperandWord>), Query, description = "Whether all conditions hold or one does")
    ),
    responses((status = 200, description = "Newest first", body = [Record]), GmsReads)
)]
pub async fn query_service<D: Desk>(
    State(desk): State<D>,
    Path(service): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, GmsError> {
    let (conditions, operand) = conditions(query.as_deref())?;
    let service = ServiceName::new(service);
    let found = desk.query(Some(&service), conditions, operand).await?;
    Ok(records(found))
}

fn records(found: FoundRecords) -> Response {
    cut::told(Json(found.records), found.cut.as_deref())
}

fn conditions(query: Option<&str>) -> Result<(Vec<(String, String)>, Operand), Refusal> {
    const MOST: usize = 16;
    let mut operand = None;
    let mut conditions = Vec::new();
    for (key, value) in form_urlencoded::parse(query.unwrap_or_default().as_bytes()) {
        match (key.as_ref(), value.as_ref()) {
            ("operand", _) if operand.is_some() => {
                let message = "parameter 'operand' stands twice: it must stand once";
                return Err(Refusal::new(RefusalKind::Invalid, message));
            }
            ("operand", "AND") => operand = Some(Operand::And),
            ("operand", "OR") => operand = Some(Operand::Or),
            ("operand", other) => {
                let other: String = other.chars().take(80).collect();
                let message = format!("operand '{other}': allowed are AND and OR");
                return Err(Refusal::new(RefusalKind::Invalid, message));
            }
            _ => conditions.push((key.into_owned(), value.into_owned())),
        }
    }
    if conditions.len() > MOST {
        let message = format!("{} conditions: allowed are {MOST}", conditions.len());
        return Err(Refusal::new(RefusalKind::Invalid, message));
    }
    Ok((conditions, operand.unwrap_or(Operand::And)))
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn headers(lines: &[&[u8]]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append("Idempotency-Key", HeaderValue::from_bytes(line).unwrap());
        }
        headers
    }

    /// The key of these header lines.
    fn key(lines: &[&[u8]]) -> Result<Option<String>, String> {
        idempotency_key(&headers(lines)).map_err(|refusal| refusal.message)
    }

    #[test]
    fn an_idempotency_key_that_cannot_be_read_is_not_left_out() {
        assert_eq!(key(&[]), Ok(None));
        assert_eq!(key(&[b"ixn-42"]), Ok(Some("ixn-42".to_owned())));
        for wrong in ["k\u{e9}y".as_bytes(), b"\xff"] {
            let refused = key(&[wrong]).unwrap_err();
            assert!(refused.contains("allowed are visible ASCII"), "{refused}");
        }
        let refused = key(&[b"one", b"other"]).unwrap_err();
        assert!(refused.contains("stands twice"), "{refused}");
    }

    #[test]
    fn an_operand_stands_once() {
        assert!(conditions(Some("a=1&operand=OR&operand=AND")).is_err());
        assert!(conditions(Some("a=1&a=2&operand=OR")).is_ok());
    }
}
