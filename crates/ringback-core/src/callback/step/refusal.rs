//! Why an input may not happen.

use super::super::{MAX_DATA, MAX_DATA_KEYS};
use crate::event::{CallbackState, Reason};
use crate::time::Timestamp;

/// Why an input may not happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Customer and agent talk.
    #[error("the callback is PROCESSING: customer and agent are talking")]
    Processing,
    /// It has ended otherwise.
    #[error(
        "the callback is COMPLETED ({}): it can neither be cancelled nor get another time any more",
        reason.as_str()
    )]
    Over {
        /// Why it is over.
        reason: Reason,
    },
    /// It would be over before the time that it is put off to.
    #[error("the callback cannot wait until {until}: it ends at {end} (_ttl)")]
    EndsBefore {
        /// When it would come back.
        until: Timestamp,
        /// When it ends.
        end: Timestamp,
    },
    /// Its time has come.
    #[error(
        "the callback is {state} after {attempts} attempts: only one that is SCHEDULED and was never dialed gets \
         another time"
    )]
    Begun {
        /// Where it stands.
        state: CallbackState,
        /// How often it was dialed.
        attempts: u32,
    },
    /// Somebody is being called for it, or it is over.
    #[error(
        "the callback is {state}: its _customer_number, queue and priority can be changed only while it is SCHEDULED, PAUSED, \
         or QUEUED and not being dialed"
    )]
    TooLateToCorrect {
        /// Where it stands.
        state: CallbackState,
    },
    /// Nobody is asked to look at it, or somebody else is.
    #[error(
        "the callback is {state}: it is not shown to this agent, who can neither accept nor reject it"
    )]
    NotPreviewed {
        /// Where it stands.
        state: CallbackState,
    },
    /// Whoever is shown it takes it.
    #[error("the callback cannot be rejected: _agent_preview_allow_reject is false or 0")]
    MustTake,
    /// Its customer is not asked.
    #[error("the callback is {state}: its customer is not asked to confirm anything now")]
    NotAsked {
        /// Where it stands.
        state: CallbackState,
    },
    /// Its customer is not to call.
    #[error("the callback is {state}: its customer is not to call now")]
    NotToCall {
        /// Where it stands.
        state: CallbackState,
    },
    /// Its customer has asked for a number as often as is allowed.
    #[error(
        "the customer was given a number {limit} times: allowed are {limit} (_userorig_connect_limit)"
    )]
    ConnectLimit {
        /// How often that is.
        limit: u32,
    },
    /// It does not wait in its queue.
    #[error(
        "the callback is {state} after {attempts} attempts: only one that is QUEUED, and not being dialed, can be snoozed"
    )]
    NotInQueue {
        /// Where it stands.
        state: CallbackState,
        /// How often it was dialed.
        attempts: u32,
    },
    /// More user data than a callback keeps.
    #[error(
        "the callback would have {keys} keys of user data in {bytes} bytes: allowed are {MAX_DATA_KEYS} in {MAX_DATA}"
    )]
    TooMuchData {
        /// How many keys it would have.
        keys: usize,
        /// How long it would be, as JSON.
        bytes: usize,
    },
}
