//! The callback: its record, its states, and the one function that changes it.

mod accept;
mod dial_gate;
mod listing;
mod route;
mod search;
mod state;
mod step;
#[cfg(test)]
mod tests;
mod update;

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::access::{Arrival, Invitation};
use crate::call::{CallId, CallResult};
use crate::event::{CallbackState, Event, EventName, Reason};
use crate::ids::{CallbackId, ServiceName};
use crate::notify::Plan;
use crate::phone::{CanonicalNumber, CustomerNumber, NumberRules, PhoneNumber};
use crate::request::Fingerprint;
use crate::service::Options;
use crate::slots::SlotId;
use crate::time::Timestamp;
pub use accept::{LONGEST_LEAD, NewCallback};
pub use dial_gate::{DialGate, DialHours, HeldBy, Hold, calls_index, dial_gate, in_progress};
pub use listing::{
    Wait, accepted_after, accepted_index, begun_index, dialing_index, found_by_index, lookup_text,
    pending, queue_index, service_index, stands_at, time_of, wait_index,
};
pub use route::Route;
pub use search::{
    Condition, Operand, SEARCH_KEYS, SearchError, Way as SearchWay, fits as search_fits,
    ways as search_ways,
};
pub use state::{Arrangement, Leg, Parting, Phase, Seeking, State};
pub use step::{Decision, Effect, Input, LEASE, ORDER_TIME, Refusal, Step, Verdict};
pub use update::{MAX_DATA, MAX_DATA_KEYS, Update};

/// The layout of stored records.
const SCHEMA: u8 = 1;

/// The lookup key that every callback has.
pub const NUMBER_KEY: &str = "_customer_number";

/// Everything known of one callback.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct Callback {
    /// The layout of this record.
    #[serde(rename = "v", deserialize_with = "known_schema")]
    schema: u8,
    /// Its name. It is that of its document, and not stored twice.
    #[serde(skip, default = "unnamed")]
    pub id: CallbackId,
    /// The service it belongs to.
    #[serde(rename = "svc")]
    pub service: ServiceName,
    /// Whom to call, as the request wrote it; `None` for a customer who is known by something else.
    #[serde(rename = "num", default, skip_serializing_if = "Option::is_none")]
    pub number: Option<PhoneNumber>,
    /// The one form of that number; `None` in a record that was written before there was one. See [`Callback::customer`].
    #[serde(rename = "cn", default, skip_serializing_if = "Option::is_none")]
    customer: Option<CanonicalNumber>,
    /// When it was accepted.
    #[serde(rename = "at")]
    pub created: Timestamp,
    /// When the customer wants the call; `None` for at once.
    #[serde(rename = "des", default, skip_serializing_if = "Option::is_none")]
    pub desired: Option<Timestamp>,
    /// Where it has a place at that time.
    #[serde(rename = "slot", default, skip_serializing_if = "Option::is_none")]
    pub place: Option<SlotId>,
    /// Where it waits and goes out.
    #[serde(rename = "rt")]
    pub route: Route,
    /// What its request set over the service's options.
    #[serde(rename = "opt", default, skip_serializing_if = "BTreeMap::is_empty")]
    pub overrides: BTreeMap<String, String>,
    /// What else its request said: kept, and attached to the call.
    #[serde(rename = "data", default, skip_serializing_if = "Map::is_empty")]
    pub user_data: Map<String, Value>,
    /// User data keys it can be found by, besides its number.
    #[serde(rename = "lk", default, skip_serializing_if = "Vec::is_empty")]
    pub lookup: Vec<String>,
    /// Who is told about its steps; `None` for nobody.
    #[serde(rename = "ntf", default, skip_serializing_if = "Option::is_none")]
    pub notify: Option<Plan>,
    /// W3C trace context of the request.
    #[serde(rename = "tp", default, skip_serializing_if = "Option::is_none")]
    pub trace: Option<String>,
    /// What its request said, to tell a repeat from another request.
    #[serde(rename = "fp", default, skip_serializing_if = "Option::is_none")]
    pub fingerprint: Option<Fingerprint>,
    /// How many attempts were made.
    #[serde(rename = "try", default, skip_serializing_if = "is_none_yet")]
    pub attempts: u32,
    /// How many calls were begun, to agents who did not answer, in which the customer was not dialed.
    #[serde(rename = "sum", default, skip_serializing_if = "is_none_yet")]
    summons: u32,
    /// How often agents looked at it and did not take it.
    #[serde(rename = "rej", default, skip_serializing_if = "is_none_yet")]
    pub rejects: u32,
    /// How often its customer was to call.
    #[serde(rename = "inv", default, skip_serializing_if = "is_none_yet")]
    pub invites: u32,
    /// What became of the last one.
    #[serde(rename = "res", default, skip_serializing_if = "Option::is_none")]
    pub last_result: Option<CallResult>,
    /// The last opening that it waited for in its queue, or waits for: how long it may wait is counted from then on.
    #[serde(rename = "opn", default, skip_serializing_if = "Option::is_none")]
    opens: Option<Timestamp>,
    /// Where it stands.
    #[serde(rename = "st")]
    pub state: State,
}

