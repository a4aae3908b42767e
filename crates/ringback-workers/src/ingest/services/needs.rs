//! What services need around them, as the front desk sees it.

use std::collections::{BTreeMap, BTreeSet};

use ringback_core::ids::ServiceName;
use ringback_core::service::{Finding, HIDDEN, OptionSpec, Service, Severity, Surroundings};
use ringback_ports::bus::Bus;
use ringback_ports::desk::{Refusal, RefusalKind};
use ringback_ports::store::Store;

use super::checked;
use crate::house::parse_service;
use crate::ingest::FrontDesk;
use crate::settings::StoredService;

impl<S: Store, B: Bus> FrontDesk<S, B> {
    /// What these services need and do not have; they know of each other.
    ///
    /// # Errors
    /// When the store is away.
    pub async fn needs_of(&self, services: &[&Service]) -> Result<Vec<Finding>, Refusal> {
        let settings = self.house.refresh_settings().await?;
        let pools = self.staffed_pools().await?;
        fn names<T>(of: &BTreeMap<String, T>) -> BTreeSet<&str> {
            of.keys().map(String::as_str).collect()
        }
        let known = settings.services.keys().map(ServiceName::as_str);
        let around = Surroundings {
            lists: &settings.lists,
            hours: names(&settings.hours),
            capacities: names(&settings.capacities),
            groups: names(&settings.groups),
            services: known
                .chain(services.iter().map(|it| it.name.as_str()))
                .collect(),
            providers: &self.house.providers,
            allow: &self.house.allow,
            pools: Some(&pools),
        };
        Ok(services.iter().flat_map(|it| it.needs(&around)).collect())
    }

    /// Refuses a service that can never work: what it names is not there, or whom it shall tell cannot be reached.
    pub(super) async fn check_needs(
        &self,
        name: &ServiceName,
        template: &str,
        options: &BTreeMap<String, String>,
    ) -> Result<(), Refusal> {
        let is_hidden = |name: &str, value: &str| {
            value.trim() == HIDDEN && OptionSpec::find(name).is_some_and(OptionSpec::is_credential)
        };
        if options.iter().any(|(name, value)| is_hidden(name, value)) {
            return self
                .check_needs_without_login(name, template, options)
                .await;
        }
        let stored = StoredService {
            template: template.to_owned(),
            options: options.clone(),
            configured: false,
        };
        let stored = checked(name, stored)?;
        let service = parse_service(name.as_str(), &stored);
        let service = service.map_err(|error| Refusal::new(RefusalKind::Invalid, error))?;
        let errors = self.needs_of(&[&service]).await?.into_iter();
        let errors = errors.filter(|it| it.severity == Severity::Error);
        let errors: Vec<_> = errors.map(|it| it.to_string()).collect();
        if errors.is_empty() {
            return Ok(());
        }
        let message = format!(
            "{}; save that first, or this one with force=true",
            errors.join("; ")
        );
        Err(Refusal::new(RefusalKind::Invalid, message))
    }

    async fn check_needs_without_login(
        &self,
        name: &ServiceName,
        template: &str,
        options: &BTreeMap<String, String>,
    ) -> Result<(), Refusal> {
        let is_login = |name: &str| OptionSpec::find(name).is_some_and(OptionSpec::is_credential);
        let others = options.iter().filter(|(name, _)| !is_login(name));
        let others = others.map(|(name, value)| (name.clone(), value.clone()));
        let others: BTreeMap<_, _> = others.collect();
        Box::pin(self.check_needs(name, template, &others)).await
    }

    /// Says in the log what services of the configuration file lack. It does not stop the start: what they name may be saved
    /// over the API afterwards, and the others work meanwhile.
    ///
    /// # Errors
    /// When the store is away.
    pub async fn check_configured(&self, services: &[&Service]) -> Result<(), Refusal> {
        for finding in self.needs_of(services).await? {
            let Finding {
                severity,
                service,
                problem,
            } = finding;
            match severity {
                Severity::Error => tracing::error!(service, problem, "a service cannot work"),
                Severity::Warning => tracing::warn!(service, problem, "a service lacks something"),
            }
        }
        Ok(())
    }
}
