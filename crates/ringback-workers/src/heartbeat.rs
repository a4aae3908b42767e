//! Which loops of a process still turn.

use std::pin::pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// How often a loop beats that waits for work.
const BEAT: Duration = Duration::from_secs(1);
/// A loop that has not turned for this long has stopped.
pub const STALLED: Duration = Duration::from_secs(30);

/// The heartbeats of a process's loops.
#[derive(Clone)]
pub struct Pulse(Arc<Inner>);

struct Inner {
    begun: Instant,
    /// When a loop last waited for the store, in ms since then: no loop can be expected to turn meanwhile.
    excused: AtomicU64,
    loops: Mutex<Vec<Loop>>,
}

struct Loop {
    name: &'static str,
    last: Arc<AtomicU64>,
}

/// The heartbeat of one loop. Dropping it takes the loop out: it has ended as it should.
pub struct Heartbeat {
    pulse: Pulse,
    last: Arc<AtomicU64>,
}

impl Default for Pulse {
    fn default() -> Self {
        Self(Arc::new(Inner {
            begun: Instant::now(),
            excused: AtomicU64::new(0),
            loops: Mutex::default(),
        }))
    }
}

impl Pulse {
    /// Takes a loop in, which has to beat from now on.
    pub fn of(&self, name: &'static str) -> Heartbeat {
        let last = Arc::new(AtomicU64::new(self.now()));
        self.loops().push(Loop {
            name,
            last: last.clone(),
        });
        Heartbeat {
            pulse: self.clone(),
            last,
        }
    }

    /// The store is away: whoever waits for it cannot turn.
    pub fn excuse(&self) {
        self.0.excused.store(self.now(), Ordering::Relaxed);
    }

    /// Each loop with how long ago it turned, or was excused.
    pub fn ages(&self) -> Vec<(&'static str, Duration)> {
        let now = self.now();
        let excused = self.0.excused.load(Ordering::Relaxed);
        let age = |it: &Loop| {
            let last = it.last.load(Ordering::Relaxed).max(excused);
            (it.name, Duration::from_millis(now.saturating_sub(last)))
        };
        self.loops().iter().map(age).collect()
    }

    /// The loops that have stopped.
    pub fn stalled(&self) -> Vec<&'static str> {
        let ages = self.ages().into_iter();
        ages.filter_map(|(name, age)| (age >= STALLED).then_some(name))
            .collect()
    }

    fn now(&self) -> u64 {
        u64::try_from(self.0.begun.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    fn loops(&self) -> MutexGuard<'_, Vec<Loop>> {
        self.0.loops.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Heartbeat {
    /// The loop has turned.
    pub fn beat(&self) {
        self.last.store(self.pulse.now(), Ordering::Relaxed);
    }

    /// Beats while the loop waits for work, which may take as long as it likes.
    pub async fn while_idle<T>(&self, work: impl Future<Output = T>) -> T {
        let mut work = pin!(work);
        loop {
            self.beat();
            tokio::select! {
                biased;
                done = &mut work => {
                    self.beat();
                    return done;
                }
                () = tokio::time::sleep(BEAT) => {}
            }
        }
    }
}

impl Drop for Heartbeat {
    fn drop(&mut self) {
        self.pulse
            .loops()
            .retain(|it| !Arc::ptr_eq(&it.last, &self.last));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn one_loop_that_stops_is_found_beside_others_that_turn() {
        let pulse = Pulse::default();
        let (stuck, turning) = (pulse.of("stuck"), pulse.of("turning"));
        let idle = turning.while_idle(tokio::time::sleep(STALLED * 3));
        idle.await;
        assert_eq!(pulse.stalled(), ["stuck"]);
        stuck.beat();
        assert!(pulse.stalled().is_empty());
    }

    #[tokio::test(start_paused = true)]
    async fn nobody_has_to_turn_while_the_store_is_away() {
        let pulse = Pulse::default();
        let waiting = pulse.of("waiting");
        tokio::time::advance(STALLED * 2).await;
        pulse.excuse();
        assert!(pulse.stalled().is_empty());
        tokio::time::advance(STALLED).await;
        assert_eq!(pulse.stalled(), ["waiting"]);
        drop(waiting);
        assert!(pulse.stalled().is_empty(), "it has ended");
    }
}
