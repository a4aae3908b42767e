//! The phone network as a machine: orders, questions and the passing of time go in, reports come out.
//!
//! The time is an argument, so a whole day of calls is tried in a moment, and the same inputs give the same reports.
//! Ended calls and closed call ids are kept, the last [`KEPT`] of them; at most [`MAX_LIVE`] calls are dialed or up.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use ringback_core::access::Arrival;
use ringback_core::call::{
    AnsweredBy, CallCommand, CallId, CallResult, CallStatus, DialOrder, Party, Report,
};
use ringback_core::phone::PhoneNumber;

use self::arrivals::Arrivals;
use self::calls::{Agent, Bounds, Calls, State};
use self::ledger::{Dialed, Tally};
use self::plan::{Plan, Settlement};
use self::refusal::{Refusal, check};
use self::timers::{Step, Timers};
use super::Options;

mod arrivals;
mod calls;
pub mod ledger;
mod plan;
pub mod refusal;
#[cfg(test)]
mod tests;
mod timers;

/// How many ended calls and closed call ids are remembered.
pub const KEPT: usize = 200_000;

/// How many calls may be dialed or up at a time.
pub const MAX_LIVE: usize = 200_000;

const SOUND: Duration = Duration::from_secs(4);
const PATIENCE: Duration = Duration::from_secs(3);
const AGENT_ANSWERS_AFTER: Duration = Duration::from_secs(2);
const AGENT_GIVES_UP_AFTER: Duration = Duration::from_secs(15);
/// When a call that nobody has taken is offered again, and when its customer gives up.
const OFFERED_AGAIN_AFTER: Duration = Duration::from_secs(5);
const UNHEARD_FOR: Duration = Duration::from_secs(60);
const ABSENT_AGENT: &str = "99";

/// All the calls there are, and what is due to happen to them.
#[derive(Debug)]
pub struct Network {
    options: Options,
    calls: Calls,
    timers: Timers,
    reports: VecDeque<(CallId, Report)>,
    arrivals: Arrivals,
}

impl Network {
    /// A network on which nobody was called yet.
    pub fn new(options: Options) -> Self {
        Self::bounded(options, Bounds::DEFAULT)
    }

    fn bounded(options: Options, bounds: Bounds) -> Self {
        Self {
            options,
            calls: Calls::bounded(bounds),
            timers: Timers::default(),
            reports: VecDeque::new(),
            arrivals: Arrivals::default(),
        }
    }

    /// Takes an order.
    ///
    /// # Errors
    /// When the order makes no sense for this call: nothing happens then.
    pub fn command(
        &mut self,
        id: &CallId,
        command: CallCommand,
        now: Instant,
    ) -> Result<(), Refusal> {
        check(id)?;
        self.timeout(now);
        self.claim(id);
        match command {
            CallCommand::Dial(order) => self.dial(id, order, now)?,
            CallCommand::Summon { dn, .. } => self.summon(id, &dn, now)?,
            CallCommand::Play { .. } => self.play(id, now)?,
            CallCommand::Hold { .. } => self.hold(id, now)?,
            CallCommand::Connect { dn, .. } => self.connect(id, &dn, now)?,
            CallCommand::HangUp => self.hang_up(id),
        }
        self.timeout(now);
        Ok(())
    }

    /// What is known of a call; a call id that is unknown is closed from now on.
    pub fn inspect(&mut self, id: &CallId, now: Instant) -> CallStatus {
        self.timeout(now);
        self.claim(id);
        if !self.calls.is_known(id) && check(id).is_ok() {
            self.calls.close(id);
        }
        self.calls.status(id)
    }

    /// A customer calls, under a name of the network's own.
    ///
    /// # Errors
    /// When there is such a call already, or there are too many.
    pub fn call_in(&mut self, id: &CallId, arrival: Arrival, now: Instant) -> Result<(), Refusal> {
        check(id)?;
        self.timeout(now);
        self.calls.arrive(id, &arrival)?;
        self.arrivals.add(id, arrival);
        self.set(id, Step::OfferedAgain, now, OFFERED_AGAIN_AFTER);
        self.set(id, Step::PatienceEnds, now, UNHEARD_FOR);
        Ok(())
    }

