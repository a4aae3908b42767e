//! Many start requests in one file. It is read as it comes and answered line by line, in its order, so neither the file
//! nor the answer is ever in memory as a whole. Who sends one should read the answer meanwhile: somebody who does not
//! is, once the buffers between are full, not read from either.

mod lines;
mod rows;
#[cfg(test)]
mod tests;

use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use axum::body::{Body, BodyDataStream, Bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures_util::{StreamExt, stream};
use ringback_core::ids::ServiceName;
use ringback_ports::desk::{Desk, Refusal, Start};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use crate::access::Tally;
use crate::body::content_type;
use crate::filter::{self, invalid, short};
use crate::openapi::Writes;
use crate::openapi::shapes::ImportedLine;
use crate::refused::{Problem, as_family};
use rows::{Kind, Row, Rows};

/// How many requests are under way at a time.
const AT_A_TIME: usize = 64;
/// The longest name of a run, in bytes.
const LONGEST_RUN: usize = 200;
/// How long the next piece of a file may take.
const SILENCE: Duration = Duration::from_secs(60);
/// What names the service of a line.
const SERVICE_KEY: &str = "_service_name";
/// What makes repeats of a line harmless wherever it stands.
const IDEMPOTENCY_KEY: &str = "idempotency_key";

/// What holds for every line.
struct Import<D> {
    desk: D,
    service: Option<ServiceName>,
    run: Option<String>,
    tally: Arc<Tally>,
}

/// Request many callbacks
///
/// Read as it comes and answered line by line, in its order. Each line is a start request; `_service_name` and
/// `idempotency_key` on a line hold over `service` and `run`. Repeating it is harmless.
#[utoipa::path(
    post,
    path = "/callbacks:import",
    tag = "many callbacks",
    params(
        ("service" = Option<String>, Query, description = "The service of lines that do not say"),
        ("run" = Option<String>, Query, description = "Names this file: with the line's number it is the idempotency key")
    ),
    request_body(content((Value = "text/csv"), (Value = "application/x-ndjson"))),
    responses(
        (
            status = 200,
            description = "One line for each line",
            content_type = "application/x-ndjson",
            body = ImportedLine
        ),
        Writes
    )
)]
pub async fn import<D: Desk>(State(desk): State<D>, request: Request) -> Result<Response, Problem> {
    let (mut service, mut run) = (None, None);
    for (name, value) in filter::pairs(request.uri().query())? {
        match name.as_str() {
            "service" => service = Some(ServiceName::new(value)),
            "run" if (1..=LONGEST_RUN).contains(&value.len()) => run = Some(value),
            "run" => {
                let length = value.len();
                let message = format!("run has {length} bytes: allowed are 1 to {LONGEST_RUN}");
                return Err(invalid(message).into());
            }
            other => return Err(filter::unknown(other, &["service", "run"]).into()),
        }
    }
    let kind = match content_type(request.headers()).as_deref() {
        Some("text/csv") => Kind::Csv,
        Some("application/x-ndjson" | "application/ndjson" | "application/jsonl") => Kind::Ndjson,
        other => return Ok(unsupported(other)),
    };
    if let Some(service) = &service {
        desk.watermarks(vec![service.clone()]).await?;
    }
    let tally = Arc::<Tally>::default();
    let import = Arc::new(Import {
        desk,
        service,
        run,
        tally: tally.clone(),
    });
    let rows = rows_of(request.into_body().into_data_stream(), kind);
    let answers = rows
        .map(move |row| answer(import.clone(), row))
        .buffered(AT_A_TIME)
        .map(Ok::<_, Infallible>);
    let mut response = Body::from_stream(answers).into_response();
    response.extensions_mut().insert(tally);
    let kind = HeaderValue::from_static("application/x-ndjson");
    response.headers_mut().insert(header::CONTENT_TYPE, kind);
    Ok(response)
}

