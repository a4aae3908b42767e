//! Whether this process was stopped lately, so that what it hears may be old.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use ringback_core::callback::ORDER_TIME;

/// How often the listener turns, whatever it hears.
pub(super) const TURN: Duration = Duration::from_millis(500);

/// When the listener turned last, and when it was last found to have stood still.
pub(super) struct Awake(Mutex<(Instant, Option<Instant>)>);

impl Awake {
    pub(super) fn at(now: Instant) -> Self {
        Self(Mutex::new((now, None)))
    }

    /// The listener turns.
    pub(super) fn turn(&self, now: Instant) {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if now.saturating_duration_since(state.0) > ORDER_TIME {
            state.1 = Some(now);
        }
        state.0 = now;
    }

    /// Whether what is heard was said just now. What was said while this process stood still comes in a rush when it goes on.
    pub(super) fn is_fresh(&self, now: Instant) -> bool {
        let state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let stood = now.saturating_duration_since(state.0) > ORDER_TIME;
        let stood_lately = |at| now.saturating_duration_since(at) < ORDER_TIME;
        !stood && !state.1.is_some_and(stood_lately)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_after_a_stop_is_not_fresh() {
        let begin = Instant::now();
        let after = |seconds| begin + Duration::from_secs(seconds);
        let awake = Awake::at(begin);
        awake.turn(after(1));
        assert!(awake.is_fresh(after(2)));
        assert!(!awake.is_fresh(after(60)), "it stands still");
        awake.turn(after(60));
        assert!(!awake.is_fresh(after(61)), "it has just gone on");
        for second in 61..=65 {
            awake.turn(after(second));
        }
        assert!(awake.is_fresh(after(65)));
    }
}
