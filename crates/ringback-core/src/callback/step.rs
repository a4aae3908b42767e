//! What happens to a callback: `(record, input, options, now)` to a new record with events and effects.
//!
//! One function decides; nothing here performs. The order in which a worker performs a step is part of the promise:
//! calls are hung up first (repeating that is harmless), then the record is committed with its events, and only then
//! is anything else asked of the phone network, are agents let go, and hints sent. So a customer's phone is never
//! touched on behalf of a decision that was not written down, and a worker that dies in between leaves a record whose
//! alarm brings somebody else. The phone is touched only while [`Leg::is_safe_for`] says so: a worker that was stopped and
//! goes on finds its lease over, and has to renew it first, which fails when somebody else has the call.

mod agent_first;
mod arranging;
mod ending;
mod looks;
mod on_call;
mod parting;
mod refusal;
mod submitting;
#[cfg(test)]
mod tests;
mod update;
mod waiting;

use std::time::Duration;

#[cfg(doc)]
use super::Leg;
use super::{Arrangement, Callback, Phase, Seeking, State, Update, Wait};
use crate::access::Invitation;
use crate::agent::{AgentRef, Release};
use crate::call::{CallCommand, CallId, CallStatus, Report};
use crate::event::{Event, Reason};
use crate::ids::WorkerId;
use crate::service::Options;
use crate::time::Timestamp;
pub use arranging::Verdict;
pub use refusal::Refusal;

/// How long a dialer's hold on a call lasts without being renewed.
pub const LEASE: Duration = Duration::from_secs(15);

/// How long before its lease ends a dialer no longer touches the phone: an order given now may take so long to arrive, and
/// must be there before somebody else may take the call over.
pub const ORDER_TIME: Duration = Duration::from_secs(4);

/// What can happen to a callback.
#[derive(Clone, Debug, PartialEq)]
pub enum Input {
    /// Somebody looks at it, because its alarm came.
    Look,
    /// The scheduler found its turn, with an agent if it waits for one.
    HandOut {
        /// The agent reserved for it.
        agent: Option<AgentRef>,
    },
    /// The agent it was handed out with is no longer held for it.
    AgentGone,
    /// The agent has looked at it.
    Previewed(Verdict),
    /// Its customer says that it suits.
    Confirm,
    /// Its customer asks for a number to call: this one.
    Invite(Invitation),
    /// Its customer has called.
    Arrive(CallId),
    /// A dialer takes it: the fence before its phone is touched.
    Take {
        /// The dialer.
        worker: WorkerId,
    },
    /// A dialer takes over a call whose holder's lease has passed.
    TakeOver {
        /// The dialer.
        worker: WorkerId,
    },
    /// The holder lives.
    Renew,
    /// The holder ends and hands its call on, without counting an attempt.
    Yield,
    /// The phone network reports.
    Report(Report),
    /// The phone network answered what it knows of the call.
    Found(CallStatus),
    /// An agent is engaged for the customer on the line.
    Offer(AgentRef),
    /// The phase has lasted too long.
    Timeout,
    /// Its call, left open by a cancel, has been hung up.
    Closed,
    /// Its customer is in another call.
    InAnotherCall,
    /// Customer and agent, who talked on after it had ended, have stopped.
    TalkOver,
    /// Its queue has been estimated.
    Expect {
        /// How long it would wait there.
        wait: Duration,
    },
    /// Its customer wants it later.
    Snooze,
    /// Somebody calls it off.
    Cancel(Reason),
    /// Somebody changes what was asked for.
    Update(Update),
}

/// What becomes of an input.
#[derive(Clone, Debug, PartialEq)]
pub enum Decision {
    /// The record changes.
    Step(Box<Step>),
    /// The record stays; these are done all the same.
    Only(Vec<Effect>),
    /// Its time is over: the record goes, with everything that belongs to it.
    Purge,
    /// It may not happen.
    Refused(Refusal),
}

