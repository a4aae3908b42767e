//! Estimated waiting time.

use std::time::Duration;

use serde::Serialize;

/// What an estimate is made from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Inputs {
    /// Callbacks that come before.
    pub ahead: u64,
    /// Agents that are ready.
    pub ready: u64,
    /// Agents that work, ready or not.
    pub staff: u64,
    /// Measured handle time in ms; what is assumed before the first call when nothing was measured.
    pub handle_ms: u64,
}

/// Assumed while no call has been measured.
pub const ASSUMED_HANDLE: Duration = Duration::from_secs(180);

/// How long somebody waits with `ahead` before him: nobody waits while agents are ready for all; else calls end one
/// every `handle / staff`, and as many must end as are ahead, and one more. That is the mean of a queue whose servers are
/// all busy (Little's law with a service rate of staff / handle).
pub fn estimate(inputs: Inputs) -> Duration {
    let Inputs {
        ahead,
        ready,
        staff,
        handle_ms,
    } = inputs;
    if ahead < ready {
        return Duration::ZERO;
    }
    let must_end = ahead.saturating_sub(ready).saturating_add(1);
    Duration::from_millis(must_end.saturating_mul(handle_ms) / staff.max(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grows_with_the_queue_and_shrinks_with_the_staff() {
        for (ahead, ready, staff, expected) in [
            (0, 1, 1, 0),
            (2, 3, 3, 0),
            (0, 0, 1, 60_000),
            (0, 0, 3, 20_000),
            (9, 0, 5, 120_000),
            (3, 2, 4, 30_000),
            (1, 0, 0, 120_000),
        ] {
            let inputs = Inputs {
                ahead,
                ready,
                staff,
                handle_ms: 60_000,
            };
            assert_eq!(
                estimate(inputs),
                Duration::from_millis(expected),
                "{inputs:?}"
            );
        }
    }
}
