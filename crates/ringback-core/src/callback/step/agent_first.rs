//! The agent is called before the customer: `_userterminated_first_connect_party` is AGENT.

use super::super::Phase;
use super::{Change, Decision, Effect};
use crate::agent::{AgentRef, Release};
use crate::call::{AnsweredBy, CallCommand, CallResult, CallStatus, Report};
use crate::event::{EventName, Reason};

impl Change<'_> {
    pub(super) fn summoned(self, agent: AgentRef, report: Report) -> Decision {
        match report {
            Report::AgentAnswered => self.reach(agent),
            Report::AgentFailed | Report::Failed { .. } | Report::HungUp { .. } => {
                self.not_summoned()
            }
            Report::Ringing
            | Report::Answered { .. }
            | Report::TreatmentDone
            | Report::Connected => Decision::nothing(),
        }
    }

    /// The agent is there: the call becomes an attempt on the customer.
    fn reach(mut self, agent: AgentRef) -> Decision {
        let never = self.nobody_to_call();
        let Some(order) = self.order().filter(|_| never.is_none()) else {
            self.effect(Effect::Call(CallCommand::HangUp));
            return self.finish(never.unwrap_or(Reason::FailCallToCustomer));
        };
        // The office has closed while the agent's phone rang.
        if self.is_held_back() {
            self.effect(Effect::Call(CallCommand::HangUp));
            let since = self.callback.queued_since().unwrap_or(self.now);
            return self.put_back(since);
        }
        let at = self.now;
        self.callback.summons = self.callback.summons.saturating_sub(1);
        self.callback.attempts = self.callback.attempts.saturating_add(1);
        self.move_to(Phase::Reaching { at, agent });
        self.dial_with(order);
        self.done()
    }

    /// The agent did not answer, and the customer does not know of it: another one is sought.
    pub(super) fn not_summoned(mut self) -> Decision {
        self.effect(Effect::Call(CallCommand::HangUp));
        self.free_agent(Release::DidNotAnswer);
        let since = self.callback.queued_since().unwrap_or(self.now);
        if self.callback.summons >= self.options.dialing.max_transfers {
            return self.close(Reason::FailAgentConnect);
        }
        self.wait(since);
        self.ask_for_turn();
        self.done()
    }

    pub(super) fn reached(mut self, agent: AgentRef, report: Report) -> Decision {
        match report {
            Report::Answered {
                by: AnsweredBy::Person,
            } => {
                self.answered_to(agent);
                self.done()
            }
            Report::Answered {
                by: AnsweredBy::Machine,
            } => self.not_a_person(CallResult::AnsweringMachine),
            Report::Answered {
                by: AnsweredBy::Fax,
            } => self.not_a_person(CallResult::Fax),
            // Both talk: that the customer has answered was missed.
            Report::Connected => {
                self.answered_to(agent.clone());
                self.connected(agent)
            }
            Report::Failed {
                result: CallResult::Ok,
            } => self.attempt_failed(CallResult::Unknown),
            Report::Failed { result } => self.attempt_failed(result),
            Report::HungUp { .. } => self.attempt_failed(CallResult::Abandoned),
            Report::Ringing
            | Report::AgentAnswered
            | Report::AgentFailed
            | Report::TreatmentDone => Decision::nothing(),
        }
    }

    fn answered_to(&mut self, agent: AgentRef) {
        self.dialed(CallResult::Ok);
        let at = self.now;
        self.move_to(Phase::Connecting { at, agent });
        self.tell(EventName::CallbackStatusUpdated);
    }

    pub(super) fn found_summoned(self, agent: AgentRef, status: CallStatus) -> Decision {
        match status {
            CallStatus::Summoned { answered: false } => Decision::nothing(),
            CallStatus::Summoned { answered: true } => self.reach(agent),
            CallStatus::Unknown
            | CallStatus::Ringing
            | CallStatus::Up { .. }
            | CallStatus::Failed { .. }
            | CallStatus::Over { .. } => self.not_summoned(),
        }
    }

    pub(super) fn found_reached(mut self, agent: AgentRef, status: CallStatus) -> Decision {
        match status {
            CallStatus::Ringing => Decision::nothing(),
            // The order to dial may still be under way, and must not be followed any more.
            CallStatus::Unknown | CallStatus::Summoned { .. } => {
                self.not_a_person(CallResult::Unknown)
            }
            CallStatus::Up {
                connected: true, ..
            } => self.reached(agent, Report::Connected),
            CallStatus::Up { by, .. } => self.reached(agent, Report::Answered { by }),
            CallStatus::Failed { result } => self.reached(agent, Report::Failed { result }),
            CallStatus::Over { connected: true } => {
                self.answered_to(agent.clone());
                self.start_talk(agent);
                self.talked()
            }
            CallStatus::Over { connected: false } => self.attempt_failed(CallResult::Abandoned),
        }
    }
}
