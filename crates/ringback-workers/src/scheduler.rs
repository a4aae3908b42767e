//! The scheduler: alarms, and matching what waits with who is free.
//!
//! Any number of schedulers run side by side without a leader: an alarm is claimed by one of them, and every match is
//! a commit that only one can make.

mod alarms;
mod matching;
mod pools;
#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::Duration;

use ringback_core::lane::DEAD_KEPT;
use ringback_ports::bus::{Bus, Disposition, Message, Queue, Reason};
use ringback_ports::store::Store;

use crate::hint::Hint;
use crate::house::House;
use crate::runner;
use crate::watched::Chain;
use matching::Matcher;

/// How many hints are looked at at once.
const PREFETCH: u16 = 256;

/// How much is handed out.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Calls in progress, of one trunk group.
    pub calls: u64,
    /// Callbacks handed out that no dialer has taken yet, of one trunk group: what keeps the queue of the dialers short.
    pub handed_out: u64,
    /// How long dead letters of notifications are kept.
    pub dead_kept: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            calls: 2000,
            handed_out: 256,
            dead_kept: DEAD_KEPT,
        }
    }
}

/// Schedules until the house stops.
pub async fn run<S: Store, B: Bus>(house: House<S, B>, limits: Limits) {
    let matcher = Matcher::new(house.clone(), limits);
    let hints = {
        let matcher = matcher.clone();
        let handle = move |message| on_hint(matcher.clone(), message);
        runner::serve(&house, Queue::Schedule, PREFETCH, handle)
    };
    let old_numbers = async {
        if let Err(error) = house.recognize_old_numbers().await {
            let error = Chain(&error);
            tracing::error!(%error, "failed to list old records by their numbers; retrying at the next start");
        }
    };
    tokio::join!(
        hints,
        old_numbers,
        alarms::run(&house, &matcher),
        matcher.clone().retry()
    );
}

async fn on_hint<S: Store, B: Bus>(matcher: Arc<Matcher<S, B>>, message: Message) -> Disposition {
    match Hint::read(&message) {
        Ok(Hint::Trunk(trunk)) => matcher.trunk(&trunk).await,
        Ok(Hint::Pools(pools)) => {
            // One alone comes from somebody who waits in it; several are those of an agent.
            let is_waited_in = pools.len() == 1;
            for pool in &pools {
                if is_waited_in || matcher.may_match(pool).await {
                    matcher.pool(pool).await;
                }
            }
        }
        Ok(
            Hint::Dial(_)
            | Hint::Agent(_)
            | Hint::Notify(_)
            | Hint::Tell(..)
            | Hint::Ask(..)
            | Hint::Offer(..),
        ) => {
            return stray("a hint for another worker".to_owned());
        }
        Err(error) => return stray(error.to_string()),
    }
    Disposition::Done
}

/// What to do with a message that is not for this worker.
pub(crate) const fn stray(error: String) -> Disposition {
    Disposition::Dead(Reason {
        word: "not-a-hint",
        error,
    })
}
