//! How a callback begins: accepted, waiting for its time, submitted.

use std::collections::BTreeMap;
use std::fmt;

use serde_json::{Map, Value};

use super::{Callback, NUMBER_KEY, Route, SCHEMA, State};
use crate::event::{Event, EventName};
use crate::event_list::Properties;
use crate::ids::CallbackId;
use crate::notify::Plan;
use crate::phone::PhoneNumber;
use crate::service::options::{Notification, Scheduled};
use crate::service::{Mistakes, Options, Service};
use crate::time::Timestamp;

/// An accepted request.
#[derive(Clone, PartialEq)]
pub struct NewCallback {
    /// Its name.
    pub id: CallbackId,
    /// Whom to call.
    pub number: PhoneNumber,
    /// When; `None` for at once.
    pub desired: Option<Timestamp>,
    /// Options it sets.
    pub overrides: BTreeMap<String, String>,
    /// Everything else it says.
    pub user_data: Map<String, Value>,
    /// W3C trace context.
    pub trace: Option<String>,
}

impl Callback {
    /// The record of a new callback with the events that happen at once. `list` is what the event list of its service
    /// sets.
    ///
    /// # Errors
    /// When its options are wrong.
    pub fn accept(
        new: NewCallback,
        service: &Service,
        list: Option<&Properties>,
        now: Timestamp,
    ) -> Result<(Self, Vec<Event>), Mistakes> {
        let options = service.options_over(&new.overrides, list)?;
        let device = new
            .user_data
            .get(Plan::device_key())
            .and_then(Value::as_str)
            .filter(|name| !name.trim().is_empty());
        let due = new
            .desired
            .map_or(now, |desired| submitted_at(desired, &options));
        let mut callback = Self {
            schema: SCHEMA,
            id: new.id,
            service: service.name.clone(),
            number: new.number,
            created: now,
            desired: new.desired,
            place: None,
            route: Route::of(&options),
            overrides: new.overrides,
            notify: Plan::of(&options, device),
            user_data: new.user_data,
            lookup: looked_up_by(&options),
            trace: new.trace,
            attempts: 0,
            last_result: None,
            state: State::Scheduled {
                due,
                reminder: reminder(due, &options.notification, now),
                failed_submits: 0,
            },
        };
        let events = if due > now {
            vec![callback.life_event(EventName::CallbackScheduled, now)]
        } else {
            callback.submit(now)
        };
        Ok((callback, events))
    }

    /// Enters the queue; the first time, that is the start of the service.
    pub(super) fn submit(&mut self, now: Timestamp) -> Vec<Event> {
        let failed =
            matches!(self.state, State::Scheduled { failed_submits, .. } if failed_submits > 0);
        let submitted = if self.attempts > 0 || failed {
            EventName::CallbackResubmitted
        } else {
            EventName::CallbackSubmitted
        };
        self.state = State::Waiting {
            since: now,
            checks: 0,
        };
        let mut events: Vec<_> = [submitted, EventName::CallbackQueued]
            .map(|name| self.life_event(name, now))
            .into();
        if self.attempts == 0 {
            let started = [EventName::ServiceCreate, EventName::VirtualIxnCreate];
            events.extend(started.map(|name| self.event(name, now, [])));
        }
        events
    }
}

/// When a callback for a time is submitted: `_request_execution_time_buffer` before that, and not so early that it could
/// be dialed earlier than `_desired_connect_time_threshold` before it.
pub(super) fn submitted_at(desired: Timestamp, options: &Options) -> Timestamp {
    let Scheduled {
        execution_buffer,
        connect_threshold,
        ..
    } = options.scheduled;
    desired - execution_buffer.min(connect_threshold)
}

/// When to remind of `due`, if that is wanted and there is time for it.
pub(super) fn reminder(due: Timestamp, wishes: &Notification, now: Timestamp) -> Option<Timestamp> {
    let before = due - wishes.reminder_buffer;
    (wishes.reminder && before > now).then_some(before)
}

/// Also by what is counted.
fn looked_up_by(options: &Options) -> Vec<String> {
    let keys = options.lookup_keys.iter();
    let mut keys: Vec<_> = keys.chain(&options.admission.counted_keys).collect();
    keys.retain(|key| *key != NUMBER_KEY);
    keys.sort_unstable();
    keys.dedup();
    keys.into_iter().cloned().collect()
}

impl Route {
    fn of(options: &Options) -> Self {
        Self {
            virtual_queue: options.virtual_queue.clone(),
            outbound_queue: options.outbound_queue.clone(),
            pool: options
                .target
                .as_ref()
                .map(crate::target::Target::pool)
                .unwrap_or_default(),
            trunk: options.dialing.trunk.clone(),
            wait_for_agent: options.wait_for_agent,
        }
    }
}

/// Shows which callback, nothing of the person.
impl fmt::Debug for NewCallback {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "NewCallback({})", self.id)
    }
}
