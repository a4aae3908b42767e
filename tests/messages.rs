//! Every message that refuses something, on one page: `tests/messages.md`. Each is brought about by what reads requests
//! and settings, and names the field, its value and what is allowed.

mod doors;
mod questions;
mod recipients;
mod requests;
mod settings;

use std::fmt::{Display, Write};
use std::path::Path;

use ringback_core::time::Timestamp;

/// Set it to write the page anew; what has changed is then to be read in the difference.
const WRITE: &str = "RINGBACK_WRITE_SNAPSHOTS";

/// One of these says what is allowed.
const ALLOWED: [&str; 9] = [
    "allowed",
    "must ",
    "write ",
    "missing",
    "is not a JSON object",
    "expected",
    "known are",
    "needs a",
    "did you mean",
];

/// Messages of one kind.
struct Section {
    title: &'static str,
    rows: Vec<Row>,
}

/// What was sent, and what is said to it.
struct Row {
    sent: String,
    says: String,
    /// The field and its value: what the message names.
    names: &'static [&'static str],
    /// Whether something else would be allowed; not so for what is not there or not now.
    allows: bool,
}

impl Row {
    /// What was sent, and the error; there must be one.
    fn refused<E: Display>(
        sent: impl Display,
        error: Option<E>,
        names: &'static [&'static str],
    ) -> Self {
        match error {
            Some(error) => Self::new(sent, error, names),
            None => Self::new(sent, "nothing is wrong", &["a message"]),
        }
    }

    fn new(sent: impl Display, says: impl Display, names: &'static [&'static str]) -> Self {
        Self {
            sent: sent.to_string(),
            says: says.to_string(),
            names,
            allows: true,
        }
    }

    /// Nothing else would be allowed.
    fn now(self) -> Self {
        Self {
            allows: false,
            ..self
        }
    }
}

/// The variants of an error: a name for each of its values, and all the names. One that is new does not compile without.
macro_rules! variants {
    ($of:ident, $all:ident: $error:ty { $($pattern:pat => $name:literal),+ $(,)? }) => {
        const $all: &[&str] = &[$($name),+];

        fn $of(error: &$error) -> &'static str {
            match error {
                $($pattern => $name),+
            }
        }
    };
}
use variants;

/// A row that fails for each variant that nothing has brought about.
fn left_out(all: &[&str], found: &[&str]) -> Vec<Row> {
    let left = all.iter().filter(|name| !found.contains(name));
    left.map(|name| Row::new(name, "nothing brings it about", &["a message"]))
        .collect()
}

fn now() -> Timestamp {
    Timestamp::parse("2030-01-01T12:00:00.000Z").unwrap()
}

#[tokio::test]
#[expect(
    clippy::disallowed_methods,
    reason = "whoever runs the tests says that the page shall be written"
)]
async fn every_message_names_field_value_and_what_is_allowed() {
    let mut sections = requests::sections();
    sections.extend(questions::sections());
    sections.extend(settings::sections());
    sections.extend(recipients::sections());
    sections.extend(doors::sections().await);
    let rows = sections.iter().flat_map(|section| &section.rows);
    let wrong: Vec<_> = rows.filter_map(wrong).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/messages.md");
    let page = page(&sections);
    if std::env::var_os(WRITE).is_some() {
        std::fs::write(&path, &page).unwrap();
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    let changed = page.lines().filter(|line| !kept.contains(line));
    let changed: Vec<_> = changed.collect();
    assert!(
        kept == page,
        "run this test with {WRITE}=1 and read what has changed: {changed:#?}"
    );
}

/// What is wrong with a message.
fn wrong(row: &Row) -> Option<String> {
    let says = &row.says;
    let unnamed = row.names.iter().find(|name| !says.contains(**name));
    let allowed = ALLOWED.iter().any(|word| says.contains(word)) || !row.allows;
    let is_header = says.starts_with("If-");
    let is_capital = !is_header && says.starts_with(char::is_uppercase);
    let wrong = match unnamed {
        Some(name) => format!("does not name {name}"),
        None if !allowed => "does not say what is allowed".to_owned(),
        None if is_capital || says.ends_with('.') => "is a sentence".to_owned(),
        None => return None,
    };
    Some(format!("{}: '{says}' {wrong}", row.sent))
}

fn page(sections: &[Section]) -> String {
    let mut page =
        "# Every message that refuses something\n\nWritten by `tests/messages.rs`.\n".to_owned();
    let cell = |text: &str| text.replace('|', "\\|").replace('\n', " ");
    for Section { title, rows } in sections {
        write!(page, "\n## {title}\n\n| sent | said |\n|---|---|\n").unwrap();
        for Row { sent, says, .. } in rows {
            writeln!(page, "| `{}` | {} |", cell(sent), cell(says)).unwrap();
        }
    }
    page
}
