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
    /// How long it is not ready after it did not answer, in seconds; 0 for until somebody asks for another state.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub no_answer_pause: u64,
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
    NotReady {
        /// What it did not answer; `None` when somebody asked for this state.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        missed: Option<Missed>,
    },
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
        /// Since when it has been idle: its turn, if it is not needed after all.
        #[serde(rename = "idle", default, skip_serializing_if = "Option::is_none")]
        idle_since: Option<Timestamp>,
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

/// A call, a chat or a preview that an agent did not answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Missed {
    /// Of which callback.
    pub callback: CallbackId,
    /// When it was given up.
    pub at: Timestamp,
    /// When the agent is ready again by itself; `None` for never.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ready_at: Option<Timestamp>,
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
    /// Since when it had been idle before: its turn, if the customer is not reached.
    #[serde(rename = "idle", default, skip_serializing_if = "Option::is_none")]
    pub idle_since: Option<Timestamp>,
    /// Whether it shall take no calls after this one.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub then_not_ready: bool,
    /// What it shall be then, where that is more than not ready.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub then: Option<AgentWish>,
}

impl Engagement {
    /// What it asked to be after the call, if it did.
    const fn asked(&self) -> Option<AgentWish> {
        match self.then {
            Some(then) => Some(then),
            None if self.then_not_ready => Some(AgentWish::NotReady),
            None => None,
        }
    }

