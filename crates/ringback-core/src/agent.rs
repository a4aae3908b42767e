//! Agents: who can take a call, and who has which.

#[cfg(test)]
mod tests;

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::call::CallId;
use crate::callback::ORDER_TIME;
use crate::ids::{AgentId, CallbackId, WorkerId};
use crate::key::IndexName;
use crate::target::Target;
use crate::time::Timestamp;

/// How much the newest call counts in the measured handle time: an eighth, as TCP smooths round trips (RFC 6298).
const SMOOTHING: u64 = 8;

/// An agent as configured.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Profile {
    /// Agent groups it belongs to.
    #[serde(default)]
    pub groups: Vec<String>,
    /// The directory number calls reach it at.
    pub dn: String,
    /// Its place.
    #[serde(default)]
    pub place: String,
    /// Its switch.
    #[serde(default)]
    pub switch: String,
    /// How long it is left alone after a call, in seconds.
    #[serde(default)]
    pub wrap_up: u64,
}

/// An agent: profile and state.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Agent {
    /// Its name.
    pub id: AgentId,
    /// As configured.
    pub profile: Profile,
    /// Smoothed length of its calls in ms, once it had one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub handle_ms: Option<u64>,
    /// What it does.
    pub state: AgentState,
}

/// What an agent does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum AgentState {
    /// Takes no calls.
    NotReady,
    /// Waits for a call.
    Ready {
        /// Since when: the longest idle comes first.
        since: Timestamp,
    },
    /// Held for a callback until a dialer takes it.
    Reserved {
        /// For which.
        callback: CallbackId,
        /// Ready again at this time if nobody came.
        until: Timestamp,
    },
    /// In a callback: its phone rings, it talks, or the customer is being dialed for it.
    Engaged(Engagement),
    /// Has a call that is not ours.
    Busy,
    /// Has work to finish after a call.
    WrapUp {
        /// Ready again at this time.
        until: Timestamp,
    },
}

/// An agent's part in a call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Engagement {
    /// The callback.
    pub callback: CallbackId,
    /// The call.
    pub call: CallId,
    /// The dialer that holds the call.
    pub owner: WorkerId,
    /// When somebody must ask whether that dialer still lives.
    pub lease: Timestamp,
    /// Since when.
    pub since: Timestamp,
    /// Whether it shall be not ready after the call.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub then_not_ready: bool,
}

impl Engagement {
    /// Whether `worker` still watches over the call when it is `latest` at the latest, and will for as long as a question to
    /// the phone network may be under way.
    pub fn is_safe_for(&self, worker: &WorkerId, latest: Timestamp) -> bool {
        self.owner == *worker && latest + ORDER_TIME < self.lease
    }
}

/// What an agent, or whoever speaks for it, asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AgentWish {
    /// Takes calls.
    Ready,
    /// Takes no calls, from now on or after the present one.
    NotReady,
    /// Has a call that is not ours.
    Busy,
    /// Has work to finish.
    WrapUp,
}

/// What the agent of a call does next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Release {
    /// It never talked: ready at once.
    Untouched,
    /// It talked: wrap-up, then ready.
    Talked,
    /// It did not answer: not ready, so that the next customer is not sent there.
    DidNotAnswer,
}

/// An agent as callbacks remember it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgentRef {
    /// Who.
    pub id: AgentId,
    /// Where to reach it.
    pub dn: String,
    /// Its place.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub place: String,
    /// Its switch.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub switch: String,
    /// The pool it was found in, unless that is the callback's first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pool: Option<String>,
}

impl Agent {
    /// What a callback that waits for one of these pools needs to know of it.
    pub fn reference(&self, open: &[&str], first: &str) -> AgentRef {
        let own = self.pools();
        let found = open.iter().find(|pool| own.iter().any(|it| it == *pool));
        AgentRef {
            pool: found
                .filter(|pool| **pool != first)
                .map(|&pool| pool.to_owned()),
            ..self.plain_reference()
        }
    }

    fn plain_reference(&self) -> AgentRef {
        let Profile {
            dn, place, switch, ..
        } = self.profile.clone();
        AgentRef {
            id: self.id.clone(),
            dn,
            place,
            switch,
            pool: None,
        }
    }

