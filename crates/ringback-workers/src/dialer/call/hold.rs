//! Whether a call is still this dialer's.
//!
//! A process may be stopped for longer than its lease (a machine that swaps, a container that is frozen, SIGSTOP), and goes on
//! in the middle of a step. Somebody else has its calls then, and what it is about to do would be done to a customer who
//! talks. So every order and question to the phone network is preceded by a look at the lease: by the latest that the store's
//! time can be, with a margin for the order's way. A lease that is over, or almost, is renewed first, which is a commit that
//! fails when somebody else has the call.

use ringback_core::callback::{Decision, Input};
use ringback_ports::bus::Bus;
use ringback_ports::store::Store;
use ringback_ports::telephony::Telephony;

use super::{Call, Flow};
use crate::house::{Committed, HouseError};

impl<S: Store, B: Bus, T: Telephony> Call<S, B, T> {
    /// Whether an order given now is given by the holder of the call.
    pub(super) fn is_safe(&self) -> bool {
        let house = &self.dialer.house;
        let leg = self.held.callback.state.leg();
        leg.is_some_and(|leg| leg.is_safe_for(&house.worker, house.clock.latest()))
    }

    /// Makes sure of the call before the phone is touched. Over when it is somebody else's.
    pub(super) async fn keep(&mut self) -> Result<Flow, HouseError> {
        while !self.is_safe() {
            let now = self.dialer.house.clock.now();
            let renewed = self.held.callback.step(Input::Renew, &self.options, now);
            let Decision::Step(step) = renewed else {
                return Ok(Flow::Over);
            };
            let house = self.dialer.house.clone();
            if house.commit(&mut self.held, &step).await? == Committed::Yes {
                house.perform(&self.held.callback.id, step.effects).await?;
            } else if self.reload().await? == Flow::Over {
                tracing::info!(
                    callback.id = %self.held.callback.id,
                    "another dialer has the call; leaving the phone alone"
                );
                return Ok(Flow::Over);
            }
        }
        Ok(Flow::On)
    }
}
