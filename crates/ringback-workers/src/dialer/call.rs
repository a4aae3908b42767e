//! One call in progress.

use std::sync::Arc;
use std::time::Duration;

use ringback_core::agent::{AgentRef, Release};
use ringback_core::call::{CallCommand, CallId, CallResult, Report};
use ringback_core::callback::{Decision, Effect, Input, LEASE, Phase, State, Step};
use ringback_core::event::Reason;
use ringback_core::ids::AgentId;
use ringback_core::service::Options;
use ringback_ports::bus::Bus;
use ringback_ports::store::Store;
use ringback_ports::telephony::{PhoneError, Telephony};
use tokio::sync::OwnedSemaphorePermit;
use tracing::Instrument;

use super::Dialer;
use super::calls::{Mailbox, News, RENEWAL};
use super::tail::Tail;
use crate::house::{AgentDocument, Committed, Held, HouseError, LetGo};
use crate::watched::Chain;

mod hold;

/// How long the phone network is given before it is asked once more.
const ASK_AGAIN: Duration = Duration::from_millis(500);

/// One call in progress, and the record it belongs to.
pub(super) struct Call<S, B, T> {
    dialer: Arc<Dialer<S, B, T>>,
    held: Held,
    /// Its name, also when the record no longer tells.
    call: CallId,
    options: Arc<Options>,
    mailbox: Mailbox,
    permit: OwnedSemaphorePermit,
    /// The agent of this call, once one is engaged.
    agent: Option<AgentDocument>,
    /// Whether customer and agent go on talking after the callback has ended.
    handed_over: bool,
}

/// Whether the call goes on.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Flow {
    On,
    Over,
}

impl<S: Store, B: Bus, T: Telephony> Call<S, B, T> {
    pub(super) fn new(
        dialer: Arc<Dialer<S, B, T>>,
        held: Held,
        options: Arc<Options>,
        mailbox: Mailbox,
        permit: OwnedSemaphorePermit,
    ) -> Self {
        Self {
            call: held.callback.call(),
            dialer,
            held,
            options,
            mailbox,
            permit,
            agent: None,
            handed_over: false,
        }
    }

    /// With the agent that is engaged before the customer is dialed.
    pub(super) fn with(self, agent: Option<AgentDocument>) -> Self {
        Self { agent, ..self }
    }

    /// Whether it is the customer's own, and the phone network has to be asked about it first.
    pub(super) const fn is_arriving(&self) -> bool {
        matches!(
            self.held.callback.state,
            State::OnCall {
                phase: Phase::Arriving { .. },
                ..
            }
        )
    }

    /// Goes on from the fence: dials.
    pub(super) fn start(mut self, effects: Vec<Effect>) {
        let (span, dialer) = (self.span("dialer.attempt"), self.dialer.clone());
        let run = async move {
            let flow = self.perform(effects).await;
            self.run(flow).await;
        };
        dialer.spawn("call", run.instrument(span));
    }

    /// Goes on from what the phone network knows.
    pub(super) fn recover(mut self) {
        let (span, dialer) = (self.span("dialer.take_over"), self.dialer.clone());
        let run = async move {
            let flow = self.inspect().await;
            self.run(flow).await;
        };
        dialer.spawn("call", run.instrument(span));
    }

    fn span(&self, name: &'static str) -> tracing::Span {
        let callback = &self.held.callback;
        ringback_telemetry::names::callback_span(
            name,
            callback.id.as_str(),
            callback.attempts,
            callback.trace.as_deref(),
        )
    }

    async fn run(mut self, begun: Result<Flow, HouseError>) {
        let mut flow = begun;
        let mut renewal = tokio::time::interval_at(tokio::time::Instant::now() + RENEWAL, RENEWAL);
        let stop = self.dialer.house.stop.clone();
        while matches!(flow, Ok(Flow::On)) {
            let wait = self.until_deadline();
            flow = tokio::select! {
                news = self.mailbox.next() => self.on_news(news).await,
                () = wait => self.input(Input::Timeout).await,
                _ = renewal.tick() => self.renew().await,
                () = stop.cancelled() => {
                    flow = self.input(Input::Yield).await;
                    break;
                }
            };
        }
        if let Err(error) = flow {
            tracing::error!(
                callback.id = %self.held.callback.id, error = %Chain(&error),
                "a call is left to its lease"
            );
            return;
        }
        if let Some(agent) = self.agent.take().filter(|_| self.handed_over) {
            let (callback, call) = (self.held.callback.id.clone(), self.call.clone());
            let mut tail = Tail {
                agent,
                held: Some(self.held),
                callback,
                call,
            };
            tail.follow(&self.dialer, &mut self.mailbox).await;
        }
        drop(self.permit);
    }

