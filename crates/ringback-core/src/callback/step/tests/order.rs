//! Laws of the log: which events there are, in which order, and which `_callback_state` they tell.

use proptest::prelude::*;

use super::laws::{course, play, rules};
use crate::event::{CallbackState, Event, EventName};

proptest! {
    #[test]
    fn events_follow_each_other_as_they_must(rules in rules(), course in course()) {
        let world = play(&rules, &course, |_| ());
        let first = std::iter::once(None);
        for (one, next) in first.chain(world.events.iter().map(Some)).zip(&world.events) {
            assert!(may_follow(one).contains(&next.name), "{next:?} after {one:?}");
            assert!(one.is_none_or(|one| one.at <= next.at));
            assert!(told_in(next.name).contains(&next.state), "{next:?}");
        }
    }

    /// Whoever hears of the callback's life alone knows where it stands, and hears of each change once.
    #[test]
    fn every_change_of_the_state_is_told_once(rules in rules(), course in course()) {
        let world = play(&rules, &course, |scene| {
            let last = scene.world.events.last().unwrap();
            assert_eq!(last.state, scene.world.callback.callback_state(), "{last:?}");
        });
        let told: Vec<_> = world.events.iter().filter(|event| tells_a_change(event.name)).collect();
        for pair in told.windows(2) {
            // Held back, it stands where it stood: what is told is why it is not dialed.
            let is_held = pair[1].attributes.contains_key("_held_by");
            assert!(is_held || pair[0].state != pair[1].state, "{pair:?}");
        }
        assert_eq!(told.last().unwrap().state, world.callback.callback_state());
    }

    /// The service starts with the first submission; every submission but the first is told as another one.
    #[test]
    fn it_starts_once(rules in rules(), course in course()) {
        let world = play(&rules, &course, |_| ());
        let [submitted, resubmitted, queued, created] = [
            EventName::CallbackSubmitted,
            EventName::CallbackResubmitted,
            EventName::CallbackQueued,
            EventName::ServiceCreate,
        ]
        .map(|name| world.count(name));
        assert!(submitted <= 1 && created <= 1);
        assert_eq!(submitted + resubmitted, queued);
        assert_eq!(created, queued.min(1));
        assert!(world.count(EventName::CallbackScheduled) <= 1);
    }

    /// As often as the service says, without one: three times.
    #[test]
    fn a_submission_fails_three_times_at_the_most(rules in rules(), course in course()) {
        let world = play(&rules, &course, |_| ());
        let mut failed = 0;
        for event in &world.events {
            if event.name == EventName::CallbackSubmitFailed {
                failed += 1;
            } else if event.name == EventName::CallbackResubmitted {
                failed = 0;
            }
            assert!(failed <= 3);
        }
    }
}

fn tells_a_change(name: EventName) -> bool {
    use EventName::{CallbackCancelled, CallbackQueued, CallbackScheduled, CallbackStatusUpdated};
    [
        CallbackScheduled,
        CallbackQueued,
        CallbackStatusUpdated,
        CallbackCancelled,
    ]
    .contains(&name)
}

/// How a callback may end, wherever it stands, if it is not connected.
const ENDS: [EventName; 3] = [
    EventName::CallbackCancelled,
    EventName::CallbackStatusUpdated,
    EventName::CallbackProcessingFailed,
];

/// What happens to one that has left its queue.
const LATER: &[EventName] = &[
    EventName::CallbackRescheduled,
    EventName::CallbackResubmitted,
    EventName::CallbackSubmitFailed,
];

/// What happens to one that waits for its time; resubmitted is what was dialed before.
const BEFORE: &[EventName] = &[
    EventName::CallbackRescheduled,
    EventName::CallbackReminder,
    EventName::CallbackSubmitted,
    EventName::CallbackResubmitted,
    EventName::CallbackSubmitFailed,
];

