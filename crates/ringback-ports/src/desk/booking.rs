//! What callers can ask about the times that callbacks can be had for.

use std::collections::BTreeMap;
use std::future::Future;

use ringback_core::ids::ServiceName;
use serde::Serialize;
use serde_json::{Map, Value};

use super::{Refusal, Removal};

/// What times are drawn from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Timetable {
    /// Office hours: when somebody is there.
    OfficeHours,
    /// A capacity: how many callbacks a time slot takes.
    Capacity,
}

/// Office hours or a capacity.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TimetableView {
    /// Their name.
    pub name: String,
    /// Counts their changes.
    pub version: u64,
    /// The options that were given.
    pub options: BTreeMap<String, String>,
    /// Whether they are as the configuration file has them.
    pub configured: bool,
}

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

/// Answers callers about office hours and capacities.
pub trait TimetableDesk: Clone + Send + Sync + 'static {
    /// Office hours or capacities by name.
    ///
    /// # Errors
    /// When the store is away.
    fn timetables(
        &self,
        what: Timetable,
    ) -> impl Future<Output = Result<Vec<TimetableView>, Refusal>> + Send;

    /// One of them.
    ///
    /// # Errors
    /// When there is none.
    fn timetable(
        &self,
        what: Timetable,
        name: &str,
    ) -> impl Future<Output = Result<TimetableView, Refusal>> + Send;

    /// Saves one; `version` is the one it must have, 0 for a new one.
    ///
    /// # Errors
    /// Every mistake in it with option, value and what is allowed; another version.
    fn put_timetable(
        &self,
        what: Timetable,
        name: &str,
        options: Map<String, Value>,
        version: Option<u64>,
    ) -> impl Future<Output = Result<TimetableView, Refusal>> + Send;

    /// Removes one.
    ///
    /// # Errors
    /// When there is none, it has another version, or a service names it.
    fn delete_timetable(
        &self,
        what: Timetable,
        name: &str,
        version: Option<u64>,
        removal: Removal,
    ) -> impl Future<Output = Result<(), Refusal>> + Send;
}
