//! What callers are told when something is not done. The causes go to the log.

use std::time::Duration;

use ringback_core::ids::CallbackId;
use ringback_core::request::RequestError;
use ringback_ports::desk::{Refusal, RefusalKind};
use ringback_ports::store::{ShardsAway, StoreError};

use crate::house::HouseError;
use crate::watched::Chain;

/// When somebody may come again who was turned away because the store or the broker is away.
pub(super) const COME_AGAIN: Duration = Duration::from_secs(2);

pub(super) fn no_callback(id: &CallbackId) -> Refusal {
    let id: String = id.as_str().chars().take(80).collect();
    Refusal::new(
        RefusalKind::NotFound,
        format!("callback '{id}' does not exist"),
    )
}

/// Whoever reads the old answer to a new question is misled.
pub(super) fn key_came_before(id: &CallbackId) -> Refusal {
    let message = format!(
        "the idempotency key came before with other parameters, for callback '{id}': a repeat must say the same; write \
         another key for another request"
    );
    Refusal::new(RefusalKind::Conflict, message)
}

pub(super) fn refuse_request(error: RequestError) -> Refusal {
    let kind = match &error {
        RequestError::Number(_) | RequestError::Ambiguous(_) | RequestError::Refused(_) => {
            RefusalKind::Number
        }
        RequestError::Past { .. } | RequestError::Expired { .. } | RequestError::TooFar { .. } => {
            RefusalKind::Availability
        }
        RequestError::Missing(_)
        | RequestError::NobodyToCall
        | RequestError::Token { .. }
        | RequestError::Time { .. }
        | RequestError::Type { .. }
        | RequestError::Fixed(_)
        | RequestError::State(_)
        | RequestError::MovedAndOver
        | RequestError::Nothing
        | RequestError::NotOverwritable(_)
        | RequestError::Reserved(_)
        | RequestError::Options(_)
        | RequestError::TooMuch(_) => RefusalKind::Invalid,
    };
    Refusal::new(kind, error.to_string())
}

pub(super) fn refuse_input(error: ringback_core::callback::Refusal) -> Refusal {
    use ringback_core::callback::Refusal::*;
    let kind = match error {
        Processing
        | Over { .. }
        | EndsBefore { .. }
        | Begun { .. }
        | TooLateToCorrect { .. }
        | NotInQueue { .. }
        | NotPreviewed { .. }
        | MustTake
        | NotAsked { .. }
        | NotToCall { .. }
        | ConnectLimit { .. } => RefusalKind::Conflict,
        TooMuchData { .. } => RefusalKind::Invalid,
    };
    Refusal::new(kind, error.to_string())
}

pub(super) fn refuse(error: HouseError) -> Refusal {
    match error {
        HouseError::Store(error) => refuse_store(error),
        // Coming again does not help, and nobody else is held up.
        HouseError::Unreadable { key, cause } => {
            let message = format!(
                "{key} is stored but cannot be read by this version ({cause}): it is left as it is"
            );
            Refusal::new(RefusalKind::Conflict, message)
        }
    }
}

pub(super) fn refuse_store(error: StoreError) -> Refusal {
    match error {
        StoreError::TooLarge { size, .. } => {
            let message = format!("the request is too large to be kept: {size} bytes");
            Refusal::new(RefusalKind::Invalid, message)
        }
        StoreError::Full => {
            tracing::error!("refused new work: the store is full; raise its maxmemory");
            let message = "the store is full, try again later";
            Refusal::new(RefusalKind::Unavailable, message).come_again(COME_AGAIN)
        }
        StoreError::Unavailable(error) => {
            let message = match error.downcast_ref::<ShardsAway>() {
                // What the others hold would look like all there is.
                Some(part) => format!("{part}, try again"),
                None => "the store is unavailable, try again".to_owned(),
            };
            Refusal::new(RefusalKind::Unavailable, message).come_again(COME_AGAIN)
        }
        // Coming again does not help.
        StoreError::Malformed(_) | StoreError::Unreadable(_) => {
            tracing::error!(error = %Chain(&error), "the store did not do what a caller asked for");
            Refusal::new(RefusalKind::Unavailable, "what is stored cannot be read")
        }
    }
}
