use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How long a cause is told once.
const EVERY: Duration = Duration::from_secs(10);
/// How many causes are told apart.
const CAUSES: usize = 64;

/// Keeps what happens a thousand times from being a thousand lines: a cause is told once in ten seconds, with how often
/// it came about since it was told last.
#[derive(Debug, Default)]
pub struct Throttle(Mutex<HashMap<String, Told>>);

#[derive(Debug)]
struct Told {
    at: Instant,
    since: u64,
}

impl Throttle {
    /// A cause has come about: how often since it was told last, if it is to be told now.
    pub fn tell(&self, cause: &str) -> Option<u64> {
        self.tell_at(cause, Instant::now())
    }

    fn tell_at(&self, cause: &str, now: Instant) -> Option<u64> {
        let mut causes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let cause = if causes.len() < CAUSES || causes.contains_key(cause) {
            cause
        } else {
            "others"
        };
        let Some(told) = causes.get_mut(cause) else {
            causes.insert(cause.to_owned(), Told { at: now, since: 0 });
            return Some(1);
        };
        told.since += 1;
        if now.saturating_duration_since(told.at) < EVERY {
            return None;
        }
        let times = std::mem::take(&mut told.since);
        told.at = now;
        Some(times)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_line_for_a_cause_and_ten_seconds_says_how_often() {
        let (throttle, begun) = (Throttle::default(), Instant::now());
        let mut lines = Vec::new();
        for millis in (0..25_000).step_by(10) {
            let now = begun + Duration::from_millis(millis);
            lines.extend(throttle.tell_at("store", now));
            if millis == 5_000 {
                assert_eq!(throttle.tell_at("broker", now), Some(1));
            }
        }
        assert_eq!(lines, [1, 1000, 1000]);
    }

    #[test]
    fn causes_without_end_take_no_room_without_end() {
        let (throttle, now) = (Throttle::default(), Instant::now());
        let told = (0..10_000).filter_map(|number: u32| throttle.tell_at(&number.to_string(), now));
        assert_eq!(told.count(), CAUSES + 1);
    }
}
