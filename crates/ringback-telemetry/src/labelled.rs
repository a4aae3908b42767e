use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Numbers that only grow, one for each value of a label. The values stand in the code, so there are few.
#[derive(Debug, Default)]
pub struct Labelled(Mutex<BTreeMap<&'static str, u64>>);

impl Labelled {
    /// Counts `n` more for `value`.
    pub fn add(&self, value: &'static str, n: u64) {
        let mut counts = self.counts();
        let count = counts.entry(value).or_default();
        *count = count.saturating_add(n);
    }

    /// What was counted so far for `value`.
    #[must_use]
    pub fn get(&self, value: &str) -> u64 {
        self.counts().get(value).copied().unwrap_or_default()
    }

    pub(crate) fn render(&self, name: &str, label: &str, help: &str) -> String {
        let head = format!("# HELP {name} {help}\n# TYPE {name} counter\n");
        let counts = self.counts();
        let rows = counts
            .iter()
            .map(|(value, count)| format!("{name}{{{label}=\"{value}\"}} {count}\n"));
        std::iter::once(head).chain(rows).collect()
    }

    fn counts(&self) -> MutexGuard<'_, BTreeMap<&'static str, u64>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
