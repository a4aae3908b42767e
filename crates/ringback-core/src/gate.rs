//! The gate of a target: how many deliveries at a time, how fast, and none while it fails.
//!
//! A machine over plain data, one per target host and notifier.

#[cfg(test)]
mod tests;

use std::time::Duration;

use crate::time::Timestamp;

/// After so many failures in a row a target is left alone.
const FAILURES: u32 = 5;
/// For how long at first; doubled each time the probe after it fails.
const FIRST_REST: Duration = Duration::from_secs(5);
/// For how long at the most.
const LONGEST_REST: Duration = Duration::from_secs(300);

/// What a target gets at the most from one notifier.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    /// Deliveries at a time.
    pub concurrency: u32,
    /// Deliveries per second; `None` for as many as it takes.
    pub rate: Option<u32>,
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            concurrency: 64,
            rate: None,
        }
    }
}

/// The gate of one target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gate {
    pace: Pace,
    /// Deliverers inside.
    inside: u32,
    /// When the next delivery may begin, in µs (the generic cell rate algorithm of ITU-T I.371 with no burst).
    next: i64,
    breaker: Breaker,
}

/// Whether a target is believed to answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Breaker {
    /// It is; so many failures in a row are behind it.
    Closed {
        /// Failures.
        failures: u32,
    },
    /// It is left alone.
    Open {
        /// Until then.
        until: Timestamp,
        /// How often in a row.
        times: u32,
    },
    /// One deliverer tries whether it answers again.
    HalfOpen {
        /// How often in a row it was left alone.
        times: u32,
    },
}

impl Breaker {
    /// As metrics and logs name it.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Closed { .. } => "closed",
            Self::Open { .. } => "open",
            Self::HalfOpen { .. } => "half-open",
        }
    }
}

/// Whether a deliverer may go in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Admission {
    /// It is in, and must [leave](Gate::leave).
    In,
    /// Others are at it; when one of them leaves.
    Full,
    /// Not before this time: the target is left alone.
    Shut(Timestamp),
}

impl Gate {
    /// An open gate.
    pub const fn new(pace: Pace) -> Self {
        Self {
            pace,
            inside: 0,
            next: 0,
            breaker: Breaker::Closed { failures: 0 },
        }
    }

    /// What is believed of the target.
    pub const fn breaker(&self) -> Breaker {
        self.breaker
    }

    /// Whether it remembers nothing that a new one would not know.
    pub fn is_new(&self) -> bool {
        let unpaced = Self {
            next: 0,
            ..self.clone()
        };
        self.pace.rate.is_none() && unpaced == Self::new(self.pace)
    }

    /// A deliverer wants in.
    pub fn enter(&mut self, now: Timestamp) -> Admission {
        match self.breaker {
            Breaker::Open { until, .. } if now < until => return Admission::Shut(until),
            Breaker::Open { times, .. } if self.inside == 0 => {
                self.breaker = Breaker::HalfOpen { times }
            }
            // Those who went in before it was shut are still waiting for answers, or a probe is.
            Breaker::Open { .. } | Breaker::HalfOpen { .. } => {
                return Admission::Shut(now + FIRST_REST);
            }
            Breaker::Closed { .. } if self.inside >= self.pace.concurrency => {
                return Admission::Full;
            }
            Breaker::Closed { .. } => {}
        }
        self.inside += 1;
        Admission::In
    }

    /// A deliverer goes.
    pub fn leave(&mut self, now: Timestamp) {
        self.inside = self.inside.saturating_sub(1);
        // A probe that tells nothing must not leave the gate half open.
        if let Breaker::HalfOpen { times } = self.breaker {
            self.breaker = Breaker::Open { until: now, times };
        }
    }

    /// When a deliverer inside may begin its next delivery; that moment is its own.
    ///
    /// # Errors
    /// With that time when it is further away than `patience`; then it is nobody's.
    pub fn turn(&mut self, patience: Duration, now: Timestamp) -> Result<Timestamp, Timestamp> {
        let Some(rate) = self.pace.rate else {
            return Ok(now);
        };
        let micros = self.next.max(now.as_millis().saturating_mul(1000));
        let at = Timestamp::from_millis(micros / 1000);
        if at > now + patience {
            return Err(at);
        }
        // Rounded up: rounded down, a second may have a turn too many.
        self.next = micros.saturating_add(i64::from(1_000_000_u32.div_ceil(rate.max(1))));
        Ok(at)
    }

    /// Whether nobody is inside and nothing keeps others out: a new one in its place would do as well.
    pub fn is_idle(&self, now: Timestamp) -> bool {
        let shut = matches!(self.breaker, Breaker::Open { until, .. } if now < until);
        let early = now.as_millis().saturating_mul(1000) < self.next;
        self.inside == 0 && !shut && !early
    }

    /// What a delivery showed of the target: whether it is there. Returns until when it is now left alone, if the
    /// deliverer has to stop.
    pub fn told(&mut self, answers: bool, now: Timestamp) -> Option<Timestamp> {
        self.breaker = match (self.breaker, answers) {
            (_, true) => Breaker::Closed { failures: 0 },
            (Breaker::Closed { failures }, false) if failures + 1 < FAILURES => Breaker::Closed {
                failures: failures + 1,
            },
            (Breaker::Closed { .. }, false) => open(0, now),
            (Breaker::HalfOpen { times }, false) => open(times + 1, now),
            (open @ Breaker::Open { .. }, false) => open,
        };
        match self.breaker {
            Breaker::Open { until, .. } => Some(until),
            Breaker::Closed { .. } | Breaker::HalfOpen { .. } => None,
        }
    }
}

fn open(times: u32, now: Timestamp) -> Breaker {
    let rest = FIRST_REST
        .saturating_mul(2_u32.saturating_pow(times))
        .min(LONGEST_REST);
    let until = now + rest;
    Breaker::Open { until, times }
}
