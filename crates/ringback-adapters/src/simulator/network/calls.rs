//! What is kept of every call: its state, how often it was ordered and dialed.

use std::collections::{HashMap, VecDeque};

use ringback_core::access::Arrival;
use ringback_core::call::{AnsweredBy, CallId, CallResult, CallStatus, DialOrder};
use ringback_core::phone::PhoneNumber;

use super::ledger::{Dialed, Ledger, Tally};
use super::plan::Plan;
use super::refusal::Refusal;
use super::{KEPT, MAX_LIVE};

/// How many calls are kept.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bounds {
    /// Those that have ended.
    pub kept: usize,
    /// Those that are dialed or up.
    pub live: usize,
}

impl Bounds {
    pub const DEFAULT: Self = Self {
        kept: KEPT,
        live: MAX_LIVE,
    };
}

#[derive(Debug)]
pub(super) struct Calls {
    by_id: HashMap<CallId, Call>,
    /// Those that will not change any more, the oldest first.
    retired: VecDeque<CallId>,
    bounds: Bounds,
    ledger: Ledger,
}

#[derive(Debug)]
struct Call {
    state: State,
    orders: u64,
    sounds: u64,
    dialed: Option<Dialing>,
}

/// What a call was dialed with.
#[derive(Debug)]
struct Dialing {
    number: PhoneNumber,
    dials: u64,
    plan: Plan,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    /// Hung up or asked about before it was dialed.
    Closed,
    /// An agent was summoned, the customer was not dialed.
    Summoned {
        answered: bool,
    },
    Ringing {
        with_agent: bool,
    },
    Up {
        by: AnsweredBy,
        agent: Agent,
    },
    Failed(CallResult),
    Over {
        connected: bool,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Agent {
    None,
    Ringing,
    Talking,
}

impl Calls {
    pub fn bounded(bounds: Bounds) -> Self {
        Self {
            by_id: HashMap::new(),
            retired: VecDeque::new(),
            bounds,
            ledger: Ledger::default(),
        }
    }

    pub fn is_known(&self, id: &CallId) -> bool {
        self.by_id.contains_key(id)
    }

    pub fn state(&self, id: &CallId) -> Option<State> {
        self.by_id.get(id).map(|call| call.state)
    }

    pub fn status(&self, id: &CallId) -> CallStatus {
        self.state(id).map_or(CallStatus::Unknown, State::status)
    }

    pub fn plan(&self, id: &CallId) -> Option<&Plan> {
        let dialed = self.by_id.get(id)?.dialed.as_ref()?;
        Some(&dialed.plan)
    }

    /// The agent's side of a call that is up.
    pub fn agent(&mut self, id: &CallId) -> Option<&mut Agent> {
        match &mut self.by_id.get_mut(id)?.state {
            State::Up { agent, .. } => Some(agent),
            State::Closed
            | State::Summoned { .. }
            | State::Ringing { .. }
            | State::Failed(_)
            | State::Over { .. } => None,
        }
    }

    /// Takes an order to dial: `true` when the phone shall be rung, `false` when the call is known already.
    pub fn order(&mut self, id: &CallId) -> Result<bool, Refusal> {
        let Some(call) = self.by_id.get_mut(id) else {
            if self.live() < self.bounds.live {
                return Ok(true);
            }
            self.ledger.refused();
            return Err(Refusal::Full(self.bounds.live));
        };
        match call.state {
            State::Closed => {
                call.orders += 1;
                self.ledger.refused();
                Err(Refusal::Closed)
            }
            State::Summoned { answered: true } => Ok(true),
            State::Summoned { answered: false } => Err(Refusal::NotUp),
            State::Ringing { .. } | State::Up { .. } | State::Failed(_) | State::Over { .. } => {
                call.orders += 1;
                self.ledger.repeated();
                Ok(false)
            }
        }
    }

    /// Takes an order to summon an agent: `true` when the phone shall be rung, `false` when the call is known already.
    pub fn summon(&mut self, id: &CallId) -> Result<bool, Refusal> {
        match self.state(id) {
            Some(State::Closed) => Err(Refusal::Closed),
            Some(_) => Ok(false),
            None if self.live() >= self.bounds.live => Err(Refusal::Full(self.bounds.live)),
            None => {
                let state = State::Summoned { answered: false };
                let call = Call {
                    state,
                    ..Call::UNKNOWN
                };
                self.by_id.insert(id.clone(), call);
                Ok(true)
            }
        }
    }

    /// A customer is on the line who has called.
    pub fn arrive(&mut self, id: &CallId, arrival: &Arrival) -> Result<(), Refusal> {
        if self.is_known(id) {
            return Err(Refusal::Known);
        }
        if self.live() >= self.bounds.live {
            return Err(Refusal::Full(self.bounds.live));
        }
        let (by, agent) = (AnsweredBy::Person, Agent::None);
        let number = arrival.from.as_ref().unwrap_or(&arrival.to);
        let dialed = Dialing {
            number: number.clone(),
            dials: 0,
            plan: Plan::of_caller(number),
        };
        let call = Call {
            state: State::Up { by, agent },
            dialed: Some(dialed),
            ..Call::UNKNOWN
        };
        self.by_id.insert(id.clone(), call);
        Ok(())
    }

    /// Rings the phone.
    pub fn ring(&mut self, id: &CallId, order: DialOrder, plan: Plan) {
        let call = self.by_id.entry(id.clone()).or_insert(Call::UNKNOWN);
        call.orders += 1;
        let with_agent = call.state == State::Summoned { answered: true };
        call.state = State::Ringing { with_agent };
        let dialing = call.dialed.get_or_insert(Dialing {
            number: order.to,
            dials: 0,
            plan,
        });
        dialing.dials += 1;
        self.ledger.dialed(&dialing.number, dialing.dials);
    }

    pub fn set_state(&mut self, id: &CallId, state: State) {
        let Some(call) = self.by_id.get_mut(id) else {
            return;
        };
        call.state = state;
        if !state.is_live() {
            self.retire(id);
        }
    }

    /// A sound was played to its end.
    pub fn heard(&mut self, id: &CallId) {
        if let Some(call) = self.by_id.get_mut(id) {
            call.sounds += 1;
        }
    }

    /// From now on a dial under this id is refused. The id is unknown so far.
    pub fn close(&mut self, id: &CallId) {
        self.by_id.insert(id.clone(), Call::UNKNOWN);
        self.retire(id);
    }

    pub fn dialed(&self, id: &CallId) -> Dialed {
        let call = self.by_id.get(id);
        let dialed = call.and_then(|call| call.dialed.as_ref());
        Dialed {
            dials: dialed.map_or(0, |dialed| dialed.dials),
            orders: call.map_or(0, |call| call.orders),
            sounds: call.map_or(0, |call| call.sounds),
            status: self.status(id),
        }
    }

    pub fn dialed_number(&self, number: &PhoneNumber) -> u64 {
        self.ledger.number(number)
    }

    pub fn tally(&self) -> Tally {
        self.ledger.tally(self.live())
    }

    fn live(&self) -> usize {
        self.by_id.len() - self.retired.len()
    }

    /// Keeps a call that will not change any more, and forgets the one that has been kept longest.
    fn retire(&mut self, id: &CallId) {
        self.retired.push_back(id.clone());
        if self.retired.len() <= self.bounds.kept {
            return;
        }
        let oldest = self.retired.pop_front();
        let forgotten = oldest.and_then(|oldest| self.by_id.remove(&oldest));
        if let Some(dialed) = forgotten.and_then(|call| call.dialed) {
            self.ledger.forget(&dialed.number, dialed.dials);
        }
    }
}

impl Call {
    const UNKNOWN: Self = Self {
        state: State::Closed,
        orders: 0,
        sounds: 0,
        dialed: None,
    };
}

impl State {
    /// Whether there is more to come.
    pub const fn is_live(self) -> bool {
        matches!(
            self,
            Self::Summoned { .. } | Self::Ringing { .. } | Self::Up { .. }
        )
    }

    fn status(self) -> CallStatus {
        match self {
            Self::Closed => CallStatus::Unknown,
            Self::Summoned { answered } => CallStatus::Summoned { answered },
            Self::Ringing { .. } => CallStatus::Ringing,
            Self::Up { by, agent } => CallStatus::Up {
                by,
                connected: agent == Agent::Talking,
            },
            Self::Failed(result) => CallStatus::Failed { result },
            Self::Over { connected } => CallStatus::Over { connected },
        }
    }
}
