//! Houses in memory, for tests of one worker.

use std::collections::BTreeMap;
use std::sync::Arc;

use ringback_core::callback::{Callback, Decision, Input, NewCallback};
use ringback_core::ids::{CallbackId, ServiceName, WorkerId};
use ringback_core::key::Shards;
use ringback_core::phone::{Country, CustomerNumber};
use ringback_core::service::{Service, Template};
use ringback_core::time::Timestamp;
use ringback_ports::bus::memory::MemoryBus;
use ringback_ports::clock::Clock;
use ringback_ports::store::memory::MemoryStore;
use ringback_telemetry::Counters;
use serde_json::Map;
use tokio_util::sync::CancellationToken;

use crate::heartbeat::Pulse;
use crate::hint::Hints;
use crate::house::{Committed, Created, Estimates, Held, House, Wishes};
use crate::settings::Register;
use crate::watched::Watched;

/// When everything begins.
pub(crate) const START: Timestamp = Timestamp::from_millis(1_800_000_000_000);

pub(crate) type Rooms = House<MemoryStore, MemoryBus>;

/// A house whose alarms go by `store`, and whose workers see `clock`; with one service, `now`, that dials at once.
pub(crate) fn house(store: Clock, clock: Clock) -> Rooms {
    let counters = Arc::<Counters>::default();
    let bus = MemoryBus::new();
    let options = [("_target", "Nobody@Stat.GA")];
    let options = options.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let (name, template) = (ServiceName::new("now"), Template::UserTerminatedImmediate);
    let service = Service::parse(name.clone(), template, options.into()).unwrap();
    House {
        store: Watched::prompt(MemoryStore::new(store), counters.clone()),
        hints: Hints::over(bus.clone(), counters.clone(), &Pulse::default()),
        bus,
        clock,
        settings: Register::of(BTreeMap::from([(name, Arc::new(service))])),
        estimates: Estimates::default(),
        providers: Arc::default(),
        allow: Arc::default(),
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

/// A callback that was asked for at the start.
pub(crate) async fn create(house: &Rooms, desired: Option<Timestamp>) -> Held {
    let id = CallbackId::new("07-20e740d3-8458-43d6-834d-3713c3385bac");
    create_as(house, id, desired).await
}

/// The same by another name.
pub(crate) async fn create_as(house: &Rooms, id: CallbackId, desired: Option<Timestamp>) -> Held {
    let new = NewCallback {
        id,
        number: Some(CustomerNumber::read("5115".parse().unwrap(), Country::DEFAULT).unwrap()),
        desired,
        overrides: BTreeMap::new(),
        user_data: Map::new(),
        trace: None,
        fingerprint: None,
    };
    let service = house.service(&ServiceName::new("now")).unwrap();
    let (callback, events) = Callback::accept(new, &service, None, START).unwrap();
    let created = house.create(&callback, &events, &[]).await.unwrap();
    assert_eq!(created, Created::New);
    let version = 1;
    Held { callback, version }
}

/// Something happened to it at the start.
pub(crate) async fn happened(house: &Rooms, held: &mut Held, input: Input) {
    let options = house.options(&held.callback);
    let Decision::Step(step) = held.callback.step(input, &options, START) else {
        panic!("{held:?} stays");
    };
    assert_eq!(house.commit(held, &step).await.unwrap(), Committed::Yes);
}
