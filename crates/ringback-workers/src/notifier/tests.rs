//! One notifier in a house in memory. A post is answered when the test says so.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use ringback_core::call::{AnsweredBy, Report};
use ringback_core::callback::{Callback, Decision, Input, NewCallback};
use ringback_core::ids::{CallbackId, ServiceName, SubscriptionId, WorkerId};
use ringback_core::key::{Kind, Shards};
use ringback_core::lane::LEASE;
use ringback_core::phone::{Country, CustomerNumber};
use ringback_core::service::{Service, Template};
use ringback_core::time::Timestamp;
use ringback_ports::bus::memory::MemoryBus;
use ringback_ports::clock::Clock;
use ringback_ports::sender::{Post, Receipt, SendError};
use ringback_ports::store::memory::MemoryStore;
use ringback_telemetry::Counters;
use serde_json::{Map, json};
use tokio::sync::{Semaphore, mpsc};
use tokio_util::sync::CancellationToken;
use url::Url;

use super::deliver::PROGRESS;
use super::*;
use crate::heartbeat::Pulse;
use crate::hint::Hints;
use crate::house::{Created, Estimates, HINT_TIME, Held, NewSetting, Wishes};
use crate::settings::{Register, SettingKind};
use crate::watched::Watched;

const PATIENCE: Duration = Duration::from_secs(10);

type Rooms = House<MemoryStore, MemoryBus>;

/// Tells where each post goes and its number, and answers when it may.
#[derive(Clone)]
struct Desk {
    posted: mpsc::UnboundedSender<String>,
    may: Arc<Semaphore>,
}

impl Sender for Desk {
    async fn post(&self, post: Post) -> Result<Receipt, SendError> {
        let path = Url::parse(&post.url).unwrap().path().to_owned();
        let sequence = |(name, _): &&(&str, String)| *name == "ringback-sequence";
        let number = &post.headers.iter().find(sequence).unwrap().1;
        self.posted.send(format!("{path} {number}")).unwrap();
        self.may.acquire().await.unwrap().forget();
        Ok(Receipt {
            status: 204,
            retry_after: None,
            answer: String::new(),
        })
    }
}

/// A house with a notifier at work, and one callback.
struct Scene {
    house: Rooms,
    held: Held,
    /// How many the notifier was sent.
    hints: u64,
    posted: mpsc::UnboundedReceiver<String>,
    may: Arc<Semaphore>,
}

impl Scene {
    async fn begin(house: Rooms) -> Self {
        let (sender, posted) = mpsc::unbounded_channel();
        let may = Arc::new(Semaphore::new(0));
        let desk = Desk {
            posted: sender,
            may: may.clone(),
        };
        tokio::spawn(run(house.clone(), desk, NotifierOptions::default()));
        let new = NewCallback {
            id: CallbackId::new("07-20e740d3-8458-43d6-834d-3713c3385bac"),
            number: Some(CustomerNumber::read("5115".parse().unwrap(), Country::DEFAULT).unwrap()),
            desired: None,
            overrides: BTreeMap::new(),
            user_data: Map::new(),
            trace: None,
            fingerprint: None,
        };
        let service = house.service(&ServiceName::new("now")).unwrap();
        let (callback, events) = Callback::accept(new, &service, None, house.clock.now()).unwrap();
        assert_eq!(
            house.create(&callback, &events, &[]).await.unwrap(),
            Created::New
        );
        let version = 1;
        Self {
            held: Held { callback, version },
            hints: 1,
            house,
            posted,
            may,
        }
    }

    /// Something happens to the callback.
    async fn happens(&mut self, house: &Rooms, input: Input) {
        let options = house.options(&self.held.callback);
        let Decision::Step(step) = self.held.callback.step(input, &options, house.clock.now())
        else {
            panic!("{:?} stays", self.held);
        };
        self.hints += u64::from(!step.events.is_empty());
        let committed = house.commit(&mut self.held, &step).await.unwrap();
        assert_eq!(committed, Committed::Yes);
    }

    /// Until the notifier has looked at all hints so far.
    async fn looked(&self) {
        // Each yield lets every other task of this thread go on.
        for _ in 0..1000 {
            tokio::task::yield_now().await;
        }
        assert_eq!(self.house.counters.messages_handled.get(), self.hints);
    }

