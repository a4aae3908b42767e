//! The dialer: takes what is handed out, and drives one call from dial to hand-over.
//!
//! A call belongs to the dialer whose name stands in the callback's record, for as long as it renews its lease. The
//! attempt is committed before the phone is touched, and a successor asks the phone network what it knows of the call
//! instead of dialing again: so an attempt is dialed at most once.

mod awake;
mod call;
mod calls;
mod channels;
mod tail;
#[cfg(test)]
mod tests;
mod turns;

use std::sync::Arc;
use std::time::{Duration, Instant};

use ringback_core::access::Arrival;
use ringback_core::agent::{Agent, AgentState, Engagement};
use ringback_core::call::{CallCommand, CallId};
use ringback_core::callback::{Decision, Input, LEASE, State};
use ringback_core::ids::{AgentId, CallbackId};
use ringback_ports::bus::{Bus, Disposition, Message, Queue};
use ringback_ports::store::Store;
use ringback_ports::telephony::{PhoneEvent, Telephony};
use ringback_telemetry::names;
use tokio::sync::OwnedSemaphorePermit;
use tracing::Instrument;

use crate::hint::Hint;
use crate::house::{AgentDocument, Committed, Fenced, Held, House, HouseError};
use crate::panics::guarded;
use crate::runner;
use crate::scheduler::stray;
use crate::watched::Chain;
use awake::Awake;
use call::Call;
use calls::{Calls, News};
use channels::Channels;
use tail::Tail;
use turns::Queued;

/// How many hints are looked at at once.
const PREFETCH: u16 = 128;
/// How many calls one dialer holds.
const CALLS: usize = 2000;

/// A dialer.
struct Dialer<S, B, T> {
    house: House<S, B>,
    phone: Channels<S, B, T>,
    calls: Calls,
    awake: Awake,
    queued: Queued,
}

/// Dials until the house stops, then hands its calls on.
pub async fn run<S: Store, B: Bus, T: Telephony>(house: House<S, B>, phone: T) {
    let dialer = Dialer::new(house, phone);
    let house = dialer.house.clone();
    let shared = |message| {
        let dialer = dialer.clone();
        async move { dialer.on_hint(message).await }
    };
    let own = |message| {
        let dialer = dialer.clone();
        async move { dialer.on_word(&message) }
    };
    let mine = Queue::Dialer(dialer.house.worker.to_string());
    tokio::join!(
        runner::serve(&house, Queue::Dial, PREFETCH, shared),
        runner::serve(&house, mine, PREFETCH, own),
        dialer.listen(),
    );
    dialer.calls.drained().await;
}

impl<S: Store, B: Bus, T: Telephony> Dialer<S, B, T> {
    fn new(house: House<S, B>, phone: T) -> Arc<Self> {
        Arc::new(Self {
            phone: Channels::new(phone, house.clone()),
            house,
            calls: Calls::new(CALLS),
            awake: Awake::at(Instant::now()),
            queued: Queued::default(),
        })
    }

    async fn listen(self: &Arc<Self>) {
        let heartbeat = self.house.pulse.of("phone events");
        let mut turns = tokio::time::interval(awake::TURN);
        loop {
            let event = tokio::select! {
                () = self.house.stop.cancelled() => return,
                event = heartbeat.while_idle(self.phone.next_event()) => Some(event),
                _ = turns.tick() => None,
            };
            self.awake.turn(Instant::now());
            let Some(event) = event else { continue };
            match event {
                PhoneEvent::Call { call, report } => self.calls.tell(&call, News::Report(report)),
                PhoneEvent::Arrived { call, arrival } => {
                    let dialer = self.clone();
                    self.spawn("arrival", async move {
                        dialer.on_arrival(&call, &arrival).await;
                    });
                }
                PhoneEvent::Gap => self.calls.tell_all(&News::Gap),
            }
        }
    }

    /// Runs something of one call. Should it panic, the call is left to its lease, and others go on.
    fn spawn(&self, task: &'static str, work: impl Future<Output = ()> + Send + 'static) {
        let counters = self.house.counters.clone();
        // On the heap: what it goes through would have room for it several times over, on the stack.
        let work = Box::pin(work);
        let work = async move { guarded(&counters, task, work).await };
        tokio::spawn(work.in_current_span());
    }

