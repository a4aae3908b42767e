//! Whether services have around them what they need: what is stored, with what the configuration file has.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use ringback_core::event_list::EventList;
use ringback_core::ids::ServiceName;
use ringback_core::service::{Service, Surroundings};
use ringback_core::target::Target;
use ringback_ports::desk::ServiceDesk;
use ringback_workers::settings::Settings;
use tokio_util::sync::CancellationToken;

use crate::args::Doctor;
use crate::condition::{Condition, Needs};
use crate::config::Configuration;
use crate::rooms::{Company, Opened};

/// What services lack; how many there are when they lack nothing.
///
/// # Errors
/// When configuration or store cannot be read, which other checks tell.
pub async fn check(doctor: &Doctor) -> anyhow::Result<Vec<Result<String, String>>> {
    let mut shared = doctor.shared.clone();
    shared.store.get_or_insert_with(|| "memory:".to_owned());
    shared.bus = Some("memory:".to_owned());
    let condition = Condition::new(Needs::STORE, CancellationToken::new());
    let configuration = Configuration::read(shared.config.as_deref())?;
    let opened = Opened::open("doctor", &shared, Company::Alone, configuration, &condition).await?;
    let settings = opened.house.refresh_settings().await?;
    let desk = opened.desk();
    let saved = desk
        .services()
        .await?
        .into_iter()
        .filter(|it| !it.configured);
    let saved: BTreeSet<ServiceName> = saved.map(|it| it.name).collect();
    let mut pools = desk.staffed_pools().await?;
    let configuration = &opened.configuration;
    for agent in &configuration.agents {
        pools.insert(Target::agent(agent.id.as_str()).pool());
        pools.extend(
            agent
                .profile
                .groups
                .iter()
                .map(|it| Target::group(it).pool()),
        );
    }
    let services = services(&settings, configuration, &saved);
    let problems = problems(&opened, &settings, &services, &pools);
    if problems.is_empty() {
        let count = services.len();
        return Ok(vec![Ok(format!("{count} services have what they need"))]);
    }
    Ok(problems.into_iter().map(Err).collect())
}

/// As they are once a worker has started with this configuration.
fn services(
    settings: &Settings,
    configuration: &Configuration,
    saved: &BTreeSet<ServiceName>,
) -> BTreeMap<ServiceName, Arc<Service>> {
    let mut services = BTreeMap::clone(&settings.services);
    for (name, service) in &configuration.services {
        if !saved.contains(name) {
            services.insert(name.clone(), service.clone());
        }
    }
    services
}

fn problems(
    opened: &Opened,
    settings: &Settings,
    services: &BTreeMap<ServiceName, Arc<Service>>,
    pools: &BTreeSet<String>,
) -> Vec<String> {
    fn names<'a, T, U>(
        stored: &'a BTreeMap<String, T>,
        configured: &'a BTreeMap<String, U>,
    ) -> BTreeSet<&'a str> {
        stored
            .keys()
            .chain(configured.keys())
            .map(String::as_str)
            .collect()
    }
    let configuration = &opened.configuration;
    let mut lists: BTreeMap<String, Arc<EventList>> = settings.lists.clone();
    for (name, list) in &configuration.event_lists {
        lists
            .entry(name.clone())
            .or_insert_with(|| Arc::new(list.clone()));
    }
    let around = Surroundings {
        lists: &lists,
        hours: names(&settings.hours, &configuration.office_hours),
        capacities: names(&settings.capacities, &configuration.capacities),
        groups: names(&settings.groups, &configuration.resource_groups),
        services: services.keys().map(ServiceName::as_str).collect(),
        providers: &opened.house.providers,
        allow: &opened.house.allow,
        pools: Some(pools),
    };
    let mut problems = Vec::new();
    if services.is_empty() {
        problems.push("there is no service: nobody can ask for a callback".to_owned());
    } else if pools.is_empty() {
        problems.push("there are no agents: nobody can be connected".to_owned());
    }
    for service in services.values() {
        if let Err(mistakes) = service.check_supported() {
            problems.push(mistakes.to_string());
        }
        problems.extend(service.needs(&around).iter().map(ToString::to_string));
    }
    problems
}
