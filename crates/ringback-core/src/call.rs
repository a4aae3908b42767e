//! The words of the phone network: what is asked of it, and what it reports.

mod attached;
#[cfg(test)]
mod tests;

use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::phone::PhoneNumber;
pub use attached::{Attached, MOST_BYTES, MOST_KEYS, USER_DATA};

/// The name of one attempt's call, chosen by us before the phone is touched. Fixed length for every attempt of a
/// callback, so that no id is a prefix of another.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CallId(String);

impl CallId {
    /// The call of attempt number `attempt` (from 1) of a callback.
    pub fn of_attempt(callback: &str, attempt: u32) -> Self {
        Self(format!("{callback}-c-{attempt:03}"))
    }

    /// Reads a call id back, e.g. from a telephony event.
    pub fn from_wire(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// As the phone network knows it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for CallId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What the dialer asks of the phone network about one call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
pub enum CallCommand {
    /// Ring the customer. Repeating it for a call id under which a customer was dialed, in whatever state, dials nothing. If
    /// the agent was summoned and is on the line, both talk as soon as a person answers: [`Report::Connected`] follows.
    Dial(DialOrder),
    /// Ring the agent's extension before the customer is dialed. Repeating it for a call id that is known rings nobody.
    Summon {
        /// The agent's directory number.
        dn: String,
        /// What the agent's phone is told of the customer.
        #[serde(default, skip_serializing_if = "Attached::is_empty")]
        attached: Attached,
    },
    /// Play a sound to the customer, then report [`Report::TreatmentDone`].
    Play {
        /// What to play, as the service names it.
        sound: String,
    },
    /// Music until something else happens.
    Hold {
        /// What to play, as the service names it.
        sound: String,
    },
    /// Ring the agent's extension and bridge both when it answers. Asking again while it rings changes nothing.
    Connect {
        /// The agent's directory number.
        dn: String,
        /// What the agent's phone is told of the customer.
        #[serde(default, skip_serializing_if = "Attached::is_empty")]
        attached: Attached,
    },
    /// End the call, both legs. A call id that was never dialed is closed for good.
    HangUp,
}

/// How to ring a customer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DialOrder {
    /// Whom.
    pub to: PhoneNumber,
    /// The caller's number shown, if any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// The caller's name shown, if any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub display_name: Option<String>,
    /// The trunk group it goes out through.
    pub trunk: String,
    /// How long it rings before [`CallResult::NoAnswer`]; milliseconds on the wire.
    #[serde(with = "millis")]
    pub ring_timeout: Duration,
    /// Whether to tell persons from machines (call progress detection).
    pub detect: bool,
    /// Whether whoever is not recognised as a person counts as a machine; otherwise whoever is not recognised as a machine is
    /// a person.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub strict: bool,
    /// User data that travels with the call.
    #[serde(default, skip_serializing_if = "Attached::is_empty")]
    pub attached: Attached,
}

/// What the phone network says about one call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "report", rename_all = "snake_case")]
pub enum Report {
    /// The customer's phone rings.
    Ringing,
    /// Somebody or something answered.
    Answered {
        /// Who.
        by: AnsweredBy,
    },
    /// The call did not come about.
    Failed {
        /// Why.
        result: CallResult,
    },
    /// The agent who was summoned has answered.
    AgentAnswered,
    /// The sound was played to its end.
    TreatmentDone,
    /// The agent answered and both are talking.
    Connected,
    /// The agent's phone was not answered or refused. A customer on the line is still there; of an agent who was summoned
    /// it is the end of the call.
    AgentFailed,
    /// The call is over.
    HungUp {
        /// Who ended it.
        by: Party,
    },
}

/// What answered a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AnsweredBy {
    /// A person, or nobody could tell.
    Person,
    /// An answering machine.
    Machine,
    /// A fax.
    Fax,
}

/// Who ended a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Party {
    /// The customer.
    Customer,
    /// The agent.
    Agent,
    /// Ringback.
    Us,
}

impl Party {
    /// One word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Customer => "customer",
            Self::Agent => "agent",
            Self::Us => "us",
        }
    }
}

/// What the phone network knows of a call id. To ask attaches the call's further reports to whoever asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "status", rename_all = "snake_case")]
pub enum CallStatus {
    /// Nothing: never dialed, or forgotten. From now on a dial under this id is refused.
    Unknown,
    /// An agent was summoned; no customer was dialed.
    Summoned {
        /// Whether the agent is on the line.
        answered: bool,
    },
    /// The customer was dialed and has not answered yet.
    Ringing,
    /// The customer is on the line.
    Up {
        /// What answered.
        by: AnsweredBy,
        /// Whether the agent is bridged in.
        connected: bool,
    },
    /// It did not come about.
    Failed {
        /// Why.
        result: CallResult,
    },
    /// It was answered and is over.
    Over {
        /// Whether an agent had been bridged in.
        connected: bool,
    },
}

/// The result of dialing, as `c_call_result` numbers it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CallResult {
    /// A person answered.
    Ok,
    /// The network failed.
    Error,
    /// The customer's side declines the call, now and later.
    Rejected,
    /// Busy.
    Busy,
    /// Nobody answered.
    NoAnswer,
    /// A special information tone: the network's announcement.
    SpecialTone,
    /// An answering machine.
    AnsweringMachine,
    /// No line was free.
    AllTrunksBusy,
    /// There is no such number.
    InvalidNumber,
    /// A fax answered.
    Fax,
    /// The customer hung up before anything was known.
    Abandoned,
    /// The call was ended by us, e.g. by a cancel.
    Dropped,
    /// Nobody can tell.
    Unknown,
}

impl CallResult {
    /// Every result.
    pub const ALL: [Self; 13] = [
        Self::Ok,
        Self::Error,
        Self::Rejected,
        Self::Busy,
        Self::NoAnswer,
        Self::SpecialTone,
        Self::AnsweringMachine,
        Self::AllTrunksBusy,
        Self::InvalidNumber,
        Self::Fax,
        Self::Abandoned,
        Self::Dropped,
        Self::Unknown,
    ];

    /// The result of that number.
    pub fn of_code(code: u64) -> Option<Self> {
        let mut all = Self::ALL.into_iter();
        all.find(|result| u64::from(result.code()) == code)
    }

    /// The number in `c_call_result` (the established product's call-result enumeration).
    pub const fn code(self) -> u8 {
        match self {
            Self::Ok => 0,
            Self::Error => 3,
            // "Remote release" there.
            Self::Rejected => 5,
            Self::Busy => 6,
            Self::NoAnswer => 7,
            Self::SpecialTone => 8,
            Self::AnsweringMachine => 9,
            Self::AllTrunksBusy => 10,
            Self::InvalidNumber => 11,
            Self::Fax => 17,
            Self::Abandoned => 21,
            Self::Dropped => 26,
            Self::Unknown => 28,
        }
    }
}

mod millis {
    use std::time::Duration;

    use serde::{Deserialize, Deserializer, Serializer};

    pub fn serialize<S: Serializer>(span: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u64(u64::try_from(span.as_millis()).unwrap_or(u64::MAX))
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
        u64::deserialize(deserializer).map(Duration::from_millis)
    }
}
