//! Two dialers in a house in memory. One is stopped for longer than its lease, as SIGSTOP would, and goes on in the middle of
//! what it was doing; meanwhile the other has its call.

use std::sync::Mutex;
use std::time::Duration;

use ringback_core::call::{AnsweredBy, CallCommand, CallStatus, Report};
use ringback_core::callback::{LEASE, Phase};
use ringback_core::ids::WorkerId;
use ringback_core::trunk::TrunkLimits;
use ringback_ports::bus::memory::MemoryBus;
use ringback_ports::clock::Clock;
use ringback_ports::store::memory::MemoryStore;
use ringback_ports::telephony::PhoneError;

use super::*;
use crate::testing::{Rooms, START, create, happened, house};

const PATIENCE: Duration = Duration::from_secs(10);

/// One dialer's access to a phone network that knows one call, on which a person has answered.
#[derive(Clone, Default)]
pub(super) struct Phone(Arc<Mutex<Vec<&'static str>>>, TrunkLimits);

impl Phone {
    /// What it was asked for, in order.
    pub(super) fn asked(&self) -> Vec<&'static str> {
        self.0.lock().unwrap().clone()
    }

    fn note(&self, what: &'static str) {
        self.0.lock().unwrap().push(what);
    }
}

impl Telephony for Phone {
    async fn send(&self, _call: &CallId, command: CallCommand) -> Result<(), PhoneError> {
        self.note(match command {
            CallCommand::Dial(_) => "dial",
            CallCommand::Summon { .. } => "summon",
            CallCommand::Play { .. } => "play",
            CallCommand::Hold { .. } => "hold",
            CallCommand::Connect { .. } => "connect",
            CallCommand::HangUp => "hang up",
        });
        Ok(())
    }

    async fn inspect(&self, _call: &CallId) -> Result<CallStatus, PhoneError> {
        self.note("inspect");
        let by = AnsweredBy::Person;
        Ok(CallStatus::Up {
            by,
            connected: false,
        })
    }

    async fn next_event(&self) -> PhoneEvent {
        std::future::pending().await
    }

    fn is_ready(&self) -> bool {
        true
    }

    fn trunk_limits(&self) -> TrunkLimits {
        self.1
    }
}

pub(super) type One = Arc<Dialer<MemoryStore, MemoryBus, Phone>>;

/// Two dialers, and a callback that is handed out.
pub(super) struct Scene {
    pub(super) clock: Clock,
    pub(super) house: Rooms,
    pub(super) held: Held,
    pub(super) first: One,
    pub(super) second: One,
    pub(super) phones: [Phone; 2],
}

impl Scene {
    async fn begin() -> Self {
        Self::within(TrunkLimits::default()).await
    }

    /// Where a trunk group takes only so much.
    pub(super) async fn within(limits: TrunkLimits) -> Self {
        let clock = Clock::manual(START);
        let house = house(clock.clone(), clock.clone());
        let mut held = create(&house, None).await;
        happened(&house, &mut held, Input::HandOut { agent: None }).await;
        let phones = [(); 2].map(|()| Phone(Arc::default(), limits));
        let dialer = |name, phone: &Phone| {
            let worker = WorkerId::new(name);
            let own = House {
                worker,
                ..house.clone()
            };
            Dialer::new(own, phone.clone())
        };
        Self {
            first: dialer("first", &phones[0]),
            second: dialer("second", &phones[1]),
            clock,
            house,
            held,
            phones,
        }
    }

    /// The dialer looks at the callback, as a hint asks it to.
    pub(super) async fn look(&self, dialer: &One) {
        let permit = dialer.calls.permit(&dialer.house.stop).await.unwrap();
        dialer
            .look_at(&self.held.callback.id, permit)
            .await
            .unwrap();
    }

    /// The first one dials, and is stopped until the second has taken its call over and greets the customer.
    async fn stopped_while_dialing() -> (Self, CallId) {
        let scene = Self::begin().await;
        scene.look(&scene.first).await;
        scene
            .until(|scene| scene.phones[0].asked() == ["dial"])
            .await;
        let call = scene.now().await.callback.call();
        scene.clock.advance(LEASE);
        scene.look(&scene.second).await;
        scene
            .until(|scene| scene.phones[1].asked() == ["inspect", "play"])
            .await;
        (scene, call)
    }