    /// A customer has called: whose callback is it? The call is offered again to whoever is there when this fails. One to
    /// a number of somebody else may be an IVR's, which can give it to its callback.
    async fn on_arrival(self: &Arc<Self>, call: &CallId, arrival: &Arrival) {
        let done = match self.house.take_arrival(call, arrival).await {
            Ok(Some(callback)) => self.answer(&callback.id).await,
            Ok(None) if !self.house.is_called(&arrival.to) => {
                tracing::debug!(%call, "a call to another number is left to whoever takes it");
                Ok(())
            }
            // Somebody may have had it meanwhile, and still has. If not, it is offered again.
            Ok(None) if !self.awake.is_fresh(Instant::now()) => Ok(()),
            Ok(None) => {
                tracing::info!(%call, "a call that nobody is expected with is ended");
                if let Err(error) = self.phone.send(call, CallCommand::HangUp).await {
                    tracing::warn!(%call, error = %Chain(&error), "hanging up failed");
                }
                Ok(())
            }
            Err(error) => Err(error),
        };
        if let Err(error) = done {
            tracing::error!(%call, error = %Chain(&error), "a call that has arrived waits");
        }
    }

    /// The customer is on the phone: unless this dialer is full, nobody waits until a hint has been round.
    async fn answer(self: &Arc<Self>, id: &CallbackId) -> Result<(), HouseError> {
        tracing::debug!(callback.id = %id, "the customer has called");
        match self.calls.permit(&self.house.stop).await {
            Some(permit) => Box::pin(self.look_at(id, permit)).await,
            None => Ok(()),
        }
    }

    /// Work for any dialer.
    async fn on_hint(self: &Arc<Self>, message: Message) -> Disposition {
        let Some(permit) = self.calls.permit(&self.house.stop).await else {
            return Disposition::Later;
        };
        let done = match Hint::read(&message) {
            Ok(Hint::Dial(id)) => {
                names::about_callback(id.as_str());
                self.look_at(&id, permit).await
            }
            Ok(Hint::Agent(id)) => self.look_at_agent(&id, permit).await,
            Ok(
                Hint::Trunk(_)
                | Hint::Pools(_)
                | Hint::Notify(_)
                | Hint::Tell(..)
                | Hint::Ask(..)
                | Hint::Offer(..),
            ) => return stray("a hint for another worker".to_owned()),
            Err(error) => return stray(error.to_string()),
        };
        if let Err(error) = done {
            tracing::error!(error = %Chain(&error), "a hint could not be followed; its alarm will bring it again");
        }
        Disposition::Done
    }

    /// News for this dialer alone.
    fn on_word(&self, message: &Message) -> Disposition {
        match Hint::read(message) {
            Ok(Hint::Tell(_, id)) => self.calls.tell_about(&id, News::Look),
            Ok(Hint::Ask(_, id)) => self.calls.tell_about(&id, News::Gap),
            Ok(Hint::Offer(_, id, agent)) => self.calls.tell_about(&id, News::Offer(agent)),
            Ok(
                Hint::Dial(_) | Hint::Agent(_) | Hint::Trunk(_) | Hint::Pools(_) | Hint::Notify(_),
            ) => {
                return stray("a hint for another worker".to_owned());
            }
            Err(error) => return stray(error.to_string()),
        }
        Disposition::Done
    }

    async fn look_at(
        self: &Arc<Self>,
        id: &CallbackId,
        permit: OwnedSemaphorePermit,
    ) -> Result<(), HouseError> {
        let Some(held) = self.house.hold(id).await? else {
            return Ok(());
        };
        match &held.callback.state {
            State::HandedOut { .. } => self.take_in_turn(held, permit).await,
            State::OnCall { leg, .. }
            | State::Completed {
                open: Some(leg), ..
            } if leg.lease <= self.house.clock.latest() => self.take_over(held, permit).await,
            State::Scheduled { .. }
            | State::Waiting { .. }
            | State::Paused { .. }
            | State::Arranging { .. }
            | State::OnCall { .. }
            | State::Completed { .. } => Ok(()),
        }
    }

    /// The fence: once this is committed, this dialer and no other touches the phone for this attempt.
    async fn take(
        self: &Arc<Self>,
        mut held: Held,
        permit: OwnedSemaphorePermit,
    ) -> Result<(), HouseError> {
        let mut engaged = None;
        if let Some(agent) = held.callback.state.agent() {
            let call = held.callback.next_call();
            engaged = self.engage(&held.callback.id, call, &agent.id).await?;
            if engaged.is_none() {
                return self.step_aside(held, Input::AgentGone).await;
            }
        }
        let options = self.house.present_options(&held.callback).await?;
        let input = Input::Take {
            worker: self.house.worker.clone(),
        };
        let now = self.house.clock.now();
        let Decision::Step(step) = held.callback.step(input, &options, now) else {
            return Ok(());
        };
        match self.house.fence(&mut held, &step, now).await? {
            Fenced::Yes => {}
            // Cancelled or taken by somebody else: the record says by whom, its alarm cares for the agent.
            Fenced::Conflict => return Ok(()),
            Fenced::InAnotherCall => return self.step_aside(held, Input::InAnotherCall).await,
        }
        // It is back in its queue, or over.
        if !matches!(held.callback.state, State::OnCall { .. }) {
            return self.house.perform(&held.callback.id, step.effects).await;
        }
        // Only now: whoever loses the race for an attempt must not take the winner's news.
        let news = self.calls.open(held.callback.call(), &held.callback.id);
        let call = Call::new(self.clone(), held, options, news, permit).with(engaged);
        if call.is_arriving() {
            call.recover();
        } else {
            call.start(step.effects);
        }
        Ok(())
    }

