//! What callers are told when something is not done. The causes go to the log.

use ringback_core::ids::CallbackId;
use ringback_core::request::RequestError;
use ringback_ports::desk::{Refusal, RefusalKind};
use ringback_ports::store::StoreError;

use crate::house::HouseError;
use crate::watched::Chain;

pub(super) fn no_callback(id: &CallbackId) -> Refusal {
    let id: String = id.as_str().chars().take(80).collect();
    Refusal::new(
        RefusalKind::NotFound,
        format!("callback '{id}' does not exist"),
    )
}

pub(super) fn refuse_request(error: RequestError) -> Refusal {
    let kind = match &error {
        RequestError::Number(_) | RequestError::Refused(_) => RefusalKind::Number,
        RequestError::Past { .. } | RequestError::TooFar { .. } => RefusalKind::Availability,
        RequestError::Missing(_)
        | RequestError::Token { .. }
        | RequestError::Time { .. }
        | RequestError::Type { .. }
        | RequestError::Fixed(_)
        | RequestError::State(_)
        | RequestError::MovedAndOver
        | RequestError::Nothing
        | RequestError::NotOverwritable(_)
        | RequestError::Options(_)
        | RequestError::TooMuch(_) => RefusalKind::Invalid,
    };
    Refusal::new(kind, error.to_string())
}

pub(super) fn refuse_input(error: ringback_core::callback::Refusal) -> Refusal {
    use ringback_core::callback::Refusal::*;
    let kind = match error {
        Processing
        | Begun { .. }
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
        HouseError::Unreadable { .. } => {
            tracing::error!(error = %Chain(&error), "a document cannot be read");
            Refusal::new(RefusalKind::Unavailable, "what is stored cannot be read")
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
            Refusal::new(
                RefusalKind::Unavailable,
                "the store is full, try again later",
            )
        }
        StoreError::Unavailable(_) | StoreError::Malformed(_) | StoreError::Unreadable(_) => {
            tracing::warn!(error = %Chain(&error), "the store did not answer a caller");
            Refusal::new(
                RefusalKind::Unavailable,
                "the store is unavailable, try again",
            )
        }
    }
}
