//! Messages are hints: the same one many times at once is as good as one.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use ringback_adapters::simulator::Options;
use ringback_adapters::simulator::in_process::Simulator;
use ringback_core::callback::{Decision, Input};
use ringback_core::event::CallbackState;
use ringback_core::ids::{CallbackId, ServiceName, WorkerId};
use ringback_core::key::Shards;
use ringback_core::service::{Service, Template};
use ringback_ports::bus::memory::MemoryBus;
use ringback_ports::bus::{Address, Bus, Message, Queue};
use ringback_ports::clock::Clock;
use ringback_ports::desk::{Desk, Start};
use ringback_ports::store::memory::MemoryStore;
use ringback_telemetry::Counters;
use ringback_workers::dialer;
use ringback_workers::hint::{Hint, Hints};
use ringback_workers::house::{Committed, House};
use ringback_workers::ingest::FrontDesk;
use ringback_workers::watched::{Pulse, Watched};
use serde_json::json;
use tokio_util::sync::CancellationToken;

use crate::harness::until;

const CALLBACKS: usize = 200;
const REPEATS: usize = 8;

type Rooms = House<MemoryStore, MemoryBus>;

fn house() -> Rooms {
    let (clock, counters) = (Clock::system(), Arc::<Counters>::default());
    let options = BTreeMap::from([("_target".to_owned(), "Nobody@Stat.GA".to_owned())]);
    let name = ServiceName::new("now");
    let service = Service::parse(name.clone(), Template::UserTerminatedImmediate, options).unwrap();
    let bus = MemoryBus::new();
    House {
        store: Watched::prompt(MemoryStore::new(clock.clone()), counters.clone()),
        hints: Hints::over(bus.clone(), counters.clone()),
        bus,
        clock,
        services: Arc::new(BTreeMap::from([(name, service)])),
        shards: Shards::DEFAULT,
        worker: WorkerId::new("dialer"),
        counters,
        pulse: Pulse::default(),
        stop: CancellationToken::new(),
    }
}

/// A callback, handed out to the dialers.
async fn handed_out(house: &Rooms, number: usize) -> CallbackId {
    let start = Start {
        service: ServiceName::new("now"),
        parameters: serde_json::Map::from_iter([(
            "_customer_number".to_owned(),
            json!(format!("1555{number:05}99")),
        )]),
        idempotency_key: None,
        trace: None,
    };
    let id = FrontDesk::new(house.clone()).start(start).await.unwrap().id;
    let mut held = house.hold(&id).await.unwrap().unwrap();
    let options = house.options(&held.callback).unwrap().into_owned();
    let hand_out = Input::HandOut { agent: None };
    let Decision::Step(step) = held.callback.step(hand_out, &options, house.clock.now()) else {
        panic!("{held:?} cannot be handed out");
    };
    assert_eq!(
        house.commit(&mut held, &step).await.unwrap(),
        Committed::Yes
    );
    id
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dial_hint_many_times_over_dials_once_and_the_call_goes_on() {
    let house = house();
    let phone = Simulator::in_process(Options::parse("instant=true").unwrap());
    let mut batch = Vec::new();
    let mut ids = Vec::new();
    for number in 0..CALLBACKS {
        let id = handed_out(&house, number).await;
        let body = serde_json::to_vec(&Hint::Dial(id.clone())).unwrap();
        let message = Message {
            body,
            ..Message::default()
        };
        batch.extend(vec![(Address::Queue(Queue::Dial), message); REPEATS]);
        ids.push(id);
    }
    assert!(house.bus.publish(batch).await.iter().all(Result::is_ok));
    let dialing = tokio::spawn(dialer::run(house.clone(), phone.clone()));
    for id in &ids {
        // With nobody to talk to, every call ends up waiting on the line.
        until(
            &format!("{id} on the line"),
            Duration::from_secs(10),
            || async {
                let held = house.hold(id).await.unwrap().unwrap();
                (held.callback.callback_state() == CallbackState::Routing).then_some(())
            },
        )
        .await;
    }
    let tally = phone.tally();
    assert_eq!((tally.dials, tally.dialed_twice), (CALLBACKS as u64, 0));
    house.stop.cancel();
    dialing.await.unwrap();
}