    /// A callback that was handed out is not dialed after all.
    async fn step_aside(&self, mut held: Held, why: Input) -> Result<(), HouseError> {
        let options = self.house.present_options(&held.callback).await?;
        let now = self.house.clock.now();
        let Decision::Step(step) = held.callback.step(why, &options, now) else {
            return Ok(());
        };
        let id = held.callback.id.clone();
        if self.house.commit(&mut held, &step).await? == Committed::Conflict {
            return Ok(());
        }
        self.house.perform(&id, step.effects).await
    }

    async fn take_over(
        self: &Arc<Self>,
        mut held: Held,
        permit: OwnedSemaphorePermit,
    ) -> Result<(), HouseError> {
        let options = self.house.present_options(&held.callback).await?;
        let input = Input::TakeOver {
            worker: self.house.worker.clone(),
        };
        // Whoever sent the hint saw that the lease is over.
        let now = self.house.clock.latest();
        let Decision::Step(step) = held.callback.step(input, &options, now) else {
            return Ok(());
        };
        if self.house.commit(&mut held, &step).await? == Committed::Conflict {
            return Ok(());
        }
        tracing::info!(callback.id = %held.callback.id, attempt = held.callback.attempts, "call taken over");
        let callback = &held.callback;
        let engaged = match callback.state.agent() {
            Some(agent) => {
                self.engage(&callback.id, callback.call(), &agent.id)
                    .await?
            }
            None => None,
        };
        let news = self.calls.open(held.callback.call(), &held.callback.id);
        Call::new(self.clone(), held, options, news, permit)
            .with(engaged)
            .recover();
        Ok(())
    }

    /// Takes the agent that is reserved for a callback. `None` when it is no longer.
    async fn engage(
        &self,
        id: &CallbackId,
        call: CallId,
        agent: &AgentId,
    ) -> Result<Option<AgentDocument>, HouseError> {
        let now = self.house.clock.now();
        let engagement = Engagement {
            callback: id.clone(),
            call,
            owner: self.house.worker.clone(),
            lease: now + LEASE,
            since: now,
            idle_since: None,
            then_not_ready: false,
            then: None,
        };
        self.house
            .change_agent(agent, |agent| agent.engage(engagement.clone()))
            .await
    }

    /// Holds an agent of a call for another while. `false` when it is no longer in that call.
    async fn extend(
        &self,
        held: &mut AgentDocument,
        call: &CallId,
        by: Duration,
    ) -> Result<bool, HouseError> {
        let lease = self.house.clock.now() + by;
        let change = |agent: Agent| {
            let AgentState::Engaged(old) = agent.state.clone() else {
                return None;
            };
            (old.owner == self.house.worker && old.call == *call)
                .then(|| agent.engage(Engagement { lease, ..old }))
                .flatten()
        };
        self.house.change_held_agent(held, change).await
    }

    /// An agent talks in a call whose dialer has died after the hand-over.
    async fn look_at_agent(
        self: &Arc<Self>,
        id: &AgentId,
        permit: OwnedSemaphorePermit,
    ) -> Result<(), HouseError> {
        let Some(mut held) = self.house.hold_agent(id).await? else {
            return Ok(());
        };
        let AgentState::Engaged(engagement) = held.agent.state.clone() else {
            return Ok(());
        };
        // Whoever sent the hint saw that the lease is over.
        let now = self.house.clock.latest();
        if now < engagement.lease {
            return Ok(());
        }
        let owner = self.house.worker.clone();
        let mine = Engagement {
            owner,
            lease: now + LEASE,
            ..engagement.clone()
        };
        let change = |agent: Agent| {
            (agent.state == AgentState::Engaged(engagement.clone()))
                .then(|| agent.engage(mine.clone()))
                .flatten()
        };
        if self.house.change_held_agent(&mut held, change).await? {
            let Engagement { callback, call, .. } = engagement;
            let news = self.calls.open(call.clone(), &callback);
            Tail {
                agent: held,
                held: None,
                callback,
                call,
            }
            .recover(self.clone(), news, permit);
        }
        Ok(())
    }
}
