//! Documents and log entries that this worker cannot read: broken, or written by a later version. They are counted, told
//! once, and passed over; nothing here changes them, so whoever can read them still finds them.

use ringback_core::key::Key;
use ringback_ports::store::Entry;

use super::{House, HouseError};

impl<S, B> House<S, B> {
    /// What was read of a document, one of many: who cannot be read stops nobody else.
    pub(crate) fn readable<T>(
        &self,
        key: &Key,
        version: u64,
        read: Result<T, HouseError>,
    ) -> Option<T> {
        self.note_read(key, version, read).ok()
    }

    /// The same for who wants this one.
    pub(crate) fn note_read<T>(
        &self,
        key: &Key,
        version: u64,
        read: Result<T, HouseError>,
    ) -> Result<T, HouseError> {
        let unreadable = &self.counters.unreadable;
        match &read {
            Ok(_) if unreadable.known() > 0 => unreadable.forget(&key.to_string()),
            Ok(_) => {}
            Err(HouseError::Unreadable { cause, .. }) => {
                if unreadable.note(key.kind().code(), &key.to_string(), version) {
                    tracing::error!(document = %key, version, cause, "passed over a document that cannot be read");
                }
            }
            Err(HouseError::Store(_)) => {}
        }
        read
    }

    /// What was read of an entry of a log: the entries after it still count.
    pub(crate) fn readable_entry<T>(
        &self,
        key: &Key,
        place: u64,
        read: Result<T, HouseError>,
    ) -> Option<T> {
        match read {
            Ok(read) => Some(read),
            Err(error) => {
                self.counters.unreadable.note_entry();
                let cause = error.to_string();
                if self.counters.lines.tell(&cause).is_some() {
                    tracing::error!(document = %key, place, cause, "passed over an entry of a log that cannot be read");
                }
                None
            }
        }
    }

    /// Whether a document is one of those that could not be read.
    pub(crate) fn is_unreadable(&self, key: &Key) -> bool {
        self.passed_over() > 0 && self.counters.unreadable.knows(&key.to_string())
    }

    /// How many more entries of an index must be asked for, to get beyond those that cannot be read.
    pub(crate) fn passed_over(&self) -> usize {
        self.counters.unreadable.known()
    }

    /// The first `most` entries whose documents may be readable.
    pub(crate) fn without_unreadable(
        &self,
        mut entries: Vec<Entry>,
        most: usize,
        key: impl Fn(&str) -> Key,
    ) -> Vec<Entry> {
        if self.passed_over() > 0 {
            entries.retain(|entry| !self.is_unreadable(&key(&entry.id)));
        }
        entries.truncate(most);
        entries
    }
}

/// Why a document cannot be read. The library's own words may hold what stands in it, a number above all.
pub(crate) fn cause(error: &serde_json::Error) -> String {
    let words = error.to_string();
    let what = if words.starts_with("recursion limit exceeded") {
        "nested too deep"
    } else {
        match error.classify() {
            serde_json::error::Category::Syntax => "not JSON",
            serde_json::error::Category::Eof => "cut off",
            serde_json::error::Category::Data => "not of a layout known to this version",
            serde_json::error::Category::Io => "not to be written",
        }
    };
    format!("{what} at column {}", error.column())
}
