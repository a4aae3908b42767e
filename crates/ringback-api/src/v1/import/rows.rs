//! The rows of a file: JSON objects, one a line, or CSV with a header line.

use std::collections::VecDeque;

use ringback_core::untrusted::{MAX_DEPTH, ReadError, read_object};
use serde_json::{Map, Value};

use super::cells::{self, Beginning};
use super::encoding::{Decoder, Encoding};
use super::lines::{Line, Lines, MAX_LINE};

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
    decoder: Decoder,
    lines: Lines,
    /// Lines of which the first may belong together: a quoted CSV field may hold line ends.
    held: VecDeque<Line>,
    /// What stands between cells, and the names of columns.
    head: Head,
    /// Nothing of the file has been read so far.
    is_first: bool,
    over: bool,
    /// What ends it before its end: it is told, and nothing that follows is read.
    broken: Option<String>,
    stopped: bool,
}

/// How far the head of a CSV file has been read.
enum Head {
    Unread(Option<u8>),
    Read(u8, Vec<String>),
}

impl Rows {
    pub fn new(kind: Kind, encoding: Encoding) -> Self {
        Self {
            kind,
            decoder: Decoder::new(encoding),
            lines: Lines::default(),
            held: VecDeque::new(),
            head: Head::Unread(None),
            is_first: true,
            over: false,
            broken: None,
            stopped: false,
        }
    }

    pub fn push(&mut self, piece: &[u8]) {
        if self.stopped {
            return;
        }
        match self.decoder.read(piece) {
            Ok(text) => self.lines.push(&text),
            Err(what) => self.broken = Some(no_text_file(what)),
        }
    }

    pub fn finish(&mut self) {
        match self.decoder.finish() {
            Ok(text) => self.lines.push(&text),
            Err(what) => self.broken = Some(no_text_file(what)),
        }
        self.lines.finish();
        self.over = true;
    }

    /// No more will come, though there should: the rows that have come are followed by this.
    pub fn break_off(&mut self, why: &str) {
        self.broken = Some(format!(
            "the file broke off here: {why}; send it again, what was requested is known"
        ));
    }

    /// The next row that has come as a whole. Empty lines are none.
    pub fn next(&mut self) -> Option<Row> {
        while !self.stopped {
            self.held.extend(std::iter::from_fn(|| self.lines.next()));
            let row = match self.kind {
                Kind::Ndjson => self.json_row(),
                Kind::Csv => self.csv_row(),
            };
            let Some(row) = row else {
                let wrong = self.broken.take()?;
                let line = self
                    .held
                    .front()
                    .map_or(self.lines.cut() + 1, |it| it.number);
                return Some(self.stop(line, wrong));
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
        None
    }

    /// One clear error for all that follows.
    fn stop(&mut self, line: u64, wrong: String) -> Row {
        self.stopped = true;
        self.held.clear();
        self.lines = Lines::default();
        let parameters = Err(wrong);
        Row { line, parameters }
    }

    /// `None` when more must come first, `Some(None)` for what is no row.
    fn json_row(&mut self) -> Option<Option<Row>> {
        let line = self.held.pop_front()?;
        let bytes = line.bytes.as_deref().map(<[u8]>::trim_ascii);
        if bytes.is_some_and(<[u8]>::is_empty) {
            return Some(None);
        }
        let is_first = std::mem::take(&mut self.is_first);
        if is_first && bytes.is_some_and(|bytes| bytes.starts_with(b"[")) {
            let wrong = "the file is a JSON list: write one object a line; nothing of it is read";
            return Some(Some(self.stop(line.number, wrong.to_owned())));
        }
        let parameters = bytes.map_or_else(|| Err(too_long()), json);
        let line = line.number;
        Some(Some(Row { line, parameters }))
    }

    /// `None` when more must come first, `Some(None)` for what is no row.
    fn csv_row(&mut self) -> Option<Option<Row>> {
        let record = self.record()?;
        let line = self.held.front()?.number;
        let (separator, columns) = match &self.head {
            Head::Unread(said) => {
                let said = *said;
                return Some(self.csv_head(record, said, line));
            }
            Head::Read(separator, columns) => (*separator, columns),
        };
        let (parameters, count) = match record {
            Ok((text, count)) => (csv_fields(&text, separator, columns), count),
            Err(wrong) => (Err(wrong), 1),
        };
        // A quote that is never closed must not cost the lines after it.
        let taken = if parameters.is_ok() { count } else { 1 };
        self.held.drain(..taken);
        Some(Some(Row { line, parameters }))
    }

    /// Without it no row can be read.
    fn csv_head(
        &mut self,
        record: Result<(String, usize), String>,
        said: Option<u8>,
        line: u64,
    ) -> Option<Row> {
        let read = record.and_then(|(text, count)| {
            if text.trim().is_empty() {
                return Ok((None, count));
            }
            cells::beginning(&text, said).map(|beginning| (Some(beginning), count))
        });
        let (beginning, count) = match read {
            Ok(read) => read,
            Err(wrong) => {
                let wrong =
                    format!("the header line cannot be read: {wrong}; nothing of the file is read");
                return Some(self.stop(line, wrong));
            }
        };
        self.held.drain(..count);
        match beginning {
            None => {}
            Some(Beginning::Separator(separator)) => self.head = Head::Unread(Some(separator)),
            Some(Beginning::Header(separator, columns)) => {
                self.head = Head::Read(separator, columns);
            }
        }
        None
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

/// By column; an empty field says nothing.
fn csv_fields(text: &str, separator: u8, columns: &[String]) -> Result<Map<String, Value>, String> {
    if text.trim().is_empty() {
        return Ok(Map::new());
    }
    let fields = cells::cells(text, separator)?;
    if fields.len() != columns.len() {
        let (found, wanted) = (fields.len(), columns.len());
        let between = cells::shown(separator);
        return Err(format!(
            "the line has {found} fields: the header line has {wanted}, with {between} between them"
        ));
    }
    let said = columns
        .iter()
        .zip(&fields)
        .filter(|(_, value)| !value.is_empty());
    let said: Map<_, _> = said
        .map(|(column, value)| (column.clone(), cells::unmarked(value).into()))
        .collect();
    if said.is_empty() {
        return Err("every field is empty: _customer_number is missing".to_owned());
    }
    Ok(said)
}

fn too_long() -> String {
    format!("the line is too long: allowed are {MAX_LINE} bytes")
}

fn unpaired() -> String {
    format!("a quote is not closed within {MAX_LINE} bytes")
}

fn not_text() -> String {
    "the line is not UTF-8: save the file as UTF-8, or name its encoding in the content type, e.g. charset=windows-1252"
        .to_owned()
}

fn no_text_file(what: &str) -> String {
    format!(
        "the file is {what}: save it as CSV in UTF-8, or with one JSON object a line; nothing of it is read"
    )
}
