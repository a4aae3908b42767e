//! The time of day, as a thing that is handed in.
//!
//! Time that decides is the store's: alarms are due by it, leases end by it, and every worker sees the same. A store says
//! by [`Store::clock`](crate::store::Store::clock) which clock that is. For one in this process it is the machine's; for
//! one on a server it is [`Clock::following`], which estimates the server's time from what the server has told.

mod following;

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use ringback_core::time::Timestamp;

use following::Following;

/// Tells the time: the machine's, a server's, or one that a test moves by hand.
#[derive(Clone, Debug)]
pub struct Clock(Source);

#[derive(Clone, Debug)]
enum Source {
    System,
    Manual(Arc<AtomicI64>),
    Following(Arc<Following>),
}

impl Clock {
    /// The machine's clock.
    pub const fn system() -> Self {
        Self(Source::System)
    }

    /// A clock that stands at `now` until [`Clock::advance`] moves it.
    pub fn manual(now: Timestamp) -> Self {
        Self(Source::Manual(Arc::new(AtomicI64::new(now.as_millis()))))
    }

    /// The clock of a server: what it told last, and how long ago that was. The machine's until [`Clock::observe`] is
    /// called first.
    pub fn following() -> Self {
        Self(Source::Following(Arc::default()))
    }

    /// The present time. Of a server's clock it is the earliest that it can be: what is due by this is due by the server's,
    /// and it is never before a time that the server has told already.
    pub fn now(&self) -> Timestamp {
        match &self.0 {
            Source::System => machine(),
            Source::Manual(now) => Timestamp::from_millis(now.load(Ordering::SeqCst)),
            Source::Following(following) => following
                .bounds(Instant::now(), machine())
                .map_or_else(machine, |it| it.0),
        }
    }

    /// The latest that the present time can be. By it a lease is given up in time, and it is never before the time at which
    /// another worker has sent something that has arrived here.
    pub fn latest(&self) -> Timestamp {
        match &self.0 {
            Source::System | Source::Manual(_) => self.now(),
            Source::Following(following) => following
                .bounds(Instant::now(), machine())
                .map_or_else(machine, |it| it.1),
        }
    }

    /// The present time, and no earlier than `told`, which the store has told: what it said to be due is due.
    #[must_use]
    pub fn at_least(&self, told: Timestamp) -> Timestamp {
        self.now().max(told)
    }

    /// Takes in that the server, asked at `asked`, has just told its time. Changes no other clock.
    pub fn observe(&self, asked: Instant, told: Timestamp) {
        if let Source::Following(following) = &self.0 {
            following.observe(asked, Instant::now(), machine(), told);
        }
    }

    /// By how many milliseconds the machine's clock is ahead of this one; negative when it is behind.
    pub fn machine_ahead(&self) -> i64 {
        match &self.0 {
            Source::System | Source::Manual(_) => 0,
            Source::Following(_) => machine().as_millis().saturating_sub(self.now().as_millis()),
        }
    }

    /// Moves a manual clock on; no other clock can be moved.
    pub fn advance(&self, by: Duration) {
        if let Source::Manual(now) = &self.0 {
            let millis = i64::try_from(by.as_millis()).unwrap_or(i64::MAX);
            now.fetch_add(millis, Ordering::SeqCst);
        }
    }
}

fn machine() -> Timestamp {
    Timestamp::from_millis(
        SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .map_or(0, |age| i64::try_from(age.as_millis()).unwrap_or(i64::MAX)),
    )
}
