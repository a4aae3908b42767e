//! Customers who call, and agents who are called first.

use super::*;

fn call_in(scene: &mut Scene, from: &str) {
    let now = scene.now;
    scene
        .network
        .call_in(&id(DIALED), arrival(from), now)
        .unwrap();
}

fn offers(scene: &mut Scene) -> usize {
    std::iter::from_fn(|| scene.network.next_arrival()).count()
}

#[test]
fn a_call_is_offered_until_it_is_taken() {
    let mut scene = Scene::new("");
    call_in(&mut scene, "5110");
    assert_eq!(offers(&mut scene), 1);
    scene.pass(4_999);
    assert_eq!(offers(&mut scene), 0);
    scene.pass(5_001);
    assert_eq!(offers(&mut scene), 2);
    assert_eq!(scene.status(), up(AnsweredBy::Person, false));
    scene.pass(600_000);
    assert_eq!(offers(&mut scene), 0);
    scene.expect(&[]);
}

#[test]
fn a_customer_whom_nobody_hears_gives_up() {
    let mut scene = Scene::new("");
    call_in(&mut scene, "5110");
    scene.pass(90_000);
    scene.expect(&[(60_000, CUSTOMER_LEFT)]);
    assert_eq!(scene.status(), CallStatus::Over { connected: false });
    offers(&mut scene);
    scene.pass(90_000);
    assert_eq!(offers(&mut scene), 0);
}

#[test]
fn whoever_calls_waits_or_does_not() {
    for (from, heard) in [("5110", vec![]), ("5107", vec![(3_000, CUSTOMER_LEFT)])] {
        let mut scene = Scene::new("");
        call_in(&mut scene, from);
        scene.order(hold()).unwrap();
        scene.pass(600_000);
        scene.expect(&heard);
    }
}

#[test]
fn a_call_has_a_name_of_its_own() {
    let mut scene = Scene::answered("", "5110");
    let now = scene.now;
    let twice = scene.network.call_in(&id(DIALED), arrival("5110"), now);
    assert_eq!(twice, Err(Refusal::Known));
}

#[test]
fn an_agent_answers_then_the_customer_is_dialed() {
    let mut scene = Scene::new("talk=10");
    scene.order(summon("7001")).unwrap();
    assert_eq!(
        scene.order(dial("5110")),
        Err(Refusal::NotUp),
        "nobody is there yet"
    );
    scene.pass(2_000);
    scene.expect(&[(2_000, Report::AgentAnswered)]);
    scene.order(dial("5110")).unwrap();
    scene.pass(60_000);
    scene.expect(&[
        (3_000, RINGING),
        (5_000, answered(AnsweredBy::Person)),
        (5_000, Report::Connected),
        (15_000, CUSTOMER_LEFT),
    ]);
    assert_eq!(scene.network.tally().dials, 1);
}

/// The agent hears the machine until somebody hangs up.
#[test]
fn a_machine_is_not_connected() {
    let mut scene = Scene::new("");
    scene.order(summon("7001")).unwrap();
    scene.pass(2_000);
    scene.order(dial("5103")).unwrap();
    scene.pass(60_000);
    scene.order(CallCommand::HangUp).unwrap();
    scene.expect(&[
        (2_000, Report::AgentAnswered),
        (3_000, RINGING),
        (6_000, answered(AnsweredBy::Machine)),
        (62_000, ENDED_BY_US),
    ]);
}

#[test]
fn an_absent_agent_is_no_dial() {
    let mut scene = Scene::new("");
    scene.order(summon("7099")).unwrap();
    scene.pass(60_000);
    scene.expect(&[(15_000, Report::AgentFailed)]);
    scene.order(dial("5110")).unwrap();
    scene.pass(60_000);
    scene.expect(&[]);
    assert_eq!(scene.network.tally().dials, 0);
}
