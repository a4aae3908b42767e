//! Every message that refuses something, on one page: `tests/messages.md`. Each is brought about by what reads requests
//! and settings, and names the field, its value and what is allowed.

mod doors;
mod recipients;
mod requests;
mod settings;

use std::fmt::{Display, Write};
use std::path::Path;

use ringback_core::time::Timestamp;

/// Set it to write the page anew; what has changed is then to be read in the difference.
const WRITE: &str = "RINGBACK_WRITE_SNAPSHOTS";

/// One of these says what is allowed.
const ALLOWED: [&str; 7] = [
    "allowed",
    "write ",
    "is missing",
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

/// Fails unless every variant was brought about.
fn every(all: &[&str], found: &[&str]) {
    let left: Vec<_> = all.iter().filter(|name| !found.contains(name)).collect();
    assert!(left.is_empty(), "nothing brings about {left:?}");
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
    sections.extend(settings::sections());
    sections.extend(recipients::sections());
    sections.extend(doors::sections().await);
    for row in sections.iter().flat_map(|section| &section.rows) {
        check(row);
    }
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

fn check(row: &Row) {
    let Row {
        sent, says, names, ..
    } = row;
    let missing: Vec<_> = names.iter().filter(|name| !says.contains(**name)).collect();
    assert!(missing.is_empty(), "{sent}: {missing:?} not in '{says}'");
    let allowed = ALLOWED.iter().any(|word| says.contains(word));
    assert!(allowed || !row.allows, "{sent}: what is allowed? '{says}'");
    assert!(!says.ends_with('.'), "{sent}: '{says}'");
    let is_header = says.starts_with("If-");
    let begins = says.chars().next().unwrap();
    assert!(is_header || !begins.is_uppercase(), "{sent}: '{says}'");
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
