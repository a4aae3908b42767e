//! The callback: its record, its states, and the one function that changes it.

mod listing;
mod state;
mod step;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::call::{CallId, CallResult};
use crate::event::{CallbackState, Event, EventName};
use crate::event_list::Properties;
use crate::ids::{CallbackId, ServiceName};
use crate::notify::Plan;
use crate::phone::PhoneNumber;
use crate::service::{Mistakes, Options, Service};
use crate::time::Timestamp;
pub use listing::{Wait, dialing_index, found_by_index, queue_index, service_index, wait_index};
pub use state::{Leg, Phase, State};
pub use step::{Decision, Effect, Input, LEASE, Refusal, Step};

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
    /// Its name.
    pub id: CallbackId,
    /// The service it belongs to.
    #[serde(rename = "svc")]
    pub service: ServiceName,
    /// Whom to call.
    #[serde(rename = "num")]
    pub number: PhoneNumber,
    /// When it was accepted.
    #[serde(rename = "at")]
    pub created: Timestamp,
    /// When the customer wants the call; `None` for at once.
    #[serde(rename = "des", default, skip_serializing_if = "Option::is_none")]
    pub desired: Option<Timestamp>,
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
    /// How many attempts were made.
    #[serde(rename = "try", default)]
    pub attempts: u32,
    /// What became of the last one.
    #[serde(rename = "res", default, skip_serializing_if = "Option::is_none")]
    pub last_result: Option<CallResult>,
    /// Where it stands.
    #[serde(rename = "st")]
    pub state: State,
}

/// Where a callback waits and goes out; fixed when it is accepted, so that its index entries can always be found again.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Route {
    /// `_urs_virtual_queue`.
    #[serde(rename = "vq", default, skip_serializing_if = "String::is_empty")]
    pub virtual_queue: String,
    /// `_vq_for_outbound_calls`.
    #[serde(rename = "ovq", default, skip_serializing_if = "String::is_empty")]
    pub outbound_queue: String,
    /// The pool of agents it is for.
    #[serde(rename = "pool")]
    pub pool: String,
    /// The trunk group.
    #[serde(rename = "trk")]
    pub trunk: String,
    /// Whether the agent is found before the customer is dialed.
    #[serde(rename = "wfa", default, skip_serializing_if = "std::ops::Not::not")]
    pub wait_for_agent: bool,
}

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
    /// The record of a new callback with the events that happen at once. `list` is what the event list of its service says.
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
            .and_then(Value::as_str);
        let due = new.desired.filter(|desired| *desired > now);
        let mut callback = Self {
            schema: SCHEMA,
            id: new.id,
            service: service.name.clone(),
            number: new.number,
            created: now,
            desired: new.desired,
            route: Route::of(&options),
            overrides: new.overrides,
            lookup: options
                .lookup_keys
                .iter()
                .filter(|key| *key != NUMBER_KEY)
                .cloned()
                .collect(),
            notify: Plan::of(&options, device),
            user_data: new.user_data,
            trace: new.trace,
            attempts: 0,
            last_result: None,
            state: State::Scheduled {
                due: due.unwrap_or(now),
            },
        };
        let events = if due.is_none() {
            callback.submit(now)
        } else {
            Vec::new()
        };
        Ok((callback, events))
    }

    /// Its place on the way, as the API names it.
    pub fn callback_state(&self) -> CallbackState {
        self.state.name()
    }

    /// The time it is counted from: the desired time, or that of the request.
    pub fn wanted(&self) -> Timestamp {
        self.desired.unwrap_or(self.created)
    }

    /// `_expiration_time`: until when it is kept, `_ttl` after the desired time.
    pub fn expires(&self, options: &Options) -> Timestamp {
        self.wanted() + options.ttl
    }

    /// The call of its present or last attempt.
    pub fn call(&self) -> CallId {
        CallId::of_attempt(self.id.as_str(), self.attempts)
    }

    /// Enters the queue; the first time, that is the start of the service.
    fn submit(&mut self, now: Timestamp) -> Vec<Event> {
        self.state = State::Waiting {
            since: now,
            checks: 0,
        };
        if self.attempts > 0 {
            return Vec::new();
        }
        [EventName::ServiceCreate, EventName::VirtualIxnCreate]
            .map(|name| self.event(name, now, []))
            .into()
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

/// A record of another layout is not guessed at.
fn known_schema<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<u8, D::Error> {
    match u8::deserialize(deserializer)? {
        SCHEMA => Ok(SCHEMA),
        other => Err(serde::de::Error::custom(format!(
            "layout {other} of a callback is unknown: allowed is {SCHEMA}"
        ))),
    }
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

/// Shows which callback and where it stands, nothing of the person.
impl fmt::Debug for Callback {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Callback({} {} {:?})", self.id, self.service, self.state)
    }
}

/// Shows which callback, nothing of the person.
impl fmt::Debug for NewCallback {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "NewCallback({})", self.id)
    }
}
