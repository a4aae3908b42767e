//! Services, as a worker knows them.

use std::sync::Arc;

use ringback_core::ids::ServiceName;
use ringback_core::service::{Service, Template};
use ringback_ports::bus::Bus;
use ringback_ports::store::Store;

use super::{House, HouseError};
use crate::settings::{Services, StoredService};

impl<S: Store, B> House<S, B> {
    /// The services as this process knows them.
    pub fn services(&self) -> Arc<Services> {
        self.settings.known().services.clone()
    }

    /// One of them.
    pub fn service(&self, name: &ServiceName) -> Option<Arc<Service>> {
        self.settings.known().services.get(name).cloned()
    }

    /// Whether none of a service's callbacks is handed out.
    pub fn is_paused(&self, service: &ServiceName) -> bool {
        self.settings.known().paused.contains(service)
    }
}

impl<S: Store, B: Bus> House<S, B> {
    /// A service, which another process may have just saved.
    ///
    /// # Errors
    /// When the store is away.
    pub async fn find_service(
        &self,
        name: &ServiceName,
    ) -> Result<Option<Arc<Service>>, HouseError> {
        if let Some(service) = self.service(name) {
            return Ok(Some(service));
        }
        let settings = self.refresh_settings().await?;
        Ok(settings.services.get(name).cloned())
    }
}

pub(crate) fn parse_service(name: &str, stored: &StoredService) -> Result<Service, String> {
    let template: Template = stored
        .template
        .parse()
        .map_err(|error| format!("service '{name}': {error}"))?;
    Service::parse(ServiceName::new(name), template, stored.options.clone())
        .map_err(|mistakes| mistakes.to_string())
}
