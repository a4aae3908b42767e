//! What callers can ask about office hours, capacities and resource groups.

use std::collections::BTreeMap;
use std::future::Future;

use serde::Serialize;
use serde_json::{Map, Value};

use super::{Refusal, Removal};

/// What a service draws from, by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Resource {
    /// Office hours: when somebody is there.
    OfficeHours,
    /// A capacity: how many callbacks a time slot takes.
    Capacity,
    /// A resource group: numbers that customers are told to call.
    ResourceGroup,
}

/// One of these.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ResourceView {
    /// Its name.
    pub name: String,
    /// Counts its changes.
    pub version: u64,
    /// The options that were given.
    pub options: BTreeMap<String, String>,
    /// Whether it is as the configuration file has it.
    pub configured: bool,
}

/// Answers callers about them.
pub trait ResourceDesk: Clone + Send + Sync + 'static {
    /// All of a kind, by name.
    ///
    /// # Errors
    /// When the store is away.
    fn resources(
        &self,
        what: Resource,
    ) -> impl Future<Output = Result<Vec<ResourceView>, Refusal>> + Send;

    /// One of them.
    ///
    /// # Errors
    /// When there is none.
    fn resource(
        &self,
        what: Resource,
        name: &str,
    ) -> impl Future<Output = Result<ResourceView, Refusal>> + Send;

    /// Saves one; `version` is the one it must have, 0 for a new one.
    ///
    /// # Errors
    /// Every mistake in it with option, value and what is allowed; another version.
    fn put_resource(
        &self,
        what: Resource,
        name: &str,
        options: Map<String, Value>,
        version: Option<u64>,
    ) -> impl Future<Output = Result<ResourceView, Refusal>> + Send;

    /// Removes one.
    ///
    /// # Errors
    /// When there is none, it has another version, or a service names it.
    fn delete_resource(
        &self,
        what: Resource,
        name: &str,
        version: Option<u64>,
        removal: Removal,
    ) -> impl Future<Output = Result<(), Refusal>> + Send;
}
