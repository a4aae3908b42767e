use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::Labelled;

/// How many documents are remembered.
const KNOWN: usize = 10_000;

/// Stored documents and log entries that this process could not read: broken, or written by a later version. Each is
/// told once and passed over from then on.
#[derive(Debug, Default)]
pub struct Unreadable {
    /// The version at which each was read.
    documents: Mutex<BTreeMap<String, u64>>,
    known: AtomicUsize,
    found: Labelled,
}

impl Unreadable {
    /// A document of this version could not be read. Whether that is new, and worth a line.
    pub fn note(&self, kind: &'static str, document: &str, version: u64) -> bool {
        let mut documents = self.documents();
        if documents.get(document) == Some(&version) {
            return false;
        }
        if documents.len() < KNOWN || documents.contains_key(document) {
            documents.insert(document.to_owned(), version);
        }
        self.known.store(documents.len(), Ordering::Relaxed);
        self.found.add(kind, 1);
        true
    }

    /// An entry of a log could not be read.
    pub fn note_entry(&self) {
        self.found.add("entry", 1);
    }

    /// A document was read, or is gone.
    pub fn forget(&self, document: &str) {
        if self.known() > 0 {
            let mut documents = self.documents();
            documents.remove(document);
            self.known.store(documents.len(), Ordering::Relaxed);
        }
    }

    /// Whether it is one of them.
    #[must_use]
    pub fn knows(&self, document: &str) -> bool {
        self.known() > 0 && self.documents().contains_key(document)
    }

    /// How many there are.
    #[must_use]
    pub fn known(&self) -> usize {
        self.known.load(Ordering::Relaxed)
    }

    pub(crate) fn render(&self) -> String {
        let name = "ringback_documents_unreadable";
        let found = self.found.render(
            "ringback_unreadable_total",
            "kind",
            "Stored documents and log entries that could not be read, by kind.",
        );
        format!(
            "{found}# HELP {name} Stored documents that this process cannot read, and passes over.\n\
             # TYPE {name} gauge\n{name} {}\n",
            self.known()
        )
    }

    fn documents(&self) -> MutexGuard<'_, BTreeMap<String, u64>> {
        self.documents
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_is_told_once_until_it_changes() {
        let unreadable = Unreadable::default();
        assert!(unreadable.note("cb", "cb:1", 3));
        assert!(!unreadable.note("cb", "cb:1", 3));
        assert!(unreadable.note("cb", "cb:1", 4));
        assert!(unreadable.note("ag", "ag:1", 1));
        unreadable.note_entry();
        let text = unreadable.render();
        for row in [
            "ringback_unreadable_total{kind=\"ag\"} 1\n",
            "ringback_unreadable_total{kind=\"cb\"} 2\n",
            "ringback_unreadable_total{kind=\"entry\"} 1\n",
            "ringback_documents_unreadable 2\n",
        ] {
            assert!(text.contains(row), "{row} is missing in {text}");
        }
        unreadable.forget("cb:1");
        assert!(unreadable.knows("ag:1") && !unreadable.knows("cb:1"));
        assert_eq!(unreadable.known(), 1);
    }
}
