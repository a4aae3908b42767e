//! Nobody is ready who is not known to be.

use proptest::prelude::*;

use super::*;

fn at(secs: i64) -> Timestamp {
    Timestamp::from_millis(1_800_000_000_000 + secs * 1000)
}

fn agent(name: &str) -> AcdAgent {
    AcdAgent::on("pbx", name)
}

fn call(id: &str) -> AcdCall {
    AcdCall::on("pbx", id)
}

fn member(name: &str, queue: &str, device: Device) -> Fact {
    let membership = Membership {
        device,
        ..Membership::default()
    };
    Fact::Member(agent(name), queue.to_owned(), membership)
}

fn waits(id: &str, place: u32) -> Fact {
    Fact::Waits(call(id), "support".to_owned(), place)
}

fn joins(id: &str, place: u32) -> Fact {
    Fact::Joined(call(id), "support".to_owned(), place)
}

/// What is known after a snapshot with these facts, all at the start.
fn known(facts: impl IntoIterator<Item = Fact>) -> View {
    let mut view = View::default();
    view.apply(Fact::SnapshotBegins, at(0));
    facts.into_iter().for_each(|fact| view.apply(fact, at(0)));
    view.apply(Fact::SnapshotEnds, at(0));
    view
}

fn order(view: &View) -> Vec<AcdCall> {
    let waiting = view.waiting_in("support", at(1)).unwrap();
    waiting.into_iter().cloned().collect()
}

#[test]
fn nobody_is_known_before_a_whole_snapshot_nor_after_the_connection_is_lost() {
    let mut view = View::default();
    view.apply(Fact::SnapshotBegins, at(0));
    view.apply(member("a1", "support", Device::Idle), at(0));
    assert_eq!(
        view.availability(&agent("a1"), at(0)),
        Availability::Unknown
    );
    view.apply(Fact::SnapshotEnds, at(0));
    assert_eq!(view.availability(&agent("a1"), at(0)), Availability::Ready);
    // Silence, and a sign of life.
    assert_eq!(
        view.availability(&agent("a1"), at(15)),
        Availability::Unknown
    );
    assert_eq!(view.waiting_in("support", at(15)), None);
    view.apply(Fact::Alive, at(20));
    assert_eq!(view.availability(&agent("a1"), at(21)), Availability::Ready);
    view.apply(Fact::Lost, at(22));
    view.apply(Fact::Alive, at(23));
    assert_eq!(
        view.availability(&agent("a1"), at(23)),
        Availability::Unknown
    );
}

#[test]
fn an_agent_is_as_available_as_his_queues_say() {
    let membership = |device, paused: Option<&str>, wrap_up_until| Membership {
        device,
        paused: paused.map(str::to_owned),
        wrap_up_until,
    };
    let idle = || membership(Device::Idle, None, None);
    let lunch = || membership(Device::Idle, Some("lunch"), None);
    for (queues, expected) in [
        (vec![], Availability::Away),
        (vec![idle()], Availability::Ready),
        (vec![idle(), lunch()], Availability::Ready),
        (
            vec![lunch(), lunch()],
            Availability::Paused("lunch".to_owned()),
        ),
        (
            vec![idle(), membership(Device::Busy, None, None)],
            Availability::Busy,
        ),
        (
            vec![lunch(), membership(Device::Ringing, None, None)],
            Availability::Ringing,
        ),
        (
            vec![membership(Device::Away, None, None)],
            Availability::Away,
        ),
        (
            vec![membership(Device::Idle, None, Some(at(4)))],
            Availability::WrapUp { until: at(4) },
        ),
        (
            vec![membership(Device::Idle, None, Some(at(1)))],
            Availability::Ready,
        ),
        (
            vec![membership(Device::Busy, None, Some(at(4)))],
            Availability::Busy,
        ),
    ] {
        let named = queues.iter().cloned().enumerate();
        let view = known(named.map(|(nth, it)| Fact::Member(agent("a1"), format!("q{nth}"), it)));
        assert_eq!(
            view.availability(&agent("a1"), at(1)),
            expected,
            "{queues:?}"
        );
    }
}

#[test]
fn an_offer_that_is_open_makes_an_agent_unavailable() {
    let mut view = known([member("a1", "support", Device::Idle), waits("c1", 1)]);
    view.apply(Fact::Offered(agent("a1"), call("c1")), at(1));
    assert_eq!(
        view.availability(&agent("a1"), at(1)),
        Availability::Ringing
    );
    view.apply(Fact::OfferEnded(agent("a1"), call("c1")), at(1));
    assert_eq!(view.availability(&agent("a1"), at(1)), Availability::Ready);
    view.apply(Fact::Offered(agent("a1"), call("c1")), at(1));
    // The caller hangs up: nothing else is told of the offer.
    view.apply(Fact::Left(call("c1")), at(1));
    assert_eq!(view.availability(&agent("a1"), at(1)), Availability::Ready);
}

