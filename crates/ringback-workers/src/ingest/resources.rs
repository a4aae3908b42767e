//! Office hours, capacities and resource groups, as people manage them.

use std::collections::BTreeMap;

use ringback_core::access::ResourceGroup;
use ringback_core::calendar::OfficeHours;
use ringback_core::capacity::Capacity;
use ringback_core::service::Service;
use ringback_ports::bus::Bus;
use ringback_ports::desk::{Refusal, RefusalKind, Removal, Resource, ResourceDesk, ResourceView};
use ringback_ports::store::{Document, Store};
use serde_json::{Map, Value};

use super::FrontDesk;
use super::services::texts;
use crate::house::decode;
use crate::settings::{SettingKind, StoredResource};

impl<S: Store, B: Bus> ResourceDesk for FrontDesk<S, B> {
    async fn resources(&self, what: Resource) -> Result<Vec<ResourceView>, Refusal> {
        let found = self.all_settings(kind(what)).await?;
        // One that cannot be read was told when the settings were, and hides no other.
        let views = found
            .into_iter()
            .filter_map(|(name, found)| view(what, name, &found).ok());
        Ok(views.collect())
    }

    async fn resource(&self, what: Resource, name: &str) -> Result<ResourceView, Refusal> {
        let found = self.find_setting(kind(what), name).await?;
        view(what, name.to_owned(), &found)
    }

    async fn put_resource(
        &self,
        what: Resource,
        name: &str,
        options: Map<String, Value>,
        version: Option<u64>,
    ) -> Result<ResourceView, Refusal> {
        let options = texts(&options)?;
        check(what, name, &options)?;
        self.write_setting(kind(what), name, version, |_| {
            Ok(Some(StoredResource {
                options: options.clone(),
                configured: false,
            }))
        })
        .await?;
        self.resource(what, name).await
    }

    async fn delete_resource(
        &self,
        what: Resource,
        name: &str,
        version: Option<u64>,
        removal: Removal,
    ) -> Result<(), Refusal> {
        let settings = self.house.refresh_settings().await?;
        let user = settings
            .services
            .values()
            .find(|it| named_by(what, it) == Some(name));
        if let Some(service) = user.filter(|_| removal == Removal::IfIdle) {
            let message = format!(
                "{} is the {} of service '{}': change that, or delete with force=true, and no {} can be had from it \
                 any more",
                kind(what).called(name),
                option(what),
                service.name,
                given(what)
            );
            return Err(Refusal::new(RefusalKind::Conflict, message));
        }
        self.remove_setting::<StoredResource>(kind(what), name, version)
            .await
    }
}

impl<S: Store, B: Bus> FrontDesk<S, B> {
    /// Brings one of the configuration file up to date, unless somebody has saved another over the
    /// API. What the file no longer has is left alone.
    ///
    /// # Errors
    /// When the store is away.
    pub async fn configure_resource(
        &self,
        what: Resource,
        name: &str,
        options: &BTreeMap<String, String>,
    ) -> Result<(), Refusal> {
        self.configure(kind(what), name, |_| StoredResource {
            options: options.clone(),
            configured: true,
        })
        .await
    }
}

const fn kind(what: Resource) -> SettingKind {
    match what {
        Resource::OfficeHours => SettingKind::OfficeHours,
        Resource::Capacity => SettingKind::Capacity,
        Resource::ResourceGroup => SettingKind::ResourceGroup,
    }
}

/// What a service names one by.
const fn option(what: Resource) -> &'static str {
    match what {
        Resource::OfficeHours => "_business_hours_service",
        Resource::Capacity => "_capacity_service",
        Resource::ResourceGroup => "_resource_group",
    }
}

/// What it gives.
const fn given(what: Resource) -> &'static str {
    match what {
        Resource::OfficeHours | Resource::Capacity => "time",
        Resource::ResourceGroup => "number",
    }
}

fn named_by(what: Resource, service: &Service) -> Option<&str> {
    let general = &service.options.general;
    match what {
        Resource::OfficeHours => general.business_hours.as_deref(),
        Resource::Capacity => general.capacity.as_deref(),
        Resource::ResourceGroup => service.options.numbers(),
    }
}

/// Refuses what has mistakes, with all of them.
fn check(what: Resource, name: &str, options: &BTreeMap<String, String>) -> Result<(), Refusal> {
    let read = match what {
        Resource::OfficeHours => OfficeHours::parse(name, options).map(drop),
        Resource::Capacity => Capacity::parse(name, options).map(drop),
        Resource::ResourceGroup => ResourceGroup::parse(name, options).map(drop),
    };
    read.map_err(|mistakes| Refusal::new(RefusalKind::Invalid, mistakes.to_string()))
}

fn view(what: Resource, name: String, document: &Document) -> Result<ResourceView, Refusal> {
    let stored: StoredResource = decode(&kind(what).key(&name), &document.body)?;
    Ok(ResourceView {
        version: document.version,
        options: stored.options,
        configured: stored.configured,
        name,
    })
}
