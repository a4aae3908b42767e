//! Agents: what may happen to them, as tables of transitions.

mod laws;

use std::collections::BTreeSet;

use super::{Agent, AgentState, AgentWish, Engagement, Missed, Profile, Release};
use crate::call::CallId;
use crate::ids::{AgentId, CallbackId, WorkerId};
use crate::tests::sample::at;

const NOT_READY: AgentState = AgentState::NotReady { missed: None };

fn agent(wrap_up: u64, state: AgentState) -> Agent {
    let profile = Profile {
        groups: vec!["Customer_Service".to_owned(), "Sales".to_owned()],
        dn: "7001".to_owned(),
        place: "SIP_Server_Place1".to_owned(),
        switch: "SIP_Switch".to_owned(),
        wrap_up,
        no_answer_pause: 0,
    };
    Agent {
        id: AgentId::new("KSippola"),
        profile,
        handle_ms: None,
        state,
    }
}

fn callback(name: &str) -> CallbackId {
    CallbackId::new(name)
}

fn ready(seconds: i64) -> AgentState {
    AgentState::Ready { since: at(seconds) }
}

fn reserved(name: &str, until: i64) -> AgentState {
    AgentState::Reserved {
        callback: callback(name),
        until: at(until),
        idle_since: Some(at(0)),
    }
}

fn wrap_up(until: i64) -> AgentState {
    AgentState::WrapUp { until: at(until) }
}

fn engagement(name: &str, owner: &str, since: i64) -> Engagement {
    Engagement {
        callback: callback(name),
        call: CallId::of_attempt(name, 1),
        owner: WorkerId::new(owner),
        lease: at(since + 15),
        since: at(since),
        idle_since: Some(at(0)),
        then_not_ready: false,
        then: None,
    }
}

fn engaged(name: &str, since: i64) -> AgentState {
    AgentState::Engaged(engagement(name, "d1", since))
}

fn engaged_then_not_ready(name: &str, since: i64) -> AgentState {
    AgentState::Engaged(Engagement {
        then_not_ready: true,
        ..engagement(name, "d1", since)
    })
}

/// One of each, all for callback `a`.
fn every_state() -> [AgentState; 6] {
    let (not_ready, busy) = (NOT_READY, AgentState::Busy);
    [
        not_ready,
        ready(0),
        reserved("a", 30),
        engaged("a", 0),
        busy,
        wrap_up(30),
    ]
}

/// What `change` makes of an agent in a state; `None` when it may not happen.
fn check(
    wrap_up: u64,
    change: impl Fn(Agent) -> Option<Agent>,
    rows: impl IntoIterator<Item = (AgentState, Option<AgentState>)>,
) {
    for (state, expected) in rows {
        let changed = change(agent(wrap_up, state.clone()));
        assert_eq!(changed.map(|agent| agent.state), expected, "{state:?}");
    }
}

#[test]
fn only_who_is_ready_is_reserved() {
    let reserve = |agent: Agent| agent.reserve(callback("a"), at(30));
    let expected = every_state().map(|state| {
        let is_ready = matches!(state, AgentState::Ready { .. });
        (state, is_ready.then(|| reserved("a", 30)))
    });
    check(0, reserve, expected);
}

/// By the dialer that takes the call, or takes it over: then the call goes on since its beginning.
#[test]
fn only_its_own_callback_engages_an_agent() {
    let engage = |agent: Agent| agent.engage(engagement("a", "d2", 10));
    let taken_over = AgentState::Engaged(Engagement {
        since: at(0),
        ..engagement("a", "d2", 10)
    });
    let kept = AgentState::Engaged(Engagement {
        since: at(0),
        then_not_ready: true,
        ..engagement("a", "d2", 10)
    });
    let taken = AgentState::Engaged(engagement("a", "d2", 10));
    check(
        0,
        engage,
        [
            (NOT_READY, None),
            (ready(0), None),
            (reserved("a", 30), Some(taken)),
            (reserved("b", 30), None),
            (engaged("a", 0), Some(taken_over)),
            (engaged_then_not_ready("a", 0), Some(kept)),
            (engaged("b", 0), None),
            (AgentState::Busy, None),
            (wrap_up(30), None),
        ],
    );
}

