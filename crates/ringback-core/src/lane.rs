//! Lanes: the notifications of one callback to one target, in order.
//!
//! A lane is a cursor over the callback's event log. Whoever delivers holds it by a lease, so two notifiers never tell
//! the same target at the same time.

#[cfg(test)]
mod tests;

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::ids::{CallbackId, WorkerId};
use crate::key::{Key, Kind};
use crate::time::Timestamp;

/// How long a notifier's hold on a lane lasts.
pub const LEASE: Duration = Duration::from_secs(30);

/// The distances between deliveries of one event; after the last it is given up.
pub const SCHEDULE: [Duration; 7] = [
    Duration::from_secs(1),
    Duration::from_secs(5),
    Duration::from_secs(30),
    Duration::from_secs(120),
    Duration::from_secs(600),
    Duration::from_secs(1800),
    Duration::from_secs(7200),
];

/// The longest a target may put a delivery off with `Retry-After`.
const LONGEST_WISH: Duration = Duration::from_secs(3600);

/// The notifications of one callback to one target.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lane {
    /// The callback.
    pub callback: CallbackId,
    /// How many events of the log are behind it: delivered or given up.
    pub cursor: u64,
    /// How many of them were given up.
    #[serde(default, skip_serializing_if = "is_none_dead")]
    pub dead: u64,
    /// How often the next one failed.
    #[serde(default)]
    pub failures: u32,
    /// What it does.
    pub state: LaneState,
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
}

impl Lane {
    /// The first lane of a callback.
    pub fn first(callback: CallbackId) -> Self {
        Self {
            callback,
            cursor: 0,
            dead: 0,
            failures: 0,
            state: LaneState::Idle,
        }
    }

    /// Where the first lane of a callback lies.
    pub fn key(callback: &CallbackId) -> Key {
        Key::new(Kind::Lane, format!("{callback}/0"))
    }

    /// When somebody must look at it; never while it waits for an event: the event itself wakes it.
    pub const fn alarm(&self) -> Option<Timestamp> {
        match &self.state {
            LaneState::Idle => None,
            LaneState::Held { until, .. } | LaneState::BackingOff { until } => Some(*until),
        }
    }

    /// A notifier takes it. `None` while somebody holds it, be it the same notifier, or it backs off.
    #[must_use]
    pub fn hold(mut self, owner: WorkerId, now: Timestamp) -> Option<Self> {
        match &self.state {
            LaneState::Held { until, .. } | LaneState::BackingOff { until } if *until > now => None,
            LaneState::Idle | LaneState::Held { .. } | LaneState::BackingOff { .. } => {
                self.state = LaneState::Held {
                    owner,
                    until: now + LEASE,
                };
                Some(self)
            }
        }
    }

    /// Whether somebody delivers.
    pub const fn is_held(&self) -> bool {
        matches!(self.state, LaneState::Held { .. })
    }

    /// The next event was delivered.
    pub fn delivered(&mut self) {
        (self.cursor, self.failures) = (self.cursor + 1, 0);
    }

    /// The next event will never be delivered.
    pub fn given_up(&mut self) {
        self.delivered();
        self.dead += 1;
    }

    /// The next event failed. Full jitter: `random` of 0..=1 of the scheduled distance (AWS Architecture Blog,
    /// "Exponential Backoff and Jitter"); a target's `Retry-After` can only put it off, by an hour at most.
    /// `false` when it has failed too often: then it has to be [given up](Self::given_up).
    #[must_use]
    pub fn failed(&mut self, random: f64, wish: Option<Duration>, now: Timestamp) -> bool {
        let Some(distance) = usize::try_from(self.failures)
            .ok()
            .and_then(|n| SCHEDULE.get(n))
        else {
            return false;
        };
        self.failures += 1;
        let share = if random.is_nan() {
            0.0
        } else {
            random.clamp(0.0, 1.0)
        };
        let jittered = distance.mul_f64(share);
        let wait = jittered.max(wish.unwrap_or_default().min(LONGEST_WISH));
        self.state = LaneState::BackingOff { until: now + wait };
        true
    }

    /// The next event can neither be delivered nor be kept elsewhere now: it stays the next one.
    pub fn put_off(&mut self, until: Timestamp) {
        self.state = LaneState::BackingOff { until };
    }

    /// Everything there was is behind it.
    pub fn rest(&mut self) {
        self.state = LaneState::Idle;
    }
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde asks for a reference"
)]
const fn is_none_dead(dead: &u64) -> bool {
    *dead == 0
}