/// A change.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// The record from now on.
    pub callback: Callback,
    /// What is added to its log.
    pub events: Vec<Event>,
    /// What is done besides.
    pub effects: Vec<Effect>,
}

/// Something to do outside the record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Ask the phone network. [`CallCommand::HangUp`] comes before the commit, all others after it.
    Call(CallCommand),
    /// Let the agent go.
    Release(AgentRef, Release),
    /// Somebody waits: see whether it can be handed out.
    Match(Wait),
    /// Ask the dialers to take it, or to take its call over.
    Dial,
    /// Ask the dialer that holds its call to look.
    Tell(WorkerId),
}

impl Decision {
    pub(super) fn nothing() -> Self {
        Self::Only(Vec::new())
    }
}

impl Callback {
    /// Decides what becomes of `input`. An input that no longer fits where the callback stands does nothing, so
    /// repeats and latecomers are harmless.
    pub fn step(&self, input: Input, options: &Options, now: Timestamp) -> Decision {
        let change = Change::of(self, options, now);
        match input {
            Input::Look => change.look(),
            Input::HandOut { agent } => change.hand_out(agent),
            Input::AgentGone => change.agent_gone(),
            Input::Previewed(verdict) => change.previewed(&verdict),
            Input::Confirm => change.confirm(),
            Input::Invite(invitation) => change.invite(invitation),
            Input::Arrive(call) => change.arrive(call),
            Input::Take { worker } => change.take(worker),
            Input::TakeOver { worker } => change.take_over(worker),
            Input::Renew => change.renew(),
            Input::Yield => change.hand_on(),
            Input::Report(report) => change.report(report),
            Input::Found(status) => change.found(status),
            Input::Offer(agent) => change.offer(agent),
            Input::Timeout => change.timeout(),
            Input::Closed => change.closed(),
            Input::InAnotherCall => change.in_another_call(),
            Input::TalkOver => change.talk_over(),
            Input::Expect { wait } => change.expect(wait),
            Input::Snooze => change.snooze(),
            Input::Cancel(reason) => change.cancel(reason),
            Input::Update(update) => change.update(update),
        }
    }

    /// When somebody must look at it if nothing happens before.
    pub fn alarm(&self, options: &Options) -> Timestamp {
        let end = self.expires(options);
        match &self.state {
            State::Scheduled {
                due,
                reminder,
                ask_at,
                ..
            } => [*reminder, *ask_at]
                .into_iter()
                .flatten()
                .fold((*due).min(end), Timestamp::min),
            State::Waiting {
                since,
                checks,
                not_before,
                seeking,
                held,
            } => {
                let look = self.looked_at(options, (*since, *checks, *seeking));
                let next = match not_before {
                    Some(time) if held.is_some_and(|held| held.may_end_early()) => {
                        (*time).min(look)
                    }
                    Some(time) => *time,
                    None => look,
                };
                self.waits_until(*since, options).min(end).min(next)
            }
            State::Paused { since, at, checks } => self
                .waits_until(*since, options)
                .min(end)
                .min(*at + looks::back_off(looks::AT_WAITING, *checks)),
            State::Arranging { since, .. } => {
                let limit = self.waits_until(*since, options).min(end);
                self.arranged_until(options)
                    .map_or(limit, |it| it.min(limit))
            }
            State::HandedOut {
                since,
                at,
                hints,
                arrived,
                ..
            } => {
                let limit = match arrived {
                    Some(_) => *at + ARRIVAL_LIMIT,
                    None => self.waits_until(*since, options).min(end),
                };
                limit.min(*at + looks::reminder(arrived.is_some(), *hints))
            }
            State::OnCall { leg, .. } => leg.lease,
            State::Completed {
                open: Some(leg), ..
            } => leg.lease,
            State::Completed { at, open: None, .. } => end.max(*at + AFTERLIFE),
        }
    }

