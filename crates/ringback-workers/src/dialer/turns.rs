//! Who is dialed next of those that this dialer was handed, where a trunk group takes only so many calls.
//!
//! A dialer asks for one turn of a trunk group at a time, for whoever came first. Who waits has taken nothing: another dialer
//! may dial him, and a cancel holds.

#[cfg(test)]
mod tests;

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};

use ringback_core::callback::State;
use ringback_core::ids::CallbackId;
use ringback_core::trunk::TURN;
use ringback_ports::bus::Bus;
use ringback_ports::store::Store;
use ringback_ports::telephony::Telephony;
use tokio::sync::OwnedSemaphorePermit;

use super::Dialer;
use crate::house::{Held, HouseError};
use crate::watched::Chain;

/// Who waits for a turn here.
#[derive(Default)]
pub(super) struct Queued {
    callbacks: Mutex<HashSet<CallbackId>>,
    /// Whoever holds the lock of a trunk group asks for its next turn; the others stand in line, first come first served.
    trunks: Mutex<HashMap<String, Arc<tokio::sync::Mutex<()>>>>,
}

impl Queued {
    /// `false` when it waits already.
    fn enter(&self, id: &CallbackId) -> bool {
        self.callbacks().insert(id.clone())
    }

    fn leave(&self, id: &CallbackId) {
        self.callbacks().remove(id);
    }

    fn callbacks(&self) -> std::sync::MutexGuard<'_, HashSet<CallbackId>> {
        self.callbacks
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    fn line(&self, trunk: &str) -> Arc<tokio::sync::Mutex<()>> {
        let mut trunks = self.trunks.lock().unwrap_or_else(PoisonError::into_inner);
        // Names are data: those that nobody waits for are forgotten.
        trunks.retain(|_, line| Arc::strong_count(line) > 1);
        trunks.entry(trunk.to_owned()).or_default().clone()
    }
}

impl<S: Store, B: Bus, T: Telephony> Dialer<S, B, T> {
    /// Takes a callback that is handed out, once its trunk group has a turn for it.
    pub(super) async fn take_in_turn(
        self: &Arc<Self>,
        held: Held,
        permit: OwnedSemaphorePermit,
    ) -> Result<(), HouseError> {
        if self.phone.trunk_limits().are_none() || !uses_trunk(&held) {
            return self.take(held, permit).await;
        }
        let id = held.callback.id.clone();
        if self.queued.enter(&id) {
            let dialer = self.clone();
            self.spawn("turn", async move {
                let waited = dialer.wait_for_turn(held, permit).await;
                dialer.queued.leave(&id);
                if let Err(error) = waited {
                    tracing::error!(callback.id = %id, error = %Chain(&error), "a callback could not be dialed; its alarm will bring it again");
                }
            });
        }
        Ok(())
    }

    async fn wait_for_turn(
        self: &Arc<Self>,
        held: Held,
        permit: OwnedSemaphorePermit,
    ) -> Result<(), HouseError> {
        let (id, trunk) = (held.callback.id.clone(), held.callback.route.trunk.clone());
        let line = self.queued.line(&trunk);
        let place = line.lock().await;
        loop {
            if self.house.stop.is_cancelled() {
                return Ok(());
            }
            // It may have been cancelled or dialed meanwhile.
            let found = self.house.hold(&id).await?;
            let Some(held) = found.filter(uses_trunk) else {
                return Ok(());
            };
            let limits = self.phone.trunk_limits();
            let began = self.house.clock.now();
            let wait = self.house.take_trunk_turn(&trunk, &id, limits).await?;
            let Some(wait) = wait else {
                // A turn that comes late, because this process or the store stood still, may be another's by now.
                if self.house.clock.now().since(began) < TURN / 2 {
                    let taken = self.take(held, permit).await;
                    drop(place);
                    return taken;
                }
                continue;
            };
            tokio::select! {
                () = self.house.stop.cancelled() => return Ok(()),
                () = tokio::time::sleep(wait) => {}
            }
        }
    }

    /// The carrier has no line for a call of this trunk group.
    pub(super) async fn slow_down(&self, trunk: &str) {
        if self.phone.trunk_limits().rate.is_none() {
            return;
        }
        match self.house.slow_trunk_down(trunk).await {
            Ok(()) => tracing::warn!(trunk, "congestion: the trunk group is dialed more slowly"),
            Err(error) => {
                tracing::warn!(trunk, error = %Chain(&error), "congestion could not be noted");
            }
        }
    }
}

/// Whether it is handed out, and its call will go out over its trunk group: not that of who has called or writes.
fn uses_trunk(held: &Held) -> bool {
    let is_ours = matches!(held.callback.state, State::HandedOut { arrived: None, .. });
    is_ours && held.callback.next_call().chat().is_none()
}
