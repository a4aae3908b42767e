//! The rows of a file: JSON objects, one a line, or CSV with a header line.

use std::collections::VecDeque;

use ringback_core::untrusted::{MAX_DEPTH, ReadError, read_object};
use serde_json::{Map, Value};

use super::lines::{Line, Lines, MAX_LINE};
use crate::filter::short;

/// The most columns of a CSV file.
const MOST_COLUMNS: usize = 128;

/// The form of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// CSV.
    Csv,
    /// JSON objects.
    Ndjson,
}

/// What a line asks for, or what is wrong with it.
#[derive(Debug, PartialEq)]
pub struct Row {
    /// The line it begins on, from 1.
    pub line: u64,
    /// The parameters of a start request.
    pub parameters: Result<Map<String, Value>, String>,
}

/// Reads a file line by line.
pub struct Rows {
    kind: Kind,
    lines: Lines,
    /// Lines of which the first may belong together: a quoted CSV field may hold line ends.
    held: VecDeque<Line>,
    columns: Option<Result<Vec<String>, String>>,
    over: bool,
}

impl Rows {
    pub fn new(kind: Kind) -> Self {
        Self {
            kind,
            lines: Lines::default(),
            held: VecDeque::new(),
            columns: None,
            over: false,
        }
    }

    pub fn push(&mut self, piece: &[u8]) {
        self.lines.push(piece);
    }

    pub fn finish(&mut self) {
        self.lines.finish();
        self.over = true;
    }

    /// The next row that has come as a whole. Empty lines are none.
    pub fn next(&mut self) -> Option<Row> {
        loop {
            self.held.extend(std::iter::from_fn(|| self.lines.next()));
            let row = match self.kind {
                Kind::Ndjson => Some(json_row(self.held.pop_front()?)),
                Kind::Csv => self.csv_row()?,
            };
            match row {
                Some(Row {
                    parameters: Ok(parameters),
                    ..
                }) if parameters.is_empty() => {}
                Some(row) => return Some(row),
                None => {}
            }
        }
    }

    /// `None` when more must come first, `Some(None)` for what is no row.
    fn csv_row(&mut self) -> Option<Option<Row>> {
        let (text, count) = match self.record()? {
            Ok(record) => record,
            Err(wrong) => {
                let line = self.held.pop_front()?.number;
                return Some(Some(Row {
                    line,
                    parameters: Err(wrong),
                }));
            }
        };
        let line = self.held.front()?.number;
        let Some(columns) = &self.columns else {
            self.held.drain(..count);
            let columns = header(&text);
            let wrong = columns.as_ref().err().cloned();
            self.columns = Some(columns);
            return Some(wrong.map(|wrong| Row {
                line,
                parameters: Err(wrong),
            }));
        };
        let parameters = columns
            .as_ref()
            .map_err(|_| "the header line is wrong".to_owned())
            .and_then(|columns| csv_fields(&text, columns));
        // A quote that is never closed must not cost the lines after it.
        let taken = if parameters.is_ok() { count } else { 1 };
        self.held.drain(..taken);
        Some(Some(Row { line, parameters }))
    }

    /// The text of the next record and how many lines it has: up to where its quotes are paired.
    fn record(&self) -> Option<Result<(String, usize), String>> {
        let mut record = Vec::new();
        for (count, line) in self.held.iter().enumerate() {
            let Some(bytes) = &line.bytes else {
                return Some(Err(too_long()));
            };
            if count > 0 {
                record.extend_from_slice(b"\r\n");
            }
            record.extend_from_slice(bytes);
            if record.len() > MAX_LINE {
                return Some(Err(unpaired()));
            }
            if record.iter().filter(|byte| **byte == b'"').count() % 2 == 0 {
                let text = String::from_utf8(record).map_err(|_| not_text());
                return Some(text.map(|text| (text, count + 1)));
            }
        }
        (self.over && !self.held.is_empty()).then(|| Err(unpaired()))
    }
}

