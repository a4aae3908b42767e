//! An ACD that was there before us, as a port: what it says of its agents and queues, and how an agent is kept from it.

#[cfg(any(test, feature = "conformance"))]
pub mod conformance;
pub mod memory;

use std::future::Future;

use ringback_core::acd::{AcdAgent, AcdCall, Availability};
use ringback_core::call::CallId;

/// Access to one ACD.
pub trait Acd: Clone + Send + Sync + 'static {
    /// How an agent stands, from what was heard. [`Availability::Unknown`] while the connection is lost and until a whole
    /// snapshot was read after it.
    fn availability(&self, agent: &AcdAgent) -> Availability;

    /// Who waits in a queue, in its order; `None` when that is not known.
    fn waiting_in(&self, queue: &str) -> Option<Vec<AcdCall>>;

    /// Who is reserved and for which attempt, by whomever: after a loss, what no attempt owns any more has to be released.
    fn reserved(&self) -> Vec<(AcdAgent, CallId)>;

    /// Returns when more has happened than this, with how much has; 0 when nothing was looked at yet.
    ///
    /// Cancel-safe: one that is dropped has taken nothing.
    fn changed(&self, since: u64) -> impl Future<Output = u64> + Send;

    /// Keeps an agent from further calls of the ACD, for an attempt. Repeating it for the same attempt changes nothing.
    ///
    /// # Errors
    /// When the ACD cannot be reached or refuses. The agent may be reserved then, and has to be released.
    fn reserve(
        &self,
        agent: &AcdAgent,
        attempt: &CallId,
    ) -> impl Future<Output = Result<Reserved, AcdError>> + Send;

    /// Whether an agent is still reserved for this attempt and no call reaches him: asked before his phone is rung.
    fn confirm(&self, agent: &AcdAgent, attempt: &CallId) -> bool {
        let reason = ringback_core::acd::reservation(attempt);
        self.availability(agent) == Availability::Paused(reason)
    }

    /// Lets an agent go who is reserved for this attempt; one that is not is left alone.
    ///
    /// # Errors
    /// When the ACD cannot be reached or refuses.
    fn release(
        &self,
        agent: &AcdAgent,
        attempt: &CallId,
    ) -> impl Future<Output = Result<(), AcdError>> + Send;
}

/// What came of a reservation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reserved {
    /// The ACD offers him no call until he is released, and none was on its way.
    Yes,
    /// He stands so, and is as he was before.
    No(Availability),
}

/// The ACD did not do what was asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AcdError {
    /// It cannot be reached, or did not answer.
    #[error("the ACD is unavailable")]
    Unavailable,
    /// It refuses.
    #[error("the ACD refused: {0}")]
    Refused(String),
}
