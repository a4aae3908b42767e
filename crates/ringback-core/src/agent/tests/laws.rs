//! Laws that hold for agents whatever happens to them.

use std::time::Duration;

use proptest::prelude::*;

use super::super::{Agent, AgentState, AgentWish, Engagement, Release};
use super::{agent, callback, engagement};
use crate::ids::CallbackId;
use crate::tests::sample::at;
use crate::time::Timestamp;

/// What can happen to an agent.
#[derive(Clone, Debug)]
enum Act {
    Reserve(&'static str),
    Engage(&'static str, &'static str),
    Release(&'static str, Release),
    Wish(AgentWish),
    Lapse,
}

fn acts() -> impl Strategy<Value = Vec<(u32, Act)>> {
    let callback = prop_oneof![Just("a"), Just("b")];
    let owner = prop_oneof![Just("d1"), Just("d2")];
    let how = prop_oneof![
        Just(Release::Untouched),
        Just(Release::Talked),
        Just(Release::DidNotAnswer)
    ];
    let wish = prop_oneof![
        4 => Just(AgentWish::Ready),
        1 => Just(AgentWish::NotReady),
        1 => Just(AgentWish::Busy),
        1 => Just(AgentWish::WrapUp),
    ];
    let act = prop_oneof![
        callback.clone().prop_map(Act::Reserve),
        (callback.clone(), owner).prop_map(|(callback, owner)| Act::Engage(callback, owner)),
        (callback, how).prop_map(|(callback, how)| Act::Release(callback, how)),
        wish.prop_map(Act::Wish),
        Just(Act::Lapse),
    ];
    proptest::collection::vec((0..40_000_u32, act), 0..60)
}

/// The callback an agent is held for.
fn held_for(agent: &Agent) -> Option<&CallbackId> {
    match &agent.state {
        AgentState::Reserved { callback, .. } => Some(callback),
        AgentState::Engaged(engagement) => Some(&engagement.callback),
        AgentState::NotReady { .. }
        | AgentState::Ready { .. }
        | AgentState::Busy
        | AgentState::WrapUp { .. } => None,
    }
}

fn perform(agent: Agent, act: &Act, now: Timestamp) -> Option<Agent> {
    match act {
        Act::Reserve(name) => agent.reserve(callback(name), now + Duration::from_secs(30)),
        Act::Engage(name, owner) => agent.engage(Engagement {
            lease: now + Duration::from_secs(15),
            since: now,
            ..engagement(name, owner, 0)
        }),
        Act::Release(name, how) => agent.release(&callback(name), *how, now),
        Act::Wish(wish) => Some(agent.wish(*wish, now)),
        Act::Lapse => agent.lapse(now),
    }
}

proptest! {
    /// From one callback to another leads no way past being ready; a call ends by its own callback alone.
    #[test]
    fn an_agent_is_there_for_one_callback_only(acts in acts(), wrap_up in 0..40_u64) {
        let (mut agent, mut now) = (agent(wrap_up, AgentState::NotReady { missed: None }), at(0));
        for (millis, act) in acts {
            now = now + Duration::from_millis(millis.into());
            let Some(next) = perform(agent.clone(), &act, now) else { continue };
            if let (Some(before), Some(after)) = (held_for(&agent), held_for(&next)) {
                assert_eq!(before, after, "{act:?}");
            }
            if let AgentState::Engaged(before) = &agent.state {
                let let_go = matches!(&act, Act::Release(name, _) if before.callback == callback(name));
                assert_eq!(held_for(&next).is_none(), let_go, "{act:?}");
            }
            if let AgentState::Engaged(after) = &next.state {
                assert!(held_for(&agent).is_some_and(|before| *before == after.callback), "{act:?}");
            }
            assert!(next.alarm().is_none_or(|alarm| alarm > now || next.alarm() == agent.alarm()));
            agent = next;
        }
    }
}
