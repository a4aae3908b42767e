//! The gate that every dial passes, whatever led to it: the first attempt, a retry, a snooze, a queue that was late.
//!
//! It is asked when a callback takes its place in the queue, when it is handed out, and by the dialer before it commits the
//! attempt, so that hours and lists that have changed since the request hold. That the customer is in no other call is
//! decided by the commit itself: see [`Callback::claims_customer`].

use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{Callback, State};
use crate::calendar::OfficeHours;
use crate::event::{Event, EventName};
use crate::key::IndexName;
use crate::phone::{CanonicalNumber, NumberRefusal};
use crate::service::Options;
use crate::service::options::Direction;
use crate::time::Timestamp;

/// How long after it was found in another call a customer is looked at again.
const ANOTHER_CALL: Duration = Duration::from_secs(15);
/// How long after office hours were found missing they are looked for again.
const MISSING_HOURS: Duration = Duration::from_secs(60);
/// The longest conversation that keeps other calls from a customer when nobody tells that it is over.
const LONGEST_TALK: Duration = Duration::from_hours(2);
/// The score of a customer whose call is in a dialer's hands: later than any time.
pub(super) const IN_CALL: i64 = 1 << 52;

/// When a service may call its customers: `_business_hours_service`.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum DialHours {
    /// At any time.
    #[default]
    Always,
    /// During these hours.
    Open(Arc<OfficeHours>),
    /// Not now: there are no office hours of this name.
    Missing(String),
}

impl DialHours {
    /// The hours that `options` name.
    pub fn of(options: &Options, find: impl FnOnce(&str) -> Option<Arc<OfficeHours>>) -> Self {
        let Some(name) = &options.general.business_hours else {
            return Self::Always;
        };
        find(name).map_or_else(|| Self::Missing(name.clone()), Self::Open)
    }

    /// Their name.
    pub fn name(&self) -> Option<&str> {
        match self {
            Self::Always => None,
            Self::Open(hours) => Some(hours.name()),
            Self::Missing(name) => Some(name),
        }
    }
}

/// What the gate says to a dial.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DialGate {
    /// The customer may be dialed now.
    Dial,
    /// Not before this time.
    WaitUntil(Timestamp, HeldBy),
    /// Not at all.
    Never(NumberRefusal),
}

/// What keeps a customer from being dialed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HeldBy {
    /// The time that the customer chose has not come.
    DesiredTime,
    /// It is outside the office hours.
    OfficeHours,
    /// The office hours that its service names do not exist.
    MissingOfficeHours,
    /// The customer is in another call.
    AnotherCall,
}

impl HeldBy {
    /// As events tell it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::DesiredTime => "desired_time",
            Self::OfficeHours => "office_hours",
            Self::MissingOfficeHours => "missing_office_hours",
            Self::AnotherCall => "another_call",
        }
    }
}

/// Why a callback in its queue is not dialed now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hold {
    /// What keeps it.
    pub by: HeldBy,
    /// Until when, as far as is known.
    pub until: Timestamp,
}

impl Hold {
    /// Whether it may end before its time, because somebody changes the office hours.
    pub(super) const fn may_end_early(&self) -> bool {
        match self.by {
            HeldBy::OfficeHours | HeldBy::MissingOfficeHours => true,
            HeldBy::DesiredTime | HeldBy::AnotherCall => false,
        }
    }
}

/// Whether the customer of `callback` may be dialed at `now`, as far as times and numbers are concerned.
pub fn dial_gate(callback: &Callback, options: &Options, now: Timestamp) -> DialGate {
    if let Some(refusal) = never_dialed(callback, options) {
        return DialGate::Never(refusal);
    }
    let from = callback.dialed_from(options);
    if let Some(from) = from.filter(|from| now < *from) {
        return DialGate::WaitUntil(from, HeldBy::DesiredTime);
    }
    match &options.dial_hours {
        DialHours::Always => DialGate::Dial,
        DialHours::Open(hours) if hours.is_open(now) => DialGate::Dial,
        DialHours::Open(hours) => {
            let opening = hours.next_opening(now);
            let until = opening.unwrap_or_else(|| callback.expires(options));
            DialGate::WaitUntil(until, HeldBy::OfficeHours)
        }
        DialHours::Missing(_) => {
            DialGate::WaitUntil(now + MISSING_HOURS, HeldBy::MissingOfficeHours)
        }
    }
}

/// Why the customer is not dialed at all. Whoever calls by themselves is not dialed.
pub(super) fn never_dialed(callback: &Callback, options: &Options) -> Option<NumberRefusal> {
    let is_dialed = options.scenario.direction == Direction::UserTerminated;
    let customer = callback.customer().filter(|_| is_dialed)?;
    options.admission.numbers.never_dialed(&customer)
}

