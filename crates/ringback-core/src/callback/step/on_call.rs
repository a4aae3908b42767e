//! During the call: what the phone network reports, and what is done about it.

use super::super::{Phase, State};
use super::waiting::agent_attributes;
use super::{Change, Decision, Effect, LEASE};
use crate::agent::{AgentRef, Release};
use crate::call::{AnsweredBy, CallCommand, CallResult, CallStatus, Party, Report};
use crate::event::{EventName, Reason};
use crate::ids::WorkerId;
use crate::time::Timestamp;

impl Change<'_> {
    pub(super) fn take_over(mut self, worker: WorkerId) -> Decision {
        let now = self.now;
        let leg = match &mut self.callback.state {
            State::OnCall { leg, .. }
            | State::Completed {
                open: Some(leg), ..
            } => leg,
            State::Scheduled { .. }
            | State::Waiting { .. }
            | State::Paused { .. }
            | State::Arranging { .. }
            | State::HandedOut { .. }
            | State::Completed { .. } => return Decision::nothing(),
        };
        if now < leg.lease {
            return Decision::nothing();
        }
        (leg.owner, leg.lease) = (worker, now + LEASE);
        self.done()
    }

    pub(super) fn renew(mut self) -> Decision {
        let State::OnCall { leg, phase } = &mut self.callback.state else {
            return Decision::nothing();
        };
        leg.lease = self.now + LEASE;
        let since = leg.since;
        if let Phase::OnLine { at, .. } = *phase {
            self.stay_on_line(at, since);
            self.ask_for_turn();
        }
        self.done()
    }

    pub(super) fn hand_on(mut self) -> Decision {
        let State::OnCall { leg, .. } = &mut self.callback.state else {
            return Decision::nothing();
        };
        leg.lease = self.now;
        self.effect(Effect::Dial);
        self.done()
    }

    pub(super) fn report(self, report: Report) -> Decision {
        let State::OnCall { phase, .. } = self.callback.state.clone() else {
            return Decision::nothing();
        };
        match (phase, report) {
            (
                Phase::Dialing { agent, .. },
                Report::Answered {
                    by: AnsweredBy::Person,
                },
            ) => self.answered(agent),
            (
                Phase::Dialing { .. },
                Report::Answered {
                    by: AnsweredBy::Machine,
                },
            ) => self.machine_answered(),
            (
                Phase::Dialing { .. },
                Report::Answered {
                    by: AnsweredBy::Fax,
                },
            ) => self.not_a_person(CallResult::Fax),
            // A network that contradicts itself is not believed.
            (
                Phase::Dialing { .. },
                Report::Failed {
                    result: CallResult::Ok,
                },
            ) => self.attempt_failed(CallResult::Unknown),
            (Phase::Dialing { .. }, Report::Failed { result }) => self.attempt_failed(result),
            (Phase::Dialing { .. }, Report::HungUp { .. }) => {
                self.attempt_failed(CallResult::Abandoned)
            }
            (Phase::Summoning { agent, .. }, report) => self.summoned(agent, report),
            (Phase::Reaching { agent, .. }, report) => self.reached(agent, report),
            (Phase::Greeting { agent, .. }, Report::TreatmentDone) => self.greeted(agent),
            (Phase::Parting { from, .. }, Report::TreatmentDone) => self.parted(from),
            (Phase::Parting { from, .. }, Report::HungUp { .. } | Report::Failed { .. }) => {
                self.parted_by_them(from)
            }
            (Phase::Connecting { agent, .. }, Report::Connected) => self.connected(agent),
            (Phase::Connecting { .. }, Report::AgentFailed) => self.agent_failed(),
            (Phase::Talking { .. }, Report::HungUp { .. } | Report::Failed { .. }) => self.talked(),
            (_, Report::HungUp { .. } | Report::Failed { .. }) => {
                self.finish(Reason::FailInteractionDeleted)
            }
            _ => Decision::nothing(),
        }
    }

    fn answered(mut self, agent: Option<AgentRef>) -> Decision {
        self.dialed(CallResult::Ok);
        self.move_to(Phase::Greeting {
            at: self.now,
            agent,
        });
        self.emit_dialed(EventName::ConnectTreatmentStart, []);
        self.play_greeting();
        self.done()
    }

    pub(super) fn not_a_person(mut self, result: CallResult) -> Decision {
        self.effect(Effect::Call(CallCommand::HangUp));
        self.attempt_failed(result)
    }

    fn greeted(mut self, agent: Option<AgentRef>) -> Decision {
        self.put_on_line();
        self.emit_dialed(EventName::CustomerQueued, []);
        self.tell(EventName::CallbackStatusUpdated);
        match agent {
            Some(agent) => self.ring(agent),
            None => {
                self.hold();
                self.ask_for_turn();
            }
        }
        self.done()
    }

    pub(super) fn offer(mut self, agent: AgentRef) -> Decision {
        let there = self.callback.state.agent();
        if there.is_some_and(|there| there.id == agent.id) {
            return Decision::nothing();
        }
        let State::OnCall {
            phase: Phase::OnLine { .. },
            ..
        } = self.callback.state
        else {
            return Decision::Only(vec![Effect::Release(agent, Release::Untouched)]);
        };
        self.target_found(&agent);
        self.ring(agent);
        self.done()
    }

    pub(super) fn connected(mut self, agent: AgentRef) -> Decision {
        self.start_talk(agent);
        if self.options.dialing.retain_until_call_ends {
            return self.done();
        }
        // The call goes on; its dialer watches it for the agent's sake, and nobody else calls the customer.
        let is_chat = self.callback.call().chat().is_some();
        self.end(
            Reason::AgentConnected,
            None,
            &[EventName::CallbackStatusUpdated],
        );
        if !is_chat {
            self.callback.talk_on(self.now);
        }
        self.done()
    }

    pub(super) fn start_talk(&mut self, agent: AgentRef) {
        let attributes = agent_attributes(&agent);
        self.move_to(Phase::Talking {
            at: self.now,
            agent,
        });
        self.emit(EventName::RouteToAgent, attributes);
        self.tell(EventName::CallbackStatusUpdated);
    }

    fn agent_failed(mut self) -> Decision {
        self.free_agent(Release::DidNotAnswer);
        let State::OnCall { leg, .. } = &mut self.callback.state else {
            return Decision::nothing();
        };
        leg.transfers = leg.transfers.saturating_add(1);
        if leg.transfers >= self.options.dialing.max_transfers {
            return self.part_from_customer(Reason::FailAgentConnect);
        }
        self.put_on_line();
        self.hold();
        self.ask_for_turn();
        self.done()
    }

    pub(super) fn talked(mut self) -> Decision {
        self.free_agent(Release::Talked);
        self.close(Reason::AgentConnected)
    }

    pub(super) fn timeout(mut self) -> Decision {
        let due = self
            .callback
            .deadline(self.options)
            .is_some_and(|deadline| self.now >= deadline);
        let State::OnCall { phase, .. } = self.callback.state.clone() else {
            return Decision::nothing();
        };
        match phase {
            _ if !due => Decision::nothing(),
            Phase::Dialing { .. } | Phase::Reaching { .. } => {
                self.not_a_person(CallResult::Unknown)
            }
            Phase::Summoning { .. } => self.not_summoned(),
            Phase::Arriving { .. } => {
                self.effect(Effect::Call(CallCommand::HangUp));
                self.finish(Reason::FailInteractionDeleted)
            }
            Phase::Greeting { agent, .. } => self.greeted(agent),
            Phase::OnLine { .. } => self.part_from_customer(Reason::FailTargetNotFound),
            Phase::Connecting { .. } => self.agent_failed(),
            Phase::Parting { from, .. } => self.parted(from),
            Phase::Talking { .. } => Decision::nothing(),
        }
    }

    /// A successor goes on from what the phone network knows.
    pub(super) fn found(mut self, status: CallStatus) -> Decision {
        let State::OnCall { phase, .. } = self.callback.state.clone() else {
            return Decision::nothing();
        };
        let gone = Report::HungUp {
            by: Party::Customer,
        };
        match (phase, status) {
            (Phase::Dialing { .. }, CallStatus::Unknown) => {
                self.attempt_failed(CallResult::Unknown)
            }
            (Phase::Summoning { agent, .. }, status) => self.found_summoned(agent, status),
            (Phase::Reaching { agent, .. }, status) => self.found_reached(agent, status),
            (_, CallStatus::Ringing | CallStatus::Summoned { .. }) => Decision::nothing(),
            (Phase::Arriving { agent, .. }, CallStatus::Up { .. }) => self.arrived(agent),
            (Phase::Dialing { .. }, CallStatus::Up { by, .. }) => {
                self.report(Report::Answered { by })
            }
            (Phase::Dialing { .. }, CallStatus::Failed { result }) => {
                self.report(Report::Failed { result })
            }
            (Phase::Connecting { agent, .. }, CallStatus::Over { connected: true }) => {
                self.start_talk(agent);
                self.talked()
            }
            (_, CallStatus::Up { connected, .. }) => self.resume(connected),
            (Phase::Talking { .. }, _) => self.talked(),
            _ => self.report(gone),
        }
    }

    fn resume(mut self, connected: bool) -> Decision {
        let State::OnCall { phase, .. } = self.callback.state.clone() else {
            return Decision::nothing();
        };
        match phase {
            Phase::Connecting { agent, .. } if connected => return self.connected(agent),
            Phase::Connecting { agent, .. } => {
                let (dn, attached) = (agent.dn, self.attached());
                self.effect(Effect::Call(CallCommand::Connect { dn, attached }));
            }
            Phase::Greeting { .. } => self.play_greeting(),
            Phase::Parting { from, .. } => self.play_last(from),
            Phase::OnLine { .. } => {
                self.hold();
                self.ask_for_turn();
            }
            Phase::Arriving { .. }
            | Phase::Summoning { .. }
            | Phase::Reaching { .. }
            | Phase::Dialing { .. }
            | Phase::Talking { .. } => {}
        }
        Decision::Only(self.effects)
    }

    fn ring(&mut self, agent: AgentRef) {
        let dn = agent.dn.clone();
        self.move_to(Phase::Connecting {
            at: self.now,
            agent,
        });
        let attached = self.attached();
        self.effect(Effect::Call(CallCommand::Connect { dn, attached }));
    }

    fn put_on_line(&mut self) {
        if let Some(since) = self.callback.queued_since() {
            self.stay_on_line(self.now, since);
        }
    }

    /// On the line from `at` on, in the queue since then.
    fn stay_on_line(&mut self, at: Timestamp, since: Timestamp) {
        let widened = self.callback.widened(since, self.options, self.now);
        self.move_to(Phase::OnLine { at, widened });
    }

    /// The customer who has called is there.
    fn arrived(mut self, agent: Option<AgentRef>) -> Decision {
        let at = self.now;
        self.move_to(Phase::Greeting { at, agent });
        self.emit_dialed(EventName::ConnectTreatmentStart, []);
        self.play_greeting();
        self.done()
    }

    fn hold(&mut self) {
        let sound = self.options.treatments.waiting.file.clone();
        self.effect(Effect::Call(CallCommand::Hold { sound }));
    }

    fn play_greeting(&mut self) {
        let sound = self.options.treatments.greeting.file.clone();
        self.effect(Effect::Call(CallCommand::Play { sound }));
    }

    pub(super) fn move_to(&mut self, to: Phase) {
        if let State::OnCall { phase, .. } = &mut self.callback.state {
            *phase = to;
        }
    }
}
