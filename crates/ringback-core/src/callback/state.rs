//! Where a callback stands. A state carries only what belongs to it.

use serde::{Deserialize, Serialize};

use super::Hold;
use crate::access::Invitation;
use crate::agent::AgentRef;
use crate::call::CallId;
use crate::event::{CallbackState, Reason};
use crate::ids::WorkerId;
use crate::time::Timestamp;

use super::ORDER_TIME;

/// Where a callback stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum State {
    /// SCHEDULED: its time has not come.
    Scheduled {
        /// When it enters the queue.
        due: Timestamp,
        /// When those who wish it are told that its time comes soon.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reminder: Option<Timestamp>,
        /// How often it could not enter the queue though its time had come.
        #[serde(default, skip_serializing_if = "is_zero")]
        failed_submits: u32,
        /// When the wait in its queue is next asked for, so that it is submitted that much earlier.
        #[serde(rename = "ask", default, skip_serializing_if = "Option::is_none")]
        ask_at: Option<Timestamp>,
        /// Whether it has been in its queue.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        again: bool,
    },
    /// QUEUED: waits to be handed out.
    Waiting {
        /// In the queue since.
        since: Timestamp,
        /// How often its alarm found it still waiting.
        checks: u32,
        /// When it may be dialed at the earliest: until then it only keeps its place.
        #[serde(rename = "nb", default, skip_serializing_if = "Option::is_none")]
        not_before: Option<Timestamp>,
        /// What it waits for.
        #[serde(rename = "for", default, skip_serializing_if = "Seeking::is_plain")]
        seeking: Seeking,
        /// Why it is not dialed now though its turn may have come.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        held: Option<Hold>,
    },
    /// PAUSED: keeps its place while its service is paused.
    Paused {
        /// In the queue since.
        since: Timestamp,
        /// Paused since.
        at: Timestamp,
        /// How often its alarm found it still paused.
        checks: u32,
    },
    /// QUEUED: something has to be agreed on before the call.
    Arranging {
        /// In the queue since.
        since: Timestamp,
        /// Since when.
        at: Timestamp,
        /// The agent held for it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        agent: Option<AgentRef>,
        /// What.
        what: Arrangement,
    },
    /// QUEUED: a dialer has been asked to take it.
    HandedOut {
        /// In the queue since.
        since: Timestamp,
        /// When it was handed out.
        at: Timestamp,
        /// How often the dialers were reminded.
        hints: u32,
        /// The agent held for it.
        agent: Option<AgentRef>,
        /// The call that its customer has made.
        #[serde(rename = "in", default, skip_serializing_if = "Option::is_none")]
        arrived: Option<CallId>,
    },
    /// A dialer holds its call.
    OnCall {
        /// Who holds it.
        leg: Leg,
        /// How far it is.
        phase: Phase,
    },
    /// COMPLETED.
    Completed {
        /// Why.
        reason: Reason,
        /// When.
        at: Timestamp,
        /// A call that its dialer must still hang up.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        open: Option<Leg>,
        /// Until when customer and agent are believed to talk on, unless somebody tells that they have stopped.
        #[serde(rename = "talk", default, skip_serializing_if = "Option::is_none")]
        talks_until: Option<Timestamp>,
    },
}

/// What has to be agreed on before a call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum Arrangement {
    /// The agent looks at the callback, and takes it or does not.
    Preview,
    /// The customer is asked whether it suits.
    Confirm,
    /// The customer is to call.
    Call {
        /// Where; `None` until the customer asks for a number.
        #[serde(rename = "inv", default, skip_serializing_if = "Option::is_none")]
        invitation: Option<Invitation>,
    },
}

/// What a callback in the queue waits for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seeking {
    /// How many targets after the first are open to it, of a list.
    #[serde(rename = "tg", default, skip_serializing_if = "is_zero")]
    pub widened: u32,
    /// Whether it has waited for an agent for as long as it may, and is dialed without one.
    #[serde(rename = "any", default, skip_serializing_if = "std::ops::Not::not")]
    pub without_agent: bool,
}

impl Seeking {
    fn is_plain(&self) -> bool {
        *self == Self::default()
    }
}

/// Who holds a call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Leg {
    /// The dialer.
    pub owner: WorkerId,
    /// When somebody must ask whether that dialer still lives.
    pub lease: Timestamp,
    /// In the queue since.
    pub since: Timestamp,
    /// How often agents did not answer for this customer.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub transfers: u32,
    /// The customer's own call; others have names of ours.
    #[serde(rename = "in", default, skip_serializing_if = "Option::is_none")]
    pub call: Option<CallId>,
}

impl Leg {
    /// Whether `worker` may still touch the phone for this call when it is `latest` at the latest: it holds the call, and
    /// will for as long as an order may be under way.
    pub fn is_safe_for(&self, worker: &WorkerId, latest: Timestamp) -> bool {
        self.owner == *worker && latest + ORDER_TIME < self.lease
    }
}

