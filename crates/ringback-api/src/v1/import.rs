//! Many start requests in one file. It is read as it comes and answered line by line, in its order, so neither the file
//! nor the answer is ever in memory as a whole. Who sends one should read the answer meanwhile: somebody who does not
//! is, once the buffers between are full, not read from either.

mod cells;
mod encoding;
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
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures_util::{StreamExt, stream};
use ringback_core::ids::ServiceName;
use ringback_core::request::{self, read_exported};
use ringback_ports::desk::{Channel, Desk, Refusal, RefusalKind, Start};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use crate::access::Tally;
use crate::body::content_type;
use crate::filter::{self, invalid, short};
use crate::openapi::Writes;
use crate::openapi::shapes::ImportedLine;
use crate::refused::{Problem, as_family};
use encoding::Encoding;
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

/// What became of a line.
enum Outcome {
    Requested(String),
    /// It was there before.
    Known(String),
    /// It is over, which the file says itself: whose it is, if the file says so, and where it stood.
    Skipped(Option<String>, String),
}

/// Request many callbacks
///
/// Read as it comes and answered line by line, in its order. Each line is a start request; `_service_name` and
/// `idempotency_key` on a line hold over `service` and `run`. Repeating it is harmless. Lines of an export are known by
/// their `_id`; those that are over are skipped, so that nobody is called again. UTF-8, UTF-16 and any line end are
/// recognised, and in CSV what stands between cells: `,`, `;`, `|` or tabs; another encoding is named by `charset`.
#[utoipa::path(
    post,
    path = "/callbacks:import",
    tag = "many callbacks",
    params(
        ("service" = Option<String>, Query, description = "The service of lines that do not say"),
        ("run" = Option<String>, Query, description = "Names this file: with what a line says it is its idempotency key")
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
    let encoding = match encoding_of(request.headers()) {
        Ok(encoding) => encoding,
        Err(unsupported) => return Ok(*unsupported),
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
    let rows = Rows::new(kind, encoding);
    let rows = rows_of(request.into_body().into_data_stream(), rows);
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

/// The rows of a body. When it breaks off, the last one says so: nobody takes a part for the whole.
fn rows_of(body: BodyDataStream, rows: Rows) -> impl futures_util::Stream<Item = Row> {
    let begin = Some((body, rows));
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
                Ok(Some(Err(_))) => {
                    tracing::info!("an import broke off");
                    rows.break_off("its connection was lost");
                    return Some((rows.next()?, None));
                }
                Err(_) => {
                    tracing::info!("an import is no longer waited for");
                    rows.break_off(&format!("nothing came for {} s", SILENCE.as_secs()));
                    return Some((rows.next()?, None));
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
        Ok(Outcome::Requested(_)) => &import.tally.accepted,
        Ok(Outcome::Known(_)) => &import.tally.known,
        Ok(Outcome::Skipped(..)) => &import.tally.skipped,
        Err(_) => &import.tally.refused,
    };
    counted.fetch_add(1, Ordering::Relaxed);
    let answer = match started {
        Ok(Outcome::Requested(id)) => json!({ "line": line, "_id": id }),
        Ok(Outcome::Known(id)) => json!({ "line": line, "_id": id, "known": true }),
        Ok(Outcome::Skipped(Some(id), state)) => {
            json!({ "line": line, "_id": id, "skipped": state })
        }
        Ok(Outcome::Skipped(None, state)) => json!({ "line": line, "skipped": state }),
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
    async fn start(&self, mut parameters: Map<String, Value>) -> Result<Outcome, Refusal> {
        let service = match text(&mut parameters, SERVICE_KEY)? {
            Some(service) => ServiceName::new(service),
            None => self.service.clone().ok_or_else(|| {
                invalid(format!(
                    "{SERVICE_KEY} is missing, and the request has no service="
                ))
            })?,
        };
        let own = text(&mut parameters, IDEMPOTENCY_KEY)?;
        let exported = match read_exported(&mut parameters).map_err(invalid)? {
            request::Row::New => None,
            request::Row::Open(id) => Some(id),
            request::Row::Over { id, state } => {
                let id = id.map(|id| id.to_string());
                return Ok(Outcome::Skipped(id, state));
            }
        };
        if let Some(id) = &exported {
            // It may have gone on since, and be over by now.
            match self.desk.record(id).await {
                Ok(_) => return Ok(Outcome::Known(id.to_string())),
                Err(refusal) if refusal.kind == RefusalKind::NotFound => {}
                Err(refusal) => return Err(refusal),
            }
        }
        let own = own.or(exported.map(|id| id.to_string()));
        let key = match (own, &self.run) {
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
            channel: Channel::Import,
        };
        let started = self.desk.start(start).await?;
        let id = started.id.to_string();
        Ok(if started.known {
            Outcome::Known(id)
        } else {
            Outcome::Requested(id)
        })
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

/// What the content type says of it, UTF-8 when it says nothing.
fn encoding_of(headers: &HeaderMap) -> Result<Encoding, Box<Response>> {
    if let Some(packed) = headers.get(header::CONTENT_ENCODING) {
        let packed = short(packed.to_str().unwrap_or("something else"));
        let message = format!("content-encoding is {packed}: allowed is a file as it is");
        return Err(Box::new(refused(message)));
    }
    let kind = headers.get(header::CONTENT_TYPE);
    let parameters = kind.and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let charset = parameters.split(';').skip(1).find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        name.trim()
            .eq_ignore_ascii_case("charset")
            .then(|| value.trim())
    });
    let Some(charset) = charset else {
        return Ok(Encoding::Utf8);
    };
    Encoding::named(charset).ok_or_else(|| {
        let (found, names) = (short(charset), Encoding::NAMES);
        let message = format!("charset is {found}: allowed are {names}");
        Box::new(refused(message))
    })
}

fn unsupported(found: Option<&str>) -> Response {
    let found = short(found.unwrap_or("nothing"));
    refused(format!(
        "content-type is {found}: allowed are text/csv and application/x-ndjson"
    ))
}

fn refused(message: String) -> Response {
    let status = StatusCode::UNSUPPORTED_MEDIA_TYPE;
    as_family("/v1", status, "UnsupportedMediaType", message)
}