    /// The next call to offer to a dialer, until there is none.
    pub fn next_arrival(&mut self) -> Option<(CallId, Arrival)> {
        self.arrivals.next()
    }

    /// Lets everything happen that is due at `now`, in its order.
    pub fn timeout(&mut self, now: Instant) {
        while let Some((at, id, step)) = self.timers.pop(now) {
            self.step(&id, step, at);
        }
    }

    /// When something happens next by itself.
    pub fn next_timer(&self) -> Option<Instant> {
        self.timers.next()
    }

    /// The next report, until there is none.
    pub fn next_report(&mut self) -> Option<(CallId, Report)> {
        self.reports.pop_front()
    }

    /// Whether a call is dialed or up, so that there may be more to report of it.
    pub fn is_live(&self, id: &CallId) -> bool {
        self.calls.state(id).is_some_and(State::is_live)
    }

    /// How often a call id was dialed, and what became of it. Unlike [`Network::inspect`] it changes nothing.
    pub fn dialed(&self, id: &CallId) -> Dialed {
        self.calls.dialed(id)
    }

    /// How often a number was rung by the calls that are known.
    pub fn dialed_number(&self, number: &PhoneNumber) -> u64 {
        self.calls.dialed_number(number)
    }

    /// Totals since the start.
    pub fn tally(&self) -> Tally {
        self.calls.tally()
    }

    fn dial(&mut self, id: &CallId, order: DialOrder, now: Instant) -> Result<(), Refusal> {
        if !self.calls.order(id)? {
            return Ok(());
        }
        self.timers.cancel_all(id);
        let plan = Plan::of(&order);
        if let Some(after) = plan.rings {
            self.set(id, Step::Rings, now, after);
        }
        if let Some((after, _)) = plan.settles {
            self.set(id, Step::Settles, now, after);
        }
        self.calls.ring(id, order, plan);
        Ok(())
    }

    fn summon(&mut self, id: &CallId, dn: &str, now: Instant) -> Result<(), Refusal> {
        if self.calls.summon(id)? {
            self.ring_agent(id, dn, now);
        }
        Ok(())
    }

    fn ring_agent(&mut self, id: &CallId, dn: &str, now: Instant) {
        match dn.ends_with(ABSENT_AGENT) {
            true => self.set(id, Step::AgentGivesUp, now, AGENT_GIVES_UP_AFTER),
            false => self.set(id, Step::AgentAnswers, now, AGENT_ANSWERS_AFTER),
        }
    }

    /// Somebody sees to a call that has arrived.
    fn claim(&mut self, id: &CallId) {
        if self.arrivals.take(id) {
            self.timers.cancel(id, Step::OfferedAgain);
            self.timers.cancel(id, Step::PatienceEnds);
        }
    }

    fn play(&mut self, id: &CallId, now: Instant) -> Result<(), Refusal> {
        self.agent(id)?;
        self.set(id, Step::SoundEnds, now, SOUND);
        Ok(())
    }

    fn hold(&mut self, id: &CallId, now: Instant) -> Result<(), Refusal> {
        let waits = *self.agent(id)? != Agent::Talking;
        self.timers.cancel(id, Step::SoundEnds);
        let impatient = self.calls.plan(id).is_some_and(|plan| plan.impatient);
        if waits && impatient && !self.timers.is_set(id, Step::PatienceEnds) {
            self.set(id, Step::PatienceEnds, now, PATIENCE);
        }
        Ok(())
    }

    fn connect(&mut self, id: &CallId, dn: &str, now: Instant) -> Result<(), Refusal> {
        let agent = self.agent(id)?;
        if *agent != Agent::None {
            return Ok(());
        }
        *agent = Agent::Ringing;
        self.ring_agent(id, dn, now);
        Ok(())
    }

