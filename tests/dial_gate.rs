//! The gate that every dial passes, as users meet it: one call at a time to each customer, within the office hours.

use std::time::Duration;

use futures_util::future::join_all;
use ringback_adapters::simulator::Options;
use ringback_adapters::simulator::in_process::Simulator;
use ringback_core::callback::{Decision, HeldBy, Input};
use ringback_core::event::CallbackState;
use ringback_core::ids::{CallbackId, ServiceName};
use ringback_core::time::Timestamp;
use ringback_ports::clock::Clock;
use ringback_ports::desk::{Desk, Resource, ResourceDesk};
use ringback_workers::dialer;
use ringback_workers::hint::Hint;
use ringback_workers::house::Committed;
use ringback_workers::ingest::FrontDesk;
use ringback_workers::scheduler::{self, Limits};
use serde_json::{Value, json};

use crate::harness::{Rooms, Up, keep_services, ready_agents, request, rooms_at, until};

const LIMIT: Duration = Duration::from_secs(30);
const CUSTOMERS: usize = 50;

fn house(options: &[(&str, &str)], now: &str) -> Rooms {
    rooms_at(Clock::manual(Timestamp::parse(now).unwrap()), options)
}

/// A callback, handed out to the dialers.
async fn handed_out(house: &Rooms, number: &str) -> CallbackId {
    let id = request(house, number).await;
    let mut held = house.hold(&id).await.unwrap().unwrap();
    let options = house.options(&held.callback);
    let hand_out = Input::HandOut { agent: None };
    let Decision::Step(step) = held.callback.step(hand_out, &options, house.clock.now()) else {
        panic!("{held:?} cannot be handed out");
    };
    let committed = house.commit(&mut held, &step).await.unwrap();
    assert_eq!(committed, Committed::Yes);
    house.hints.send(Hint::Dial(id.clone()));
    id
}

/// The callback on the line, and the one that waits for the end of that call.
async fn apart(house: &Rooms, pair: &[CallbackId; 2]) -> (CallbackId, CallbackId) {
    until("one on the line, one held back", LIMIT, || async {
        let [one, other] = pair.each_ref();
        for (first, second) in [(one, other), (other, one)] {
            let [called, waits] = [first, second].map(|id| house.hold(id));
            let (called, waits) = (called.await.unwrap()?, waits.await.unwrap()?);
            let on_line = called.callback.callback_state() == CallbackState::Routing;
            let hold = waits.callback.hold().map(|hold| hold.by);
            if on_line && hold == Some(HeldBy::AnotherCall) {
                return Some((first.clone(), second.clone()));
            }
        }
        None
    })
    .await
}

/// Both are handed out at once, for each of the customers; whoever comes second waits until the call is over.
#[tokio::test(flavor = "multi_thread")]
async fn two_starts_for_one_number_ring_it_one_after_the_other() {
    let house = house(&[], "2026-12-01T09:00:00.000Z");
    let phone = Simulator::in_process(Options::parse("instant=true").unwrap());
    let mut pairs = Vec::new();
    for customer in 0..CUSTOMERS {
        let number = format!("1555{customer:05}99");
        let [one, other] = [0, 1].map(|_| handed_out(&house, &number));
        pairs.push([one.await, other.await]);
    }
    let dialing = tokio::spawn(dialer::run(house.clone(), phone.clone()));
    let apart = join_all(pairs.iter().map(|pair| apart(&house, pair))).await;
    assert_eq!(phone.tally().dials, CUSTOMERS as u64);

    let scheduling = tokio::spawn(scheduler::run(house.clone(), Limits::default()));
    let desk = FrontDesk::new(house.clone());
    let (called, waits) = apart.into_iter().next().unwrap();
    let shown = desk.timeline(&waits).await.unwrap();
    let shown = serde_json::to_value(shown).unwrap();
    let reason = shown["waits_for"].as_str().unwrap();
    assert!(reason.contains("another call"), "{shown}");
    assert!(shown["due"].is_string(), "{shown}");
    let told = shown["events"].as_array().unwrap().last().unwrap();
    assert_eq!(told["_held_by"], "another_call", "{shown}");
    house.clock.advance(Duration::from_secs(20));
    until("another look", LIMIT, || async {
        let held = house.hold(&waits).await.unwrap().unwrap();
        let hold = held.callback.hold().copied()?;
        (hold.until > house.clock.now()).then_some(())
    })
    .await;
    assert_eq!(
        phone.tally().dials,
        CUSTOMERS as u64,
        "the other call goes on"
    );
    desk.cancel(&ServiceName::new("now"), &called)
        .await
        .unwrap();
    until("the call after it", LIMIT, || async {
        house.clock.advance(Duration::from_secs(5));
        let held = house.hold(&waits).await.unwrap().unwrap();
        (held.callback.attempts == 1).then_some(())
    })
    .await;
    house.stop.cancel();
    for task in [dialing, scheduling] {
        task.await.unwrap();
    }
    let tally = phone.tally();
    assert_eq!((tally.dials, tally.dialed_twice), (CUSTOMERS as u64 + 1, 0));
}