    /// Until it has looked at them, and at those that these have led to.
    async fn looked_twice(&self) {
        for _ in 0..2000 {
            tokio::task::yield_now().await;
        }
    }

    async fn next(&mut self) -> String {
        let posted = tokio::time::timeout(PATIENCE, self.posted.recv()).await;
        posted.expect("nothing more is posted").unwrap()
    }

    /// The next post.
    async fn posted(&mut self, expected: &str) {
        assert_eq!(self.next().await, expected);
    }

    /// The post in hand is answered.
    async fn answered(&self) {
        self.may.add_permits(1);
        self.looked().await;
    }
}

fn house() -> Rooms {
    let counters = Arc::<Counters>::default();
    let clock = Clock::manual(Timestamp::from_millis(1_800_000_000_000));
    let bus = MemoryBus::new();
    let options = [
        ("_target", "Nobody@Stat.GA"),
        ("_enable_status_notification", "subscribe_notify"),
        ("_status_notification_target", "http://127.0.0.1:1/own"),
    ];
    let options = options.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let (name, template) = (ServiceName::new("now"), Template::UserTerminatedImmediate);
    let service = Service::parse(name.clone(), template, options.into()).unwrap();
    House {
        store: Watched::prompt(MemoryStore::new(clock.clone()), counters.clone()),
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
        worker: WorkerId::new("notifier"),
        counters,
        pulse: Pulse::default(),
        stop: CancellationToken::new(),
    }
}

fn course() -> [Input; 4] {
    let by = AnsweredBy::Person;
    let worker = WorkerId::new("dialer");
    [
        Input::HandOut { agent: None },
        Input::Take { worker },
        Input::Report(Report::Answered { by }),
        Input::Report(Report::TreatmentDone),
    ]
}

/// Its hint finds the lane held, and the deliverer has just read the log.
#[tokio::test]
async fn what_happens_while_a_lane_catches_up_is_told_too() {
    let house = house();
    let mut scene = Scene::begin(house.clone()).await;
    let [hand_out, take, answer, greeted] = course();
    scene.posted("/own 1").await;
    scene.happens(&house, hand_out).await;
    scene.happens(&house, take).await;
    scene.looked().await;
    scene.answered().await;
    scene.posted("/own 2").await;
    scene.answered().await;
    // The lane was about to rest, and has found one more.
    scene.posted("/own 3").await;
    scene.happens(&house, answer).await;
    scene.looked().await;
    for next in ["4", "5"] {
        scene.answered().await;
        scene.posted(&format!("/own {next}")).await;
    }
    scene.happens(&house, greeted).await;
    scene.looked().await;
    scene.answered().await;
    scene.posted("/own 6").await;
}

/// What is written down in the middle of a slow lane meets the sign that something has happened.
#[tokio::test(start_paused = true)]
async fn what_happens_before_progress_is_written_is_told_too() {
    let house = house();
    let mut scene = Scene::begin(house.clone()).await;
    let [hand_out, take, ..] = course();
    scene.posted("/own 1").await;
    scene.happens(&house, hand_out).await;
    scene.happens(&house, take).await;
    scene.looked().await;
    tokio::time::advance(PROGRESS * 2).await;
    scene.answered().await;
    scene.posted("/own 2").await;
    scene.answered().await;
    scene.posted("/own 3").await;
    scene.answered().await;
}

/// The hint of what happened is lost while the lane is held.
#[tokio::test]
async fn what_subscriptions_have_missed_is_left_to_the_alarm() {
    let house = house();
    subscribe(&house).await;
    let mut scene = Scene::begin(house.clone()).await;
    let [hand_out, take, ..] = course();
    scene.happens(&house, hand_out).await;
    // One at a time, the callback's own target and the subscription.
    let mut both = [scene.next().await, scene.next().await];
    both.sort_unstable();
    assert_eq!(both, ["/own 1", "/subscribed 1"]);
    let deaf = House {
        hints: Hints::over(MemoryBus::new(), house.counters.clone(), &house.pulse),
        ..house.clone()
    };
    scene.happens(&deaf, take).await;
    scene.hints = 2;
    for _ in 0..5 {
        scene.answered().await;
    }
    let mut told = Vec::new();
    while let Ok(posted) = scene.posted.try_recv() {
        told.push(posted);
    }
    told.sort_unstable();
    assert_eq!(told, ["/own 2", "/own 3", "/subscribed 2"]);

    house.clock.advance(HINT_TIME);
    let claim = house.store.claim_due(10, LEASE).await.unwrap();
    let lane = LaneId::head(&scene.held.callback.id);
    let due: Vec<_> = claim.due.iter().map(|(key, _)| key).collect();
    assert_eq!(due, [&lane.key()]);
    house.hints.send(Hint::Notify(lane));
    scene.hints += 2;
    scene.posted("/subscribed 3").await;
    scene.answered().await;
    house.clock.advance(LEASE);
    let left = house.store.claim_due(10, LEASE).await.unwrap().due;
    assert!(
        left.iter().all(|(key, _)| key.kind() != Kind::Lane),
        "{left:?}"
    );
}

