//! Callbacks as rows of a file, streamed page by page: however many there are, one page is in memory.

use axum::body::{Body, Bytes};
use axum::http::{HeaderValue, header};
use axum::response::Response;
use futures_util::stream;
use ringback_ports::desk::{AdminDesk, CallbackPage, CallbackQuery, FoundCallback, Refusal};
use serde_json::{Map, Value};

/// The form of a file.
#[derive(Clone)]
pub enum Form {
    /// RFC 4180, a header line first: these record keys or keys of user data.
    Csv(Vec<String>),
    /// One JSON object a line: the record and its user data.
    Ndjson,
}

/// What stops a file halfway: the connection breaks, so that nobody takes a part for the whole.
type Broken = Box<dyn std::error::Error + Send + Sync>;

/// How far a file is.
struct File<D> {
    desk: D,
    query: CallbackQuery,
    form: Form,
    page: CallbackPage,
    head: bool,
}

/// All callbacks that were asked for.
///
/// # Errors
/// When the first page cannot be had.
pub async fn file<D: AdminDesk>(
    desk: D,
    query: CallbackQuery,
    form: Form,
) -> Result<Response, Refusal> {
    let page = desk.callbacks(query.clone()).await?;
    let kind = match form {
        Form::Csv(_) => "text/csv; charset=utf-8; header=present",
        Form::Ndjson => "application/x-ndjson",
    };
    let file = File {
        desk,
        query,
        form,
        page,
        head: true,
    };
    let rows = stream::try_unfold(Some(file), |file| async {
        match file {
            Some(file) => file.next().await.map(Some),
            None => Ok(None),
        }
    });
    let mut response = Response::new(Body::from_stream(rows));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    Ok(response)
}

impl<D: AdminDesk> File<D> {
    async fn next(mut self) -> Result<(Bytes, Option<Self>), Broken> {
        let rows = match &self.form {
            Form::Csv(columns) => csv_rows(columns, &self.page.callbacks, self.head)?,
            Form::Ndjson => ndjson_rows(&self.page.callbacks)?,
        };
        self.head = false;
        let Some(after) = self.page.next.take() else {
            return Ok((rows.into(), None));
        };
        self.query.after = Some(after);
        self.page = self.desk.callbacks(self.query.clone()).await?;
        Ok((rows.into(), Some(self)))
    }
}

/// A callback on one line: its user data beside the keys of its record, which come first.
pub fn flat(found: &FoundCallback) -> Map<String, Value> {
    let mut all = found.record.clone();
    for (key, value) in &found.user_data {
        all.entry(key.clone()).or_insert_with(|| value.clone());
    }
    all
}

fn csv_rows(columns: &[String], found: &[FoundCallback], head: bool) -> Result<Vec<u8>, Broken> {
    let mut writer = csv::WriterBuilder::new()
        .terminator(csv::Terminator::CRLF)
        .from_writer(Vec::new());
    if head {
        writer.write_record(columns)?;
    }
    for callback in found {
        writer.write_record(columns.iter().map(|column| text(callback.get(column))))?;
    }
    writer
        .into_inner()
        .map_err(|error| error.into_error().into())
}

fn ndjson_rows(found: &[FoundCallback]) -> Result<Vec<u8>, Broken> {
    let mut rows = Vec::new();
    for callback in found {
        serde_json::to_writer(&mut rows, &flat(callback))?;
        rows.push(b'\n');
    }
    Ok(rows)
}

fn text(value: Option<&Value>) -> String {
    match value {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    }
}