/// The calls of a customer that are in progress: by the time at which nobody believes in them any more.
pub fn calls_index(customer: &CanonicalNumber) -> IndexName {
    IndexName::new("call", customer.as_str())
}

/// The scores of calls that are in progress at `now`.
pub const fn in_progress(now: Timestamp) -> std::ops::Range<i64> {
    now.as_millis() + 1..i64::MAX
}

impl Callback {
    /// Why it is not dialed now, while it waits in its queue.
    pub const fn hold(&self) -> Option<&Hold> {
        match &self.state {
            State::Waiting { held, .. } => held.as_ref(),
            State::Scheduled { .. }
            | State::Paused { .. }
            | State::Arranging { .. }
            | State::HandedOut { .. }
            | State::OnCall { .. }
            | State::Completed { .. } => None,
        }
    }

    /// Whether it is to be found out now if its customer is still in another call.
    pub fn asks_for_other_calls(&self, now: Timestamp) -> bool {
        let hold = self.hold().filter(|hold| hold.by == HeldBy::AnotherCall);
        hold.is_some_and(|hold| hold.until <= now)
    }

    /// Whether the customer's phone becomes busy by its next state `next`: then no other call to that number may be in
    /// progress, which is for the commit to make sure of. A customer who has called is on the line already.
    pub fn claims_customer(&self, next: &Self) -> bool {
        let is_ours = matches!(&next.state, State::OnCall { leg, .. } if leg.call.is_none());
        is_ours && self.in_call_until().is_none()
    }

    /// Until when its customer's phone is believed to be in a call of it, as a score of [`calls_index`].
    pub(super) fn in_call_until(&self) -> Option<i64> {
        let leg = match &self.state {
            State::OnCall { leg, .. }
            | State::Completed {
                open: Some(leg), ..
            } => leg,
            State::Completed { talks_until, .. } => return talks_until.map(Timestamp::as_millis),
            State::Scheduled { .. }
            | State::Waiting { .. }
            | State::Paused { .. }
            | State::Arranging { .. }
            | State::HandedOut { .. } => return None,
        };
        // In a chat nobody's phone is busy.
        let is_chat = leg.call.as_ref().is_some_and(|call| call.chat().is_some());
        (!is_chat).then_some(IN_CALL)
    }

    /// Takes the place in the queue that it has had since then: it waits for somebody, its customer may ask for a number to
    /// call, or the gate holds it back. Returns whether it is held back by what it was not held back by before.
    pub(super) fn enter_queue(
        &mut self,
        since: Timestamp,
        options: &Options,
        now: Timestamp,
    ) -> bool {
        let before = self.hold().copied();
        let held = match dial_gate(self, options, now) {
            // The place is kept without a word: when it is dialed was said with its time.
            DialGate::Dial | DialGate::Never(_) | DialGate::WaitUntil(_, HeldBy::DesiredTime) => {
                None
            }
            DialGate::WaitUntil(until, by) => Some(Hold { by, until }),
        };
        let opened = self.opens.map(|opens| opens.min(now));
        self.opens = held.map_or(opened, |hold| Some(hold.until));
        self.state = self.waiting(since, options, now);
        if let State::Waiting { held: place, .. } = &mut self.state {
            *place = held;
        }
        self.hold().is_some() && self.hold().copied() != before
    }

    /// Back in the queue because its customer is in another call.
    pub(super) fn wait_for_other_call(
        &mut self,
        since: Timestamp,
        options: &Options,
        now: Timestamp,
    ) -> bool {
        let before = self.hold().map(|hold| hold.by);
        let is_new = self.enter_queue(since, options, now);
        let until = now + ANOTHER_CALL;
        let State::Waiting {
            not_before,
            held: held @ None,
            ..
        } = &mut self.state
        else {
            return is_new;
        };
        let by = HeldBy::AnotherCall;
        *held = Some(Hold { by, until });
        *not_before = Some(not_before.unwrap_or(until).max(until));
        before != Some(by)
    }

    /// Customer and agent go on talking after it has ended.
    pub(super) fn talk_on(&mut self, now: Timestamp) {
        if let State::Completed { talks_until, .. } = &mut self.state {
            *talks_until = Some(now + LONGEST_TALK);
        }
    }

    /// The event of being held back.
    pub(super) fn held_event(&self, now: Timestamp) -> Option<Event> {
        let Hold { by, until } = *self.hold()?;
        let mut event = self.life_event(EventName::CallbackStatusUpdated, now);
        let told = [
            ("_held_by", by.as_str().to_owned()),
            ("_held_until", until.to_string()),
        ];
        let told = told.map(|(key, value)| (key.to_owned(), value.into()));
        event.attributes.extend(told);
        Some(event)
    }
}
