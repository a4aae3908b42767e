//! What people who run the house can ask about many callbacks at once.

use std::fmt;
use std::future::Future;

use ringback_core::event::{CallbackState, Reason};
use ringback_core::ids::{CallbackId, ServiceName};
use ringback_core::phone::PhoneNumber;
use ringback_core::time::Timestamp;
use serde_json::{Map, Value};

use super::Refusal;

/// Which callbacks; what is left out does not matter.
#[derive(Clone, Default)]
pub struct CallbackQuery {
    /// Those of these services; of every service when there is none.
    pub services: Vec<ServiceName>,
    /// Those of this customer.
    pub number: Option<PhoneNumber>,
    /// Those in one of these states.
    pub states: Vec<CallbackState>,
    /// Those that ended for one of these reasons.
    pub reasons: Vec<Reason>,
    /// Those of this virtual queue.
    pub queue: Option<String>,
    /// Those wanted at this time or later.
    pub from: Option<Timestamp>,
    /// Those wanted before this time.
    pub until: Option<Timestamp>,
    /// Those that say so: keys and values as they were asked for.
    pub more: Vec<(String, String)>,
    /// At the most so many on a page.
    pub limit: usize,
    /// After the last of the page before.
    pub after: Option<String>,
}

/// Shows how much is asked, nothing of the person.
impl fmt::Debug for CallbackQuery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CallbackQuery")
            .field("services", &self.services)
            .field("states", &self.states)
            .field("limit", &self.limit)
            .finish_non_exhaustive()
    }
}

/// A callback that was looked for.
#[derive(Clone)]
pub struct FoundCallback {
    /// The record, as the callback API returns it.
    pub record: Map<String, Value>,
    /// What else its request said.
    pub user_data: Map<String, Value>,
}

/// A page of callbacks, by service and then by the time they are wanted at.
#[derive(Clone, Default)]
pub struct CallbackPage {
    /// Them.
    pub callbacks: Vec<FoundCallback>,
    /// Where the next page begins; `None` on the last. A page may be short, even empty, and not be the last.
    pub next: Option<String>,
}

/// How many callbacks of a service are QUEUED or PROCESSING.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Watermark {
    /// The service.
    pub service: ServiceName,
    /// How many.
    pub count: u64,
}

/// Answers the people who run the house.
pub trait AdminDesk: Clone + Send + Sync + 'static {
    /// A page of callbacks.
    ///
    /// # Errors
    /// When a service does not exist or `after` is no place to go on from.
    fn callbacks(
        &self,
        query: CallbackQuery,
    ) -> impl Future<Output = Result<CallbackPage, Refusal>> + Send;

    /// Those of these callbacks that there are.
    ///
    /// # Errors
    /// When the store is away.
    fn callbacks_named(
        &self,
        ids: &[CallbackId],
    ) -> impl Future<Output = Result<Vec<FoundCallback>, Refusal>> + Send;

    /// How many callbacks a query finds; `None` where no index knows. Nothing is walked over.
    ///
    /// # Errors
    /// When a service does not exist.
    fn count_callbacks(
        &self,
        query: &CallbackQuery,
    ) -> impl Future<Output = Result<Option<u64>, Refusal>> + Send;

    /// Calls one off for this reason. Repeating it is fine.
    ///
    /// # Errors
    /// When there is no such callback, or customer and agent talk.
    fn cancel_for(
        &self,
        id: &CallbackId,
        reason: Reason,
    ) -> impl Future<Output = Result<(), Refusal>> + Send;

    /// How much these services have on their hands; every service when none is named.
    ///
    /// # Errors
    /// When one does not exist.
    fn watermarks(
        &self,
        services: Vec<ServiceName>,
    ) -> impl Future<Output = Result<Vec<Watermark>, Refusal>> + Send;

    /// Forgets a customer: calls off what is pending and removes every record of the number with all that belongs to
    /// it. How many there were.
    ///
    /// # Errors
    /// When one cannot go now, because customer and agent talk; the others are gone.
    fn erase(&self, number: &PhoneNumber) -> impl Future<Output = Result<u64, Refusal>> + Send;
}
