//! The rest of a call whose callback is over: customer and agent talk, and the agent is busy until they stop.

use std::sync::Arc;
use std::time::Duration;

use ringback_core::agent::{Agent, AgentState, Engagement, Release};
use ringback_core::call::{CallId, CallStatus, Report};
use ringback_core::callback::LEASE;
use ringback_core::ids::CallbackId;
use ringback_ports::bus::Bus;
use ringback_ports::store::Store;
use ringback_ports::telephony::Telephony;
use tokio::sync::OwnedSemaphorePermit;

use super::Dialer;
use super::calls::{Mailbox, News, RENEWAL};
use crate::house::{AgentDocument, Committed, Held};
use crate::watched::Chain;

/// Who talks in which call.
pub(super) struct Tail {
    pub(super) agent: AgentDocument,
    /// The callback, as it was when the talk began, for who has it in hand.
    pub(super) held: Option<Held>,
    pub(super) callback: CallbackId,
    pub(super) call: CallId,
}

/// What is seen of the call.
enum Seen {
    /// They talk.
    Up,
    /// It is over.
    Over,
    /// Another dialer watches it.
    Lost,
}

impl Tail {
    /// Takes over from a dialer that died.
    pub(super) fn recover<S: Store, B: Bus, T: Telephony>(
        mut self,
        dialer: Arc<Dialer<S, B, T>>,
        mut mailbox: Mailbox,
        permit: OwnedSemaphorePermit,
    ) {
        let owner = dialer.clone();
        owner.spawn("conversation", async move {
            match self.look(&dialer).await {
                Seen::Up => self.follow(&dialer, &mut mailbox).await,
                Seen::Over => self.end(&dialer).await,
                Seen::Lost => {}
            }
            drop(permit);
        });
    }

    /// Watches the call until it is over, then lets the agent go.
    pub(super) async fn follow<S: Store, B: Bus, T: Telephony>(
        &mut self,
        dialer: &Dialer<S, B, T>,
        mailbox: &mut Mailbox,
    ) {
        let mut renewal = tokio::time::interval_at(tokio::time::Instant::now() + RENEWAL, RENEWAL);
        loop {
            let seen = tokio::select! {
                news = mailbox.next() => match news {
                    News::Report(Report::HungUp { .. } | Report::Failed { .. }) => Seen::Over,
                    News::Gap => self.look(dialer).await,
                    News::Report(_) | News::Look | News::Offer(_) => Seen::Up,
                },
                _ = renewal.tick() => match self.renew(dialer).await {
                    false => Seen::Lost,
                    // Hints of what happens in a chat may be lost.
                    true if self.call.chat().is_some() => self.look(dialer).await,
                    true => Seen::Up,
                },
                () = dialer.house.stop.cancelled() => return self.yield_to_others(dialer).await,
            };
            match seen {
                Seen::Up => {}
                Seen::Over => return self.end(dialer).await,
                Seen::Lost => return,
            }
        }
    }

    async fn end<S: Store, B: Bus, T: Telephony>(&mut self, dialer: &Dialer<S, B, T>) {
        let now = dialer.house.clock.now();
        let change = |agent: Agent| agent.release(&self.callback, Release::Talked, now);
        if let Err(error) = dialer
            .house
            .change_held_agent(&mut self.agent, change)
            .await
        {
            let agent = &self.agent.agent.id;
            tracing::error!(%agent, error = %Chain(&error), "an agent is left to its lease");
        }
        let over = dialer.house.talk_is_over(&self.callback, self.held.take());
        if let Err(error) = Box::pin(over).await {
            let callback = &self.callback;
            tracing::error!(
                callback.id = %callback, error = %Chain(&error),
                "the customer of a call that is over is not called for some time"
            );
        }
    }

    /// Asks the phone network whether they still talk, unless somebody else watches over the agent now: the network tells
    /// its further reports to whoever asks.
    async fn look<S: Store, B: Bus, T: Telephony>(&mut self, dialer: &Dialer<S, B, T>) -> Seen {
        loop {
            if !self.is_safe(dialer) && !self.renew(dialer).await {
                return Seen::Lost;
            }
            match dialer.phone.inspect(&self.call).await {
                Ok(CallStatus::Up { .. }) => return Seen::Up,
                Ok(_) => return Seen::Over,
                Err(error) => {
                    tracing::debug!(error = %Chain(&error), "the phone network does not answer")
                }
            }
            tokio::time::sleep(Duration::from_millis(500)).await;
            if dialer.house.stop.is_cancelled() {
                return Seen::Up;
            }
        }
    }

    fn is_safe<S: Store, B: Bus, T: Telephony>(&self, dialer: &Dialer<S, B, T>) -> bool {
        let AgentState::Engaged(engagement) = &self.agent.agent.state else {
            return false;
        };
        let house = &dialer.house;
        engagement.is_safe_for(&house.worker, house.clock.latest())
    }

    /// `false` when the agent is no longer in this call.
    async fn renew<S: Store, B: Bus, T: Telephony>(&mut self, dialer: &Dialer<S, B, T>) -> bool {
        let engaged = self.agent.agent.state.clone();
        match dialer.extend(&mut self.agent, &self.call, LEASE).await {
            Ok(true) => true,
            Ok(false) => self.retake(dialer, engaged).await,
            Err(error) => {
                let agent = &self.agent.agent.id;
                tracing::warn!(%agent, error = %Chain(&error), "a lease could not be renewed");
                true
            }
        }
    }

    /// A store that has lost the agent has lost that it talks: as long as it does, it must not be given to anybody. `false`
    /// when somebody else has it.
    async fn retake<S: Store, B: Bus, T: Telephony>(
        &mut self,
        dialer: &Dialer<S, B, T>,
        engaged: AgentState,
    ) -> bool {
        let id = self.agent.agent.id.clone();
        let held = match dialer.house.hold_agent(&id).await {
            Ok(Some(held)) => held,
            // It will be there again when what is configured has been written.
            Ok(None) => return true,
            Err(error) => {
                tracing::warn!(agent = %id, error = %Chain(&error), "an agent cannot be read");
                return true;
            }
        };
        if !matches!(
            held.agent.state,
            AgentState::Ready { .. } | AgentState::NotReady { .. }
        ) {
            return false;
        }
        // Nobody has the agent, so nobody else listens. What is over, or not known now, is seen to the next time.
        let Ok(CallStatus::Up { .. }) = dialer.phone.inspect(&self.call).await else {
            return true;
        };
        let AgentState::Engaged(engagement) = engaged else {
            return false;
        };
        let lease = dialer.house.clock.now() + LEASE;
        let again = Agent {
            state: AgentState::Engaged(Engagement {
                lease,
                ..engagement
            }),
            ..held.agent.clone()
        };
        match dialer.house.commit_agent(&held, &again).await {
            Ok(Committed::Yes) => {
                tracing::warn!(agent = %id, "an agent who talks was lost, and is taken again");
                self.agent = AgentDocument {
                    agent: again,
                    version: held.version + 1,
                };
                true
            }
            Ok(Committed::Conflict) | Err(_) => true,
        }
    }

    async fn yield_to_others<S: Store, B: Bus, T: Telephony>(&mut self, dialer: &Dialer<S, B, T>) {
        if let Err(error) = dialer
            .extend(&mut self.agent, &self.call, Duration::ZERO)
            .await
        {
            let agent = &self.agent.agent.id;
            tracing::warn!(%agent, error = %Chain(&error), "an agent is left to its lease");
        }
    }
}