fn json_row(line: Line) -> Row {
    let parameters = match &line.bytes {
        None => Err(too_long()),
        Some(bytes) if bytes.trim_ascii().is_empty() => Ok(Map::new()),
        Some(bytes) => json(bytes),
    };
    Row {
        line: line.number,
        parameters,
    }
}

fn json(bytes: &[u8]) -> Result<Map<String, Value>, String> {
    let object = read_object(bytes, MAX_DEPTH).map_err(|error| match error {
        ReadError::Json(error) => format!("this is no JSON object: {error}"),
        ReadError::TooMuch(_) | ReadError::Depth(_) => error.to_string(),
    })?;
    if object.is_empty() {
        return Err("the object is empty: _customer_number is missing".to_owned());
    }
    Ok(object)
}

fn header(text: &str) -> Result<Vec<String>, String> {
    let names = fields(text.trim_start_matches('\u{feff}'))?;
    let names: Vec<String> = names.iter().map(|name| name.trim().to_owned()).collect();
    if !(1..=MOST_COLUMNS).contains(&names.len()) {
        let count = names.len();
        return Err(format!(
            "the header line has {count} columns: allowed are 1 to {MOST_COLUMNS}"
        ));
    }
    for (place, name) in names.iter().enumerate() {
        if name.is_empty() {
            return Err(format!(
                "column {} of the header line has no name",
                place + 1
            ));
        }
        if names[..place].contains(name) {
            return Err(format!(
                "the header line has column '{}' twice",
                short(name)
            ));
        }
    }
    Ok(names)
}

/// By column; an empty field says nothing.
fn csv_fields(text: &str, columns: &[String]) -> Result<Map<String, Value>, String> {
    if text.trim().is_empty() {
        return Ok(Map::new());
    }
    let fields = fields(text)?;
    if fields.len() != columns.len() {
        let (found, wanted) = (fields.len(), columns.len());
        return Err(format!(
            "the line has {found} fields: the header line has {wanted}"
        ));
    }
    let said = columns
        .iter()
        .zip(&fields)
        .filter(|(_, value)| !value.is_empty());
    let said: Map<_, _> = said
        .map(|(column, value)| (column.clone(), value.into()))
        .collect();
    if said.is_empty() {
        return Err("every field is empty: _customer_number is missing".to_owned());
    }
    Ok(said)
}

fn fields(text: &str) -> Result<csv::StringRecord, String> {
    if !is_well_quoted(text) {
        return Err(
            "a quote stands within a field: write the field in quotes, and it twice".to_owned(),
        );
    }
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .buffer_capacity(text.len().max(1))
        .from_reader(text.as_bytes());
    let mut record = csv::StringRecord::new();
    match reader.read_record(&mut record) {
        Ok(_) => Ok(record),
        Err(error) => Err(format!("this is no CSV line: {error}")),
    }
}

/// Whether quotes stand around whole fields alone. The reader takes anything, and would take lines for one field.
fn is_well_quoted(text: &str) -> bool {
    let (mut at_start, mut quoted) = (true, false);
    let mut bytes = text.bytes().peekable();
    while let Some(byte) = bytes.next() {
        match (byte, quoted) {
            (b'"', false) if at_start => quoted = true,
            (b'"', false) => return false,
            (b'"', true) => match bytes.peek() {
                Some(b'"') => drop(bytes.next()),
                Some(b',') | None => quoted = false,
                Some(_) => return false,
            },
            _ => {}
        }
        at_start = byte == b',' && !quoted;
    }
    !quoted
}

fn too_long() -> String {
    format!("the line is too long: allowed are {MAX_LINE} bytes")
}

fn unpaired() -> String {
    format!("a quote is not closed within {MAX_LINE} bytes")
}

fn not_text() -> String {
    "the line is not UTF-8".to_owned()
}