impl Callback {
    /// Reads the stored record of a name.
    ///
    /// # Errors
    /// When it is none.
    pub fn read(id: CallbackId, body: &[u8]) -> Result<Self, serde_json::Error> {
        let read: Self = serde_json::from_slice(body)?;
        Ok(Self { id, ..read })
    }

    /// Whose callback it is: the one form of the number, by which it is listed, counted, matched and dialed. A record of a
    /// build that compared spellings has the digits here, until it is [`Callback::recognized`].
    pub fn customer(&self) -> Option<CanonicalNumber> {
        let written = || self.number.as_ref().map(CanonicalNumber::as_written);
        self.customer.clone().or_else(written)
    }

    /// Whether a number is that of its customer, however it is written. `rules` are those of its service.
    pub fn is_of(&self, number: &PhoneNumber, rules: &NumberRules) -> bool {
        let read = |number| {
            let canonical = rules.canonical(number);
            canonical.unwrap_or_else(|_| CanonicalNumber::as_written(number))
        };
        let own = self
            .customer
            .clone()
            .or_else(|| self.number.as_ref().map(read));
        own == Some(read(number))
    }

    /// A record of a build that compared spellings, under the one form of its number; `None` when it is so already. `rules`
    /// are those of its service. A number that can be two stays as it is written.
    pub fn recognized(&self, rules: &NumberRules) -> Option<Self> {
        let number = self.number.as_ref().filter(|_| self.customer.is_none())?;
        let written = |_| CanonicalNumber::as_written(number);
        let customer = Some(rules.canonical(number).unwrap_or_else(written));
        Some(Self {
            customer,
            ..self.clone()
        })
    }

    /// What is dialed for it; `None` without a number, and when the prefix makes it too long.
    pub fn dialed(&self, options: &Options) -> Option<PhoneNumber> {
        let country = options.admission.numbers.country;
        let dialed = self.customer()?.dialed(&options.dialing.prefix, country);
        dialed.ok()
    }

    fn set_number(&mut self, number: CustomerNumber) {
        let CustomerNumber { written, canonical } = number;
        self.customer = Some(canonical);
        self.number = Some(written);
    }

    /// Its place on the way, as the API names it.
    pub fn callback_state(&self) -> CallbackState {
        self.state.name()
    }

    /// Why it is over; `None` while it is not.
    pub const fn reason(&self) -> Option<Reason> {
        match &self.state {
            State::Completed { reason, .. } => Some(*reason),
            State::Scheduled { .. }
            | State::Waiting { .. }
            | State::Paused { .. }
            | State::Arranging { .. }
            | State::HandedOut { .. }
            | State::OnCall { .. } => None,
        }
    }

    /// Whether its request said something else than this one; not when that is not known.
    pub fn differs_from(&self, request: &Fingerprint) -> bool {
        let known = self.fingerprint.as_ref();
        known.is_some_and(|fingerprint| fingerprint != request)
    }

    /// The time it is counted from: the desired time, or that of the request.
    pub fn wanted(&self) -> Timestamp {
        self.desired.unwrap_or(self.created)
    }