/// What happens to one that waits for its turn.
const SOUGHT: &[EventName] = &[
    EventName::TargetFound,
    EventName::DialInit,
    EventName::UserConfirm,
    EventName::ConnectTreatmentStart,
];

/// What happens to one that has an agent.
const FOUND: &[EventName] = &[
    EventName::TargetFound,
    EventName::DialInit,
    EventName::RouteToAgent,
    EventName::UserConfirm,
    EventName::ConnectTreatmentStart,
];

/// What may come after a change of state.
const fn may_follow_status(state: CallbackState) -> (&'static [EventName], bool) {
    use EventName::{
        CallbackStatusUpdated, ConnectTreatmentStart, DialInit, RouteToAgent, ServiceExit,
        TargetFound, UserConfirm,
    };
    match state {
        // Who was snoozed gets another time like who was never dialed.
        CallbackState::Scheduled => (LATER, true),
        CallbackState::Routing => (&[TargetFound, RouteToAgent], true),
        CallbackState::Processing => (&[CallbackStatusUpdated], false),
        CallbackState::Completed => (&[ServiceExit], false),
        CallbackState::Paused => (&[CallbackStatusUpdated], true),
        CallbackState::Queued => (
            &[
                CallbackStatusUpdated,
                TargetFound,
                DialInit,
                UserConfirm,
                ConnectTreatmentStart,
            ],
            true,
        ),
    }
}

/// Which events may come after one; `None` is the beginning.
fn may_follow(event: Option<&Event>) -> Vec<EventName> {
    use EventName::*;
    let Some(event) = event else {
        return vec![CallbackScheduled, CallbackSubmitted];
    };
    let (next, may_end): (&[_], _) = match event.name {
        CallbackScheduled | CallbackRescheduled | CallbackReminder => (BEFORE, true),
        CallbackSubmitFailed => (LATER, true),
        CallbackSubmitted | CallbackResubmitted => (&[CallbackQueued], false),
        CallbackQueued => (&[ServiceCreate, TargetFound, DialInit, UserConfirm], true),
        ServiceCreate => (&[VirtualIxnCreate], false),
        VirtualIxnCreate | UserConfirm => (SOUGHT, true),
        TargetFound => (FOUND, true),
        DialInit => (&[DialDone], false),
        DialDone => (&[ConnectTreatmentStart, CallbackStatusUpdated], true),
        ConnectTreatmentStart => (&[CustomerQueued], true),
        CustomerQueued | RouteToAgent | CallbackProcessingFailed => {
            (&[CallbackStatusUpdated], false)
        }
        CallbackStatusUpdated => may_follow_status(event.state),
        CallbackCancelled => (&[ServiceExit], false),
        ServiceExit => (&[], false),
    };
    let ends = ENDS.iter().filter(|_| may_end);
    next.iter().chain(ends).copied().collect()
}

/// The `_callback_state` an event may tell.
const fn told_in(event: EventName) -> &'static [CallbackState] {
    use CallbackState::{Completed, Paused, Processing, Queued, Routing, Scheduled};
    match event {
        EventName::CallbackScheduled
        | EventName::CallbackRescheduled
        | EventName::CallbackReminder
        | EventName::CallbackSubmitFailed => &[Scheduled],
        EventName::CallbackSubmitted
        | EventName::CallbackResubmitted
        | EventName::CallbackQueued
        | EventName::ServiceCreate
        | EventName::VirtualIxnCreate
        | EventName::DialInit
        | EventName::DialDone
        | EventName::UserConfirm
        | EventName::ConnectTreatmentStart => &[Queued],
        EventName::TargetFound => &[Queued, Routing],
        EventName::CustomerQueued => &[Routing],
        EventName::RouteToAgent => &[Processing],
        EventName::CallbackStatusUpdated => {
            &[Scheduled, Queued, Paused, Routing, Processing, Completed]
        }
        EventName::CallbackCancelled
        | EventName::CallbackProcessingFailed
        | EventName::ServiceExit => &[Completed],
    }
}
