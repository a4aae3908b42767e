//! What office hours and capacities are written in: days, dates, times of day, and what can be wrong with them.

mod clock;
mod dated;
mod mistakes;
#[cfg(test)]
mod tests;
mod weekdays;

pub(crate) use clock::{Hours, compact_minutes};
pub(crate) use dated::{Date, Dated};
pub(crate) use mistakes::Found;
pub use mistakes::{Mistake, Mistakes};
pub(crate) use weekdays::{weekday, weekdays};

/// The longest time that is looked at in one go, in days.
pub const MAX_DAYS: i64 = 3660;

/// The most options of office hours or of a capacity.
pub const MAX_OPTIONS: usize = 2000;

/// Options that the established product writes beside the others and that say nothing here.
const SILENT: [&str; 3] = ["_service", "_type", "_ttl"];

/// The options that say something, by name, with their values trimmed.
fn spoken<'a>(
    given: impl IntoIterator<Item = (&'a String, &'a String)>,
) -> impl Iterator<Item = (&'a str, &'a str)> {
    given
        .into_iter()
        .map(|(name, value)| (name.as_str(), value.trim()))
        .filter(|(name, value)| !value.is_empty() && !SILENT.contains(name))
}

/// Whether `name` is `prefix` with a number, or without.
pub(crate) fn is_numbered(name: &str, prefix: &str) -> bool {
    name.strip_prefix(prefix)
        .is_some_and(|number| number.bytes().all(|b| b.is_ascii_digit()))
}
