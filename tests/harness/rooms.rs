//! A house in memory, for tests of one worker.

use std::collections::BTreeMap;
use std::sync::Arc;

use ringback_core::ids::{CallbackId, ServiceName, WorkerId};
use ringback_core::key::Shards;
use ringback_core::outbound::{Allow, AllowList};
use ringback_core::service::{Service, Template};
use ringback_ports::bus::memory::MemoryBus;
use ringback_ports::clock::Clock;
use ringback_ports::desk::{Channel, Desk, Start};
use ringback_ports::store::memory::MemoryStore;
use ringback_telemetry::Counters;
use ringback_workers::heartbeat::Pulse;
use ringback_workers::hint::Hints;
use ringback_workers::house::{Estimates, House, Wishes};
use ringback_workers::ingest::FrontDesk;
use ringback_workers::settings::Register;
use ringback_workers::watched::Watched;
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

/// A house whose store and bus are this process's own.
pub type Rooms = House<MemoryStore, MemoryBus>;

/// With one service, `now`, that dials at once for agents who are not there, and these options more.
pub fn rooms(options: &[(&str, &str)]) -> Rooms {
    rooms_at(Clock::system(), options)
}

/// As [`rooms`], by this clock.
pub fn rooms_at(clock: Clock, options: &[(&str, &str)]) -> Rooms {
    let counters = Arc::<Counters>::default();
    let bus = MemoryBus::new();
    House {
        store: Watched::prompt(MemoryStore::new(clock.clone()), counters.clone()),
        hints: Hints::over(bus.clone(), counters.clone(), &Pulse::default()),
        bus,
        clock,
        settings: services(options),
        estimates: Estimates::default(),
        providers: Arc::default(),
        allow: Arc::new(AllowList::new(vec![Allow::parse("127.0.0.0/8").unwrap()])),
        base: Arc::from(""),
        keys: Arc::default(),
        wishes: Wishes::default(),
        shards: Shards::DEFAULT,
        worker: WorkerId::new("worker"),
        counters,
        pulse: Pulse::default(),
        stop: CancellationToken::new(),
    }
}

/// The service of [`rooms`].
pub fn services(options: &[(&str, &str)]) -> Register {
    let base = [
        ("_target", "Nobody@Stat.GA"),
        ("_request_execution_time_buffer", "0"),
        ("_enable_in_queue_checking", "false"),
        ("_throttle_request_parameters_limit", "0"),
    ];
    let options = base.iter().chain(options);
    let options = options
        .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
        .collect();
    let name = ServiceName::new("now");
    let template = Template::UserTerminatedImmediate;
    let service = Service::parse(name.clone(), template, options).unwrap();
    Register::of(BTreeMap::from([(name, Arc::new(service))]))
}

/// Writes the services of a house into its store, for tests in which settings are read.
pub async fn keep_services(house: &Rooms) {
    for service in house.services().values() {
        let desk = FrontDesk::new(house.clone());
        desk.configure_service(service).await.unwrap();
    }
}

/// Requests a callback of that service.
pub async fn request(house: &Rooms, number: &str) -> CallbackId {
    request_with(house, &json!({ "_customer_number": number })).await
}

/// Requests a callback of that service with these parameters.
pub async fn request_with(house: &Rooms, parameters: &Value) -> CallbackId {
    let start = Start {
        service: ServiceName::new("now"),
        parameters: parameters.as_object().unwrap().clone(),
        idempotency_key: None,
        trace: None,
        channel: Channel::Http,
    };
    FrontDesk::new(house.clone()).start(start).await.unwrap().id
}
