//! `[callback]`: which keys callbacks are listed by, and shown with, as in the established product's section of that name.

use anyhow::bail;
use ringback_core::record::{BASE, RecordKeys};
use serde::Deserialize;

/// The most names of a list, and the most characters of a name.
const MOST: (usize, usize) = (32, 128);

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecordTable {
    /// Where the callback API is reached besides /genesys.
    #[serde(rename = "base-path")]
    base: Option<String>,
    /// User data that the callbacks of queues can be asked for by, besides lookup keys.
    #[serde(rename = "filter-keys", default)]
    filter: Names,
    /// What records show besides what they always do.
    #[serde(rename = "returned-keys", default)]
    returned: Names,
}

/// Names as a list, or with commas between them.
#[derive(Deserialize)]
#[serde(untagged)]
enum Names {
    List(Vec<String>),
    Text(String),
}

impl RecordTable {
    pub fn read(self) -> anyhow::Result<RecordKeys> {
        Ok(RecordKeys {
            base: self.base.map(base_path).transpose()?.flatten(),
            filter: self.filter.read("filter-keys")?,
            returned: self.returned.read("returned-keys")?,
        })
    }
}

/// Segments of letters, digits, `-`, `_` and `.`; that of every Ringback is none of its own.
fn base_path(path: String) -> anyhow::Result<Option<String>> {
    let path = path.trim_end_matches('/');
    let is_segment = |segment: &str| {
        let legal = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
        !segment.is_empty() && segment.chars().all(legal) && !matches!(segment, "." | "..")
    };
    let taken = ["/v1", "/docs", "/chat", "/healthz", "/metrics"];
    let is_taken = taken
        .iter()
        .any(|it| path == *it || path.starts_with(&format!("{it}/")));
    let segments = path.strip_prefix('/').map(|rest| rest.split('/'));
    if is_taken || path.len() > MOST.1 || !segments.is_some_and(|mut it| it.all(is_segment)) {
        bail!(
            "base-path '{path}' must be a path like /gms, and none of {}",
            taken.join(", ")
        );
    }
    Ok((path != BASE).then(|| path.to_owned()))
}

impl Names {
    fn read(self, option: &str) -> anyhow::Result<Vec<String>> {
        let names = match self {
            Self::List(names) => names,
            Self::Text(text) => text.split(',').map(str::to_owned).collect(),
        };
        let names = names.into_iter().map(|name| name.trim().to_owned());
        let names: Vec<_> = names.filter(|name| !name.is_empty()).collect();
        if names.len() > MOST.0 || names.iter().any(|name| name.chars().count() > MOST.1) {
            let (most, longest) = MOST;
            bail!("{option} must be at most {most} names of at most {longest} characters");
        }
        Ok(names)
    }
}

impl Default for Names {
    fn default() -> Self {
        Self::List(Vec::new())
    }
}