/// A notifier that is stopped for longer than its hold on a lane leaves the rest to whoever has the lane then.
#[tokio::test]
async fn frozen_notifier_leaves_what_comes_next_to_its_successor() {
    let house = house();
    let mut scene = Scene::begin(house.clone()).await;
    let [hand_out, take, ..] = course();
    scene.posted("/own 1").await;
    scene.happens(&house, hand_out).await;
    scene.happens(&house, take).await;
    scene.looked().await;
    house.clock.advance(LEASE);
    let (sender, mut posted) = mpsc::unbounded_channel();
    let may = Arc::new(Semaphore::new(100));
    let desk = Desk {
        posted: sender,
        may,
    };
    let successor = Arc::new(Notifier {
        targets: Targets::new(house.counters.clone()),
        deliverers: TaskTracker::new(),
        house: House {
            worker: WorkerId::new("successor"),
            ..house.clone()
        },
        sender: desk,
        options: NotifierOptions::default(),
    });
    successor
        .see_to(&LaneId::head(&scene.held.callback.id))
        .await
        .unwrap();
    for number in 1..=3 {
        let told = tokio::time::timeout(PATIENCE, posted.recv()).await.unwrap();
        assert_eq!(told.unwrap(), format!("/own {number}"));
    }
    // The post in hand is answered at last.
    scene.may.add_permits(100);
    scene.looked_twice().await;
    let late = scene.posted.try_recv();
    assert!(late.is_err(), "{late:?} after its successor");
}

/// What was published when nobody subscribed is nobody's.
#[tokio::test]
async fn a_subscription_that_comes_back_is_told_again() {
    let house = house();
    subscribe(&house).await;
    let mut scene = Scene::begin(house.clone()).await;
    scene.may.add_permits(100);
    let [hand_out, take, answer, greeted] = course();
    scene.looked_twice().await;
    house
        .unsubscribe(&SubscriptionId::new("everything"))
        .await
        .unwrap();
    for input in [hand_out, take] {
        house.clock.advance(Duration::from_secs(1));
        scene.happens(&house, input).await;
        scene.looked_twice().await;
    }
    house.clock.advance(Duration::from_secs(1));
    subscribe(&house).await;
    for input in [answer, greeted] {
        scene.happens(&house, input).await;
        scene.looked_twice().await;
    }
    let mut told = Vec::new();
    while let Ok(posted) = scene.posted.try_recv() {
        told.extend(posted.strip_prefix("/subscribed ").map(str::to_owned));
    }
    assert_eq!(told, ["1", "2", "3", "4", "5"], "two before, three after");
}

async fn subscribe(house: &Rooms) {
    // What is read when settings have changed.
    for service in house.services().values() {
        let desk = crate::ingest::FrontDesk::new(house.clone());
        desk.configure_service(service).await.unwrap();
    }
    let now = house.clock.now();
    let recipient = json!({"a": "http://127.0.0.1:1/subscribed"});
    let subscription = json!({
        "id": "everything", "subscriber": "crm", "filter": "*", "created": now,
        "expires": now + Duration::from_secs(86_400), "recipient": recipient,
    });
    let body = serde_json::to_vec(&subscription).unwrap();
    let set = house.set(SettingKind::Subscription, "everything", |_| {
        let (body, alarm) = (body.clone(), None);
        Ok::<_, HouseError>(Some(NewSetting { body, alarm }))
    });
    set.await.unwrap();
}
