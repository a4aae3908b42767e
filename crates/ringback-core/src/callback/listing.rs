//! The indexes a callback stands in: derived from its record, so that they can never disagree with it.

#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::ops::Range;

use serde_json::Value;

use super::{Arrangement, Callback, NUMBER_KEY, Phase, State, calls_index};
use crate::access::{Invitation, Way, arrived_index, code_index, expected_index};
use crate::agent::{Agent, AgentRef};
use crate::event::CallbackState;
use crate::key::IndexName;
use crate::priority::Pace;
use crate::time::Timestamp;

/// What a waiting callback waits for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Wait {
    /// A free line of a trunk group.
    Line {
        /// The trunk group.
        trunk: String,
    },
    /// An agent, before the customer is dialed.
    Agent {
        /// The pool of agents.
        pool: String,
    },
    /// An agent, with the customer on the line.
    AgentOnLine {
        /// The pool of agents.
        pool: String,
    },
}

/// Who waits for what, by priority: the part of each pace, see [`Pace::part_of`].
pub fn wait_index(wait: &Wait) -> IndexName {
    match wait {
        Wait::Line { trunk } => IndexName::new("dial", trunk),
        Wait::Agent { pool } => IndexName::new("wait", pool),
        Wait::AgentOnLine { pool } => IndexName::new("line", pool),
    }
}

/// Who has a line of a trunk group: 0 handed out to the dialers, 1 taken by one; of conversations that go on after their
/// callback has ended, until when at the latest.
pub fn dialing_index(trunk: &str) -> IndexName {
    IndexName::new("out", trunk)
}

/// Who waits in a virtual queue, by priority: the part of each pace.
pub fn queue_index(virtual_queue: &str) -> IndexName {
    IndexName::new("vq", virtual_queue)
}

/// A service's callbacks by the time they are wanted at.
pub fn service_index(service: &str) -> IndexName {
    IndexName::new("svc", service)
}

/// A service's callbacks by the time they were accepted at.
pub fn accepted_index(service: &str) -> IndexName {
    IndexName::new("acc", service)
}

/// A service's callbacks that have begun and are not over, by where they stand: see [`stands_at`].
pub fn begun_index(service: &str) -> IndexName {
    IndexName::new("on", service)
}

/// Where a callback in this state stands among those that have begun; `None` before and after.
pub const fn stands_at(state: CallbackState) -> Option<i64> {
    match state {
        CallbackState::Scheduled | CallbackState::Completed => None,
        CallbackState::Paused => Some(0),
        CallbackState::Queued => Some(1),
        CallbackState::Routing => Some(2),
        CallbackState::Processing => Some(3),
    }
}

/// Callbacks by the value of a lookup key: those that are not over first, newest first.
pub fn found_by_index(key: &str, value: &str) -> IndexName {
    match key {
        NUMBER_KEY => IndexName::new("num", value),
        _ => IndexName::new("by", &format!("{key}={value}")),
    }
}

