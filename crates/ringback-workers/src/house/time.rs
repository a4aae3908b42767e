//! The time that decides.
//!
//! Alarms are due by the store's clock, so everything is decided by it: an alarm that was claimed by the time of its claim
//! (a scheduler asks many times a second), everything else by the clock of the house, which is the store's. In a worker that
//! claims nothing that clock is an estimate, kept near by asking for the time every [`ASK`]; it is off by no more than the
//! fastest of the last answers took, and by one part in 5000 of the time since. It is then the earliest that the time can be,
//! so nobody acts early; a lease is given up by the latest that it can be, so nobody acts on one that may be over.

use std::time::Duration;

use ringback_ports::bus::Bus;
use ringback_ports::store::Store;

use super::House;
use crate::watched::Chain;

/// How often the store is asked for its time.
const ASK: Duration = Duration::from_secs(2);

/// How far the machine's clock may be off before it is said, in ms.
const WORTH_TELLING: u64 = 500;

impl<S: Store, B: Bus> House<S, B> {
    /// Keeps the clock of the house near the store's until the house stops, and counts how far the machine's is off.
    pub async fn keep_time(self) {
        let mut told = false;
        let heartbeat = self.pulse.of("store time");
        while !self.stop.is_cancelled() {
            heartbeat.beat();
            if let Err(error) = self.store.time().await {
                tracing::warn!(error = %Chain(&error), "failed to ask the store for its time; asking again");
            }
            let ahead = self.clock.machine_ahead();
            self.counters.clock_ahead.set(ahead);
            let is_off = ahead.unsigned_abs() > WORTH_TELLING;
            if is_off && !told {
                tracing::warn!(
                    ahead_ms = ahead,
                    "this machine's clock differs from the store's, which decides; times in logs and traces are off"
                );
            }
            told = is_off;
            tokio::select! {
                () = self.stop.cancelled() => {}
                () = tokio::time::sleep(ASK) => {}
            }
        }
    }
}
