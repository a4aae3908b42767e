//! What is reported of callbacks: the `_CB_*` keys of each, and counts of many by service and time.
//!
//! All of it is derived from the record and the log, when it is asked for; nothing of it is stored. What is not known is
//! left out, never guessed: while a callback is not over, what it is still in the middle of.

mod facts;
mod keys;
mod summary;
#[cfg(test)]
mod tests;

pub use facts::{DialResult, Facts};
pub use keys::{KEYS, KeyKind, ReportingKey, dial_result_key, is_sent, keys, sent_keys};
pub use summary::{Interval, Report, Row, Waits};
