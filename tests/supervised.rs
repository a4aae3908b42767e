//! Bugs and loops that stop: neither vanishes, and neither stops its neighbours.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use ringback_core::ids::CallbackId;
use ringback_core::key::{IndexName, Key};
use ringback_core::time::Timestamp;
use ringback_ports::bus::memory::{MemoryBus, MemorySubscription};
use ringback_ports::bus::{
    Address, Bus, BusError, Delivery, Disposition, Message, PublishError, Queue, Subscription,
};
use ringback_ports::clock::Clock;
use ringback_ports::store::memory::MemoryStore;
use ringback_ports::store::{Claim, Commit, Document, Entry, Outcome, Store, StoreError};
use ringback_telemetry::Counters;
use ringback_workers::heartbeat::{Pulse, STALLED};
use ringback_workers::hint::{Hint, Hints};
use ringback_workers::house::House;
use ringback_workers::runner;
use ringback_workers::scheduler::{self, Limits};
use ringback_workers::watched::Watched;

use crate::harness::{Rooms, rooms};

async fn publish(house: &Rooms, body: &str) {
    let message = Message {
        body: body.as_bytes().to_vec(),
        ..Message::default()
    };
    let address = Address::Queue(Queue::Schedule);
    for published in house.bus.publish(vec![(address, message)]).await {
        published.unwrap();
    }
}

#[tokio::test]
async fn a_message_whose_handling_panics_is_dead_and_its_neighbours_are_handled() {
    let house = rooms(&[]);
    for body in ["bad", "good"] {
        publish(&house, body).await;
    }
    let (handled, mut good) = tokio::sync::mpsc::unbounded_channel();
    let handle = move |message: Message| {
        let handled = handled.clone();
        async move {
            assert_ne!(message.body, b"bad", "a bug");
            handled.send(message.body).unwrap();
            Disposition::Done
        }
    };
    let serving = {
        let house = house.clone();
        tokio::spawn(async move { runner::serve(&house, Queue::Schedule, 8, handle).await })
    };
    assert_eq!(good.recv().await.unwrap(), b"good");
    let mut dead = house.bus.subscribe(Queue::Dead, 8).await.unwrap();
    let delivery = dead.next().await;
    assert_eq!(delivery.message().body, b"bad");
    assert_eq!(delivery.message().headers["x-reason"], "bug");
    assert_eq!(house.counters.panics.get("ringback.schedule"), 1);
    assert_eq!(house.counters.dead_letters.get("bug"), 1);
    house.stop.cancel();
    serving.await.unwrap();
}

#[tokio::test]
async fn a_message_that_comes_back_for_ever_is_dead_in_the_end() {
    let house = rooms(&[]);
    publish(&house, "again").await;
    let serving = {
        let house = house.clone();
        let handle = |_| async { Disposition::Later };
        tokio::spawn(async move { runner::serve(&house, Queue::Schedule, 8, handle).await })
    };
    let mut dead = house.bus.subscribe(Queue::Dead, 8).await.unwrap();
    let delivery = dead.next().await;
    assert_eq!(delivery.message().headers["x-reason"], "returned");
    house.stop.cancel();
    serving.await.unwrap();
}

/// A bus that meets a bug once.
#[derive(Clone)]
struct Buggy {
    bus: MemoryBus,
    is_through: Arc<AtomicBool>,
}

impl Bus for Buggy {
    type Subscription = MemorySubscription;

    async fn publish(&self, batch: Vec<(Address, Message)>) -> Vec<Result<(), PublishError>> {
        assert!(self.is_through.swap(true, Ordering::SeqCst), "a bug");
        self.bus.publish(batch).await
    }

    async fn subscribe(&self, queue: Queue, prefetch: u16) -> Result<Self::Subscription, BusError> {
        self.bus.subscribe(queue, prefetch).await
    }

    fn is_ready(&self) -> bool {
        self.bus.is_ready()
    }
}

#[tokio::test]
async fn hints_are_published_after_one_met_a_bug() {
    let bus = MemoryBus::new();
    let buggy = Buggy {
        bus: bus.clone(),
        is_through: Arc::default(),
    };
    let counters = Arc::<Counters>::default();
    let hints = Hints::over(buggy, counters.clone(), &Pulse::default());
    let mut dials = bus.subscribe(Queue::Dial, 8).await.unwrap();
    let hint = |number: u8| Hint::Dial(CallbackId::new(format!("00-{number}")));
    hints.send(hint(0));
    crate::harness::until("the bug", Duration::from_secs(20), || async {
        (counters.panics.get("hints") == 1).then_some(())
    })
    .await;
    hints.send(hint(1));
    let delivery = dials.next().await;
    assert_eq!(Hint::read(delivery.message()).unwrap(), hint(1));
}

/// A store that never says what is due.
#[derive(Clone)]
struct Stuck(MemoryStore);

impl Store for Stuck {
    async fn get(&self, keys: &[Key]) -> Result<Vec<Option<Document>>, StoreError> {
        self.0.get(keys).await
    }

    async fn commit(&self, commit: Commit) -> Result<Outcome, StoreError> {
        self.0.commit(commit).await
    }

    async fn claim_due(&self, _: usize, _: Duration) -> Result<Claim, StoreError> {
        std::future::pending().await
    }

    async fn log(&self, key: &Key, after: u64, limit: usize) -> Result<Vec<Vec<u8>>, StoreError> {
        self.0.log(key, after, limit).await
    }

    async fn range(
        &self,
        index: &IndexName,
        from: i64,
        limit: usize,
    ) -> Result<Vec<Entry>, StoreError> {
        self.0.range(index, from, limit).await
    }

    async fn count(&self, index: &IndexName, from: i64, until: i64) -> Result<u64, StoreError> {
        self.0.count(index, from, until).await
    }

    async fn time(&self) -> Result<Timestamp, StoreError> {
        self.0.time().await
    }

    fn clock(&self) -> Clock {
        self.0.clock()
    }
}

#[tokio::test(start_paused = true)]
async fn a_loop_that_stops_turning_is_named_while_the_others_turn() {
    let rooms = rooms(&[]);
    let store = Stuck(MemoryStore::new(rooms.clock.clone()));
    let house = House {
        store: Watched::prompt(store, rooms.counters.clone()),
        bus: rooms.bus.clone(),
        hints: rooms.hints.clone(),
        clock: rooms.clock.clone(),
        settings: rooms.settings.clone(),
        estimates: rooms.estimates.clone(),
        keys: rooms.keys.clone(),
        providers: rooms.providers.clone(),
        allow: rooms.allow.clone(),
        base: rooms.base.clone(),
        wishes: rooms.wishes.clone(),
        shards: rooms.shards,
        worker: rooms.worker.clone(),
        counters: rooms.counters.clone(),
        pulse: rooms.pulse.clone(),
        stop: rooms.stop.clone(),
    };
    let scheduling = tokio::spawn(scheduler::run(house.clone(), Limits::default()));
    tokio::time::sleep(STALLED / 2).await;
    assert!(house.pulse.stalled().is_empty());
    tokio::time::sleep(STALLED).await;
    assert_eq!(house.pulse.stalled(), ["alarms"]);
    scheduling.abort();
}
