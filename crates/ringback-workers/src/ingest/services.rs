//! Services, as people manage them.

mod needs;
mod pending;

use std::collections::BTreeMap;

use ringback_core::ids::{CallbackId, ServiceName};
use ringback_core::service::options::Access;
use ringback_core::service::{HIDDEN, OptionSpec, Service};
use ringback_ports::bus::Bus;
use ringback_ports::desk::{Refusal, RefusalKind, Removal, ServiceDesk, ServiceForm, ServiceView};
use ringback_ports::store::{Document, Store};
use serde_json::{Map, Value};

use super::FrontDesk;
use super::settings::{no_setting, unreadable};
use crate::house::{decode, parse_service, pause_id};
use crate::settings::{SettingKind, StoredService};

const KIND: SettingKind = SettingKind::Service;

impl<S: Store, B: Bus> ServiceDesk for FrontDesk<S, B> {
    async fn services(&self) -> Result<Vec<ServiceView>, Refusal> {
        self.house.refresh_settings().await?;
        let found = self.all_settings(KIND).await?;
        // One that cannot be read was told when the settings were, and hides no other.
        let views = found
            .iter()
            .filter_map(|(name, document)| self.view(name, document).ok());
        Ok(views.collect())
    }

    async fn service(&self, name: &ServiceName) -> Result<ServiceView, Refusal> {
        self.house.refresh_settings().await?;
        let found = self.find_setting(KIND, name.as_str()).await?;
        let mut view = self.view(name.as_str(), &found)?;
        if let Some(service) = self.house.service(name) {
            let found = self.needs_of(&[&service]).await?.into_iter();
            view.warnings = found.map(|finding| finding.problem).collect();
        }
        Ok(view)
    }

    async fn put_service(
        &self,
        name: &ServiceName,
        form: ServiceForm,
        version: Option<u64>,
    ) -> Result<ServiceView, Refusal> {
        let ServiceForm {
            template,
            options,
            force,
        } = form;
        let options = texts(&options)?;
        if !force {
            self.check_needs(name, &template, &options).await?;
        }
        self.write_setting(KIND, name.as_str(), version, |known| {
            let stored = StoredService {
                template: template.clone(),
                options: with_credentials(options.clone(), known),
                configured: false,
            };
            Ok(Some(checked(name, stored)?))
        })
        .await?;
        self.service(name).await
    }

    async fn delete_service(
        &self,
        name: &ServiceName,
        version: Option<u64>,
        removal: Removal,
    ) -> Result<(), Refusal> {
        if removal == Removal::IfIdle
            && let Some(pending) = self.pending_of(name).await?
        {
            let message = format!(
                "service '{name}' has callbacks that are not over, {pending} for one: cancel them, or delete the \
                 service with force=true, which lets them fail"
            );
            return Err(Refusal::new(RefusalKind::Conflict, message));
        }
        let service = self.house.find_service(name).await?;
        self.remove_setting::<StoredService>(KIND, name.as_str(), version)
            .await?;
        if let Some(service) = service {
            self.house.forget_pause(pause_id(&service)).await?;
        }
        Ok(())
    }

    async fn pause_service(
        &self,
        name: &ServiceName,
        paused: bool,
    ) -> Result<ServiceView, Refusal> {
        let service = self.house.find_service(name).await?;
        let service = service.ok_or_else(|| no_setting(KIND, name.as_str()))?;
        self.house.pause(pause_id(&service), paused).await?;
        self.service(name).await
    }

    async fn access(&self, name: &ServiceName) -> Result<Access, Refusal> {
        let service = self.house.find_service(name).await?;
        let access = service.map(|service| service.options.general.access.clone());
        Ok(access.unwrap_or_default())
    }

    async fn service_of(&self, id: &CallbackId) -> Result<Option<ServiceName>, Refusal> {
        let held = self.house.hold(id).await?;
        Ok(held.map(|held| held.callback.service))
    }
}

impl<S: Store, B: Bus> FrontDesk<S, B> {
    fn view(&self, name: &str, document: &Document) -> Result<ServiceView, Refusal> {
        let stored: StoredService = decode(&KIND.key(name), &document.body)?;
        let service =
            parse_service(name, &stored).map_err(|error| unreadable(KIND, name)(&error))?;
        let effective = service.effective().into_iter();
        let shown = service.shown().into_iter();
        Ok(ServiceView {
            version: document.version,
            template: service.template.name(),
            options: shown.map(|(name, value)| (name, value.into())).collect(),
            effective: effective
                .map(|(name, value)| (name.to_owned(), value.into()))
                .collect(),
            paused: self.house.is_paused(&service.name),
            configured: stored.configured,
            warnings: Vec::new(),
            groups: service.options.general.groups.clone(),
            name: service.name,
        })
    }

    /// Brings a service of the configuration file up to date, unless somebody has saved another one over the API. One
    /// that the file no longer has is left alone.
    ///
    /// # Errors
    /// When the store is away.
    pub async fn configure_service(&self, service: &Service) -> Result<(), Refusal> {
        let name = service.name.as_str();
        self.configure(KIND, name, |_: Option<&StoredService>| StoredService {
            template: service.template.name().to_owned(),
            options: service.given.clone(),
            configured: true,
        })
        .await
    }
}

/// What is stored of it, if there is no mistake in it.
fn checked(name: &ServiceName, stored: StoredService) -> Result<StoredService, Refusal> {
    let invalid = |mistakes: String| Refusal::new(RefusalKind::Invalid, mistakes);
    let service = parse_service(name.as_str(), &stored).map_err(invalid)?;
    service
        .check_supported()
        .map_err(|mistakes| invalid(mistakes.to_string()))?;
    Ok(StoredService {
        template: service.template.name().to_owned(),
        options: service.given,
        ..stored
    })
}

/// Options as text: texts, numbers, switches, and JSON for those that take it.
pub(super) fn texts(options: &Map<String, Value>) -> Result<BTreeMap<String, String>, Refusal> {
    let text = |(name, value): (&String, &Value)| match value {
        Value::String(text) => Ok((name.clone(), text.clone())),
        Value::Null => {
            let name: String = name.chars().take(80).collect();
            let message = format!("option '{name}' is null: leave it out, and its default holds");
            Err(Refusal::new(RefusalKind::Invalid, message))
        }
        Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => {
            Ok((name.clone(), value.to_string()))
        }
    };
    options.iter().map(text).collect()
}

/// A credential that is left as it was shown is the one that there is.
fn with_credentials(
    mut options: BTreeMap<String, String>,
    known: Option<&StoredService>,
) -> BTreeMap<String, String> {
    for (name, value) in &mut options {
        let is_left =
            value.trim() == HIDDEN && OptionSpec::find(name).is_some_and(OptionSpec::is_credential);
        let kept = known.and_then(|known| known.options.get(name));
        if let Some(kept) = kept.filter(|_| is_left) {
            value.clone_from(kept);
        }
    }
    options
}