    /// When somebody looks at it that waits: whether it still does, and when it may be somebody else's.
    fn looked_at(
        &self,
        options: &Options,
        (since, checks, seeking): (Timestamp, u32, Seeking),
    ) -> Timestamp {
        let wider = self
            .route
            .widens_at(self.sought_from(since, options), seeking.widened)
            .filter(|_| self.route.wait_for_agent);
        let tires = self.tires_at(since, options);
        let changes = [wider, tires].map(|time| time.filter(|_| !seeking.without_agent));
        let look = since + looks::back_off(looks::AT_WAITING, checks);
        changes.into_iter().flatten().fold(look, Timestamp::min)
    }

    /// When somebody must have done their part of what is to be agreed on; `None` for at any time.
    fn arranged_until(&self, options: &Options) -> Option<Timestamp> {
        let State::Arranging {
            at, agent, what, ..
        } = &self.state
        else {
            return None;
        };
        match what {
            Arrangement::Preview => Some(*at + options.preview.timeout),
            Arrangement::Confirm => Some(*at + options.scenario.confirm.timeout),
            Arrangement::Call {
                invitation: Some(invitation),
            } => Some(invitation.until),
            Arrangement::Call { invitation: None } => {
                let booking = options.user_originated.booking;
                agent.as_ref().map(|_| *at + booking)
            }
        }
    }

    /// When its dialer gives up on the present phase.
    pub fn deadline(&self, options: &Options) -> Option<Timestamp> {
        let State::OnCall { phase, .. } = &self.state else {
            return None;
        };
        match phase {
            Phase::Arriving { at, .. } => Some(*at + ARRIVAL_LIMIT),
            Phase::Summoning { at, .. } => Some(*at + AGENT_RING_LIMIT),
            Phase::Dialing { at, .. } | Phase::Reaching { at, .. } => {
                Some(*at + options.dialing.guard + REPORT_SLACK)
            }
            Phase::Greeting { at, .. } | Phase::Parting { at, .. } => Some(*at + SOUND_LIMIT),
            Phase::OnLine { at, .. } => Some(*at + options.dialing.max_wait_on_line),
            Phase::Connecting { at, .. } => Some(*at + AGENT_RING_LIMIT),
            Phase::Talking { .. } => None,
        }
    }
}

/// How long a finished callback is kept at the least, so that its last notifications can be delivered.
const AFTERLIFE: Duration = Duration::from_secs(3600);
/// How long after its own ring limit the phone network may still report.
const REPORT_SLACK: Duration = Duration::from_secs(5);
/// How long a call that has arrived waits for a dialer, and how long the phone network is asked about it then.
const ARRIVAL_LIMIT: Duration = Duration::from_secs(30);
/// The longest greeting, or last sound.
const SOUND_LIMIT: Duration = Duration::from_secs(120);
/// How long an agent's phone rings at the most.
const AGENT_RING_LIMIT: Duration = Duration::from_secs(40);

/// A record about to change.
struct Change<'a> {
    callback: Callback,
    options: &'a Options,
    now: Timestamp,
    events: Vec<Event>,
    effects: Vec<Effect>,
}

impl<'a> Change<'a> {
    fn of(callback: &Callback, options: &'a Options, now: Timestamp) -> Self {
        Self {
            callback: callback.clone(),
            options,
            now,
            events: Vec::new(),
            effects: Vec::new(),
        }
    }

    fn done(self) -> Decision {
        let Self {
            callback,
            events,
            effects,
            ..
        } = self;
        Decision::Step(Box::new(Step {
            callback,
            events,
            effects,
        }))
    }

    fn effect(&mut self, effect: Effect) {
        self.effects.push(effect);
    }

    fn free_agent(&mut self, how: Release) {
        if let Some(agent) = self.callback.state.agent() {
            self.effects.push(Effect::Release(agent.clone(), how));
        }
    }
}