#[test]
fn callers_stand_in_the_order_of_the_queue() {
    let mut view = known([waits("c1", 1), waits("c2", 2), waits("c3", 3)]);
    view.apply(joins("earned", 2), at(1));
    assert_eq!(order(&view), ["c1", "earned", "c2", "c3"].map(call));
    view.apply(Fact::Left(call("c1")), at(1));
    assert_eq!(order(&view), ["earned", "c2", "c3"].map(call));
    view.apply(joins("second", 2), at(1));
    assert_eq!(order(&view), ["earned", "second", "c2", "c3"].map(call));
    // Told twice, and moved.
    view.apply(joins("second", 4), at(1));
    assert_eq!(order(&view), ["earned", "c2", "c3", "second"].map(call));
}

#[test]
fn what_a_snapshot_does_not_name_is_gone_unless_it_came_meanwhile() {
    let mut view = known([
        member("a1", "support", Device::Idle),
        member("a2", "support", Device::Idle),
        waits("c1", 1),
    ]);
    view.apply(Fact::SnapshotBegins, at(1));
    view.apply(waits("c2", 1), at(1));
    view.apply(member("a2", "support", Device::Busy), at(1));
    view.apply(joins("c3", 2), at(1));
    view.apply(Fact::Left(call("c3")), at(1));
    view.apply(Fact::SnapshotEnds, at(1));
    assert_eq!(order(&view), [call("c2")]);
    assert_eq!(view.availability(&agent("a1"), at(1)), Availability::Away);
    assert_eq!(
        view.agents_of("support").collect::<Vec<_>>(),
        [&agent("a2")]
    );
}

#[test]
fn pauses_that_were_left_are_found_by_their_reason() {
    let paused = |name, reason: &str| {
        let membership = Membership {
            device: Device::Idle,
            paused: Some(reason.to_owned()),
            wrap_up_until: None,
        };
        Fact::Member(agent(name), "support".to_owned(), membership)
    };
    let view = known([
        paused("a1", "ringback:07-1-c-001"),
        paused("a2", "lunch"),
        member("a3", "support", Device::Idle),
    ]);
    let attempt = CallId::from_wire("07-1-c-001");
    assert_eq!(reservation(&attempt), "ringback:07-1-c-001");
    assert_eq!(view.reserved(), [(agent("a1"), attempt)]);
}

fn fact() -> impl Strategy<Value = Fact> {
    let name = || (0..4_u8).prop_map(|nth| format!("a{nth}"));
    let id = || (0..4_u8).prop_map(|nth| format!("c{nth}"));
    let device = prop_oneof![
        Just(Device::Away),
        Just(Device::Idle),
        Just(Device::Ringing),
        Just(Device::Busy)
    ];
    prop_oneof![
        1 => Just(Fact::Lost),
        2 => Just(Fact::SnapshotBegins),
        4 => Just(Fact::SnapshotEnds),
        2 => Just(Fact::Alive),
        6 => (name(), device).prop_map(|(name, device)| member(&name, "support", device)),
        2 => name().prop_map(|name| Fact::MemberGone(agent(&name), "support".to_owned())),
        4 => (id(), 1..9_u32).prop_map(|(id, place)| waits(&id, place)),
        4 => (id(), 1..9_u32).prop_map(|(id, place)| joins(&id, place)),
        3 => id().prop_map(|id| Fact::Left(call(&id))),
        3 => (name(), id()).prop_map(|(name, id)| Fact::Offered(agent(&name), call(&id))),
        3 => (name(), id()).prop_map(|(name, id)| Fact::OfferEnded(agent(&name), call(&id))),
    ]
}

proptest! {
    /// Whatever an ACD says: who is ready was last told to be idle, after the connection was made, and not long ago.
    #[test]
    fn nobody_is_ready_who_was_not_told_to_be(facts in proptest::collection::vec((fact(), 0..20_i64), 0..80)) {
        let (mut view, mut now, mut idle) = (View::default(), 0, BTreeSet::new());
        let (mut begun, mut whole) = (false, false);
        for (fact, later) in facts {
            now += later;
            match &fact {
                Fact::Lost => {
                    idle.clear();
                    (begun, whole) = (false, false);
                }
                Fact::SnapshotBegins => begun = true,
                Fact::SnapshotEnds => whole |= std::mem::take(&mut begun),
                Fact::Member(agent, _, it) if it.device == Device::Idle => drop(idle.insert(agent.clone())),
                Fact::Member(agent, ..) | Fact::MemberGone(agent, _) => drop(idle.remove(agent)),
                Fact::Alive
                | Fact::Waits(..)
                | Fact::Joined(..)
                | Fact::Left(_)
                | Fact::Offered(..)
                | Fact::OfferEnded(..) => {}
            }
            view.apply(fact, at(now));
            for nth in 0..4 {
                let agent = agent(&format!("a{nth}"));
                if view.availability(&agent, at(now)) == Availability::Ready {
                    prop_assert!(whole && idle.contains(&agent));
                }
                let later = at(now + 15);
                prop_assert_eq!(view.availability(&agent, later), Availability::Unknown);
            }
        }
    }
}