/// How far a call is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum Phase {
    /// QUEUED: the customer has called, and the phone network is asked about that call.
    Arriving {
        /// Since when.
        at: Timestamp,
        /// The agent held for it.
        agent: Option<AgentRef>,
    },
    /// QUEUED: the phone of the agent rings, who is called before the customer.
    Summoning {
        /// Since when.
        at: Timestamp,
        /// Whose.
        agent: AgentRef,
    },
    /// QUEUED: the customer's phone rings, and the agent listens.
    Reaching {
        /// Since when.
        at: Timestamp,
        /// Who.
        agent: AgentRef,
    },
    /// QUEUED: the customer's phone rings.
    Dialing {
        /// Since when.
        at: Timestamp,
        /// The agent held for it.
        agent: Option<AgentRef>,
    },
    /// QUEUED: a person answered and hears the greeting.
    Greeting {
        /// Since when.
        at: Timestamp,
        /// The agent held for it.
        agent: Option<AgentRef>,
    },
    /// ROUTING: the customer waits on the line for an agent.
    OnLine {
        /// Since when.
        at: Timestamp,
        /// How many targets after the first are open to it, of a list.
        #[serde(rename = "tg", default, skip_serializing_if = "is_zero")]
        widened: u32,
    },
    /// ROUTING: the agent's phone rings.
    Connecting {
        /// Since when.
        at: Timestamp,
        /// Whose.
        agent: AgentRef,
    },
    /// PROCESSING: customer and agent talk.
    Talking {
        /// Since when.
        at: Timestamp,
        /// Who.
        agent: AgentRef,
    },
    /// A last sound is played, then the call is over.
    Parting {
        /// Since when.
        at: Timestamp,
        /// To whom.
        from: Parting,
    },
}

/// Who hears the last sound of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "who", rename_all = "snake_case")]
pub enum Parting {
    /// QUEUED: an answering machine. The attempt has failed.
    Machine,
    /// ROUTING: a customer to whom no agent comes. The callback is over, for this reason.
    Customer {
        /// Which.
        reason: Reason,
    },
}

impl State {
    /// As the API names it.
    pub const fn name(&self) -> CallbackState {
        match self {
            Self::Scheduled { .. } => CallbackState::Scheduled,
            Self::Waiting { .. } | Self::Arranging { .. } | Self::HandedOut { .. } => {
                CallbackState::Queued
            }
            Self::Paused { .. } => CallbackState::Paused,
            Self::OnCall { phase, .. } => phase.name(),
            Self::Completed { .. } => CallbackState::Completed,
        }
    }

    /// The agent that is held for it or talks.
    pub const fn agent(&self) -> Option<&AgentRef> {
        match self {
            Self::Arranging { agent, .. } | Self::HandedOut { agent, .. } => agent.as_ref(),
            Self::OnCall { phase, .. } => phase.agent(),
            Self::Scheduled { .. }
            | Self::Waiting { .. }
            | Self::Paused { .. }
            | Self::Completed { .. } => None,
        }
    }

    /// Who holds its call, if there is one.
    pub const fn leg(&self) -> Option<&Leg> {
        match self {
            Self::OnCall { leg, .. } => Some(leg),
            Self::Completed { open, .. } => open.as_ref(),
            Self::Scheduled { .. }
            | Self::Waiting { .. }
            | Self::Paused { .. }
            | Self::Arranging { .. }
            | Self::HandedOut { .. } => None,
        }
    }
}

impl Phase {
    /// As the API names it.
    pub const fn name(&self) -> CallbackState {
        match self {
            Self::Arriving { .. }
            | Self::Summoning { .. }
            | Self::Reaching { .. }
            | Self::Dialing { .. }
            | Self::Greeting { .. }
            | Self::Parting {
                from: Parting::Machine,
                ..
            } => CallbackState::Queued,
            Self::OnLine { .. } | Self::Connecting { .. } | Self::Parting { .. } => {
                CallbackState::Routing
            }
            Self::Talking { .. } => CallbackState::Processing,
        }
    }

    /// The agent that is held for it or talks.
    pub const fn agent(&self) -> Option<&AgentRef> {
        match self {
            Self::Arriving { agent, .. }
            | Self::Dialing { agent, .. }
            | Self::Greeting { agent, .. } => agent.as_ref(),
            Self::OnLine { .. } | Self::Parting { .. } => None,
            Self::Summoning { agent, .. }
            | Self::Reaching { agent, .. }
            | Self::Connecting { agent, .. }
            | Self::Talking { agent, .. } => Some(agent),
        }
    }
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde asks for a reference"
)]
const fn is_zero(number: &u32) -> bool {
    *number == 0
}