fn time_of(timeline: &Value, event: &str) -> Timestamp {
    let mut events = timeline["events"].as_array().unwrap().iter();
    let found = events.find(|found| found["event_id"] == event);
    Timestamp::parse(found.unwrap()["time"].as_str().unwrap()).unwrap()
}

/// The first callback is over when customer and agent talk; the customer is not called while they do.
#[tokio::test]
async fn nobody_is_called_during_a_conversation() {
    let config = format!(
        "[services.one]\ntemplate = \"User Terminated Delayed\"\n_target = \"Sales@Stat.GA\"\n\
         [services.other]\ntemplate = \"User Terminated Delayed\"\n_target = \"Sales@Stat.GA\"\n{}",
        ready_agents(2)
    );
    let up = Up::start(&config, "speed=20&talk=60").await;
    let number = || json!({"_customer_number": "5115"});
    let first = up.client.start("one", number()).await;
    let first = up.client.until_over(&first, LIMIT).await;
    assert_eq!(first["record"]["_callback_reason"], "AGENT_CONNECTED");
    let second = up.client.start("other", number()).await;
    let waits = until("the reason", LIMIT, || async {
        let waits = up.client.timeline(&second).await["waits_for"].clone();
        Some(waits).filter(|waits| waits.as_str().is_some_and(|it| it.contains("another call")))
    })
    .await;
    let (worked, said) = up.say(&["callback", "show", &second]);
    assert!(worked && said.contains(waits.as_str().unwrap()), "{said}");
    let second = up.client.until_over(&second, LIMIT).await;
    assert_eq!(second["record"]["_callback_reason"], "AGENT_CONNECTED");
    let connected = time_of(&first, "_cbe_on_route_to_agent");
    let dialed = time_of(&second, "_cbe_on_dial_init");
    assert!(
        dialed >= connected + Duration::from_secs(3),
        "{first} {second}"
    );
}

/// A request at once on a Sunday, of a service that takes it: on Monday, by the clock of the office, it is dialed.
#[tokio::test(flavor = "multi_thread")]
async fn what_comes_outside_the_office_hours_waits_for_the_next_opening() {
    let options = [("_business_hours_service", "week")];
    let house = house(&options, "2026-11-22T12:00:00.000Z");
    keep_services(&house).await;
    let desk = FrontDesk::new(house.clone());
    let week = json!({"_timezone": "Europe/Paris", "_bh_regular1": "Mon-Fri 08:00-20:00"});
    let week = week.as_object().unwrap().clone();
    let saved = desk.put_resource(Resource::OfficeHours, "week", week, None);
    saved.await.unwrap();
    let id = request(&house, "5115").await;
    let phone = Simulator::in_process(Options::parse("instant=true").unwrap());
    let dialing = tokio::spawn(dialer::run(house.clone(), phone.clone()));
    let scheduling = tokio::spawn(scheduler::run(house.clone(), Limits::default()));
    let shown = serde_json::to_value(desk.timeline(&id).await.unwrap()).unwrap();
    let monday = "2026-11-23T07:00:00.000Z";
    assert_eq!(
        shown["waits_for"],
        format!("the office to open at {monday}")
    );
    assert_eq!(shown["due"], monday);
    let events = shown["events"].as_array().unwrap();
    assert_eq!(
        events.last().unwrap()["_held_by"],
        "office_hours",
        "{shown}"
    );
    let attempts = || async { house.hold(&id).await.unwrap().unwrap().callback.attempts };
    let looks = || async { house.hold(&id).await.unwrap().unwrap().version };
    let before = looks().await;
    house.clock.advance(Duration::from_secs(18 * 3600));
    until("a look on Sunday", LIMIT, || async {
        (looks().await > before).then_some(())
    })
    .await;
    assert_eq!(attempts().await, 0);
    house.clock.advance(Duration::from_secs(3600));
    until("the call on Monday", LIMIT, || async {
        (attempts().await == 1).then_some(())
    })
    .await;
    house.stop.cancel();
    for task in [dialing, scheduling] {
        task.await.unwrap();
    }
}
