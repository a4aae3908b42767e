//! An estimate of a server's time.
//!
//! A server that is asked at `a` and whose answer `t` is here at `b` shows a time between `t` and `t + (b - a)` then. From
//! there on both bounds go with the machine's monotonic clock, and what the next answers tell narrows them down: the fastest
//! of the last answers decides. An answer that fits with none before (another server has taken over, its clock was set) takes
//! their place.
//!
//! A monotonic clock goes on while a process is stopped, but stands still while a whole machine is. So the upper bound, which
//! leases are given up by, also goes with the machine's time of day: whichever has gone further counts.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use ringback_core::time::Timestamp;

/// How far apart two clocks may run: one part in so many.
const DRIFT: u32 = 5000;

/// What the server tells is a whole number of milliseconds, rounded down.
const ROUNDING: Duration = Duration::from_millis(1);

#[derive(Debug, Default)]
pub(super) struct Following(Mutex<Option<Known>>);

/// The bounds as they were at one moment.
#[derive(Clone, Copy, Debug)]
struct Known {
    at: Instant,
    /// What the machine's clock showed at that moment.
    machine: Timestamp,
    earliest: Timestamp,
    latest: Timestamp,
}

impl Following {
    /// The earliest and the latest that it can be at `at`, when the machine's clock shows `machine`; `None` before anything
    /// was told.
    pub(super) fn bounds(&self, at: Instant, machine: Timestamp) -> Option<(Timestamp, Timestamp)> {
        let known = (*self.lock())?;
        let passed = at.saturating_duration_since(known.at);
        let longest = passed.max(machine.since(known.machine));
        let latest = known.latest + longest + longest / DRIFT;
        Some((known.earliest + passed, latest))
    }

    pub(super) fn observe(&self, asked: Instant, at: Instant, machine: Timestamp, told: Timestamp) {
        let round_trip = at.saturating_duration_since(asked) + ROUNDING;
        let fresh = Known {
            at,
            machine,
            earliest: told,
            latest: told + round_trip,
        };
        let mut known = self.lock();
        *known = Some(match *known {
            Some(known) => known.narrowed(fresh),
            None => fresh,
        });
    }

    fn lock(&self) -> MutexGuard<'_, Option<Known>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Known {
    /// What both say; the newer alone when they contradict each other.
    fn narrowed(self, fresh: Self) -> Self {
        let passed = fresh.at.saturating_duration_since(self.at);
        let earliest = fresh
            .earliest
            .max(self.earliest + (passed - passed / DRIFT));
        let latest = fresh
            .latest
            .min(self.latest + passed + passed / DRIFT + ROUNDING);
        if earliest > latest {
            return fresh;
        }
        Self {
            earliest,
            latest,
            ..fresh
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: i64 = 1_800_000_000_000;

    fn time(millis: i64) -> Timestamp {
        Timestamp::from_millis(START + millis)
    }

    /// Asked and answered so many milliseconds after `begin`.
    fn observe(following: &Following, begin: Instant, (asked, at): (u64, u64), told: i64) {
        let after = |millis| begin + Duration::from_millis(millis);
        following.observe(after(asked), after(at), time(0), time(told));
    }

    fn bounds(following: &Following, begin: Instant, at: u64) -> (i64, i64) {
        let (earliest, latest) = following
            .bounds(begin + Duration::from_millis(at), time(0))
            .unwrap();
        (earliest.as_millis() - START, latest.as_millis() - START)
    }

    #[test]
    fn nothing_is_known_before_the_first_answer() {
        let following = Following::default();
        assert_eq!(following.bounds(Instant::now(), time(0)), None);
    }

    #[test]
    fn the_fastest_of_several_answers_decides() {
        let (following, begin) = (Following::default(), Instant::now());
        observe(&following, begin, (0, 40), 520);
        assert_eq!(bounds(&following, begin, 40), (520, 561));
        assert_eq!(bounds(&following, begin, 140), (620, 661));
        // The server was asked 500 ms ahead of this machine, and answers in 2 ms.
        observe(&following, begin, (140, 142), 641);
        assert_eq!(bounds(&following, begin, 142), (641, 644));
        // A slow answer tells nothing new.
        observe(&following, begin, (200, 300), 702);
        let (earliest, latest) = bounds(&following, begin, 300);
        assert!((798..=799).contains(&earliest) && (802..=804).contains(&latest));
    }

    #[test]
    fn it_is_never_before_what_was_told() {
        let (following, begin) = (Following::default(), Instant::now());
        for step in 0..50_u64 {
            let (asked, at) = (step * 10, step * 10 + step % 7);
            let told = 500 + i64::try_from(asked + step % 3).unwrap();
            observe(&following, begin, (asked, at), told);
            assert!(bounds(&following, begin, at).0 >= told, "{step}");
        }
    }

    #[test]
    fn another_server_with_another_clock_is_followed() {
        let (following, begin) = (Following::default(), Instant::now());
        observe(&following, begin, (0, 1), 5000);
        observe(&following, begin, (100, 101), 100);
        assert_eq!(bounds(&following, begin, 101), (100, 102));
    }

    #[test]
    fn a_machine_that_stood_still_knows_that_it_may_be_late() {
        let (following, begin) = (Following::default(), Instant::now());
        observe(&following, begin, (0, 0), 0);
        let (earliest, latest) = following.bounds(begin, time(60_000)).unwrap();
        assert_eq!(earliest, time(0));
        assert!(latest > time(60_000));
    }
}
