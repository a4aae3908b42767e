//! How a callback begins: accepted, waiting for its time, submitted.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use serde_json::{Map, Value};

use super::{Arrangement, Callback, NUMBER_KEY, Route, SCHEMA, Seeking, State};
use crate::event::{Event, EventName};
use crate::event_list::Properties;
use crate::ids::CallbackId;
use crate::notify::Plan;
use crate::phone::CustomerNumber;
use crate::request::Fingerprint;
use crate::service::options::{Direction, FirstParty, Notification};
use crate::service::{Mistakes, Options, Service};
use crate::time::Timestamp;

/// An accepted request.
#[derive(Clone, PartialEq)]
pub struct NewCallback {
    /// Its name.
    pub id: CallbackId,
    /// Whom to call, if there is a number.
    pub number: Option<CustomerNumber>,
    /// When; `None` for at once.
    pub desired: Option<Timestamp>,
    /// Options it sets.
    pub overrides: BTreeMap<String, String>,
    /// Everything else it says.
    pub user_data: Map<String, Value>,
    /// W3C trace context.
    pub trace: Option<String>,
    /// What its request said, to tell a repeat from another request.
    pub fingerprint: Option<Fingerprint>,
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
            number: None,
            customer: None,
            created: now,
            desired: new.desired,
            place: None,
            route: Route::of(&options),
            overrides: new.overrides,
            notify: Plan::of(&options, device),
            user_data: new.user_data,
            lookup: looked_up_by(&options),
            trace: new.trace,
            fingerprint: new.fingerprint,
            attempts: 0,
            summons: 0,
            rejects: 0,
            invites: 0,
            last_result: None,
            opens: None,
            state: State::Scheduled {
                due,
                reminder: reminder(due, &options.notification, now),
                failed_submits: 0,
                ask_at: None,
                again: false,
            },
        };
        if let Some(number) = new.number {
            callback.set_number(number);
        }
        let events = if due > now {
            vec![callback.life_event(EventName::CallbackScheduled, now)]
        } else {
            callback.submit(&options, now)
        };
        Ok((callback, events))
    }

    /// Has the wait in its queue asked for from now on, at the earliest when the longest one that counts begins to matter: it
    /// is submitted that much earlier. See [`LONGEST_LEAD`].
    pub fn expect_wait(&mut self, now: Timestamp) {
        if let State::Scheduled { due, ask_at, .. } = &mut self.state {
            *ask_at = Some(now.max(*due - LONGEST_LEAD));
        }
    }

    /// Whether the wait in its queue is to be asked for now.
    pub fn asks_for_wait(&self, now: Timestamp) -> bool {
        let State::Scheduled { due, ask_at, .. } = &self.state else {
            return false;
        };
        ask_at.is_some_and(|ask_at| ask_at <= now) && now < *due
    }

    /// When it may be dialed at the earliest; `None` for at any time.
    pub(super) fn dialed_from(&self, options: &Options) -> Option<Timestamp> {
        let desired = self.desired?;
        Some(desired - options.scheduled.connect_threshold)
    }

    /// From when on somebody is sought for it that is in its queue since then; before, and while the office is closed, it only
    /// keeps its place.
    pub(super) fn sought_from(&self, since: Timestamp, options: &Options) -> Timestamp {
        let dialed_from = self.dialed_from(options).unwrap_or(since);
        dialed_from.max(self.opens.unwrap_or(since)).max(since)
    }

    /// When it has waited too long that is in its queue since then.
    pub(super) fn waits_until(&self, since: Timestamp, options: &Options) -> Timestamp {
        let buffer = options.queueing.cannot_dial_buffer;
        self.sought_from(since, options) + options.queued_ttl.saturating_sub(buffer)
    }

    /// When it is dialed without an agent that is in its queue since then; `None` for never.
    pub(super) fn tires_at(&self, since: Timestamp, options: &Options) -> Option<Timestamp> {
        let patience = options.queueing.max_wait;
        let tires =
            self.route.wait_for_agent && options.dialing.first_party == FirstParty::Customer;
        (tires && !patience.is_zero()).then(|| self.sought_from(since, options) + patience)
    }

    /// In the queue that is there since then: it waits for somebody, or its customer may ask for a number to call.
    pub(super) fn waiting(&self, since: Timestamp, options: &Options, now: Timestamp) -> State {
        if options.scenario.direction == Direction::UserOriginated && !self.route.wait_for_agent {
            return State::Arranging {
                since,
                at: now,
                agent: None,
                what: Arrangement::Call { invitation: None },
            };
        }
        let earliest = since + options.queueing.min_wait;
        let not_before = self.sought_from(since, options).max(earliest);
        State::Waiting {
            since,
            checks: 0,
            not_before: Some(not_before).filter(|time| *time > now),
            seeking: self.seeking(since, options, now),
            held: None,
        }
    }

    fn seeking(&self, since: Timestamp, options: &Options, now: Timestamp) -> Seeking {
        let tires = self.tires_at(since, options);
        Seeking {
            widened: self.widened(since, options, now),
            without_agent: tires.is_some_and(|tires| tires <= now),
        }
    }

    /// Keeps the place that it has in the queue since then.
    pub(super) fn pause(&mut self, since: Timestamp, now: Timestamp) -> Event {
        self.state = State::Paused {
            since,
            at: now,
            checks: 0,
        };
        self.life_event(EventName::CallbackStatusUpdated, now)
    }

    /// How many targets after the first are open to it that is in its queue since then.
    pub(super) fn widened(&self, since: Timestamp, options: &Options, now: Timestamp) -> u32 {
        self.route.widened_by(self.sought_from(since, options), now)
    }

    /// Enters the queue; the first time, that is the start of the service.
    pub(super) fn submit(&mut self, options: &Options, now: Timestamp) -> Vec<Event> {
        let (failed, again) = match self.state {
            State::Scheduled {
                failed_submits,
                again,
                ..
            } => (failed_submits > 0, again || self.attempts > 0),
            State::Waiting { .. }
            | State::Paused { .. }
            | State::Arranging { .. }
            | State::HandedOut { .. }
            | State::OnCall { .. }
            | State::Completed { .. } => (false, false),
        };
        let submitted = if again || failed {
            EventName::CallbackResubmitted
        } else {
            EventName::CallbackSubmitted
        };
        let is_held = self.enter_queue(now, options, now);
        let mut events: Vec<_> = [submitted, EventName::CallbackQueued]
            .map(|name| self.life_event(name, now))
            .into();
        if !again {
            let started = [EventName::ServiceCreate, EventName::VirtualIxnCreate];
            events.extend(started.map(|name| self.event(name, now, [])));
        }
        events.extend(self.held_event(now).filter(|_| is_held && !options.paused));
        if options.paused {
            events.push(self.pause(now, now));
        }
        events
    }
}

