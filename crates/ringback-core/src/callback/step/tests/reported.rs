//! What is reported of a callback, whatever happened to it.

use std::time::Duration;

use proptest::prelude::*;

use super::laws::{course, play, rules};
use crate::callback::{Phase, State};
use crate::event::Reason;
use crate::reporting::{DialResult, Facts, keys};

proptest! {
    #[test]
    fn spans_fit_into_its_life(rules in rules(), course in course()) {
        play(&rules, &course, |scene| {
            let events = &scene.world.events;
            let facts = Facts::of(events);
            let life = events.last().unwrap().at.since(events[0].at);
            let spans = [facts.offline, facts.dialing, facts.on_line];
            let sum: Duration = spans.into_iter().flatten().sum();
            assert!(sum <= life, "{facts:?} in {life:?}");
        });
    }

    #[test]
    fn each_attempt_that_is_over_has_one_result(rules in rules(), course in course()) {
        play(&rules, &course, |scene| {
            let callback = &scene.world.callback;
            let facts = Facts::of(&scene.world.events);
            let rings = matches!(
                callback.state,
                State::OnCall { phase: Phase::Dialing { .. } | Phase::Reaching { .. }, .. }
            );
            let over = callback.attempts - u32::from(rings);
            assert_eq!(facts.dials.keys().copied().collect::<Vec<_>>(), (1..=over).collect::<Vec<_>>());
            let row = keys(callback, &scene.world.options, &facts);
            let told = row.keys().filter(|key| key.starts_with("_CB_DIAL_")).count();
            assert_eq!(told, over as usize);
        });
    }

    #[test]
    fn it_is_connected_once_and_for_the_reason_that_says_so(rules in rules(), course in course()) {
        play(&rules, &course, |scene| {
            let callback = &scene.world.callback;
            let facts = Facts::of(&scene.world.events);
            let connected = facts.dials.values().filter(|it| **it == DialResult::Connected);
            let is_dialed = callback.attempts > 0;
            assert_eq!(connected.count(), usize::from(is_dialed && facts.connected.is_some()));
            if let Some(reason) = callback.reason() {
                assert_eq!(facts.connected.is_some(), reason == Reason::AgentConnected);
            }
        });
    }
}
