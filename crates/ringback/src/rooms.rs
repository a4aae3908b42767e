//! Wiring: adapters by address, and the house that the workers share.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, bail};
use ringback_adapters::bus::AnyBus;
use ringback_adapters::open_error::StoreOpenError;
use ringback_adapters::phone::AnyPhone;
use ringback_adapters::store::AnyStore;
use ringback_core::ids::{AgentId, WorkerId};
use ringback_core::key::Shards;
use ringback_ports::clock::Clock;
use ringback_ports::desk::Resource;
use ringback_ports::store::Store;
use ringback_telemetry::Throttle;
use ringback_workers::hint::Hints;
use ringback_workers::house::{Estimates, House, Wishes};
use ringback_workers::ingest::FrontDesk;
use ringback_workers::settings::Register;
use ringback_workers::watched::{Chain, Patience, Watched};

use crate::args::Shared;
use crate::condition::Condition;
use crate::config::Configuration;
use crate::durability;
use crate::installation::Watch;
use crate::life::Life;

/// When what was away at the start is asked again.
const AGAIN: Duration = Duration::from_secs(1);

/// Where callbacks live when one process is all there is.
pub const OWN_STORE: &str = "sqlite:ringback-data/ringback.db";
/// What carries its messages.
pub const OWN_BUS: &str = "memory:";

/// The house as this binary builds it.
pub type Rooms = House<AnyStore, AnyBus>;

/// Opened adapters with the house on them.
pub struct Opened {
    pub house: Rooms,
    pub store: AnyStore,
    pub configuration: Configuration,
}

/// Which processes a worker shares its work with.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Company {
    /// All workers are in this process.
    Alone,
    /// The other workers are other processes.
    Others,
}

impl Opened {
    /// Opens store and bus.
    ///
    /// # Errors
    /// One readable line about what is wrong or cannot be reached.
    pub async fn open(
        role: &'static str,
        shared: &Shared,
        company: Company,
        configuration: Configuration,
        condition: &Condition,
    ) -> anyhow::Result<Self> {
        let (store_address, bus_address) = addresses(role, shared, company)?;
        let worker = shared.worker.clone().unwrap_or_else(|| fresh_name(role));
        let store = || AnyStore::open(&store_address, Clock::system());
        let store = match company {
            Company::Alone => store().await?,
            Company::Others => {
                condition.waits_for("the store");
                waited_for("the store", StoreOpenError::is_away, store).await?
            }
        };
        durability::check(&store).await?;
        // A broker that is away is no reason to wait: what a worker does without it, it does.
        let bus = match company {
            Company::Alone => AnyBus::connect(&bus_address, &worker).await?,
            Company::Others => AnyBus::open(&bus_address, &worker)?,
        };
        if company == Company::Others {
            check_shared(role, &store, &bus)?;
        }
        let (counters, pulse, stop) = (condition.counters(), condition.pulse(), condition.stop());
        let patience = Patience {
            stop: stop.clone(),
            pulse: pulse.clone(),
        };
        let house = House {
            store: Watched::patient(store.clone(), counters.clone(), patience),
            hints: Hints::over(bus.clone(), counters.clone(), &pulse),
            bus,
            clock: store.clock(),
            settings: Register::default(),
            estimates: Estimates::default(),
            providers: configuration.providers.clone(),
            allow: configuration.allow.clone(),
            base: configuration.chats.clone(),
            keys: configuration.keys_of_records.clone(),
            wishes: Wishes::default(),
            shards: Shards::DEFAULT,
            worker: WorkerId::new(worker),
            counters,
            pulse,
            stop,
        };
        Ok(Self {
            house,
            store,
            configuration,
        })
    }

    /// Opens store and bus for one of several processes, and reads all that is set.
    ///
    /// # Errors
    /// One readable line about what is wrong.
    pub async fn reading(
        role: &'static str,
        shared: &Shared,
        configuration: Configuration,
        condition: &Condition,
    ) -> anyhow::Result<Self> {
        let opened = Self::open(role, shared, Company::Others, configuration, condition).await?;
        opened.read_settings(shared).await?;
        Ok(opened)
    }

    /// Everything is there: from now on the probes answer by what still is.
    /// One process writes again what is configured, should the store lose it.
    pub fn has_started(
        self,
        life: &mut Life,
        condition: &Condition,
        phone: Option<AnyPhone>,
        writes: bool,
    ) {
        life.run("store time", self.house.clone().keep_time());
        condition.started(self.house.bus.clone(), phone);
        let watch = Watch::new(self, condition.clone(), writes, life.reread());
        life.run("probe", watch.run());
    }

    /// The front desk of the start, which waits for a store that is away.
    fn first_desk(&self) -> FrontDesk<AnyStore, AnyBus> {
        FrontDesk::new(self.house.clone())
    }

    /// The front desk for people who wait for an answer.
    pub fn desk(&self) -> FrontDesk<AnyStore, AnyBus> {
        FrontDesk::new(self.house.prompt(self.store.clone()))
    }