#[test]
fn only_its_own_callback_lets_an_agent_go() {
    for how in [Release::Untouched, Release::Talked, Release::DidNotAnswer] {
        let release = |agent: Agent| agent.release(&callback("a"), how, at(60));
        check(
            0,
            release,
            [
                (NOT_READY, None),
                (ready(0), None),
                (reserved("b", 30), None),
                (engaged("b", 0), None),
                (AgentState::Busy, None),
                (wrap_up(30), None),
            ],
        );
    }
}

/// Not ready for this callback since then.
fn missing(name: &str, since: i64, ready_at: Option<i64>) -> AgentState {
    AgentState::NotReady {
        missed: Some(Missed {
            callback: callback(name),
            at: at(since),
            ready_at: ready_at.map(at),
        }),
    }
}

/// Who did not answer is not ready, lest the next customer is sent there; who asked for it is not ready in any case. Who is
/// not used keeps the turn.
#[test]
fn what_an_agent_does_after_a_call() {
    for (how, wrap_up_time, next) in [
        (Release::Untouched, 20, ready(0)),
        (Release::Talked, 20, wrap_up(80)),
        (Release::Talked, 0, ready(60)),
        (Release::DidNotAnswer, 20, missing("a", 60, None)),
    ] {
        let release = |agent: Agent| agent.release(&callback("a"), how, at(60));
        check(
            wrap_up_time,
            release,
            [
                (engaged("a", 5), Some(next.clone())),
                (reserved("a", 90), Some(next)),
                (engaged_then_not_ready("a", 0), Some(NOT_READY)),
            ],
        );
    }
}

/// Reserved, engaged, and released because the customer was busy: still the one who has been idle longest.
#[test]
fn an_agent_who_is_not_used_keeps_the_turn() {
    let agent = agent(20, ready(0));
    let reserved = agent.reserve(callback("a"), at(90)).unwrap();
    let lapsed = reserved.clone().lapse(at(90)).unwrap();
    assert_eq!(lapsed.state, ready(0));
    let engaged = reserved.engage(engagement("a", "d1", 10)).unwrap();
    let over = engaged.release(&callback("a"), Release::Untouched, at(40));
    assert_eq!(over.unwrap().state, ready(0));
}

/// Stored by the release before: since when it was idle is not known.
#[test]
fn a_turn_that_was_not_kept_begins_anew() {
    let old = r#"{"is":"reserved","callback":"a","until":1}"#;
    let reserved = agent(0, serde_json::from_str(old).unwrap());
    assert_eq!(reserved.lapse(at(60)).unwrap().state, ready(60));
}

#[test]
fn who_did_not_answer_is_ready_again_after_the_pause() {
    let mut agent = agent(20, engaged("a", 0));
    agent.profile.no_answer_pause = 120;
    let missed = agent.release(&callback("a"), Release::DidNotAnswer, at(60));
    let missed = missed.unwrap();
    assert_eq!(missed.state, missing("a", 60, Some(180)));
    assert_eq!(missed.alarm(), Some(at(180)));
    assert_eq!(missed.clone().lapse(at(179)), None);
    assert_eq!(missed.clone().lapse(at(180)).unwrap().state, ready(180));
    let asked = missed.wish(AgentWish::NotReady, at(70));
    assert_eq!((asked.alarm(), asked.missed()), (None, None));
}

#[test]
fn reservations_and_wrap_ups_lapse() {
    let rows = |after: Option<i64>| {
        every_state().map(|state| {
            let lapsed = match state {
                AgentState::Reserved { .. } => after.map(|_| ready(0)),
                AgentState::WrapUp { .. } => after.map(ready),
                AgentState::NotReady { .. }
                | AgentState::Ready { .. }
                | AgentState::Engaged(_)
                | AgentState::Busy => None,
            };
            (state, lapsed)
        })
    };
    check(0, |agent| agent.lapse(at(29)), rows(None));
    check(0, |agent| agent.lapse(at(30)), rows(Some(30)));
    check(0, |agent| agent.lapse(at(99)), rows(Some(99)));
}

