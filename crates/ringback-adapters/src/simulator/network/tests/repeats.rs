//! Orders that come again.

use super::*;

#[test]
fn a_hang_up_ends_any_call_once() {
    let mut scene = Scene::dialed("", "5110");
    scene.pass(1_000);
    scene.order(CallCommand::HangUp).unwrap();
    scene.order(CallCommand::HangUp).unwrap();
    scene.pass(60_000);
    scene.expect(&[(1_000, RINGING), (1_000, ENDED_BY_US)]);
    let result = CallResult::Dropped;
    assert_eq!(scene.status(), CallStatus::Failed { result });

    let mut scene = Scene::answered("", "5110");
    scene.order(play()).unwrap();
    scene.order(connect("7001")).unwrap();
    scene.order(CallCommand::HangUp).unwrap();
    scene.pass(60_000);
    scene.expect(&[(3_000, ENDED_BY_US)]);
    assert_eq!(scene.status(), CallStatus::Over { connected: false });
    assert_eq!(scene.order(play()), Err(Refusal::NotUp));
}

#[test]
fn a_silent_call_is_not_heard_of_even_when_it_is_ended() {
    let mut scene = Scene::dialed("", "5109");
    scene.pass(60_000);
    scene.order(CallCommand::HangUp).unwrap();
    scene.expect(&[]);
    let result = CallResult::Dropped;
    assert_eq!(scene.status(), CallStatus::Failed { result });
    assert_eq!(scene.network.dialed(&id(DIALED)).dials, 1);
}

#[test]
fn a_repeated_dial_counts_as_an_order_only() {
    let mut scene = Scene::dialed("", "5110");
    for _ in 0..3 {
        scene.order(dial("5110")).unwrap();
        scene.pass(1_500);
    }
    scene.order(CallCommand::HangUp).unwrap();
    scene.order(dial("5110")).unwrap();
    scene.pass(60_000);
    scene.expect(&[
        (1_000, RINGING),
        (3_000, answered(AnsweredBy::Person)),
        (4_500, ENDED_BY_US),
    ]);
    let dialed = scene.network.dialed(&id(DIALED));
    assert_eq!((dialed.dials, dialed.orders), (1, 5));
    assert_eq!(
        scene.network.tally(),
        Tally {
            calls: 1,
            dials: 1,
            orders_repeated: 4,
            ..Tally::default()
        }
    );
}

#[test]
fn a_closed_call_id_is_never_dialed() {
    let inspected: fn(&mut Scene) = |scene| assert_eq!(scene.status(), CallStatus::Unknown);
    let hung_up: fn(&mut Scene) = |scene| scene.order(CallCommand::HangUp).unwrap();
    for close in [inspected, hung_up] {
        let mut scene = Scene::new("instant=true");
        close(&mut scene);
        assert_eq!(scene.order(dial("5110")), Err(Refusal::Closed));
        close(&mut scene);
        assert_eq!(scene.order(dial("5110")), Err(Refusal::Closed));
        scene.expect(&[]);
        let dialed = scene.network.dialed(&id(DIALED));
        assert_eq!((dialed.dials, dialed.orders), (0, 2));
        assert_eq!(scene.network.tally().orders_refused, 2);
    }
}

#[test]
fn to_count_closes_nothing() {
    let mut scene = Scene::new("instant=true");
    assert_eq!(
        scene.network.dialed(&id(DIALED)).status,
        CallStatus::Unknown
    );
    assert_eq!(scene.order(dial("5110")), Ok(()));
}

#[test]
fn a_number_that_is_dialed_for_two_calls_shows() {
    let mut network = Network::new(Options::default());
    let now = Instant::now();
    let number: PhoneNumber = "5110".parse().unwrap();
    for (call, dialed_twice) in [("a", 0), ("b", 1), ("c", 1)] {
        network.command(&id(call), dial("5110"), now).unwrap();
        assert_eq!(network.tally().numbers_dialed_twice, dialed_twice);
    }
    assert_eq!(network.dialed_number(&number), 3);
    let tally = network.tally();
    assert_eq!((tally.calls, tally.dials, tally.live), (3, 3, 3));
    assert_eq!(tally.dialed_twice, 0);
}