/// The rows of a body. What was begun is dropped when the body breaks off.
fn rows_of(body: BodyDataStream, kind: Kind) -> impl futures_util::Stream<Item = Row> {
    let begin = Some((body, Rows::new(kind)));
    stream::unfold(begin, |state| async {
        let (mut body, mut rows) = state?;
        loop {
            if let Some(row) = rows.next() {
                return Some((row, Some((body, rows))));
            }
            match tokio::time::timeout(SILENCE, body.next()).await {
                Ok(Some(Ok(piece))) => rows.push(&piece),
                Ok(None) => {
                    rows.finish();
                    return Some((rows.next()?, Some((body, rows))));
                }
                Ok(Some(Err(_))) | Err(_) => {
                    tracing::info!("an import broke off");
                    return None;
                }
            }
        }
    })
}

async fn answer<D: Desk>(import: Arc<Import<D>>, row: Row) -> Bytes {
    let line = row.line;
    let started = match row.parameters {
        Ok(parameters) => import.start(parameters).await,
        Err(wrong) => Err(invalid(wrong)),
    };
    let counted = match &started {
        Ok((_, false)) => &import.tally.accepted,
        Ok((_, true)) => &import.tally.known,
        Err(_) => &import.tally.refused,
    };
    counted.fetch_add(1, Ordering::Relaxed);
    let answer = match started {
        Ok((id, false)) => json!({ "line": line, "_id": id }),
        Ok((id, true)) => json!({ "line": line, "_id": id, "known": true }),
        Err(Refusal {
            message,
            availability: Some(times),
            ..
        }) => json!({ "line": line, "error": message, "availability": times }),
        Err(refusal) => json!({ "line": line, "error": refusal.message }),
    };
    format!("{answer}\n").into()
}

impl<D: Desk> Import<D> {
    /// The `_id`, and whether it was there before.
    async fn start(&self, mut parameters: Map<String, Value>) -> Result<(String, bool), Refusal> {
        let service = match text(&mut parameters, SERVICE_KEY)? {
            Some(service) => ServiceName::new(service),
            None => self.service.clone().ok_or_else(|| {
                invalid(format!(
                    "{SERVICE_KEY} is missing, and the request has no service="
                ))
            })?,
        };
        let key = match (text(&mut parameters, IDEMPOTENCY_KEY)?, &self.run) {
            (Some(key), _) => key,
            (None, Some(run)) => by_content(run, &parameters),
            (None, None) => {
                let message = format!("{IDEMPOTENCY_KEY} is missing, and the request has no run=");
                return Err(invalid(message));
            }
        };
        let start = Start {
            service,
            parameters,
            idempotency_key: Some(key),
            trace: None,
        };
        let started = self.desk.start(start).await?;
        Ok((started.id.to_string(), started.known))
    }
}

/// The same request of the same run has the same key, wherever it stands: lines may be mended, added and left out before
/// a file is sent again.
fn by_content(run: &str, parameters: &Map<String, Value>) -> String {
    let content = Value::Object(parameters.clone()).to_string();
    let digest = Sha256::digest(format!("{run}\n{content}"));
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Takes out what is no parameter of a start request.
fn text(parameters: &mut Map<String, Value>, key: &str) -> Result<Option<String>, Refusal> {
    match parameters.remove(key) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) if text.is_empty() => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(Value::Number(number)) => Ok(Some(number.to_string())),
        Some(Value::Bool(_) | Value::Array(_) | Value::Object(_)) => {
            Err(invalid(format!("{key}: allowed is a text")))
        }
    }
}

fn unsupported(found: Option<&str>) -> Response {
    let found = short(found.unwrap_or("nothing"));
    let message = format!("content-type is {found}: allowed are text/csv and application/x-ndjson");
    let status = StatusCode::UNSUPPORTED_MEDIA_TYPE;
    as_family("/v1", status, "UnsupportedMediaType", message)
}
