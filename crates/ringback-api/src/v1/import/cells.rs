//! The cells of a CSV line, whatever stands between them.

use crate::filter::short;

/// The most columns of a CSV file.
const MOST_COLUMNS: usize = 128;
/// What people's tools put between cells. Where a header line has several, the one it has most of; of equals the first.
const SEPARATORS: [u8; 4] = [b',', b';', b'\t', b'|'];

/// What a CSV file begins with.
pub enum Beginning {
    /// `sep=;`: what stands between cells, and nothing else.
    Separator(u8),
    /// What stands between cells, and the names of columns.
    Header(u8, Vec<String>),
}

/// Reads the first line of a CSV file, of which a line before it may have said what stands between cells.
///
/// # Errors
/// With what is wrong, and what must be.
pub fn beginning(text: &str, said: Option<u8>) -> Result<Beginning, String> {
    if let (None, Some(separator)) = (said, separator_line(text)) {
        return Ok(Beginning::Separator(separator));
    }
    let separator = said.unwrap_or_else(|| separator_of(text));
    header(text, separator).map(|columns| Beginning::Header(separator, columns))
}

/// As spreadsheets write it before the header line.
fn separator_line(text: &str) -> Option<u8> {
    match text.trim_end_matches(['\r', '\n']).as_bytes() {
        [b's' | b'S', b'e' | b'E', b'p' | b'P', b'=', separator] if separator.is_ascii() => {
            Some(*separator)
        }
        _ => None,
    }
}

fn separator_of(header: &str) -> u8 {
    let mut counts = [0_usize; SEPARATORS.len()];
    let mut quoted = false;
    for byte in header.bytes() {
        quoted ^= byte == b'"';
        let place = SEPARATORS.iter().position(|it| *it == byte && !quoted);
        if let Some(count) = place.and_then(|place| counts.get_mut(place)) {
            *count += 1;
        }
    }
    let most = SEPARATORS.iter().zip(counts).rev();
    most.max_by_key(|(_, count)| *count)
        .map_or(b',', |(separator, _)| *separator)
}

fn header(text: &str, separator: u8) -> Result<Vec<String>, String> {
    let names = cells(text, separator)?;
    let names: Vec<String> = names.iter().map(|name| name.trim().to_owned()).collect();
    if !(1..=MOST_COLUMNS).contains(&names.len()) {
        let count = names.len();
        return Err(format!(
            "it has {count} columns: allowed are 1 to {MOST_COLUMNS}"
        ));
    }
    for (place, name) in names.iter().enumerate() {
        if name.is_empty() {
            return Err(format!("column {} has no name", place + 1));
        }
        if !name.starts_with(|first: char| first.is_alphabetic() || first == '_') {
            let name = short(name);
            return Err(format!(
                "column '{name}' is no name: the first line must name the columns, as _customer_number does"
            ));
        }
        if names[..place].contains(name) {
            return Err(format!("column '{}' stands twice in it", short(name)));
        }
    }
    Ok(names)
}

/// The cells of a line.
///
/// # Errors
/// When quotes stand elsewhere than around whole cells.
pub fn cells(text: &str, separator: u8) -> Result<csv::StringRecord, String> {
    if !is_well_quoted(text, separator) {
        return Err(
            "a quote stands within a field: write the field in quotes, and it twice".to_owned(),
        );
    }
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(separator)
        .buffer_capacity(text.len().max(1))
        .from_reader(text.as_bytes());
    let mut record = csv::StringRecord::new();
    match reader.read_record(&mut record) {
        Ok(_) => Ok(record),
        Err(error) => Err(format!("this is no CSV line: {error}")),
    }
}

/// Whether quotes stand around whole cells alone. The reader takes anything, and would take lines for one cell.
fn is_well_quoted(text: &str, separator: u8) -> bool {
    let (mut at_start, mut quoted) = (true, false);
    let mut bytes = text.bytes().peekable();
    while let Some(byte) = bytes.next() {
        match (byte, quoted) {
            (b'"', false) if at_start => quoted = true,
            (b'"', false) => return false,
            (b'"', true) => match bytes.peek() {
                Some(b'"') => drop(bytes.next()),
                Some(next) if *next == separator => quoted = false,
                None => quoted = false,
                Some(_) => return false,
            },
            _ => {}
        }
        at_start = byte == separator && !quoted;
    }
    !quoted
}

/// Without the apostrophe that keeps a spreadsheet from taking a text for a formula, a number with `+` above all.
pub fn unmarked(cell: &str) -> &str {
    let marked = cell.strip_prefix('\'');
    marked
        .filter(|text| text.starts_with(['=', '+', '-', '@', '\t', '\r']))
        .unwrap_or(cell)
}

/// As a message shows it.
pub fn shown(separator: u8) -> String {
    match separator {
        b'\t' => "tabs".to_owned(),
        other => format!("'{}'", char::from(other)),
    }
}
