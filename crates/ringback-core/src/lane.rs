//! Lanes: the notifications of one callback to one target, in order.
//!
//! A lane is a cursor over the callback's event log. Whoever delivers holds it by a lease, so two notifiers never tell
//! the same target at the same time. Events that do not concern the target are passed over; those that do are numbered
//! from 1, so a gap in the numbers is a notification that was given up.

mod dead;
mod retention;
mod schedule;
#[cfg(test)]
mod tests;

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::ids::{CallbackId, LaneId, SubscriptionId, WorkerId};
use crate::key::{IndexName, Key};
use crate::time::Timestamp;
pub use dead::{Attempt, DeadLetter, Outcome};
pub use retention::DEAD_KEPT;
pub use schedule::{Schedule, ScheduleError};

/// How long a notifier's hold on a lane lasts.
pub const LEASE: Duration = Duration::from_secs(30);

/// The longest a target may put a delivery off with `Retry-After`.
const LONGEST_WISH: Duration = Duration::from_secs(3600);

/// The notifications of one callback to one target.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lane {
    /// Its name.
    pub id: LaneId,
    /// How many events of the log are behind it.
    #[serde(rename = "c")]
    pub cursor: u64,
    /// How many of them were for the target: delivered or given up.
    #[serde(rename = "n")]
    pub told: u64,
    /// How often the next one failed.
    #[serde(rename = "f", default, skip_serializing_if = "is_zero")]
    pub failures: u32,
    /// What was given up, and can be delivered again by hand.
    #[serde(rename = "d", default, skip_serializing_if = "Vec::is_empty")]
    pub dead: Vec<DeadLetter>,
    /// Who else is told: only in the head.
    #[serde(rename = "fan", default, skip_serializing_if = "Fan::is_new")]
    pub fan: Fan,
    /// What it does.
    #[serde(rename = "st")]
    pub state: LaneState,
}

/// How far the events of a callback have been handed to the lanes of subscriptions.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fan {
    /// How many events of the log are behind it.
    #[serde(rename = "c")]
    pub cursor: u64,
    /// The subscriptions that have a lane.
    #[serde(rename = "to", default, skip_serializing_if = "Vec::is_empty")]
    pub subscriptions: Vec<SubscriptionId>,
}

/// What a lane does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum LaneState {
    /// Waits for the next event.
    Idle,
    /// A notifier delivers.
    Held {
        /// Which.
        owner: WorkerId,
        /// Until when, unless it is done before.
        until: Timestamp,
    },
    /// The target failed; not before this time.
    BackingOff {
        /// When it is tried again.
        until: Timestamp,
    },
    /// The target is gone for good.
    Ended {
        /// Since when.
        at: Timestamp,
        /// Why.
        why: String,
    },
}

/// The lanes that have given something up, by the time of the last.
pub fn dead_index() -> IndexName {
    IndexName::new("lanes", "dead")
}

/// The lanes whose target fails, by the time of the next try.
pub fn failing_index() -> IndexName {
    IndexName::new("lanes", "failing")
}

impl Lane {
    /// The lane that a callback begins with.
    pub fn head(callback: &CallbackId) -> Self {
        Self::new(LaneId::head(callback), 0)
    }

    /// A lane that begins after the first `cursor` events.
    pub const fn new(id: LaneId, cursor: u64) -> Self {
        Self {
            id,
            cursor,
            told: 0,
            failures: 0,
            dead: Vec::new(),
            fan: Fan {
                cursor: 0,
                subscriptions: Vec::new(),
            },
            state: LaneState::Idle,
        }
    }

    /// Where it lies.
    pub fn key(&self) -> Key {
        self.id.key()
    }

    /// The number of the next event that is for the target.
    pub const fn sequence(&self) -> u64 {
        self.told + 1
    }

    /// When somebody must look at it; never while it waits for an event: the event itself wakes it.
    pub const fn alarm(&self) -> Option<Timestamp> {
        match &self.state {
            LaneState::Idle | LaneState::Ended { .. } => None,
            LaneState::Held { until, .. } | LaneState::BackingOff { until } => Some(*until),
        }
    }