    /// The place that is its own. Who is called off gives it back, and who fails before its time comes.
    pub fn holds(&self) -> Option<&SlotId> {
        let place = self.place.as_ref()?;
        let is_left = match &self.state {
            State::Completed { reason, at, .. } => {
                let is_used = *reason == Reason::AgentConnected;
                let is_called_off = matches!(reason, Reason::Cancelled | Reason::CancelledByAdmin);
                is_called_off || !is_used && *at < place.start()
            }
            State::Scheduled { .. }
            | State::Waiting { .. }
            | State::Paused { .. }
            | State::Arranging { .. }
            | State::HandedOut { .. }
            | State::OnCall { .. } => false,
        };
        (!is_left).then_some(place)
    }

    /// The place that it no longer has once it is as `next`.
    pub fn leaves(&self, next: &Self) -> Option<&SlotId> {
        self.holds().filter(|place| next.holds() != Some(place))
    }

    /// `_expiration_time`: until when it is kept, `_ttl` after the desired time; a time that had passed when it was asked
    /// for means the time of the request.
    pub fn expires(&self, options: &Options) -> Timestamp {
        self.wanted().max(self.created) + options.ttl
    }

    /// What its customer needs to call, while a call is expected.
    pub const fn invitation(&self) -> Option<&Invitation> {
        let State::Arranging {
            what: Arrangement::Call { invitation },
            ..
        } = &self.state
        else {
            return None;
        };
        invitation.as_ref()
    }

    /// Whether it is this call that is expected of its customer.
    pub fn expects(&self, arrival: &Arrival, options: &Options) -> bool {
        let is_customer = |from: &PhoneNumber| self.is_of(from, &options.admission.numbers);
        let invitation = self.invitation();
        invitation.is_some_and(|it| it.expects(arrival, is_customer))
    }

    /// Its present or last call.
    pub fn call(&self) -> CallId {
        let own = self.state.leg().and_then(|leg| leg.call.clone());
        own.unwrap_or_else(|| self.named_call(self.calls()))
    }

    /// The call that begins when a dialer takes it.
    pub fn next_call(&self) -> CallId {
        match &self.state {
            State::HandedOut {
                arrived: Some(arrived),
                ..
            } => arrived.clone(),
            State::Scheduled { .. }
            | State::Waiting { .. }
            | State::Paused { .. }
            | State::Arranging { .. }
            | State::HandedOut { .. }
            | State::OnCall { .. }
            | State::Completed { .. } => self.named_call(self.calls().saturating_add(1)),
        }
    }

    /// How many calls of ours were begun for it.
    const fn calls(&self) -> u32 {
        self.attempts.saturating_add(self.summons)
    }

    fn named_call(&self, number: u32) -> CallId {
        CallId::of_attempt(self.id.as_str(), number)
    }

    /// An event of its life, as opposed to one of its call.
    fn life_event(&self, name: EventName, at: Timestamp) -> Event {
        let desired = self.wanted().to_string();
        self.event(name, at, [("_desired_time", desired.into())])
    }

    fn event<const N: usize>(
        &self,
        name: EventName,
        at: Timestamp,
        attributes: [(&str, Value); N],
    ) -> Event {
        let attributes = attributes
            .into_iter()
            .map(|(key, value)| (key.to_owned(), value))
            .collect();
        Event {
            name,
            at,
            state: self.callback_state(),
            attributes,
        }
    }
}

fn unnamed() -> CallbackId {
    CallbackId::new("")
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "what is skipped is asked by reference"
)]
const fn is_none_yet(attempts: &u32) -> bool {
    *attempts == 0
}

/// A record of another layout is not guessed at.
fn known_schema<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<u8, D::Error> {
    match u8::deserialize(deserializer)? {
        SCHEMA => Ok(SCHEMA),
        other => Err(serde::de::Error::custom(format!(
            "layout {other} of a callback is unknown: allowed is {SCHEMA}"
        ))),
    }
}

/// Shows which callback and where it stands, nothing of the person.
impl fmt::Debug for Callback {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Callback({} {} {:?})", self.id, self.service, self.state)
    }
}
