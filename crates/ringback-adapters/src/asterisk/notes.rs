//! Notes of calls that are long over are removed: Asterisk keeps global variables for ever.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use ringback_core::call::CallId;
use tokio::time::Instant;

use super::Shared;
use super::call::{Leg, listener_of, note_of};

/// How long what became of a call can be asked for.
const KEPT: Duration = Duration::from_secs(3600);

/// How often is looked.
const EVERY: Duration = Duration::from_secs(60);

/// The most calls whose notes are remembered; of more, the oldest are removed at once.
const MOST: usize = 100_000;

/// Calls that are over, in the order in which they were left.
#[derive(Default)]
pub(super) struct Over(Mutex<VecDeque<(Instant, CallId, u8)>>);

impl Over {
    /// A call is over in which so many agents were rung.
    pub fn push(&self, call: &CallId, agents: u8) {
        self.lock()
            .push_back((Instant::now(), call.clone(), agents));
    }

    fn due(&self) -> Option<(CallId, u8)> {
        let mut over = self.lock();
        let is_many = over.len() > MOST;
        let first = over.front()?;
        let is_due = is_many || first.0.elapsed() >= KEPT;
        is_due.then(|| over.pop_front().map(|(_, call, agents)| (call, agents)))?
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, VecDeque<(Instant, CallId, u8)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Removes what is due, until the last clone of the dialer is gone.
pub(super) async fn remove(shared: Arc<Shared>) {
    loop {
        tokio::time::sleep(EVERY).await;
        while let Some((call, agents)) = shared.over.due() {
            let legs = (1..=agents.max(1)).map(Leg::Agent);
            for leg in std::iter::once(Leg::Customer).chain(legs) {
                let channel = leg.channel(&call);
                for name in [note_of(&channel), listener_of(&channel)] {
                    // One that stays costs a line of memory there.
                    if let Err(error) = shared.ari.set_global(&name, "").await {
                        tracing::debug!(%call, %error, "a note was not removed");
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn notes_are_kept_for_an_hour() {
        let over = Over::default();
        let call = CallId::from_wire("07-1-c-001");
        over.push(&call, 2);
        assert_eq!(over.due(), None);
        tokio::time::advance(KEPT).await;
        assert_eq!(over.due(), Some((call, 2)));
        assert_eq!(over.due(), None);
    }
}