    /// Where it is listed, and under which score.
    pub fn listings(&self) -> Vec<(IndexName, i64)> {
        let last = self.dead.iter().map(|letter| letter.at.as_millis()).max();
        let dead = last.map(|at| (dead_index(), at));
        let failing = match &self.state {
            LaneState::BackingOff { until } => Some((failing_index(), until.as_millis())),
            LaneState::Idle | LaneState::Held { .. } | LaneState::Ended { .. } => None,
        };
        dead.into_iter().chain(failing).collect()
    }

    /// A notifier takes it. `None` while somebody holds it, be it the same notifier, it backs off, or has ended.
    #[must_use]
    pub fn hold(mut self, owner: WorkerId, now: Timestamp) -> Option<Self> {
        match &self.state {
            LaneState::Ended { .. } => None,
            LaneState::Held { until, .. } | LaneState::BackingOff { until } if *until > now => None,
            LaneState::Idle | LaneState::Held { .. } | LaneState::BackingOff { .. } => {
                let until = now + LEASE;
                self.state = LaneState::Held { owner, until };
                Some(self)
            }
        }
    }

    /// Whether somebody delivers.
    pub const fn is_held(&self) -> bool {
        matches!(self.state, LaneState::Held { .. })
    }

    /// Whether nothing will ever be delivered again.
    pub const fn is_ended(&self) -> bool {
        matches!(self.state, LaneState::Ended { .. })
    }

    /// Whether `worker` still holds it when it is `latest` at the latest, and will for as long as a delivery may be under way:
    /// half its lease.
    pub fn is_safe_for(&self, worker: &WorkerId, latest: Timestamp) -> bool {
        matches!(&self.state, LaneState::Held { owner, until } if owner == worker && latest + LEASE / 2 < *until)
    }

    /// The holder lives.
    pub fn renew(&mut self, now: Timestamp) {
        if let LaneState::Held { until, .. } = &mut self.state {
            *until = now + LEASE;
        }
    }

    /// The next event is not for the target.
    pub const fn passed_over(&mut self) {
        self.cursor += 1;
    }

    /// The next event was delivered.
    pub const fn delivered(&mut self) {
        self.passed_over();
        (self.told, self.failures) = (self.told + 1, 0);
    }

    /// The next event, or a dead one on its way again, failed. `random` of 0..=1 of the distance that the schedule has
    /// (full jitter: AWS Architecture Blog, "Exponential Backoff and Jitter"); a target's `Retry-After` can only put it
    /// off, by an hour at most, and so can `not_before`. `false` when it has failed too often: then it has to be
    /// [given up](Self::give_up).
    #[must_use]
    pub fn failed(&mut self, schedule: &Schedule, random: f64, wish: Wish, now: Timestamp) -> bool {
        let Some(distance) = schedule.after(self.failures) else {
            return false;
        };
        self.failures += 1;
        let share = if random.is_nan() {
            0.0
        } else {
            random.clamp(0.0, 1.0)
        };
        let wait = distance
            .mul_f64(share)
            .max(wish.retry_after.min(LONGEST_WISH));
        let until = (now + wait).max(wish.not_before.unwrap_or(now));
        self.state = LaneState::BackingOff { until };
        true
    }

    /// Stays as it is until then, for reasons of our own.
    pub fn put_off(&mut self, until: Timestamp) {
        self.state = LaneState::BackingOff { until };
    }

    /// Everything there was is behind it.
    pub fn rest(&mut self) {
        self.state = LaneState::Idle;
    }

    /// The target is gone.
    pub fn end(&mut self, why: &str, at: Timestamp) {
        let why = why.to_owned();
        self.state = LaneState::Ended { at, why };
    }
}

/// What a failed delivery has to wait for, besides its schedule.
#[derive(Clone, Copy, Debug, Default)]
pub struct Wish {
    /// `Retry-After` of the target.
    pub retry_after: Duration,
    /// The target is left alone until then.
    pub not_before: Option<Timestamp>,
}

impl Fan {
    const fn is_new(&self) -> bool {
        self.cursor == 0 && self.subscriptions.is_empty()
    }
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde asks for a reference"
)]
const fn is_zero(number: &u32) -> bool {
    *number == 0
}
