//! What callers can ask about the times that callbacks can be had for.

use std::collections::BTreeMap;
use std::future::Future;

use ringback_core::ids::ServiceName;
use serde_json::Value;

use super::Refusal;

/// The shape of an answer about availability.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AvailabilityForm {
    /// An object: the start of a slot and what is left of it.
    First,
    /// A list of slots with what is left and the total, and local times for whoever names a zone.
    Second,
}

/// Answers callers about times.
pub trait BookingDesk: Clone + Send + Sync + 'static {
    /// The slots of a service that can be had.
    ///
    /// # Errors
    /// When there is no such service, or a parameter is wrong.
    fn availability(
        &self,
        service: &ServiceName,
        form: AvailabilityForm,
        parameters: BTreeMap<String, String>,
    ) -> impl Future<Output = Result<Value, Refusal>> + Send;

    /// When the office hours of that name are open, or what places the capacity of that name has.
    ///
    /// # Errors
    /// When there are neither, or a parameter is wrong.
    fn open_times(
        &self,
        name: &str,
        parameters: BTreeMap<String, String>,
    ) -> impl Future<Output = Result<Value, Refusal>> + Send;
}