    fn hang_up(&mut self, id: &CallId) {
        match self.calls.is_known(id) {
            true => self.end(id, Party::Us),
            false => self.calls.close(id),
        }
    }

    fn step(&mut self, id: &CallId, step: Step, at: Instant) {
        match step {
            Step::Rings => self.report(id, Report::Ringing),
            Step::Settles => self.settle(id, at),
            Step::SoundEnds => {
                self.calls.heard(id);
                self.report(id, Report::TreatmentDone);
            }
            Step::AgentAnswers => self.agent_answers(id, at),
            Step::OfferedAgain => {
                self.arrivals.offer_again(id);
                self.set(id, Step::OfferedAgain, at, OFFERED_AGAIN_AFTER);
            }
            Step::AgentGivesUp => self.give_up(id),
            Step::PatienceEnds | Step::TalkEnds => self.end(id, Party::Customer),
        }
    }

    fn settle(&mut self, id: &CallId, at: Instant) {
        let Some((_, settlement)) = self.calls.plan(id).and_then(|plan| plan.settles) else {
            return;
        };
        let with_agent = self.calls.state(id) == Some(State::Ringing { with_agent: true });
        let (state, report) = match settlement {
            Settlement::Answered(by) => {
                let agent = Agent::None;
                (State::Up { by, agent }, Report::Answered { by })
            }
            Settlement::Failed(result) => (State::Failed(result), Report::Failed { result }),
        };
        self.calls.set_state(id, state);
        self.report(id, report);
        if with_agent && settlement == Settlement::Answered(AnsweredBy::Person) {
            self.bridge(id, at);
        }
    }

    fn agent_answers(&mut self, id: &CallId, at: Instant) {
        if self.calls.state(id) == Some(State::Summoned { answered: false }) {
            self.calls.set_state(id, State::Summoned { answered: true });
            return self.report(id, Report::AgentAnswered);
        }
        self.bridge(id, at);
    }

    fn bridge(&mut self, id: &CallId, at: Instant) {
        let Ok(agent) = self.agent(id) else {
            return;
        };
        *agent = Agent::Talking;
        self.timers.cancel_all(id);
        self.set(id, Step::TalkEnds, at, self.options.talk);
        self.report(id, Report::Connected);
    }

    fn give_up(&mut self, id: &CallId) {
        if self.calls.state(id) == Some(State::Summoned { answered: false }) {
            self.calls.set_state(id, State::Over { connected: false });
            return self.report(id, Report::AgentFailed);
        }
        let Ok(agent) = self.agent(id) else {
            return;
        };
        *agent = Agent::None;
        self.report(id, Report::AgentFailed);
    }

    fn end(&mut self, id: &CallId, by: Party) {
        let over = match (self.calls.state(id), by) {
            (Some(State::Ringing { .. }), Party::Us) => State::Failed(CallResult::Dropped),
            (Some(State::Ringing { .. }), Party::Customer | Party::Agent) => {
                State::Failed(CallResult::Abandoned)
            }
            (Some(State::Summoned { .. }), _) => State::Over { connected: false },
            (Some(State::Up { agent, .. }), _) => State::Over {
                connected: agent == Agent::Talking,
            },
            (None | Some(State::Closed | State::Failed(_) | State::Over { .. }), _) => return,
        };
        self.timers.cancel_all(id);
        self.arrivals.take(id);
        let silent = self.calls.plan(id).is_some_and(Plan::is_silent);
        self.calls.set_state(id, over);
        if !silent {
            self.report(id, Report::HungUp { by });
        }
    }

    fn agent(&mut self, id: &CallId) -> Result<&mut Agent, Refusal> {
        self.calls.agent(id).ok_or(Refusal::NotUp)
    }

    fn set(&mut self, id: &CallId, step: Step, from: Instant, after: Duration) {
        self.timers.set(id, step, from + self.options.scaled(after));
    }

    fn report(&mut self, id: &CallId, report: Report) {
        self.reports.push_back((id.clone(), report));
    }
}