    /// Writes what is configured, and reads all that is set.
    ///
    /// # Errors
    /// When the store is away.
    pub async fn write_settings(&self) -> anyhow::Result<()> {
        let (desk, configuration) = (self.first_desk(), &self.configuration);
        for (what, tables) in [
            (Resource::OfficeHours, &configuration.office_hours),
            (Resource::Capacity, &configuration.capacities),
            (Resource::ResourceGroup, &configuration.resource_groups),
        ] {
            for (name, options) in tables {
                desk.configure_resource(what, name, options).await?;
            }
        }
        for (name, list) in &configuration.event_lists {
            desk.configure_list(name, list).await?;
        }
        let services: Vec<_> = configuration.services.values().map(Arc::as_ref).collect();
        desk.check_configured(&services).await?;
        for service in services {
            desk.configure_service(service).await?;
        }
        self.house.refresh_settings().await?;
        Ok(())
    }

    /// Reads all that is set. Writes before what a file configures: this worker may be the first to start.
    ///
    /// # Errors
    /// When the store is away.
    pub async fn read_settings(&self, shared: &Shared) -> anyhow::Result<()> {
        if shared.config.is_some() {
            return self.write_settings().await;
        }
        self.house.refresh_settings().await?;
        Ok(())
    }

    /// Adds the configured agents that are not there yet, and brings the profiles of the others up to date.
    ///
    /// # Errors
    /// When the store is away or a profile is wrong.
    pub async fn seat_agents(&self) -> anyhow::Result<()> {
        let new = self.put_agents().await?;
        self.wish_states(&new).await
    }

    /// The same, but those that were not there take no calls yet; who they are.
    ///
    /// # Errors
    /// When the store is away or a profile is wrong.
    pub async fn put_agents(&self) -> anyhow::Result<Vec<AgentId>> {
        use ringback_ports::desk::{Desk, RefusalKind};
        let desk = self.first_desk();
        let mut new = Vec::new();
        for agent in &self.configuration.agents {
            let known = match desk.agent(&agent.id).await {
                Ok(known) => Some(known),
                Err(refusal) if refusal.kind == RefusalKind::NotFound => None,
                Err(refusal) => return Err(refusal.into()),
            };
            if known
                .as_ref()
                .is_some_and(|known| known.profile == agent.profile)
            {
                continue;
            }
            let seat = desk
                .put_agent(agent.id.clone(), agent.profile.clone())
                .await;
            seat.with_context(|| format!("agent '{}'", agent.id))?;
            if known.is_none() {
                new.push(agent.id.clone());
            }
        }
        Ok(new)
    }

    /// Brings these agents into the state that is configured for them.
    ///
    /// # Errors
    /// When the store is away.
    pub async fn wish_states(&self, ids: &[AgentId]) -> anyhow::Result<()> {
        use ringback_ports::desk::Desk;
        let desk = self.first_desk();
        let agents = self.configuration.agents.iter();
        for agent in agents.filter(|agent| ids.contains(&agent.id)) {
            desk.wish(&agent.id, agent.state).await?;
        }
        Ok(())
    }
}

/// Opens what other processes offer: one that is away is waited for, at the start as later on.
pub async fn waited_for<T, E, F>(
    what: &'static str,
    is_away: impl Fn(&E) -> bool,
    open: impl Fn() -> F,
) -> anyhow::Result<T>
where
    E: std::error::Error + Send + Sync + 'static,
    F: Future<Output = Result<T, E>>,
{
    let told = Throttle::default();
    loop {
        match open().await {
            Err(error) if is_away(&error) => {
                if let Some(times) = told.tell(what) {
                    tracing::warn!(what, error = %Chain(&error), times, "waiting for what is away");
                }
            }
            done => return Ok(done?),
        }
        tokio::time::sleep(AGAIN).await;
    }
}

fn addresses(role: &str, shared: &Shared, company: Company) -> anyhow::Result<(String, String)> {
    let missing = |option: &str, allowed: &str| {
        format!("{role} runs beside other processes: give {option} one that they share, {allowed}")
    };
    match company {
        Company::Alone => Ok((
            shared.store.clone().unwrap_or_else(|| OWN_STORE.to_owned()),
            shared.bus.clone().unwrap_or_else(|| OWN_BUS.to_owned()),
        )),
        Company::Others => Ok((
            shared
                .store
                .clone()
                .with_context(|| missing("--store", "e.g. redis://HOST:PORT"))?,
            shared
                .bus
                .clone()
                .with_context(|| missing("--bus", "e.g. amqp://HOST:PORT"))?,
        )),
    }
}

fn check_shared(role: &str, store: &AnyStore, bus: &AnyBus) -> anyhow::Result<()> {
    if !store.is_shared() {
        bail!("{role} cannot use a store inside its own process: --store must be redis://…");
    }
    if !bus.is_shared() {
        bail!("{role} cannot use a bus inside its own process: --bus must be amqp://…");
    }
    Ok(())
}

/// New at every start, so that nobody is mistaken for a process that died.
fn fresh_name(role: &str) -> String {
    let id = uuid::Uuid::now_v7().simple().to_string();
    format!("{role}-{id}")
}
