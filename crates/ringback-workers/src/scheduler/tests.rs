//! One scheduler in a house in memory, whose machine's clock is not the store's.

mod poison;

use std::time::Duration;

use ringback_core::agent::{Agent, AgentState};
use ringback_core::callback::{Decision, Effect, Input, LEASE, State};
use ringback_core::ids::{AgentId, CallbackId, WorkerId};
use ringback_core::key::IndexName;
use ringback_ports::bus::{Delivery, Subscription};
use ringback_ports::clock::Clock;
use ringback_ports::store::{Change, Put};

use super::*;
use crate::house::AgentDocument;
use crate::testing::{Rooms, START, create, happened, house};

const MINUTE: Duration = Duration::from_secs(60);
const SKEW: Duration = Duration::from_millis(500);

/// The store's clock, and houses behind it, with it and ahead of it.
fn houses() -> [(Clock, Rooms); 3] {
    [START - SKEW, START, START + SKEW].map(|machine| {
        let store = Clock::manual(START);
        (store.clone(), house(store, Clock::manual(machine)))
    })
}

/// What is due is claimed and looked at, once.
async fn look_once(house: &Rooms) -> usize {
    let matcher = Matcher::new(house.clone(), Limits::default());
    let claim = house.store.claim_due(10, MINUTE).await.unwrap();
    let claimed = claim.due.len();
    for (key, due) in claim.due {
        alarms::look(house.clone(), matcher.clone(), key, (due, claim.now)).await;
    }
    claimed
}

#[tokio::test]
async fn skewed_clock_submits_when_the_store_says_so() {
    for (store, house) in houses() {
        let due = START + MINUTE * 10;
        let held = create(&house, Some(due)).await;
        store.advance(due.since(START));
        house.clock.advance(due.since(START));
        assert_eq!(look_once(&house).await, 1);
        let held = house.hold(&held.callback.id).await.unwrap().unwrap();
        let state = &held.callback.state;
        assert!(!matches!(state, State::Scheduled { .. }), "{state:?}");
    }
}

#[tokio::test]
async fn skewed_clock_finds_the_lease_over_when_the_store_says_so() {
    for (store, house) in houses() {
        let mut held = create(&house, None).await;
        let worker = WorkerId::new("dead");
        happened(&house, &mut held, Input::HandOut { agent: None }).await;
        happened(&house, &mut held, Input::Take { worker }).await;
        let mut dialers = house.bus.subscribe(Queue::Dial, 8).await.unwrap();
        store.advance(LEASE);
        house.clock.advance(LEASE);
        look_once(&house).await;
        let hint = dialers.next().await;
        let told = Hint::read(hint.message()).unwrap();
        assert_eq!(told, Hint::Dial(held.callback.id.clone()));
        let options = house.options(&held.callback);
        let early = held
            .callback
            .step(Input::Look, &options, START + LEASE - SKEW);
        assert_ne!(early, Decision::Only(vec![Effect::Dial]), "not before");
    }
}

#[tokio::test]
async fn skewed_clock_ends_wrap_up_when_the_store_says_so() {
    for (store, house) in houses() {
        let (id, until) = (AgentId::new("ann"), START + MINUTE);
        let profile = r#"{"dn":"7001"}"#;
        let agent = Agent {
            id: id.clone(),
            profile: serde_json::from_str(profile).unwrap(),
            handle_ms: None,
            state: AgentState::WrapUp { until },
        };
        let (old, version) = (agent.clone(), 0);
        let old = AgentDocument {
            agent: old,
            version,
        };
        house.commit_agent(&old, &agent).await.unwrap();
        store.advance(MINUTE);
        house.clock.advance(MINUTE);
        assert_eq!(look_once(&house).await, 1);
        let agent = house.hold_agent(&id).await.unwrap().unwrap().agent;
        assert!(matches!(agent.state, AgentState::Ready { .. }), "{agent:?}");
    }
}

/// Records of a build that compared spellings, on the shard of the spelling.
#[tokio::test]
async fn records_of_today_are_listed_by_their_number() {
    let house = house(Clock::manual(START), Clock::manual(START));
    let body = r#"{"v":1,"svc":"now","num":"6502530000","at":1800000000000,"des":1800000600000,
        "rt":{"pool":"GA:Nobody","trk":"default"},"data":{"visits":3},"lk":["visits"],
        "st":{"is":"scheduled","due":1800000600000}}"#;
    let id = CallbackId::new("07-20e740d3-8458-43d6-834d-3713c3385bac");
    let index = |name: &str| {
        IndexName::new(
            name.split_once(':').unwrap().0,
            name.split_once(':').unwrap().1,
        )
    };
    let put = Put {
        key: id.key(),
        version: 0,
        body: body.as_bytes().to_vec(),
        alarm: Some(START + 10 * MINUTE),
        log: Vec::new(),
        indexes: vec![
            (index("svc:now"), Some(1)),
            (index("num:6502530000"), Some(0)),
        ],
    };
    house.write(vec![Change::Put(put)]).await.unwrap();
    assert!(house.has_old_numbers().await.unwrap());
    house.recognize_old_numbers().await.unwrap();
    for (name, expected) in [
        ("num:6502530000", 0),
        ("num:+16502530000", 1),
        ("by:visits=3", 1),
    ] {
        let found = house.store.range(&index(name), i64::MIN, 9).await.unwrap();
        assert_eq!(found.len(), expected, "{name}");
    }
    let callback = house.hold(&id).await.unwrap().unwrap().callback;
    assert_eq!(
        callback.number.unwrap().as_written(),
        "6502530000",
        "as it was given"
    );
    assert!(
        house.has_old_numbers().await.unwrap(),
        "as long as it is kept on its shard"
    );
    house.recognize_old_numbers().await.unwrap();
}
