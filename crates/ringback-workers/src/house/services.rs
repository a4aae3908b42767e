//! Services, as a worker knows them.

use std::sync::Arc;

use ringback_core::ids::ServiceName;
use ringback_core::service::{Service, Template};
use ringback_ports::bus::Bus;
use ringback_ports::store::Store;

use super::{House, HouseError, decode};
use crate::settings::{Services, SettingKind, StoredService};
use crate::watched::Chain;

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

/// A service that is stored, and whether it is paused. One that cannot be read any more is told and left out, so that the
/// others still hold.
pub(super) fn read_service(name: &str, body: &[u8]) -> Option<(Service, bool)> {
    let read = || {
        let stored: StoredService = decode(&SettingKind::Service.key(name), body)
            .map_err(|error| Chain(&error).to_string())?;
        let service = parse_service(name, &stored)?;
        Ok::<_, String>((service, stored.paused))
    };
    match read() {
        Ok(found) => Some(found),
        Err(error) => {
            tracing::error!(service = name, error, "a stored service cannot be read");
            None
        }
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