/// Ready again does not move an agent to the end of the idle ones, nor take it from the callback it is held for.
#[test]
fn a_wish_is_followed_at_once_outside_a_call() {
    for (wish, expected) in [
        (AgentWish::Ready, ready(60)),
        (AgentWish::NotReady, NOT_READY),
        (AgentWish::Busy, AgentState::Busy),
        (AgentWish::WrapUp, wrap_up(80)),
    ] {
        let rows = every_state().into_iter().filter_map(|state| match state {
            AgentState::Engaged(_) => None,
            AgentState::Ready { .. } | AgentState::Reserved { .. } if wish == AgentWish::Ready => {
                Some((state.clone(), Some(state)))
            }
            AgentState::NotReady { .. }
            | AgentState::Ready { .. }
            | AgentState::Reserved { .. }
            | AgentState::Busy
            | AgentState::WrapUp { .. } => Some((state, Some(expected.clone()))),
        });
        check(20, |agent| Some(agent.wish(wish, at(60))), rows);
    }
}

/// Without a time of his own, one second: a wrap-up never lapses before it begins.
#[test]
fn a_wrap_up_that_is_asked_for_lasts() {
    let wish = |agent: Agent| Some(agent.wish(AgentWish::WrapUp, at(60)));
    check(0, wish, [(ready(0), Some(wrap_up(61)))]);
}

/// The last wish counts, and it is what the agent does after the call, however that ends.
#[test]
fn a_state_asked_for_during_a_call_begins_after_it() {
    for (wishes, after) in [
        (&[AgentWish::NotReady][..], Some(NOT_READY)),
        (&[AgentWish::Busy], Some(AgentState::Busy)),
        (&[AgentWish::WrapUp], Some(wrap_up(80))),
        (&[AgentWish::Busy, AgentWish::NotReady], Some(NOT_READY)),
        (&[AgentWish::NotReady, AgentWish::WrapUp], Some(wrap_up(80))),
        (&[AgentWish::WrapUp, AgentWish::Ready], None),
        (&[AgentWish::Ready], None),
    ] {
        let talking = agent(20, engaged("a", 0));
        let asked = wishes
            .iter()
            .fold(talking.clone(), |agent, wish| agent.wish(*wish, at(30)));
        assert_eq!(
            asked.state_name(),
            "busy",
            "{wishes:?}: the call is not cut"
        );
        let taken_over = asked.engage(engagement("a", "d2", 40)).unwrap();
        for how in [Release::Untouched, Release::Talked, Release::DidNotAnswer] {
            let end = |agent: Agent| agent.release(&callback("a"), how, at(60)).unwrap().state;
            let expected = after.clone().unwrap_or_else(|| end(talking.clone()));
            assert_eq!(end(taken_over.clone()), expected, "{wishes:?} {how:?}");
        }
    }
}

/// Talk and wrap-up; the newest call counts an eighth. Who did not talk is not measured.
#[test]
fn handle_time_is_measured_and_smoothed() {
    for (before, how, seconds, expected) in [
        (None, Release::Talked, 100, Some(120_000)),
        (Some(120_000), Release::Talked, 100, Some(120_000)),
        (Some(120_000), Release::Talked, 180, Some(130_000)),
        (Some(120_000), Release::Talked, 0, Some(107_500)),
        (None, Release::Untouched, 100, None),
        (Some(120_000), Release::Untouched, 100, Some(120_000)),
        (Some(120_000), Release::DidNotAnswer, 100, Some(120_000)),
        (Some(u64::MAX), Release::Talked, 100, Some(u64::MAX / 8)),
    ] {
        let mut talking = agent(20, engaged("a", 0));
        talking.handle_ms = before;
        let over = talking.release(&callback("a"), how, at(seconds)).unwrap();
        assert_eq!(over.handle_ms, expected, "{before:?} {how:?} {seconds}");
    }
}

#[test]
fn names_and_alarms() {
    let expected = [
        ("not_ready", None),
        ("ready", None),
        ("reserved", Some(at(30))),
        ("busy", Some(at(15))),
        ("busy", None),
        ("wrap_up", Some(at(30))),
    ];
    for (state, expected) in every_state().into_iter().zip(expected) {
        let agent = agent(0, state);
        assert_eq!((agent.state_name(), agent.alarm()), expected);
    }
}

