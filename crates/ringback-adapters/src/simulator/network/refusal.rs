//! Why an order is not taken.

use ringback_core::call::CallId;

/// The longest call id, in bytes.
pub const MAX_CALL_ID: usize = 128;

/// Why an order was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// It was asked about or hung up before it was dialed.
    #[error("the call id was closed before it was dialed")]
    Closed,
    /// A call that arrives under the name of another.
    #[error("the call id is known already")]
    Known,
    /// There is nobody to play to, hold or connect.
    #[error("the call is not up")]
    NotUp,
    /// Too many calls at a time.
    #[error("{0} calls are dialed or up, no more are taken")]
    Full(usize),
    /// Not a call id.
    #[error("the call id has {0} bytes, allowed are 1 to {MAX_CALL_ID}")]
    CallId(usize),
}

pub(super) fn check(id: &CallId) -> Result<(), Refusal> {
    match id.as_str().len() {
        1..=MAX_CALL_ID => Ok(()),
        length => Err(Refusal::CallId(length)),
    }
}
