//! Messages are hints: the same one many times at once is as good as one.

use std::collections::BTreeMap;
use std::time::Duration;

use ringback_adapters::simulator::Options;
use ringback_adapters::simulator::in_process::Simulator;
use ringback_core::access::Arrival;
use ringback_core::call::CallId;
use ringback_core::callback::{Decision, Input};
use ringback_core::event::CallbackState;
use ringback_core::ids::CallbackId;
use ringback_ports::bus::memory::MemoryBus;
use ringback_ports::bus::{Address, Bus, Message, Queue};
use ringback_ports::desk::Resource;
use ringback_workers::dialer;
use ringback_workers::hint::{Hint, Hints};
use ringback_workers::house::Committed;
use ringback_workers::ingest::FrontDesk;

use crate::harness::{Rooms, keep_services, request, rooms, until};

/// The number that customers call.
const NUMBER: &str = "8005550101";
const CALLBACKS: usize = 200;
const REPEATS: usize = 8;

/// A callback, handed out to the dialers.
async fn handed_out(house: &Rooms, number: usize) -> CallbackId {
    let id = request(house, &format!("1555{number:05}99")).await;
    let mut held = house.hold(&id).await.unwrap().unwrap();
    let options = house.options(&held.callback);
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
    let house = rooms(&[]);
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

/// A house in whose groups customers are told to call this number.
async fn called_at(number: &str) -> Rooms {
    let house = rooms(&[("_call_direction", "USERORIGINATED")]);
    keep_services(&house).await;
    let desk = FrontDesk::new(house.clone());
    let numbers = BTreeMap::from([("numbers".to_owned(), number.to_owned())]);
    let group = desk.configure_resource(Resource::ResourceGroup, "DNIS", &numbers);
    group.await.unwrap();
    house
}

/// A callback is requested, and its customer calls.
async fn called(house: &Rooms, number: usize) -> (CallbackId, CallId, Arrival) {
    let customer = format!("1555{number:05}99");
    let id = request(house, &customer).await;
    let arrival = Arrival {
        to: NUMBER.parse().unwrap(),
        from: Some(customer.parse().unwrap()),
        code: None,
    };
    (id, CallId::from_wire(format!("in-{number}")), arrival)
}

/// A call is offered to one dialer after another until one of them has it.
#[tokio::test(flavor = "multi_thread")]
async fn a_call_that_is_offered_many_times_over_stays_with_its_callback() {
    let house = called_at(NUMBER).await;
    for number in 0..CALLBACKS {
        let (id, call, arrival) = called(&house, number).await;
        let offers = (0..REPEATS).map(|_| {
            let (house, call, arrival) = (house.clone(), call.clone(), arrival.clone());
            tokio::spawn(async move { house.take_arrival(&call, &arrival).await.unwrap() })
        });
        for taken in futures_util::future::join_all(offers).await {
            assert_eq!(taken.unwrap().unwrap().id, id);
        }
        let other = CallId::from_wire(format!("other-{number}"));
        let taken = house.take_arrival(&other, &arrival).await.unwrap();
        assert!(taken.is_none(), "nobody expects another call");
    }
}

/// The customer is on the phone: nobody waits for a broker that is away.
#[tokio::test(flavor = "multi_thread")]
async fn a_call_is_answered_by_the_dialer_that_hears_of_it_without_a_hint() {
    let mut house = called_at(NUMBER).await;
    house.hints = Hints::over(MemoryBus::new(), house.counters.clone(), &house.pulse);
    let phone = Simulator::in_process(Options::parse("speed=10").unwrap());
    let dialing = tokio::spawn(dialer::run(house.clone(), phone.clone()));
    let (id, call, arrival) = called(&house, 0).await;
    phone.call_in(&call, arrival).unwrap();
    until(
        "the customer on the line",
        Duration::from_secs(10),
        || async {
            let held = house.hold(&id).await.unwrap().unwrap();
            (held.callback.callback_state() == CallbackState::Routing).then_some(())
        },
    )
    .await;
    house.stop.cancel();
    dialing.await.unwrap();
}