/// In the list of all; among the staff of each pool while he works; among the ready while he is.
#[test]
fn listings() {
    let pools = ["A:KSippola", "GA:Customer_Service", "GA:Sales"];
    let named = |list: &str, score: i64| pools.map(|pool| format!("{list}:{pool}={score}"));
    let staff = named("staff", 120_000).to_vec();
    let ready = named("ready", at(0).as_millis()).to_vec();
    for (state, expected) in every_state().into_iter().zip([
        vec![],
        [staff.clone(), ready].concat(),
        staff.clone(),
        staff.clone(),
        staff.clone(),
        staff,
    ]) {
        let mut agent = agent(0, state);
        agent.handle_ms = Some(120_000);
        let expected = expected.into_iter().chain(["agents:all=0".to_owned()]);
        let listed = agent.listings();
        let listed = listed
            .iter()
            .map(|(name, score)| format!("{}={score}", name.as_str()));
        assert_eq!(
            listed.collect::<BTreeSet<_>>(),
            expected.collect(),
            "{:?}",
            agent.state
        );
    }
}

#[test]
fn no_list_has_an_agent_twice() {
    let mut agent = agent(0, ready(0));
    agent
        .profile
        .groups
        .extend(["Sales".to_owned(), "Sales".to_owned()]);
    let listed = agent.listings();
    let names: BTreeSet<_> = listed.iter().map(|(name, _)| name).collect();
    assert_eq!(names.len(), listed.len(), "{listed:?}");
}

#[test]
fn callbacks_remember_where_to_reach_an_agent() {
    let agent = agent(0, ready(0));
    let known = crate::tests::sample::agent("KSippola");
    let first = "GA:Customer_Service";
    assert_eq!(agent.reference(&[first], first), known);
    let open = [first, "A:KSippola"];
    assert_eq!(agent.reference(&open, "GA:Elsewhere").pool.unwrap(), first);
    assert_eq!(
        agent.reference(&open[1..], first).pool.unwrap(),
        "A:KSippola"
    );
    assert_eq!(agent.reference(&["GA:Elsewhere"], first).pool, None);
}

/// What is stored today must be read tomorrow.
#[test]
fn the_stored_layout_is_known() {
    for (more, state) in [
        ("", r#"{"is":"not_ready"}"#),
        (
            "",
            r#"{"is":"not_ready","missed":{"callback":"07-x","at":1,"ready_at":2}}"#,
        ),
        (
            "",
            r#"{"is":"reserved","callback":"07-x","until":2,"idle":1}"#,
        ),
        (
            "",
            r#"{"is":"engaged","callback":"07-x","call":"07-x-c-001","owner":"d1","lease":2,"since":1,"idle":1,"then_not_ready":true,"then":"wrap_up"}"#,
        ),
        (r#""handle_ms":120000,"#, r#"{"is":"ready","since":1}"#),
        ("", r#"{"is":"reserved","callback":"07-x","until":1}"#),
        (
            "",
            r#"{"is":"engaged","callback":"07-x","call":"07-x-c-001","owner":"d1","lease":2,"since":1}"#,
        ),
        (
            "",
            r#"{"is":"engaged","callback":"07-x","call":"07-x-c-001","owner":"d1","lease":2,"since":1,"then_not_ready":true}"#,
        ),
        ("", r#"{"is":"busy"}"#),
        ("", r#"{"is":"wrap_up","until":1}"#),
    ] {
        let stored = format!(
            r#"{{"id":"KSippola","profile":{{"groups":["Sales"],"dn":"7001","place":"P","switch":"S","wrap_up":20}},{more}"state":{state}}}"#
        );
        let agent: Agent = serde_json::from_str(&stored).unwrap();
        assert_eq!(serde_json::to_string(&agent).unwrap(), stored);
    }
}

#[test]
fn no_wrap_up_is_too_long_to_reckon_with() {
    let talked = agent(u64::MAX, engaged("a", 0)).release(&callback("a"), Release::Talked, at(60));
    let talked = talked.unwrap();
    assert_eq!(talked.state_name(), "wrap_up");
    assert!(talked.handle_ms.is_some());
}
