//! One call at a time to each customer, across services and workers.
//!
//! The calls in progress of a number stand in an index on the shard that all its callbacks live on. So the commit that fences
//! an attempt makes sure that there is none, and whatever ends the call, or the lease of a dialer that died, frees the
//! customer with the same commit.

use ringback_core::callback::{Callback, Decision, Input, Step, calls_index, in_progress};
use ringback_core::ids::CallbackId;
use ringback_core::time::Timestamp;
use ringback_ports::bus::Bus;
use ringback_ports::store::{Limit, Outcome, Store};

use super::{Committed, Held, House, HouseError};

/// How the commit before an attempt ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fenced {
    /// It is written: this worker and no other touches the phone.
    Yes,
    /// Somebody else was first.
    Conflict,
    /// The customer is in another call; nothing is written.
    InAnotherCall,
}

impl<S: Store, B: Bus> House<S, B> {
    /// Writes the step by which a dialer takes a callback, unless its customer is in another call.
    ///
    /// # Errors
    /// When the store is away.
    pub async fn fence(
        &self,
        held: &mut Held,
        step: &Step,
        now: Timestamp,
    ) -> Result<Fenced, HouseError> {
        let claims = held.callback.claims_customer(&step.callback);
        let Some(customer) = step.callback.customer().filter(|_| claims) else {
            return Ok(match self.commit(held, step).await? {
                Committed::Yes => Fenced::Yes,
                Committed::Conflict => Fenced::Conflict,
            });
        };
        let alone = Limit {
            index: calls_index(&customer),
            scores: vec![in_progress(now)],
            most: 1,
        };
        let written = self.write_step_within(held, step, Vec::new(), vec![alone]);
        let written = Box::pin(written).await?;
        Ok(match written {
            Outcome::Committed => Fenced::Yes,
            Outcome::Conflict => Fenced::Conflict,
            Outcome::Over(_) => Fenced::InAnotherCall,
        })
    }

    /// Whether the customer of a callback is in a call.
    ///
    /// # Errors
    /// When the store is away.
    pub async fn is_in_call(
        &self,
        callback: &Callback,
        now: Timestamp,
    ) -> Result<bool, HouseError> {
        let Some(customer) = callback.customer() else {
            return Ok(false);
        };
        let (index, scores) = (calls_index(&customer), in_progress(now));
        Ok(self.store.count(&index, scores.start, scores.end).await? > 0)
    }

    /// Customer and agent, who talked on after their callback had ended, have stopped. `held` is the callback, if it is in
    /// hand.
    ///
    /// # Errors
    /// When the store is away.
    pub async fn talk_is_over(
        &self,
        id: &CallbackId,
        mut held: Option<Held>,
    ) -> Result<(), HouseError> {
        loop {
            let mut found = match held.take() {
                Some(held) => held,
                None => match self.hold(id).await? {
                    Some(held) => held,
                    None => return Ok(()),
                },
            };
            let options = self.options(&found.callback);
            let now = self.clock.now();
            let Decision::Step(step) = found.callback.step(Input::TalkOver, &options, now) else {
                return Ok(());
            };
            if self.commit(&mut found, &step).await? == Committed::Yes {
                return Ok(());
            }
        }
    }
}