    fn until_deadline(&self) -> impl Future<Output = ()> + use<S, B, T> {
        let now = self.dialer.house.clock.now();
        let left = self
            .held
            .callback
            .deadline(&self.options)
            .map(|deadline| deadline.since(now));
        async move {
            match left {
                Some(left) => tokio::time::sleep(left).await,
                None => std::future::pending().await,
            }
        }
    }

    async fn on_news(&mut self, news: News) -> Result<Flow, HouseError> {
        match news {
            News::Report(report) => {
                let result = CallResult::AllTrunksBusy;
                if report == (Report::Failed { result }) {
                    self.dialer.slow_down(&self.held.callback.route.trunk).await;
                }
                self.input(Input::Report(report)).await
            }
            News::Gap => self.inspect().await,
            News::Look => self.reload().await,
            News::Offer(agent) => self.offer(&agent).await,
        }
    }

    /// Takes the agent that a scheduler reserved, if it still is.
    async fn offer(&mut self, agent: &AgentId) -> Result<Flow, HouseError> {
        let id = self.held.callback.id.clone();
        let Some(engaged) = self.dialer.engage(&id, self.call.clone(), agent).await? else {
            return Ok(Flow::On);
        };
        let reference = self.held.callback.reference(&engaged.agent);
        // One that comes second is let go by the record's decision, which names it.
        self.agent.get_or_insert(engaged);
        self.input(Input::Offer(reference)).await
    }

    /// Asks the phone network what it knows, until it answers.
    async fn inspect(&mut self) -> Result<Flow, HouseError> {
        if let State::Completed { .. } = self.held.callback.state {
            return self.close().await;
        }
        loop {
            // The network tells its further reports to whoever asks.
            if self.keep().await? == Flow::Over {
                return Ok(Flow::Over);
            }
            match self.dialer.phone.inspect(&self.call).await {
                Ok(status) => return self.input(Input::Found(status)).await,
                Err(error) => {
                    tracing::debug!(error = %Chain(&error), "the phone network does not answer")
                }
            }
            tokio::time::sleep(ASK_AGAIN).await;
            if self.dialer.house.stop.is_cancelled() {
                return Ok(Flow::Over);
            }
            if self.input(Input::Renew).await? == Flow::Over {
                return Ok(Flow::Over);
            }
        }
    }

    /// Lets the record decide, commits, acts. Somebody else's commit in between (a cancel) is taken in first.
    async fn input(&mut self, input: Input) -> Result<Flow, HouseError> {
        loop {
            if self.keep().await? == Flow::Over {
                return Ok(Flow::Over);
            }
            let now = self.dialer.house.clock.now();
            match self.held.callback.step(input.clone(), &self.options, now) {
                Decision::Only(effects) => return self.perform(effects).await,
                Decision::Purge | Decision::Refused(_) => return Ok(Flow::On),
                Decision::Step(step) => {
                    if self.commit(&step).await? == Committed::Yes {
                        return self.perform(step.effects).await;
                    }
                }
            }
            if self.reload().await? == Flow::Over {
                return Ok(Flow::Over);
            }
        }
    }

    async fn commit(&mut self, step: &Step) -> Result<Committed, HouseError> {
        if step.effects.contains(&Effect::Call(CallCommand::HangUp)) {
            if !self.is_safe() {
                return Ok(Committed::Conflict);
            }
            self.hang_up().await;
        }
        let committed = self.dialer.house.commit(&mut self.held, step).await?;
        self.handed_over |= committed == Committed::Yes && hands_over(step);
        Ok(committed)
    }

    async fn renew(&mut self) -> Result<Flow, HouseError> {
        if self.held.callback.state.agent().is_some()
            && let Some(agent) = &mut self.agent
        {
            self.dialer.extend(agent, &self.call, LEASE).await?;
        }
        let flow = self.input(Input::Renew).await?;
        // Hints of what happens in a chat may be lost.
        if flow == Flow::On && self.call.chat().is_some() {
            return self.inspect().await;
        }
        Ok(flow)
    }

    /// Looks what somebody else made of the record.
    async fn reload(&mut self) -> Result<Flow, HouseError> {
        let house = self.dialer.house.clone();
        let Some(held) = house.hold(&self.held.callback.id).await? else {
            return self.abandon().await;
        };
        self.held = held;
        let mine = self
            .held
            .callback
            .state
            .leg()
            .is_some_and(|leg| leg.owner == house.worker);
        match &self.held.callback.state {
            State::Completed { open: Some(_), .. } if mine => self.close().await,
            State::OnCall { .. } if mine && self.held.callback.call() == self.call => Ok(Flow::On),
            State::Scheduled { .. }
            | State::Waiting { .. }
            | State::Paused { .. }
            | State::Arranging { .. }
            | State::HandedOut { .. }
            | State::OnCall { .. }
            | State::Completed { .. } => Ok(Flow::Over),
        }
    }