/// What a value of user data is found by: its text, also of a number. `None` of what has no text.
pub fn lookup_text(value: &Value) -> Option<Cow<'_, str>> {
    match value {
        Value::String(text) => Some(Cow::Borrowed(text)),
        Value::Number(_) | Value::Bool(_) => Some(Cow::Owned(value.to_string())),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

/// Twice this below the score of a callback that is over stands one that is not; no time is ever so far away.
const PENDING: i64 = 1 << 51;

/// Where a callback stands among those found by a value.
const fn found_at(created: Timestamp, pending: bool) -> i64 {
    let newest_first = -created.as_millis();
    if pending {
        newest_first - 2 * PENDING
    } else {
        newest_first
    }
}

/// The time that a score of any of these tells.
pub const fn time_of(score: i64) -> Timestamp {
    Timestamp::from_millis(score.saturating_abs() % (2 * PENDING))
}

/// The scores of callbacks that are not over, among those found by a value.
pub fn pending() -> Vec<Range<i64>> {
    std::iter::once(i64::MIN..-PENDING).collect()
}

/// The scores of callbacks that were accepted after `time`, among those found by a value.
pub fn accepted_after(time: Timestamp) -> Vec<Range<i64>> {
    let [pending, over] = [true, false].map(|pending| found_at(time, pending));
    vec![i64::MIN..pending, -PENDING..over]
}

impl Callback {
    /// Where it is listed, and under which score.
    pub fn listings(&self) -> Vec<(IndexName, i64)> {
        let is_pending = self.callback_state() != CallbackState::Completed;
        let found_at = found_at(self.created, is_pending);
        let mut listed = vec![(
            service_index(self.service.as_str()),
            self.wanted().as_millis(),
        )];
        let accepted = accepted_index(self.service.as_str());
        listed.push((accepted, self.created.as_millis()));
        let customer = self.customer();
        listed.extend(customer.map(|it| (found_by_index(NUMBER_KEY, it.as_str()), found_at)));
        for key in &self.lookup {
            if let Some(value) = self.user_data.get(key).and_then(lookup_text) {
                let found = (found_by_index(key, &value), found_at);
                if !listed.contains(&found) {
                    listed.push(found);
                }
            }
        }
        let begun = begun_index(self.service.as_str());
        listed.extend(stands_at(self.callback_state()).map(|score| (begun, score)));
        let out = match &self.state {
            State::Scheduled { .. }
            | State::Waiting { .. }
            | State::Paused { .. }
            | State::Arranging { .. } => None,
            State::Completed { talks_until, .. } => talks_until.map(Timestamp::as_millis),
            State::HandedOut { .. } => Some(0),
            State::OnCall { .. } => Some(1),
        };
        let queued = self.queued_since();
        listed.extend(self.places());
        listed.extend(self.calls_in());
        let in_call = self.in_call_until().zip(self.customer());
        listed.extend(in_call.map(|(until, customer)| (calls_index(&customer), until)));
        listed.extend(out.map(|score| (dialing_index(&self.route.trunk), score)));
        listed.extend(self.growing().map(|pace| (pace.members(), 0)));
        let queue = queued.filter(|_| !self.route.virtual_queue.is_empty());
        listed.extend(
            queue.map(|since| self.place_in(queue_index(&self.route.virtual_queue), since)),
        );
        listed
    }

    /// The index that its customer is known by: the number, or the first of the other keys.
    pub fn found_by(&self) -> Option<IndexName> {
        if let Some(customer) = self.customer() {
            return Some(found_by_index(NUMBER_KEY, customer.as_str()));
        }
        let said =
            |key: &String| Some(found_by_index(key, &lookup_text(self.user_data.get(key)?)?));
        self.lookup.iter().find_map(said)
    }

    /// The pace at which its priority grows, unless it is steady, until it is over.
    pub fn growing(&self) -> Option<Pace> {
        let is_over = matches!(self.state, State::Completed { .. });
        Some(self.route.rank.pace()).filter(|pace| *pace != Pace::STEADY && !is_over)
    }

    /// Where its customer's call is expected, or found once it has arrived.
    fn calls_in(&self) -> Vec<(IndexName, i64)> {
        match &self.state {
            State::Arranging {
                at,
                what:
                    Arrangement::Call {
                        invitation:
                            Some(Invitation {
                                way: Way::Call { number, code },
                                ..
                            }),
                    },
                ..
            } => {
                let by_code = code.as_ref().map(|code| code_index(number, code));
                let indexes = std::iter::once(expected_index(number)).chain(by_code);
                indexes.map(|index| (index, at.as_millis())).collect()
            }
            State::HandedOut {
                arrived: Some(call),
                ..
            } => vec![(arrived_index(call), 0)],
            State::OnCall { leg, .. } => {
                let arrived = leg.call.as_ref().map(arrived_index);
                arrived.map(|index| (index, 0)).into_iter().collect()
            }
            State::Scheduled { .. }
            | State::Waiting { .. }
            | State::Paused { .. }
            | State::Arranging { .. }
            | State::HandedOut { arrived: None, .. }
            | State::Completed { .. } => Vec::new(),
        }
    }

    /// Its places in the indexes of those who wait for the same, if it waits.
    fn places(&self) -> Vec<(IndexName, i64)> {
        let Some(since) = self.queued_since() else {
            return Vec::new();
        };
        let waits = self.waits_for();
        let place = |wait| self.place_in(wait_index(wait), since);
        waits.iter().map(place).collect()
    }

    /// Its score in each of them.
    pub fn place(&self) -> Option<i64> {
        self.places().first().map(|(_, score)| *score)
    }

    /// Its place in an index that is ordered by priority.
    fn place_in(&self, index: IndexName, since: Timestamp) -> (IndexName, i64) {
        let rank = &self.route.rank;
        (rank.pace().part_of(index), rank.score(since))
    }

    /// Since when it is in its queue, until somebody talks.
    pub fn queued_since(&self) -> Option<Timestamp> {
        match &self.state {
            State::Waiting { since, .. }
            | State::Paused { since, .. }
            | State::Arranging { since, .. }
            | State::HandedOut { since, .. } => Some(*since),
            State::OnCall {
                phase: Phase::Talking { .. },
                ..
            } => None,
            State::OnCall { leg, .. } => Some(leg.since),
            State::Scheduled { .. } | State::Completed { .. } => None,
        }
    }

    /// What it waits for: the first of these that comes. Whoever is on the line and whose agent did not answer waits by the
    /// time in the queue, and so keeps the place.
    pub fn waits_for(&self) -> Vec<Wait> {
        let pools = |widened| self.route.pools(widened).into_iter().map(str::to_owned);
        match &self.state {
            State::Waiting {
                not_before: None,
                seeking,
                ..
            } if self.route.wait_for_agent && !seeking.without_agent => pools(seeking.widened)
                .map(|pool| Wait::Agent { pool })
                .collect(),
            State::Waiting {
                not_before: None, ..
            } => vec![Wait::Line {
                trunk: self.route.trunk.clone(),
            }],
            State::OnCall {
                phase: Phase::OnLine { widened, .. },
                ..
            } => pools(*widened)
                .map(|pool| Wait::AgentOnLine { pool })
                .collect(),
            State::Scheduled { .. }
            | State::Waiting { .. }
            | State::Paused { .. }
            | State::Arranging { .. }
            | State::HandedOut { .. }
            | State::OnCall { .. }
            | State::Completed { .. } => Vec::new(),
        }
    }

    /// An agent that was found for it, as it remembers it.
    pub fn reference(&self, agent: &Agent) -> AgentRef {
        let widened = match &self.state {
            State::Waiting { seeking, .. } => seeking.widened,
            State::OnCall {
                phase: Phase::OnLine { widened, .. },
                ..
            } => *widened,
            State::Scheduled { .. }
            | State::Paused { .. }
            | State::Arranging { .. }
            | State::HandedOut { .. }
            | State::OnCall { .. }
            | State::Completed { .. } => 0,
        };
        agent.reference(&self.route.pools(widened), &self.route.pool)
    }
}
