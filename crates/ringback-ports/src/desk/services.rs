//! What callers can ask about services.

use std::future::Future;

use ringback_core::ids::{CallbackId, ServiceName};
use ringback_core::service::options::Access;
use serde::Serialize;
use serde_json::{Map, Value};

use super::Refusal;

/// A service. Credentials of its own show only that there are some.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ServiceView {
    /// Its name.
    pub name: ServiceName,
    /// Counts its changes.
    pub version: u64,
    /// The name of its template.
    pub template: &'static str,
    /// The options that were given.
    pub options: Map<String, Value>,
    /// Every option with the value that holds.
    pub effective: Map<String, Value>,
    /// Whether none of its callbacks is handed out.
    pub paused: bool,
    /// Whether it is as the configuration file has it.
    pub configured: bool,
    /// What it needs and does not have; only of one service, not in lists.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<String>,
    /// `_service_groups`: what people see it under.
    #[serde(skip)]
    pub groups: Vec<String>,
}

/// A service to be saved.
#[derive(Clone)]
pub struct ServiceForm {
    /// The name of its template.
    pub template: String,
    /// Options by name; a credential may be left as it was shown.
    pub options: Map<String, Value>,
    /// Saves it also while what it names is not there.
    pub force: bool,
}

/// Whether something is removed that is in use: a service with callbacks that are not over, office hours or a capacity that
/// a service names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Removal {
    /// It stays while it is.
    IfIdle,
    /// It goes. Callbacks of a service that is gone end as failed when their time comes.
    Forced,
}

/// Answers callers about services.
pub trait ServiceDesk: Clone + Send + Sync + 'static {
    /// The services by name.
    ///
    /// # Errors
    /// When the store is away.
    fn services(&self) -> impl Future<Output = Result<Vec<ServiceView>, Refusal>> + Send;

    /// One service.
    ///
    /// # Errors
    /// When there is none.
    fn service(
        &self,
        name: &ServiceName,
    ) -> impl Future<Output = Result<ServiceView, Refusal>> + Send;

    /// Saves a service; `version` is the one it must have, 0 for a new one.
    ///
    /// # Errors
    /// Every mistake in it with option, value and what is allowed; another version.
    fn put_service(
        &self,
        name: &ServiceName,
        form: ServiceForm,
        version: Option<u64>,
    ) -> impl Future<Output = Result<ServiceView, Refusal>> + Send;

    /// Removes a service.
    ///
    /// # Errors
    /// When there is none, it has another version, or callbacks that are not over.
    fn delete_service(
        &self,
        name: &ServiceName,
        version: Option<u64>,
        removal: Removal,
    ) -> impl Future<Output = Result<(), Refusal>> + Send;

    /// Pauses or resumes a service: while it is paused its callbacks wait, and none is handed out.
    ///
    /// # Errors
    /// When there is none.
    fn pause_service(
        &self,
        name: &ServiceName,
        paused: bool,
    ) -> impl Future<Output = Result<ServiceView, Refusal>> + Send;

    /// The credentials that a service asks its callers for; those of none, or of a service that does not exist, are
    /// empty.
    ///
    /// # Errors
    /// When the store is away.
    fn access(&self, name: &ServiceName) -> impl Future<Output = Result<Access, Refusal>> + Send;

    /// The service that a callback is of, if there is such a callback.
    ///
    /// # Errors
    /// When the store is away.
    fn service_of(
        &self,
        id: &CallbackId,
    ) -> impl Future<Output = Result<Option<ServiceName>, Refusal>> + Send;
}
