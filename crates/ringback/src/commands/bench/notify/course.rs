//! The course that a callback of the benchmark takes: an immediate one, answered, greeted, connected.

use std::collections::BTreeMap;

use anyhow::{Context, bail};
use ringback_core::agent::AgentRef;
use ringback_core::call::{AnsweredBy, Report};
use ringback_core::callback::{Callback, Decision, Input, NewCallback, Step};
use ringback_core::event::Event;
use ringback_core::ids::{AgentId, CallbackId, WorkerId};
use ringback_core::key::Shards;
use ringback_core::phone::{Country, CustomerNumber};
use ringback_core::service::Service;
use ringback_core::time::Timestamp;
use serde_json::Map;
use uuid::Uuid;

/// How many notifications the default set makes of a whole course.
pub const TOLD: usize = 9;

/// A callback and its events so far, as a dialer takes it.
pub fn begin(
    service: &Service,
    number: u32,
    shards: Shards,
    now: Timestamp,
) -> anyhow::Result<(Callback, Vec<Event>)> {
    let number = CustomerNumber::read(format!("+1{number:08}99").parse()?, Country::DEFAULT)?;
    let new = NewCallback {
        id: CallbackId::fresh(Uuid::now_v7(), number.canonical.as_str(), shards),
        number: Some(number),
        desired: None,
        overrides: BTreeMap::new(),
        user_data: Map::new(),
        trace: None,
        fingerprint: None,
    };
    let (mut callback, mut events) = Callback::accept(new, service, None, now)?;
    let worker = WorkerId::new("bench");
    for input in [Input::HandOut { agent: None }, Input::Take { worker }] {
        let step = go_on(&callback, service, input, now)?;
        callback = step.callback;
        events.extend(step.events);
    }
    Ok((callback, events))
}

/// What happens then, one after the other.
pub fn inputs() -> [Input; 4] {
    let by = AnsweredBy::Person;
    let agent = AgentRef {
        id: AgentId::new("KBench"),
        dn: "7001".to_owned(),
        place: "SIP_Server_Place1".to_owned(),
        switch: "SIP_Switch".to_owned(),
        pool: None,
    };
    [
        Input::Report(Report::Answered { by }),
        Input::Report(Report::TreatmentDone),
        Input::Offer(agent),
        Input::Report(Report::Connected),
    ]
}

/// What becomes of a callback.
pub fn go_on(
    callback: &Callback,
    service: &Service,
    input: Input,
    now: Timestamp,
) -> anyhow::Result<Box<Step>> {
    match callback.step(input, &service.options, now) {
        Decision::Step(step) => Ok(step),
        other @ (Decision::Only(_) | Decision::Purge | Decision::Refused(_)) => {
            bail!("the course of {callback:?} ends early: {other:?}")
        }
    }
}

/// A callback that has its course behind it, with its whole log.
pub fn whole(
    service: &Service,
    number: u32,
    shards: Shards,
    now: Timestamp,
) -> anyhow::Result<(Callback, Vec<Event>)> {
    let (mut callback, mut events) = begin(service, number, shards, now)?;
    for input in inputs() {
        let step = go_on(&callback, service, input, now).context("a finished callback")?;
        callback = step.callback;
        events.extend(step.events);
    }
    Ok((callback, events))
}

/// How many of these events are told.
pub fn told(events: &[Event]) -> usize {
    events
        .iter()
        .filter(|event| event.name.is_in_default_set())
        .count()
}

#[cfg(test)]
mod tests {
    use ringback_core::event::CallbackState;
    use ringback_core::ids::ServiceName;
    use ringback_core::service::Template;

    use super::*;

    #[test]
    fn a_whole_course_has_fourteen_events_of_which_nine_are_told() {
        let options = [
            ("_target", "Bench@Stat.GA"),
            ("_enable_status_notification", "subscribe_notify"),
            ("_status_notification_target", "http://127.0.0.1:1/"),
        ];
        let options = options.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let template = Template::UserTerminatedImmediate;
        let service = Service::parse(ServiceName::new("b"), template, options.into()).unwrap();
        let now = Timestamp::from_millis(1_800_000_000_000);
        let (callback, events) = whole(&service, 7, Shards::DEFAULT, now).unwrap();
        assert_eq!(callback.callback_state(), CallbackState::Completed);
        assert_eq!((events.len(), told(&events)), (14, TOLD));
    }
}