    /// The record is gone: the store has lost it, or it was erased. Nobody can bring the call to an end any more, so the
    /// customer is not left on the line, and the agent is let go if the store still knows that one.
    async fn abandon(&mut self) -> Result<Flow, HouseError> {
        let (house, id) = (&self.dialer.house, &self.held.callback.id);
        tracing::error!(callback.id = %id, "the record of a call in progress is gone: hanging up");
        self.hang_up().await;
        let now = house.clock.now();
        if let Some(mut agent) = self.agent.take() {
            house
                .change_held_agent(&mut agent, |agent| {
                    agent.release(id, Release::Untouched, now)
                })
                .await?;
        }
        Ok(Flow::Over)
    }

    /// Hangs up what a cancel left open, and says so. Where the lease is over, its alarm brings somebody who does.
    async fn close(&mut self) -> Result<Flow, HouseError> {
        if !self.is_safe() {
            return Ok(Flow::Over);
        }
        self.hang_up().await;
        let now = self.dialer.house.clock.now();
        if let Decision::Step(step) = self.held.callback.step(Input::Closed, &self.options, now) {
            // On a conflict the record's alarm brings somebody who finds the call gone.
            self.dialer.house.commit(&mut self.held, &step).await?;
        }
        Ok(Flow::Over)
    }

    async fn hang_up(&self) {
        if let Err(error) = self
            .dialer
            .phone
            .send(&self.call, CallCommand::HangUp)
            .await
        {
            tracing::warn!(callback.id = %self.held.callback.id, error = %Chain(&error), "hanging up failed");
        }
    }

    async fn perform(&mut self, effects: Vec<Effect>) -> Result<Flow, HouseError> {
        let mut others = Vec::new();
        let mut failed = None;
        for effect in effects {
            match effect {
                Effect::Call(CallCommand::HangUp) => {}
                Effect::Call(command) => {
                    if self.keep().await? == Flow::Over {
                        return Ok(Flow::Over);
                    }
                    failed = self.order(command).await.or(failed);
                }
                Effect::Release(agent, how) => self.release(agent, how).await?,
                Effect::Match(_) | Effect::Dial | Effect::Tell(_) => {
                    others.push(effect);
                }
            }
        }
        let id = self.held.callback.id.clone();
        self.dialer.house.perform(&id, others).await?;
        if let Some(report) = failed {
            return Box::pin(self.input(Input::Report(report))).await;
        }
        Ok(match self.held.callback.state {
            State::OnCall { .. } => Flow::On,
            State::Scheduled { .. }
            | State::Waiting { .. }
            | State::Paused { .. }
            | State::Arranging { .. }
            | State::HandedOut { .. }
            | State::Completed { .. } => Flow::Over,
        })
    }

    /// Lets the agent of this call go; it is read again only when it was changed meanwhile.
    async fn release(&mut self, agent: AgentRef, how: Release) -> Result<(), HouseError> {
        let (house, id) = (&self.dialer.house, &self.held.callback.id);
        let now = house.clock.now();
        if let Some(mut held) = self.agent.take_if(|held| held.agent.id == agent.id) {
            house
                .change_held_agent(&mut held, |agent| agent.release(id, how, now))
                .await?;
            return Ok(());
        }
        house
            .release_agent(LetGo {
                agent: &agent.id,
                from: id,
                how,
            })
            .await
    }

    /// Gives an order. One that is refused is a report; one whose fate is unknown is found out by asking.
    async fn order(&self, command: CallCommand) -> Option<Report> {
        let rings = matches!(command, CallCommand::Dial(_) | CallCommand::Summon { .. });
        match self.dialer.phone.send(&self.call, command).await {
            Ok(()) => None,
            Err(PhoneError::Refused(reason)) if rings => {
                tracing::warn!(callback.id = %self.held.callback.id, reason, "the phone network refused");
                Some(Report::Failed {
                    result: CallResult::Error,
                })
            }
            // Most likely the customer has just hung up, and the report is on its way; if not, asking tells.
            Err(PhoneError::Refused(reason)) => {
                tracing::debug!(callback.id = %self.held.callback.id, reason, "an order came too late");
                self.dialer.calls.tell(&self.call, News::Gap);
                None
            }
            Err(error @ PhoneError::Unavailable(_)) => {
                tracing::warn!(
                    callback.id = %self.held.callback.id, error = %Chain(&error), "an order may be lost"
                );
                self.dialer.calls.tell(&self.call, News::Gap);
                None
            }
        }
    }
}

/// Whether the callback ends with the hand-over while its call goes on.
fn hands_over(step: &Step) -> bool {
    let connected = matches!(
        step.callback.state,
        State::Completed {
            reason: Reason::AgentConnected,
            ..
        }
    );
    connected
        && !step
            .effects
            .iter()
            .any(|effect| matches!(effect, Effect::Release(..)))
}
