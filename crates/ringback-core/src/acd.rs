//! What is known of an ACD that was there before us: its agents and who waits in its queues.
//!
//! An adapter turns what the ACD says into [`Fact`]s; [`View`] keeps them. What is known is never older than [`STALE`]: when
//! the connection is lost, or nothing is heard for that long, every agent is [`Availability::Unknown`] until there is a whole
//! snapshot again. A snapshot is merged with the facts that arrive while it is read: what it does not name is gone, unless it
//! has appeared since the snapshot began.

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::call::CallId;
use crate::time::Timestamp;

/// How long what was heard holds, when nothing is heard any more.
pub const STALE: Duration = Duration::from_secs(15);
/// How many agents, callers and queue memberships a view keeps at most: whatever an ACD says, memory has an end.
pub const MOST_ENTRIES: usize = 100_000;

/// An agent, as the ACD addresses him: host and interface, e.g. `pbx/PJSIP/7001`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct AcdAgent(String);

/// A call that waits or talks there: host and the ACD's id of it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct AcdCall(String);

impl AcdAgent {
    /// The agent of that interface on a host: names repeat between hosts.
    pub fn on(host: &str, interface: &str) -> Self {
        Self(format!("{host}/{interface}"))
    }

    /// As it is written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl AcdCall {
    /// The call of that id on a host.
    pub fn on(host: &str, id: &str) -> Self {
        Self(format!("{host}/{id}"))
    }
}

impl fmt::Display for AcdAgent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What the reason of a pause begins with by which an agent is reserved; the attempt follows.
pub const RESERVED: &str = "ringback:";

/// The reason of a pause by which an agent is reserved for an attempt.
pub fn reservation(attempt: &CallId) -> String {
    format!("{RESERVED}{attempt}")
}

/// What a phone does, as the ACD sees it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Device {
    /// Nobody can tell, or the phone cannot be reached.
    #[default]
    Away,
    /// On the hook.
    Idle,
    /// It rings.
    Ringing,
    /// It is in a call.
    Busy,
}

/// How an agent stands in one queue.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Membership {
    /// The phone.
    pub device: Device,
    /// Why he takes no calls; `None` when he does. A pause without a reason is an empty one.
    pub paused: Option<String>,
    /// Until when he finishes the last call.
    pub wrap_up_until: Option<Timestamp>,
}

/// One thing that an ACD says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fact {
    /// A snapshot begins.
    SnapshotBegins,
    /// It has been told to its end.
    SnapshotEnds,
    /// The connection is lost.
    Lost,
    /// It is there, and has nothing to say.
    Alive,
    /// An agent of a queue.
    Member(AcdAgent, String, Membership),
    /// An agent takes no more calls of a queue.
    MemberGone(AcdAgent, String),
    /// A caller waits in a queue, at this place from 1: what a snapshot says.
    Waits(AcdCall, String, u32),
    /// A caller has just come into a queue, at this place: whoever stood there stands behind.
    Joined(AcdCall, String, u32),
    /// A caller waits no longer.
    Left(AcdCall),
    /// An agent's phone is rung for a caller.
    Offered(AcdAgent, AcdCall),
    /// An offer to an agent has ended, whichever way.
    OfferEnded(AcdAgent, AcdCall),
}

/// Whether an agent can be reserved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Availability {
    /// It is not known: nobody to be counted on.
    Unknown,
    /// In no queue, or without a phone that can be reached.
    Away,
    /// He takes no calls, for this reason.
    Paused(String),
    /// A call is being offered to him.
    Ringing,
    /// He talks.
    Busy,
    /// He finishes the last call.
    WrapUp {
        /// Until then.
        until: Timestamp,
    },
    /// He takes the next call.
    Ready,
}

/// What is known.
#[derive(Clone, Debug, Default)]
pub struct View {
    members: BTreeMap<AcdAgent, BTreeMap<String, Membership>>,
    waiting: BTreeMap<AcdCall, (String, u32)>,
    offers: BTreeSet<(AcdCall, AcdAgent)>,
    /// What was told since a snapshot began; `None` outside one.
    told: Option<Told>,
    /// Whether there was a whole snapshot since the connection is there.
    whole: bool,
    heard: Option<Timestamp>,
}

#[derive(Clone, Debug, Default)]
struct Told {
    members: BTreeSet<(AcdAgent, String)>,
    waiting: BTreeSet<AcdCall>,
}

impl View {
    /// Takes a fact in.
    pub fn apply(&mut self, fact: Fact, now: Timestamp) {
        self.heard = Some(now);
        match fact {
            Fact::Alive => {}
            Fact::Lost => *self = Self::default(),
            Fact::SnapshotBegins => self.told = Some(Told::default()),
            Fact::SnapshotEnds => self.snapshot_ends(),
            Fact::Member(agent, queue, membership) => self.put_member(agent, queue, membership),
            Fact::MemberGone(agent, queue) => self.remove_member(&agent, &queue),
            Fact::Waits(call, queue, place) => self.put_caller(call, queue, place),
            Fact::Joined(call, queue, place) => {
                self.remove_caller(&call);
                self.shift(&queue, place, 1);
                self.put_caller(call, queue, place);
            }
            Fact::Left(call) => {
                self.remove_caller(&call);
                // A ringing phone is told of no other end when the caller hangs up.
                self.offers.retain(|(offered, _)| *offered != call);
            }
            Fact::Offered(agent, call) => {
                if self.offers.len() < MOST_ENTRIES {
                    self.offers.insert((call, agent));
                }
            }
            Fact::OfferEnded(agent, call) => {
                self.offers.remove(&(call, agent));
            }
        }
    }

