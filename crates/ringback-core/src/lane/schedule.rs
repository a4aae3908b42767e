//! When a failed delivery is tried again.

use std::time::Duration;

/// The distances between deliveries of one event; after the last it is given up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Schedule(Vec<Duration>);

/// The most distances a schedule has.
const MOST: usize = 98;
/// The longest distance.
const LONGEST: Duration = Duration::from_secs(86_400);

impl Default for Schedule {
    /// 1 s, 5 s, 30 s, 2 min, 10 min, 30 min, 2 h.
    fn default() -> Self {
        Self(
            [1, 5, 30, 120, 600, 1800, 7200]
                .map(Duration::from_secs)
                .to_vec(),
        )
    }
}

impl Schedule {
    /// A schedule of these distances.
    ///
    /// # Errors
    /// When there are none or too many of them, or one is zero or longer than a day.
    pub fn new(distances: Vec<Duration>) -> Result<Self, ScheduleError> {
        let wrong = distances.iter().find(|it| it.is_zero() || **it > LONGEST);
        match wrong {
            Some(wrong) => Err(ScheduleError::Distance(*wrong)),
            None if distances.is_empty() || distances.len() > MOST => {
                Err(ScheduleError::Count(distances.len()))
            }
            None => Ok(Self(distances)),
        }
    }

    /// The same for `attempts` deliveries in all (`_max_notify_delivery_attempts`); the last distance is repeated.
    #[must_use]
    pub fn limited(&self, attempts: Option<u32>) -> Self {
        let Some(attempts) = attempts else {
            return self.clone();
        };
        let last = self.0.last().copied().unwrap_or_default();
        let distances = usize::try_from(attempts.saturating_sub(1))
            .unwrap_or(MOST)
            .min(MOST);
        Self(
            self.0
                .iter()
                .copied()
                .chain(std::iter::repeat(last))
                .take(distances)
                .collect(),
        )
    }

    /// The distance to the next delivery after `failures` ones before this one; `None` when there is none.
    pub(super) fn after(&self, failures: u32) -> Option<Duration> {
        self.0.get(usize::try_from(failures).ok()?).copied()
    }
}

/// A list of distances that is no schedule.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ScheduleError {
    /// Too few or too many.
    #[error("schedule has {0} distances: allowed are 1 to {MOST}")]
    Count(usize),
    /// One that is none.
    #[error("schedule has a distance of {0:?}: allowed is more than 0 s and at most 86400 s")]
    Distance(Duration),
}