    pub(super) async fn now(&self) -> Held {
        self.house
            .hold(&self.held.callback.id)
            .await
            .unwrap()
            .unwrap()
    }

    async fn until(&self, is_so: impl Fn(&Self) -> bool) {
        let looks = async {
            while !is_so(self) {
                tokio::task::yield_now().await;
            }
        };
        let waited = tokio::time::timeout(PATIENCE, looks).await;
        assert!(
            waited.is_ok(),
            "{:?}",
            self.phones.each_ref().map(Phone::asked)
        );
    }

    /// Until the dialer has nothing to do with any call.
    pub(super) async fn until_idle(&self, dialer: &One) {
        let permits = dialer.calls.drained();
        tokio::time::timeout(PATIENCE, permits)
            .await
            .expect("its calls end");
    }

    /// The second one still has the customer on the line.
    async fn is_undisturbed(&self) {
        let callback = self.now().await.callback;
        let State::OnCall { leg, phase } = &callback.state else {
            panic!("{callback:?} is no longer on a call");
        };
        assert_eq!(leg.owner, WorkerId::new("second"));
        assert!(matches!(phase, Phase::Greeting { .. }), "{phase:?}");
        assert_eq!(self.phones[1].asked(), ["inspect", "play"]);
    }
}

#[tokio::test]
async fn frozen_dialer_does_not_hang_up_the_call_of_its_successor() {
    let (scene, call) = Scene::stopped_while_dialing().await;
    // What it heard before it was stopped: a decision that begins with a hang-up.
    let by = AnsweredBy::Fax;
    let late = News::Report(Report::Answered { by });
    scene.first.calls.tell(&call, late);
    scene.until_idle(&scene.first).await;
    assert_eq!(scene.phones[0].asked(), ["dial"]);
    scene.is_undisturbed().await;
}

#[tokio::test]
async fn frozen_dialer_does_not_ask_for_the_reports_of_its_successor() {
    let (scene, call) = Scene::stopped_while_dialing().await;
    scene.first.calls.tell(&call, News::Gap);
    scene.until_idle(&scene.first).await;
    assert_eq!(scene.phones[0].asked(), ["dial"]);
    scene.is_undisturbed().await;
}

#[tokio::test]
async fn frozen_dialer_whose_call_nobody_took_goes_on_with_it() {
    let scene = Scene::begin().await;
    scene.look(&scene.first).await;
    scene
        .until(|scene| scene.phones[0].asked() == ["dial"])
        .await;
    let call = scene.now().await.callback.call();
    scene.clock.advance(LEASE * 2);
    let by = AnsweredBy::Person;
    scene
        .first
        .calls
        .tell(&call, News::Report(Report::Answered { by }));
    scene
        .until(|scene| scene.phones[0].asked() == ["dial", "play"])
        .await;
    let callback = scene.now().await.callback;
    let leg = callback.state.leg().unwrap();
    assert!(leg.is_safe_for(&WorkerId::new("first"), scene.clock.now()));
}

/// A cancel came while it was stopped, and another dialer has hung up for it.
#[tokio::test]
async fn frozen_dialer_leaves_a_cancelled_call_to_its_successor() {
    let scene = Scene::begin().await;
    scene.look(&scene.first).await;
    scene
        .until(|scene| scene.phones[0].asked() == ["dial"])
        .await;
    let mut held = scene.now().await;
    let call = held.callback.call();
    let cancel = Input::Cancel(ringback_core::event::Reason::Cancelled);
    happened(&scene.house, &mut held, cancel).await;
    scene.clock.advance(LEASE);
    scene.look(&scene.second).await;
    scene
        .until(|scene| scene.phones[1].asked() == ["hang up"])
        .await;
    scene.first.calls.tell(&call, News::Look);
    scene.until_idle(&scene.first).await;
    assert_eq!(scene.phones[0].asked(), ["dial"]);
}
