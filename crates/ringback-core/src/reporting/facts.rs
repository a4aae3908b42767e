//! What the log of a callback tells.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::Value;

use crate::call::CallResult;
use crate::event::{CallbackState, Event, EventName};
use crate::time::Timestamp;

/// What became of an attempt, in the words of reports.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum DialResult {
    /// A person answered and talked to an agent.
    Connected,
    /// A person answered, or nobody could tell; no agent came.
    Person,
    /// Busy.
    Busy,
    /// Nobody answered.
    NoAnswer,
    /// An answering machine.
    AnsweringMachine,
    /// A fax answered.
    Fax,
    /// The network's announcement.
    ErrorTone,
    /// There is no such number.
    InvalidNumber,
    /// The customer's side declines such calls.
    Rejected,
    /// No line was free.
    AllTrunksBusy,
    /// The network failed.
    CreateCallError,
    /// The customer hung up before anything was known.
    Abandoned,
    /// Called off while it rang.
    Dropped,
    /// Nobody can tell.
    Unknown,
}

impl DialResult {
    /// Every result.
    pub const ALL: [Self; 14] = [
        Self::Connected,
        Self::Person,
        Self::Busy,
        Self::NoAnswer,
        Self::AnsweringMachine,
        Self::Fax,
        Self::ErrorTone,
        Self::InvalidNumber,
        Self::Rejected,
        Self::AllTrunksBusy,
        Self::CreateCallError,
        Self::Abandoned,
        Self::Dropped,
        Self::Unknown,
    ];

    /// As reports spell it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Connected => "CONNECTED",
            Self::Person => "PERSON",
            Self::Busy => "BUSY",
            Self::NoAnswer => "NO_ANSWER",
            Self::AnsweringMachine => "ANSWERING_MACHINE",
            Self::Fax => "FAX",
            Self::ErrorTone => "ERROR_TONE",
            Self::InvalidNumber => "INVALID_NUMBER",
            Self::Rejected => "REJECTED",
            Self::AllTrunksBusy => "ALL_TRUNKS_BUSY",
            Self::CreateCallError => "CREATE_CALL_ERROR",
            Self::Abandoned => "ABANDONED",
            Self::Dropped => "DROPPED",
            Self::Unknown => "UNKNOWN",
        }
    }

    const fn of(result: CallResult) -> Self {
        match result {
            CallResult::Ok => Self::Person,
            CallResult::Error => Self::CreateCallError,
            CallResult::Rejected => Self::Rejected,
            CallResult::Busy => Self::Busy,
            CallResult::NoAnswer => Self::NoAnswer,
            CallResult::SpecialTone => Self::ErrorTone,
            CallResult::AnsweringMachine => Self::AnsweringMachine,
            CallResult::AllTrunksBusy => Self::AllTrunksBusy,
            CallResult::InvalidNumber => Self::InvalidNumber,
            CallResult::Fax => Self::Fax,
            CallResult::Abandoned => Self::Abandoned,
            CallResult::Dropped => Self::Dropped,
            CallResult::Unknown => Self::Unknown,
        }
    }
}

/// What the log of a callback tells. A span is there once a part of it is over; parts never overlap.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    /// How long it was in its queue, and the customer not on the phone: up to each attempt, or to the end.
    pub offline: Option<Duration>,
    /// How long was dialed, all attempts together.
    pub dialing: Option<Duration>,
    /// How long the customer was on the line without an agent: from the answer to the agent's, or to the end.
    pub on_line: Option<Duration>,
    /// What became of each attempt that is over, by its number.
    pub dials: BTreeMap<u32, DialResult>,
    /// How often an agent was found.
    pub agents_found: u32,
    /// When customer and agent were connected.
    pub connected: Option<Timestamp>,
}

/// Where a callback is, and since when.
#[derive(Clone, Copy)]
enum Place {
    Elsewhere,
    Queue(Timestamp),
    Dialing(Timestamp),
    OnLine(Timestamp),
}

impl Facts {
    /// Reads a log.
    pub fn of(log: &[Event]) -> Self {
        let mut facts = Self::default();
        let (mut place, mut now) = (Place::Elsewhere, None);
        for event in log {
            // Events are written by several machines: time never goes back.
            let at = now.map_or(event.at, |now: Timestamp| now.max(event.at));
            now = Some(at);
            place = facts.happened(event, place, at);
        }
        facts
    }

    fn happened(&mut self, event: &Event, place: Place, at: Timestamp) -> Place {
        let next = match (event.name, event.state) {
            (EventName::DialInit, _) => Place::Dialing(at),
            (EventName::DialDone, _) => match self.dialed(event) {
                Some(DialResult::Person) => Place::OnLine(at),
                Some(_) | None => Place::Elsewhere,
            },
            (EventName::RouteToAgent, _) => {
                self.connect(at);
                Place::Elsewhere
            }
            (_, CallbackState::Scheduled | CallbackState::Paused | CallbackState::Completed) => {
                Place::Elsewhere
            }
            (
                EventName::CallbackQueued | EventName::CallbackStatusUpdated,
                CallbackState::Queued,
            ) if matches!(place, Place::Elsewhere) => Place::Queue(at),
            // Whoever has called was not dialed.
            (EventName::ConnectTreatmentStart | EventName::CustomerQueued, _)
                if matches!(place, Place::Queue(_)) =>
            {
                Place::OnLine(at)
            }
            (EventName::TargetFound, _) => {
                self.agents_found = self.agents_found.saturating_add(1);
                return place;
            }
            _ => return place,
        };
        let (span, since) = match place {
            Place::Elsewhere => return next,
            Place::Queue(since) => (&mut self.offline, since),
            Place::Dialing(since) => (&mut self.dialing, since),
            Place::OnLine(since) => (&mut self.on_line, since),
        };
        *span = Some(span.unwrap_or_default().saturating_add(at.since(since)));
        next
    }

    fn dialed(&mut self, event: &Event) -> Option<DialResult> {
        let told = |key: &str| event.attributes.get(key).and_then(Value::as_u64);
        let attempt = u32::try_from(told("c_call_num_attempt")?).ok()?;
        let result = CallResult::of_code(told("c_call_result")?)?;
        let result = DialResult::of(result);
        self.dials.insert(attempt, result);
        Some(result)
    }

    fn connect(&mut self, at: Timestamp) {
        self.connected.get_or_insert(at);
        if let Some(mut last) = self.dials.last_entry()
            && *last.get() == DialResult::Person
        {
            last.insert(DialResult::Connected);
        }
    }

    /// How often a person answered.
    pub fn answers(&self) -> u32 {
        let answered =
            |result: &&DialResult| matches!(result, DialResult::Person | DialResult::Connected);
        let count = self.dials.values().filter(answered).count();
        u32::try_from(count).unwrap_or(u32::MAX)
    }
}