    /// Whether what is known holds.
    pub fn is_fresh(&self, now: Timestamp) -> bool {
        let is_recent = |heard: Timestamp| now.since(heard) < STALE;
        self.whole && self.heard.is_some_and(is_recent)
    }

    /// How an agent stands. In several queues he is as unavailable as in the worst of them, but paused only when he is
    /// paused in all.
    pub fn availability(&self, agent: &AcdAgent, now: Timestamp) -> Availability {
        if !self.is_fresh(now) {
            return Availability::Unknown;
        }
        let Some(queues) = self.members.get(agent) else {
            return Availability::Away;
        };
        let any = |device| queues.values().any(|it| it.device == device);
        if self.offers.iter().any(|(_, offered)| offered == agent) || any(Device::Ringing) {
            return Availability::Ringing;
        }
        if any(Device::Busy) {
            return Availability::Busy;
        }
        if any(Device::Away) {
            return Availability::Away;
        }
        let wraps_up = queues.values().filter_map(|it| it.wrap_up_until).max();
        if let Some(until) = wraps_up.filter(|until| *until > now) {
            return Availability::WrapUp { until };
        }
        let paused: Option<Vec<_>> = queues.values().map(|it| it.paused.clone()).collect();
        match paused.and_then(|reasons| reasons.into_iter().max()) {
            Some(reason) => Availability::Paused(reason),
            None => Availability::Ready,
        }
    }

    /// How an agent stands in each of his queues.
    pub fn memberships(&self, agent: &AcdAgent) -> impl Iterator<Item = (&str, &Membership)> {
        let queues = self.members.get(agent).into_iter().flatten();
        queues.map(|(queue, membership)| (queue.as_str(), membership))
    }

    /// The agents of a queue.
    pub fn agents_of(&self, queue: &str) -> impl Iterator<Item = &AcdAgent> {
        let members = self.members.iter();
        members.filter_map(move |(agent, queues)| queues.contains_key(queue).then_some(agent))
    }

    /// Who waits in a queue, in its order; `None` when that is not known.
    pub fn waiting_in(&self, queue: &str, now: Timestamp) -> Option<Vec<&AcdCall>> {
        self.is_fresh(now).then(|| {
            let there = self.waiting.iter().filter(|(_, (of, _))| of == queue);
            let mut there: Vec<_> = there.map(|(call, (_, place))| (*place, call)).collect();
            there.sort_unstable();
            there.into_iter().map(|(_, call)| call).collect()
        })
    }

    /// Who is reserved, and for which attempt: also what a worker that died has left.
    pub fn reserved(&self) -> Vec<(AcdAgent, CallId)> {
        let all = self.members.iter();
        let reserved = all.filter_map(|(agent, queues)| {
            let mut reasons = queues.values().filter_map(|it| it.paused.as_deref());
            let attempt = reasons.find_map(|reason| reason.strip_prefix(RESERVED))?;
            Some((agent.clone(), CallId::from_wire(attempt)))
        });
        reserved.collect()
    }

    fn snapshot_ends(&mut self) {
        let Some(told) = self.told.take() else {
            return;
        };
        for (agent, queues) in &mut self.members {
            queues.retain(|queue, _| told.members.contains(&(agent.clone(), queue.clone())));
        }
        self.members.retain(|_, queues| !queues.is_empty());
        self.waiting.retain(|call, _| told.waiting.contains(call));
        let waiting = &self.waiting;
        self.offers.retain(|(call, _)| waiting.contains_key(call));
        self.whole = true;
    }

    fn put_member(&mut self, agent: AcdAgent, queue: String, membership: Membership) {
        if self.members.len() >= MOST_ENTRIES && !self.members.contains_key(&agent) {
            return;
        }
        if let Some(told) = &mut self.told {
            told.members.insert((agent.clone(), queue.clone()));
        }
        let queues = self.members.entry(agent).or_default();
        queues.insert(queue, membership);
    }

    fn remove_member(&mut self, agent: &AcdAgent, queue: &str) {
        if let Some(told) = &mut self.told {
            told.members.remove(&(agent.clone(), queue.to_owned()));
        }
        if let Some(queues) = self.members.get_mut(agent) {
            queues.remove(queue);
            if queues.is_empty() {
                self.members.remove(agent);
            }
        }
    }

    fn put_caller(&mut self, call: AcdCall, queue: String, place: u32) {
        if self.waiting.len() >= MOST_ENTRIES && !self.waiting.contains_key(&call) {
            return;
        }
        if let Some(told) = &mut self.told {
            told.waiting.insert(call.clone());
        }
        self.waiting.insert(call, (queue, place));
    }

    fn remove_caller(&mut self, call: &AcdCall) {
        if let Some((queue, place)) = self.waiting.remove(call) {
            self.shift(&queue, place, -1);
        }
    }

    /// Moves those from this place on.
    fn shift(&mut self, queue: &str, from: u32, by: i32) {
        let there = self.waiting.values_mut();
        let behind = there.filter(|(of, at)| of == queue && *at >= from);
        behind.for_each(|(_, at)| *at = at.saturating_add_signed(by));
    }
}