    /// Records the last state that was asked for. Workers of the release before know `then_not_ready` alone.
    fn ask(&mut self, wish: AgentWish) {
        self.then_not_ready = wish != AgentWish::Ready;
        self.then = match wish {
            AgentWish::Busy | AgentWish::WrapUp => Some(wish),
            AgentWish::Ready | AgentWish::NotReady => None,
        };
    }
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
    /// It never talked: ready at once, and first in turn as before.
    Untouched,
    /// It talked: wrap-up, then ready.
    Talked,
    /// It did not answer: not ready, so that the next customer is not sent there, for its `no_answer_pause`.
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
            AgentState::NotReady { .. } => "not_ready",
            AgentState::Ready { .. } => "ready",
            AgentState::Reserved { .. } => "reserved",
            AgentState::Engaged(_) | AgentState::Busy => "busy",
            AgentState::WrapUp { .. } => "wrap_up",
        }
    }

    /// The callback that it did not answer, while it is not ready for that.
    pub const fn missed(&self) -> Option<&Missed> {
        match &self.state {
            AgentState::NotReady { missed } => missed.as_ref(),
            AgentState::Ready { .. }
            | AgentState::Reserved { .. }
            | AgentState::Engaged(_)
            | AgentState::Busy
            | AgentState::WrapUp { .. } => None,
        }
    }

    /// When somebody must look at it; never while it is at rest.
    pub const fn alarm(&self) -> Option<Timestamp> {
        match &self.state {
            AgentState::NotReady {
                missed: Some(missed),
            } => missed.ready_at,
            AgentState::NotReady { missed: None } | AgentState::Ready { .. } | AgentState::Busy => {
                None
            }
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
            if !matches!(self.state, AgentState::NotReady { .. }) {
                listed.push((staff_index(&pool), handle));
            }
        }
        listed
    }

    /// Holds a ready agent for a callback. `None` when it is not ready.
    #[must_use]
    pub fn reserve(mut self, callback: CallbackId, until: Timestamp) -> Option<Self> {
        let AgentState::Ready { since } = self.state else {
            return None;
        };
        self.state = AgentState::Reserved {
            callback,
            until,
            idle_since: Some(since),
        };
        Some(self)
    }

    /// A dialer takes the agent that was reserved for its callback, or takes it over from a dead one.
    /// `None` when it is not this callback's.
    #[must_use]
    pub fn engage(mut self, engagement: Engagement) -> Option<Self> {
        let new = match &self.state {
            AgentState::Reserved {
                callback,
                idle_since,
                ..
            } if *callback == engagement.callback => Engagement {
                idle_since: *idle_since,
                then_not_ready: false,
                then: None,
                ..engagement
            },
            AgentState::Engaged(old) if old.callback == engagement.callback => Engagement {
                since: old.since,
                idle_since: old.idle_since,
                then_not_ready: old.then_not_ready,
                then: old.then,
                ..engagement
            },
            AgentState::NotReady { .. }
            | AgentState::Ready { .. }
            | AgentState::Reserved { .. }
            | AgentState::Engaged(_)
            | AgentState::Busy
            | AgentState::WrapUp { .. } => return None,
        };
        self.state = AgentState::Engaged(new);
        Some(self)
    }

    /// The callback needs it no longer. `None` when it is not this callback's.
    #[must_use]
    pub fn release(mut self, from: &CallbackId, how: Release, now: Timestamp) -> Option<Self> {
        let (holder, since, idle_since, asked) = match &self.state {
            AgentState::Reserved {
                callback,
                idle_since,
                ..
            } => (callback, now, *idle_since, None),
            AgentState::Engaged(old) => (&old.callback, old.since, old.idle_since, old.asked()),
            AgentState::NotReady { .. }
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
        self.state = match (asked, how) {
            (Some(wish), _) => self.asked_for(wish, now),
            (None, Release::DidNotAnswer) => self.not_answering(from.clone(), now),
            (None, Release::Talked) if !wrap_up.is_zero() => AgentState::WrapUp {
                until: now + wrap_up,
            },
            (None, Release::Talked) => AgentState::Ready { since: now },
            (None, Release::Untouched) => AgentState::Ready {
                since: idle_since.unwrap_or(now),
            },
        };
        Some(self)
    }

    fn not_answering(&self, callback: CallbackId, now: Timestamp) -> AgentState {
        let pause = Duration::from_secs(self.profile.no_answer_pause);
        AgentState::NotReady {
            missed: Some(Missed {
                callback,
                at: now,
                ready_at: (!pause.is_zero()).then(|| now + pause),
            }),
        }
    }

    /// The state that is asked for, as it begins now. Without a time of its own a wrap-up lasts a second.
    fn asked_for(&self, wish: AgentWish, now: Timestamp) -> AgentState {
        match wish {
            AgentWish::Ready => AgentState::Ready { since: now },
            AgentWish::NotReady => AgentState::NotReady { missed: None },
            AgentWish::Busy => AgentState::Busy,
            AgentWish::WrapUp => AgentState::WrapUp {
                until: now + Duration::from_secs(self.profile.wrap_up.max(1)),
            },
        }
    }

    /// Its alarm has come: a reservation, a wrap-up or a pause is over. `None` when there is nothing to do.
    #[must_use]
    pub fn lapse(mut self, now: Timestamp) -> Option<Self> {
        let over = self.alarm().is_some_and(|alarm| alarm <= now);
        let since = match &self.state {
            AgentState::Reserved { idle_since, .. } => idle_since.unwrap_or(now),
            AgentState::WrapUp { .. } | AgentState::NotReady { .. } => now,
            AgentState::Ready { .. } | AgentState::Engaged(_) | AgentState::Busy => return None,
        };
        over.then(|| {
            self.state = AgentState::Ready { since };
            self
        })
    }

    /// What it asks for. A call in progress is not cut: the wish counts after it. Whoever is ready, or reserved, and asks for
    /// that once more keeps its turn, or its callback.
    #[must_use]
    pub fn wish(mut self, wish: AgentWish, now: Timestamp) -> Self {
        match &mut self.state {
            AgentState::Engaged(engagement) => engagement.ask(wish),
            AgentState::Ready { .. } | AgentState::Reserved { .. } if wish == AgentWish::Ready => {}
            AgentState::NotReady { .. }
            | AgentState::Ready { .. }
            | AgentState::Reserved { .. }
            | AgentState::Busy
            | AgentState::WrapUp { .. } => self.state = self.asked_for(wish, now),
        }
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

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde asks for a reference"
)]
const fn is_zero(number: &u64) -> bool {
    *number == 0
}
