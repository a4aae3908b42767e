//! Which of an agent's pools somebody waits in.
//!
//! An agent is in many pools, its own name above all, and hardly anybody waits in most of them: to match each would cost
//! far more than the calls. Those that services find their agents in are always matched. Of any other (a request may name
//! its own) the store knows whether somebody waits there, and what it says holds for a moment.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use ringback_core::callback::{Wait, wait_index};
use ringback_ports::bus::Bus;
use ringback_ports::store::Store;
use tokio::time::Instant;

use crate::house::{House, HouseError};

/// For how long nobody is taken to wait where nobody did. Whoever comes meanwhile asks for a match by himself.
const FRESH: Duration = Duration::from_millis(500);
/// How many pools are remembered.
const KNOWN: usize = 10_000;

/// The pools that nobody waited in lately.
#[derive(Default)]
pub(super) struct Deserted(Mutex<HashMap<String, Instant>>);

impl Deserted {
    /// Whether somebody waits in a pool for an agent, on the line or before.
    pub(super) async fn is_waited_in<S: Store, B: Bus>(
        &self,
        house: &House<S, B>,
        pool: &str,
    ) -> Result<bool, HouseError> {
        if self.recall(pool, Instant::now()) {
            return Ok(false);
        }
        let pool = pool.to_owned();
        let waits = [
            Wait::AgentOnLine { pool: pool.clone() },
            Wait::Agent { pool: pool.clone() },
        ];
        let [on_line, waiting] = waits.map(|wait| wait_index(&wait));
        let (on_line, waiting) =
            tokio::try_join!(house.count_all(&on_line), house.count_all(&waiting))?;
        let is_waited_in = on_line + waiting > 0;
        if !is_waited_in {
            self.learn(pool, Instant::now());
        }
        Ok(is_waited_in)
    }

    fn recall(&self, pool: &str, now: Instant) -> bool {
        let pools = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let at = pools.get(pool);
        at.is_some_and(|at| now.saturating_duration_since(*at) < FRESH)
    }

    fn learn(&self, pool: String, now: Instant) {
        let mut pools = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if pools.len() >= KNOWN {
            pools.clear();
        }
        pools.insert(pool, now);
    }
}
