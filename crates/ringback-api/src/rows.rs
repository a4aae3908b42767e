//! Rows of a file, streamed page by page: however many there are, one page is in memory.

mod columns;

use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::Response;
use columns::Own;
use futures_util::stream;
use ringback_core::record::own_key;
use ringback_ports::desk::{AdminDesk, CallbackQuery, FoundCallback, Refusal, ReportDesk};
use serde_json::{Map, Value};

use crate::filter;

/// The most columns of a file.
const MOST_COLUMNS: usize = 64;

/// The form of a file.
#[derive(Clone)]
pub enum Form {
    /// RFC 4180, a header line first: these keys.
    Csv(Vec<String>),
    /// One JSON object a line: all keys.
    Ndjson,
}

/// The form of a file, as it is asked for.
pub struct Wish {
    csv: bool,
    columns: Vec<String>,
}

/// What a file is of.
pub trait Rows: Clone + Send + Sync + 'static {
    /// A page of it.
    fn page(&self, query: CallbackQuery) -> impl Future<Output = Result<Page, Refusal>> + Send;

    /// Which columns it can always have.
    fn own(&self) -> Own;
}

/// Rows, and where the next page begins; none on the last.
pub struct Page {
    rows: Vec<Map<String, Value>>,
    next: Option<String>,
}

/// A row for each callback: its record and its user data.
#[derive(Clone)]
pub struct Callbacks<D>(pub D);

/// A row for each callback: what is reported of it.
#[derive(Clone)]
pub struct Reported<D>(pub D);

/// What stops a file halfway: the connection breaks, so that nobody takes a part for the whole.
type Broken = Box<dyn std::error::Error + Send + Sync>;

/// How far a file is.
struct File<R> {
    of: R,
    query: CallbackQuery,
    form: Form,
    page: Page,
    head: bool,
}

impl Wish {
    /// What is accepted.
    pub fn of(headers: &HeaderMap) -> Self {
        let accepts = headers.get(header::ACCEPT);
        let accepts = accepts.and_then(|accept| accept.to_str().ok());
        Self {
            csv: accepts.is_some_and(|accept| accept.trim_start().starts_with("text/csv")),
            columns: Vec::new(),
        }
    }

    /// Takes a parameter that is about the form; whether it is one.
    ///
    /// # Errors
    /// When it says something else than what is allowed.
    pub fn take(&mut self, name: &str, value: &str) -> Result<bool, Refusal> {
        match (name, value) {
            ("format", "csv") => self.csv = true,
            ("format", "ndjson") => self.csv = false,
            ("format", other) => {
                return Err(filter::not_allowed("format", other, &["csv", "ndjson"]));
            }
            ("columns", _) => {
                let columns = value.split(',').map(|column| column.trim().to_owned());
                self.columns.extend(columns);
            }
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// The form, with these columns when none are named.
    ///
    /// # Errors
    /// When too many are named.
    pub fn form(
        mut self,
        otherwise: impl IntoIterator<Item = impl Into<String>>,
    ) -> Result<Form, Refusal> {
        if self.columns.len() > MOST_COLUMNS {
            let named = self.columns.len();
            let message = format!("columns names {named}: allowed are {MOST_COLUMNS}");
            return Err(filter::invalid(message));
        }
        if self.columns.is_empty() {
            self.columns.extend(otherwise.into_iter().map(Into::into));
        }
        Ok(if self.csv {
            Form::Csv(self.columns)
        } else {
            Form::Ndjson
        })
    }
}

/// All rows that were asked for.
///
/// # Errors
/// When the first page cannot be had.
pub async fn file<R: Rows>(of: R, query: CallbackQuery, form: Form) -> Result<Response, Refusal> {
    let query = CallbackQuery {
        limit: usize::MAX,
        ..query
    };
    let page = of.page(query.clone()).await?;
    if let Form::Csv(columns) = &form {
        columns::check(&of, &query, columns, &page).await?;
    }
    let kind = match form {
        Form::Csv(_) => "text/csv; charset=utf-8; header=present",
        Form::Ndjson => "application/x-ndjson",
    };
    let file = File {
        of,
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

impl<D: AdminDesk> Rows for Callbacks<D> {
    async fn page(&self, query: CallbackQuery) -> Result<Page, Refusal> {
        let page = self.0.callbacks(query).await?;
        let rows = page.callbacks.into_iter().map(flat).collect();
        let next = page.next;
        Ok(Page { rows, next })
    }

    fn own(&self) -> Own {
        Own::Record
    }
}

impl<D: ReportDesk> Rows for Reported<D> {
    async fn page(&self, query: CallbackQuery) -> Result<Page, Refusal> {
        let page = self.0.records(query).await?;
        let (rows, next) = (page.records, page.next);
        Ok(Page { rows, next })
    }

    fn own(&self) -> Own {
        Own::Reported
    }
}

impl<R: Rows> File<R> {
    async fn next(mut self) -> Result<(Bytes, Option<Self>), Broken> {
        let rows = match &self.form {
            Form::Csv(columns) => csv_rows(columns, &self.page.rows, self.head)?,
            Form::Ndjson => ndjson_rows(&self.page.rows)?,
        };
        self.head = false;
        let Some(after) = self.page.next.take() else {
            return Ok((rows.into(), None));
        };
        self.query.after = Some(after);
        self.page = self.of.page(self.query.clone()).await?;
        Ok((rows.into(), Some(self)))
    }
}

/// A callback on one line: its user data beside the keys of its record, which come first.
fn flat(found: FoundCallback) -> Map<String, Value> {
    let mut all = found.user_data;
    all.extend(found.record);
    all
}

fn csv_rows(
    columns: &[String],
    rows: &[Map<String, Value>],
    head: bool,
) -> Result<Vec<u8>, Broken> {
    let mut writer = csv::WriterBuilder::new()
        .terminator(csv::Terminator::CRLF)
        .from_writer(Vec::new());
    if head {
        writer.write_record(columns)?;
    }
    for row in rows {
        writer.write_record(columns.iter().map(|column| text(value_of(row, column))))?;
    }
    writer
        .into_inner()
        .map_err(|error| error.into_error().into())
}

fn ndjson_rows(rows: &[Map<String, Value>]) -> Result<Vec<u8>, Broken> {
    let mut lines = Vec::new();
    for row in rows {
        serde_json::to_writer(&mut lines, row)?;
        lines.push(b'\n');
    }
    Ok(lines)
}

/// By its own name or what else it is called.
fn value_of<'a>(row: &'a Map<String, Value>, column: &str) -> Option<&'a Value> {
    row.get(column).or_else(|| row.get(own_key(column)))
}

fn text(value: Option<&Value>) -> String {
    match value {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    }
}
