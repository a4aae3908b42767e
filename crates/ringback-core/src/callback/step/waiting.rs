//! Before the call: the time, the queue, the hand-over to a dialer.

use serde_json::{Value, json};

use super::super::dial_gate::{DialGate, dial_gate, never_dialed};
use super::super::{Leg, Phase, State};
use super::{ARRIVAL_LIMIT, Change, Decision, Effect, LEASE, looks};
use crate::agent::{AgentRef, Release};
use crate::call::{Attached, CallCommand, DialOrder};
use crate::event::{EventName, Reason};
use crate::ids::WorkerId;
use crate::phone::NumberRefusal;
use crate::service::options::{DetectionMode, Direction, FirstParty};
use crate::time::Timestamp;

impl Change<'_> {
    pub(super) fn look(self) -> Decision {
        let now = self.now;
        if let Some(reason) = self.hopeless() {
            return self.finish(reason);
        }
        match self.callback.state.clone() {
            State::Scheduled { due, .. } if now >= due => self.submit(),
            State::Scheduled {
                reminder: Some(reminder),
                ..
            } if now >= reminder => self.remind_of_its_time(),
            State::Scheduled { .. } if self.callback.asks_for_wait(now) => self.expect_nothing(),
            State::Waiting { since, .. }
            | State::HandedOut {
                since,
                arrived: None,
                ..
            } if self.options.paused => self.pause(since),
            State::Waiting {
                not_before: Some(not_before),
                held,
                ..
            } if now < not_before && !held.is_some_and(|held| held.may_end_early()) => {
                Decision::nothing()
            }
            State::Waiting { since, .. } => self.look_again(since),
            State::Paused { since, at, .. } => self.look_at_paused(since, at),
            State::Arranging { .. } => self.look_at_arrangement(),
            State::HandedOut { .. } => self.remind(),
            State::OnCall { leg, .. }
            | State::Completed {
                open: Some(leg), ..
            } if now >= leg.lease => Decision::Only(vec![Effect::Dial]),
            State::Completed { open: None, .. } if now >= self.callback.alarm(self.options) => {
                Decision::Purge
            }
            State::Scheduled { .. } | State::OnCall { .. } | State::Completed { .. } => {
                Decision::nothing()
            }
        }
    }

    fn look_again(mut self, since: Timestamp) -> Decision {
        self.wait(since);
        self.ask_for_turn();
        self.done()
    }

    /// Why nobody will be called any more, if that is so.
    fn hopeless(&self) -> Option<Reason> {
        self.too_late().or_else(|| self.nobody_to_call())
    }

    /// Why its customer will not be called whenever its turn comes.
    pub(super) fn nobody_to_call(&self) -> Option<Reason> {
        let is_called = self.options.scenario.direction == Direction::UserTerminated;
        // Whoever is in a chat that began before stays in it.
        let is_arranging = matches!(self.callback.state, State::Arranging { .. });
        if is_called && self.callback.number.is_none() && self.is_queued() && !is_arranging {
            return Some(Reason::FailNoCustomerNumber);
        }
        self.never_dialed().map(|_| Reason::FailCallToCustomer)
    }

    /// Why its customer's number is not called at all, while it is in its queue.
    pub(super) fn never_dialed(&self) -> Option<NumberRefusal> {
        let refusal = || never_dialed(&self.callback, self.options);
        self.is_queued().then(refusal).flatten()
    }

    /// Whether its turn has come, or comes next, and it was not dialed yet.
    const fn is_queued(&self) -> bool {
        match &self.callback.state {
            State::Waiting { .. }
            | State::Paused { .. }
            | State::Arranging { .. }
            | State::HandedOut { arrived: None, .. } => true,
            State::OnCall { phase, .. } => matches!(phase, Phase::Summoning { .. }),
            State::Scheduled { .. } | State::HandedOut { .. } | State::Completed { .. } => false,
        }
    }

    /// Whether it has to wait though its turn has come.
    pub(super) fn is_held_back(&self) -> bool {
        let gate = dial_gate(&self.callback, self.options, self.now);
        matches!(gate, DialGate::WaitUntil(..))
    }

    fn too_late(&self) -> Option<Reason> {
        let end = self.callback.expires(self.options);
        let limit = match &self.callback.state {
            State::Scheduled { .. } => end,
            State::Waiting { .. }
            | State::Paused { .. }
            | State::Arranging { .. }
            | State::HandedOut { .. }
                if !self.options.usable =>
            {
                return Some(Reason::FailError);
            }
            // Whoever has called is on the line: only dialers that are all away keep him waiting.
            State::HandedOut {
                at,
                arrived: Some(_),
                ..
            } => {
                let reason = Reason::FailError;
                return (self.now >= *at + ARRIVAL_LIMIT).then_some(reason);
            }
            State::Waiting { since, .. }
            | State::Paused { since, .. }
            | State::Arranging { since, .. }
            | State::HandedOut { since, .. } => {
                end.min(self.callback.waits_until(*since, self.options))
            }
            State::OnCall { .. } | State::Completed { .. } => return None,
        };
        (self.now >= limit).then_some(Reason::FailTimeoutTtl)
    }

    pub(super) fn wait(&mut self, since: Timestamp) {
        let is_held = self.callback.enter_queue(since, self.options, self.now);
        self.waits_again(since, is_held);
    }

    fn waits_again(&mut self, since: Timestamp, is_held: bool) {
        let told = self.callback.held_event(self.now).filter(|_| is_held);
        self.events.extend(told);
        if let State::Waiting { checks, .. } = &mut self.callback.state {
            *checks = looks::done_by(looks::AT_WAITING, self.now.since(since));
        }
    }

    /// Back to its place in the queue; whoever was held for it is free.
    pub(super) fn put_back(mut self, since: Timestamp) -> Decision {
        self.free_agent(Release::Untouched);
        self.wait(since);
        self.ask_for_turn();
        self.done()
    }

    /// It was about to be dialed, or waits for the end of the other call.
    pub(super) fn in_another_call(mut self) -> Decision {
        let (State::Waiting { since, .. }
        | State::HandedOut {
            since,
            arrived: None,
            ..
        }) = self.callback.state
        else {
            return Decision::nothing();
        };
        if let Some(reason) = self.hopeless() {
            return self.finish(reason);
        }
        if self.options.paused {
            return self.pause(since);
        }
        self.free_agent(Release::Untouched);
        let is_held = self
            .callback
            .wait_for_other_call(since, self.options, self.now);
        self.waits_again(since, is_held);
        self.done()
    }

    /// Its service is paused: it keeps its place, and whoever was held for it is free.
    pub(super) fn pause(mut self, since: Timestamp) -> Decision {
        self.free_agent(Release::Untouched);
        let told = self.callback.pause(since, self.now);
        self.events.push(told);
        self.done()
    }

    fn look_at_paused(mut self, since: Timestamp, at: Timestamp) -> Decision {
        if !self.options.paused {
            let told = self.events.len();
            self.wait(since);
            // Held back, that says so as well.
            if self.events.len() == told {
                self.tell(EventName::CallbackStatusUpdated);
            }
            self.ask_for_turn();
            return self.done();
        }
        if self.now < self.callback.alarm(self.options) {
            return Decision::nothing();
        }
        if let State::Paused { checks, .. } = &mut self.callback.state {
            *checks = looks::done_by(looks::AT_WAITING, self.now.since(at));
        }
        self.done()
    }

    fn remind(mut self) -> Decision {
        if self.now < self.callback.alarm(self.options) {
            return Decision::Only(vec![Effect::Dial]);
        }
        let now = self.now;
        if let State::HandedOut {
            at, hints, arrived, ..
        } = &mut self.callback.state
        {
            *hints = looks::reminders_by(arrived.is_some(), now.since(*at));
        }
        self.effect(Effect::Dial);
        self.done()
    }

    pub(super) fn hand_out(mut self, agent: Option<AgentRef>) -> Decision {
        let State::Waiting {
            since, not_before, ..
        } = self.callback.state
        else {
            return Decision::nothing();
        };
        if self.options.paused {
            self.effects
                .extend(agent.map(|agent| Effect::Release(agent, Release::Untouched)));
            return self.pause(since);
        }
        if not_before.is_some_and(|not_before| self.now < not_before) {
            return Decision::nothing();
        }
        if let Some(reason) = self.hopeless() {
            self.effects
                .extend(agent.map(|agent| Effect::Release(agent, Release::Untouched)));
            return self.finish(reason);
        }
        if self.is_held_back() {
            self.effects
                .extend(agent.map(|agent| Effect::Release(agent, Release::Untouched)));
            return self.put_back(since);
        }
        if let Some(agent) = &agent {
            self.target_found(agent);
        }
        self.arrange(since, agent, None)
    }

    pub(super) fn agent_gone(mut self) -> Decision {
        let State::HandedOut {
            since,
            agent: Some(_),
            arrived,
            ..
        } = self.callback.state.clone()
        else {
            return Decision::nothing();
        };
        // Whoever has called waits on the line for another one.
        if arrived.is_some() {
            return self.hand_over(since, None, arrived);
        }
        self.wait(since);
        self.ask_for_turn();
        self.done()
    }

    pub(super) fn take(self, worker: WorkerId) -> Decision {
        let State::HandedOut {
            since,
            agent,
            arrived,
            ..
        } = self.callback.state.clone()
        else {
            return Decision::nothing();
        };
        if let Some(reason) = self.hopeless() {
            return self.finish(reason);
        }
        let leg = Leg {
            owner: worker,
            lease: self.now + LEASE,
            since,
            transfers: 0,
            call: arrived.clone(),
        };
        let (at, first) = (self.now, self.options.dialing.first_party);
        match agent {
            agent if arrived.is_some() => self.begin(leg, Phase::Arriving { at, agent }),
            _ if self.options.paused => self.pause(since),
            _ if self.is_held_back() => self.put_back(since),
            Some(agent) if first == FirstParty::Agent => self.summon(leg, agent),
            agent => self.dial(leg, agent),
        }
    }

    fn begin(mut self, leg: Leg, phase: Phase) -> Decision {
        self.callback.state = State::OnCall { leg, phase };
        self.done()
    }

    fn dial(mut self, leg: Leg, agent: Option<AgentRef>) -> Decision {
        let Some(order) = self.order() else {
            return self.finish(Reason::FailCallToCustomer);
        };
        let at = self.now;
        self.callback.attempts = self.callback.attempts.saturating_add(1);
        let phase = Phase::Dialing { at, agent };
        self.callback.state = State::OnCall { leg, phase };
        self.dial_with(order);
        self.done()
    }

    /// An attempt begins: told before the phone is touched.
    pub(super) fn dial_with(&mut self, order: DialOrder) {
        let dialed = order.to.as_str().to_owned();
        self.emit(EventName::DialInit, [("c_dialed_number", dialed.into())]);
        self.effect(Effect::Call(CallCommand::Dial(order)));
    }

    fn summon(mut self, leg: Leg, agent: AgentRef) -> Decision {
        let (at, dn) = (self.now, agent.dn.clone());
        self.callback.summons = self.callback.summons.saturating_add(1);
        let attached = self.attached();
        self.effect(Effect::Call(CallCommand::Summon { dn, attached }));
        self.begin(leg, Phase::Summoning { at, agent })
    }

    /// `None` when the prefix makes the number too long to be dialed.
    pub(super) fn order(&self) -> Option<DialOrder> {
        let dialing = &self.options.dialing;
        Some(DialOrder {
            to: self.callback.dialed(self.options)?,
            from: dialing.calling_number.clone(),
            display_name: dialing.calling_name.clone(),
            trunk: self.callback.route.trunk.clone(),
            ring_timeout: dialing.guard,
            detect: dialing.detect,
            strict: dialing.detection == DetectionMode::Enforce,
            attached: self.attached(),
        })
    }

    /// What travels with its calls.
    pub(super) fn attached(&self) -> Attached {
        let (how, callback) = (self.options.general.attach, &self.callback);
        Attached::of(how, callback.id.as_str(), &callback.user_data)
    }

    pub(super) fn ask_for_turn(&mut self) {
        let waits = self.callback.waits_for().into_iter();
        self.effects.extend(waits.map(Effect::Match));
    }

    /// `c_target` as the established product's router describes it (document "Enable Status Notifications", sample of
    /// that event).
    pub(super) fn target_found(&mut self, agent: &AgentRef) {
        let pool = agent.pool.as_ref().unwrap_or(&self.callback.route.pool);
        let (kind, id) = pool.split_once(':').unwrap_or_default();
        let target = json!({
            "agent": agent.id, "dn": agent.dn, "id": id, "place": agent.place, "resource": agent.dn,
            "return": "target", "stat_value": "0", "switch": agent.switch, "type": kind,
            "vq": self.callback.route.virtual_queue,
        });
        let [id, extension] = agent_attributes(agent);
        self.emit(
            EventName::TargetFound,
            [("c_target", target), id, extension],
        );
    }

    /// Tells an event of the callback's life.
    pub(super) fn tell(&mut self, name: EventName) {
        self.events.push(self.callback.life_event(name, self.now));
    }

    pub(super) fn emit<const N: usize>(&mut self, name: EventName, with: [(&str, Value); N]) {
        self.events.push(self.callback.event(name, self.now, with));
    }
}

pub(super) fn agent_attributes(agent: &AgentRef) -> [(&'static str, Value); 2] {
    [
        ("c_agent_id", agent.id.as_str().into()),
        ("c_agent_extension", agent.dn.as_str().into()),
    ]
}