    /// `_state` for people and the API.
    pub const fn state_name(&self) -> &'static str {
        match self.state {
            AgentState::NotReady => "not_ready",
            AgentState::Ready { .. } => "ready",
            AgentState::Reserved { .. } => "reserved",
            AgentState::Engaged(_) | AgentState::Busy => "busy",
            AgentState::WrapUp { .. } => "wrap_up",
        }
    }

    /// When somebody must look at it; never while it is at rest.
    pub const fn alarm(&self) -> Option<Timestamp> {
        match &self.state {
            AgentState::NotReady | AgentState::Ready { .. } | AgentState::Busy => None,
            AgentState::Reserved { until, .. } | AgentState::WrapUp { until } => Some(*until),
            AgentState::Engaged(engagement) => Some(engagement.lease),
        }
    }

    /// The indexes it stands in: the list of all agents; `ready` of each of its pools, longest idle first, while it is
    /// ready; `staff` of each, by measured handle time, while it works.
    pub fn listings(&self) -> Vec<(IndexName, i64)> {
        let mut listed = vec![(all_agents_index(), 0)];
        let handle = i64::try_from(self.handle_ms.unwrap_or(0)).unwrap_or(i64::MAX);
        for pool in self.pools() {
            if let AgentState::Ready { since } = self.state {
                listed.push((ready_index(&pool), since.as_millis()));
            }
            if self.state != AgentState::NotReady {
                listed.push((staff_index(&pool), handle));
            }
        }
        listed
    }

    /// Holds a ready agent for a callback. `None` when it is not ready.
    #[must_use]
    pub fn reserve(mut self, callback: CallbackId, until: Timestamp) -> Option<Self> {
        let AgentState::Ready { .. } = self.state else {
            return None;
        };
        self.state = AgentState::Reserved { callback, until };
        Some(self)
    }

    /// A dialer takes the agent that was reserved for its callback, or takes it over from a dead one.
    /// `None` when it is not this callback's.
    #[must_use]
    pub fn engage(mut self, engagement: Engagement) -> Option<Self> {
        let (holder, since, then_not_ready) = match &self.state {
            AgentState::Reserved { callback, .. } => (callback, engagement.since, false),
            AgentState::Engaged(old) => (&old.callback, old.since, old.then_not_ready),
            AgentState::NotReady
            | AgentState::Ready { .. }
            | AgentState::Busy
            | AgentState::WrapUp { .. } => return None,
        };
        if *holder != engagement.callback {
            return None;
        }
        self.state = AgentState::Engaged(Engagement {
            since,
            then_not_ready,
            ..engagement
        });
        Some(self)
    }

    /// The callback needs it no longer. `None` when it is not this callback's.
    #[must_use]
    pub fn release(mut self, from: &CallbackId, how: Release, now: Timestamp) -> Option<Self> {
        let (holder, since, then_not_ready) = match &self.state {
            AgentState::Reserved { callback, .. } => (callback, now, false),
            AgentState::Engaged(old) => (&old.callback, old.since, old.then_not_ready),
            AgentState::NotReady
            | AgentState::Ready { .. }
            | AgentState::Busy
            | AgentState::WrapUp { .. } => return None,
        };
        if holder != from {
            return None;
        }
        let wrap_up = Duration::from_secs(self.profile.wrap_up);
        if how == Release::Talked {
            let spent = now.since(since).saturating_add(wrap_up);
            let spent = u64::try_from(spent.as_millis()).unwrap_or(u64::MAX);
            self.handle_ms = Some(self.handle_ms.map_or(spent, |old| smooth(old, spent)));
        }
        self.state = match how {
            _ if then_not_ready => AgentState::NotReady,
            Release::DidNotAnswer => AgentState::NotReady,
            Release::Talked if !wrap_up.is_zero() => AgentState::WrapUp {
                until: now + wrap_up,
            },
            Release::Talked | Release::Untouched => AgentState::Ready { since: now },
        };
        Some(self)
    }

    /// Its alarm has come: a reservation or a wrap-up is over. `None` when there is nothing to do.
    #[must_use]
    pub fn lapse(mut self, now: Timestamp) -> Option<Self> {
        let over = match &self.state {
            AgentState::Reserved { until, .. } | AgentState::WrapUp { until } => *until <= now,
            AgentState::NotReady
            | AgentState::Ready { .. }
            | AgentState::Engaged(_)
            | AgentState::Busy => false,
        };
        over.then(|| {
            self.state = AgentState::Ready { since: now };
            self
        })
    }

    /// What it asks for. A call in progress is not cut: the wish counts after it.
    #[must_use]
    pub fn wish(mut self, wish: AgentWish, now: Timestamp) -> Self {
        if let AgentState::Engaged(engagement) = &mut self.state {
            engagement.then_not_ready = wish != AgentWish::Ready;
            return self;
        }
        let rest = now + Duration::from_secs(self.profile.wrap_up.max(1));
        self.state = match wish {
            AgentWish::Ready => {
                let AgentState::Ready { since } = self.state else {
                    return Self {
                        state: AgentState::Ready { since: now },
                        ..self
                    };
                };
                AgentState::Ready { since }
            }
            AgentWish::NotReady => AgentState::NotReady,
            AgentWish::Busy => AgentState::Busy,
            AgentWish::WrapUp => AgentState::WrapUp { until: rest },
        };
        self
    }

    /// The pools it can be found in: its own name and its groups.
    pub fn pools(&self) -> Vec<String> {
        let mut pools = vec![Target::agent(self.id.as_str()).pool()];
        for group in &self.profile.groups {
            let pool = Target::group(group).pool();
            if !pools.contains(&pool) {
                pools.push(pool);
            }
        }
        pools
    }
}

/// Every agent.
pub fn all_agents_index() -> IndexName {
    IndexName::new("agents", "all")
}

/// Agents of a pool that are ready, by since when.
pub fn ready_index(pool: &str) -> IndexName {
    IndexName::new("ready", pool)
}

/// Agents of a pool that work, by measured handle time in ms (0: not measured).
pub fn staff_index(pool: &str) -> IndexName {
    IndexName::new("staff", pool)
}

const fn smooth(old: u64, new: u64) -> u64 {
    (old.saturating_mul(SMOOTHING - 1).saturating_add(new)) / SMOOTHING
}
