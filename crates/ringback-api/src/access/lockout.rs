//! Against guessing: who fails too often has to wait.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How often somebody may fail before the first wait.
const FREE: u32 = 5;
/// The first and the longest wait; it doubles with each failure.
const WAIT: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(300));
/// After so long without a failure it is forgotten.
const FORGOTTEN: Duration = Duration::from_secs(900);
/// How many are remembered.
const KNOWN: usize = 10_000;

/// Whom failures are counted for: a name from one address, so that nobody can lock somebody else out.
pub(super) type Guesser = (String, Option<IpAddr>);

/// Who has failed how often.
#[derive(Default)]
pub(super) struct Lockout(Mutex<HashMap<Guesser, Failures>>);

#[derive(Clone, Copy)]
struct Failures {
    count: u32,
    last: Instant,
}

impl Failures {
    /// When the next try is allowed.
    fn until(self) -> Instant {
        let Some(beyond) = self.count.checked_sub(FREE) else {
            return self.last;
        };
        self.last
            + WAIT
                .0
                .saturating_mul(2_u32.saturating_pow(beyond))
                .min(WAIT.1)
    }
}

impl Lockout {
    /// How long somebody has to wait.
    pub fn wait(&self, guesser: &Guesser, now: Instant) -> Option<Duration> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let until = known.get(guesser)?.until();
        (until > now).then(|| until - now)
    }

    /// Somebody has failed.
    pub fn failed(&self, guesser: Guesser, now: Instant) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= KNOWN {
            known.retain(|_, failures| now.saturating_duration_since(failures.last) < FORGOTTEN);
        }
        if known.len() >= KNOWN && !known.contains_key(&guesser) {
            return;
        }
        let failures = known.entry(guesser).or_insert(Failures {
            count: 0,
            last: now,
        });
        if now.saturating_duration_since(failures.last) >= FORGOTTEN {
            failures.count = 0;
        }
        *failures = Failures {
            count: failures.count.saturating_add(1),
            last: now,
        };
    }

    /// Somebody has shown who it is.
    pub fn succeeded(&self, guesser: &Guesser) {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(guesser);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_and_are_forgotten() {
        let (lockout, begun) = (Lockout::default(), Instant::now());
        let guesser = ("ivr".to_owned(), None);
        let other = ("ivr".to_owned(), Some("10.0.0.1".parse().unwrap()));
        for _ in 1..FREE {
            lockout.failed(guesser.clone(), begun);
            assert_eq!(lockout.wait(&guesser, begun), None);
        }
        for seconds in [1, 2, 4, 8] {
            lockout.failed(guesser.clone(), begun);
            assert_eq!(
                lockout.wait(&guesser, begun),
                Some(Duration::from_secs(seconds))
            );
            assert_eq!(
                lockout.wait(&guesser, begun + Duration::from_secs(seconds)),
                None
            );
        }
        assert_eq!(
            lockout.wait(&other, begun),
            None,
            "another address is another guesser"
        );
        for _ in 0..40 {
            lockout.failed(guesser.clone(), begun);
        }
        assert_eq!(lockout.wait(&guesser, begun), Some(WAIT.1));
        lockout.failed(guesser.clone(), begun + FORGOTTEN);
        assert_eq!(lockout.wait(&guesser, begun + FORGOTTEN), None);
        lockout.succeeded(&guesser);
        assert_eq!(lockout.0.lock().unwrap().len(), 0);
    }
}