/// How much earlier a callback is submitted at the most because its queue is long.
pub const LONGEST_LEAD: Duration = Duration::from_secs(3600);

/// When a callback for a time is submitted where nobody waits: `_request_execution_time_buffer` before that. It may be dialed
/// from `_desired_connect_time_threshold` before its time on, and keeps its place in the queue until then.
pub(super) fn submitted_at(desired: Timestamp, options: &Options) -> Timestamp {
    desired - options.scheduled.execution_buffer
}

/// When to remind of `due`, if that is wanted and there is time for it.
pub(super) fn reminder(due: Timestamp, wishes: &Notification, now: Timestamp) -> Option<Timestamp> {
    let before = due - wishes.reminder_buffer;
    (wishes.reminder && before > now).then_some(before)
}

/// Also by what is counted, and by what each request must say.
fn looked_up_by(options: &Options) -> Vec<String> {
    let keys = options.lookup_keys.iter();
    let keys = keys.chain(&options.admission.counted_keys);
    let mut keys: Vec<_> = keys.chain(&options.general.mandatory_keys).collect();
    keys.retain(|key| *key != NUMBER_KEY);
    keys.sort_unstable();
    keys.dedup();
    keys.into_iter().cloned().collect()
}

/// Shows which callback, nothing of the person.
impl fmt::Debug for NewCallback {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "NewCallback({})", self.id)
    }
}
