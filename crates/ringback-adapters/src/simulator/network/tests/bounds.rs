//! Nothing grows without end.

use super::super::refusal::MAX_CALL_ID;
use super::*;

#[test]
fn the_past_is_bounded() {
    let bounds = Bounds {
        kept: 10,
        ..Bounds::DEFAULT
    };
    let mut network = Network::bounded(Options::parse("instant=true").unwrap(), bounds);
    let now = Instant::now();
    network.command(&id("alive"), dial("5110"), now).unwrap();
    for n in 0..50 {
        network
            .command(&id(&format!("lost{n}")), dial("5101"), now)
            .unwrap();
        network.inspect(&id(&format!("closed{n}")), now);
    }
    assert_eq!(network.dialed(&id("lost44")).dials, 0, "forgotten");
    assert_eq!(network.dialed(&id("lost45")).dials, 1, "kept");
    assert_eq!(network.dialed(&id("alive")).dials, 1, "a live call is kept");
    assert_eq!(network.dialed_number(&"5101".parse().unwrap()), 5);
    assert_eq!((network.tally().calls, network.tally().live), (51, 1));
}

#[test]
fn the_present_is_bounded() {
    let bounds = Bounds {
        live: 2,
        ..Bounds::DEFAULT
    };
    let mut network = Network::bounded(Options::default(), bounds);
    let now = Instant::now();
    for call in ["a", "b"] {
        network.command(&id(call), dial("5110"), now).unwrap();
    }
    let refused = network.command(&id("c"), dial("5110"), now);
    assert_eq!(refused, Err(Refusal::Full(2)));
    network.command(&id("b"), dial("5110"), now).unwrap();
    network.command(&id("a"), CallCommand::HangUp, now).unwrap();
    network.command(&id("c"), dial("5110"), now).unwrap();
    assert_eq!(
        (network.tally().live, network.tally().orders_refused),
        (2, 1)
    );
}

#[test]
fn call_ids_are_bounded() {
    let mut network = Network::new(Options::default());
    let now = Instant::now();
    for (length, taken) in [
        (0, false),
        (1, true),
        (MAX_CALL_ID, true),
        (MAX_CALL_ID + 1, false),
    ] {
        let call = id(&"x".repeat(length));
        let outcome = network.command(&call, dial("5110"), now);
        assert_eq!(outcome == Ok(()), taken, "{outcome:?}");
        assert_eq!(network.inspect(&call, now) == CallStatus::Ringing, taken);
        assert_eq!(network.is_live(&call), taken);
    }
}

#[test]
fn no_timeout_is_too_long() {
    let mut scene = Scene::new("");
    let order = DialOrder {
        ring_timeout: Duration::MAX,
        ..order("5102")
    };
    scene.order(CallCommand::Dial(order)).unwrap();
    scene.pass(24 * 3_600_000);
    scene.expect(&[(1_000, RINGING), (86_400_000, failed(CallResult::NoAnswer))]);
}
