//! The phone network as a port: asynchronous and shaped like messages, because some networks hold no connection.

#[cfg(feature = "conformance")]
pub mod conformance;

use std::future::Future;

use ringback_core::access::Arrival;
use ringback_core::call::{CallCommand, CallId, CallStatus, Report};
use ringback_core::trunk::TrunkLimits;

/// What a dialer hears from its phone network.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PhoneEvent {
    /// News of one call.
    Call {
        /// The call.
        call: CallId,
        /// What happened.
        report: Report,
    },
    /// A customer has called. The call waits, and is offered again to this or another dialer, until somebody asks for it with
    /// [`Telephony::inspect`] or gives an order.
    Arrived {
        /// The call, as the network names it.
        call: CallId,
        /// What is known of it.
        arrival: Arrival,
    },
    /// Reports may have been missed: every call in progress has to be asked for with [`Telephony::inspect`].
    Gap,
}

/// One dialer's access to a phone network.
pub trait Telephony: Clone + Send + Sync + 'static {
    /// Asks for something. It returns when the network has taken the order, not when it is done: what comes of it is
    /// reported. A report may arrive before this returns.
    ///
    /// # Errors
    /// When the network cannot be reached or refuses. After [`PhoneError::Unavailable`] the order may have been taken.
    fn send(
        &self,
        call: &CallId,
        command: CallCommand,
    ) -> impl Future<Output = Result<(), PhoneError>> + Send;

    /// What the network knows of a call. Its reports come to this dialer from now on; a call id that is unknown is
    /// refused by a later [`CallCommand::Dial`], so that an order still under way cannot ring the customer. A report that
    /// is newer than the answer may arrive before this returns.
    ///
    /// # Errors
    /// When the network cannot be reached: then nothing is known and the question has to be asked again.
    fn inspect(&self, call: &CallId)
    -> impl Future<Output = Result<CallStatus, PhoneError>> + Send;

    /// The next event. One task listens; waits through a lost connection and reports [`PhoneEvent::Gap`] after it.
    ///
    /// Cancel-safe: a future that is dropped before it is ready has taken no event, and the network knows all the same who
    /// listens, so it may stand in a `select!`.
    fn next_event(&self) -> impl Future<Output = PhoneEvent> + Send;

    /// Whether orders can be given at this moment.
    fn is_ready(&self) -> bool;

    /// What each of its trunk groups takes, from all dialers together.
    fn trunk_limits(&self) -> TrunkLimits {
        TrunkLimits::default()
    }
}

/// The phone network did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum PhoneError {
    /// It cannot be reached, or did not answer.
    #[error("the phone network is unavailable")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// It refuses this order.
    #[error("the phone network refused: {0}")]
    Refused(String),
}
