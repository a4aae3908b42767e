//! How an attempt fails, and how a callback ends: once, with `_cbe_on_service_exit` as its last event.

use serde_json::Value;

use super::super::{Leg, Phase, State};
use super::{Change, Decision, Effect, LEASE, Refusal};
use crate::agent::Release;
use crate::call::CallResult;
use crate::event::{EventName, Reason};

impl Change<'_> {
    pub(super) fn attempt_failed(mut self, result: CallResult) -> Decision {
        self.callback.last_result = Some(result);
        self.dial_done(result);
        let dialing = &self.options.dialing;
        if self.callback.attempts >= dialing.max_attempts || !dialing.retry_on.allows(result) {
            return self.finish(Reason::FailCallToCustomer);
        }
        self.free_agent(Release::Untouched);
        self.callback.state = State::Scheduled {
            due: self.now + dialing.retry_after,
            reminder: None,
            failed_submits: 0,
            ask_at: None,
            again: true,
        };
        self.tell(EventName::CallbackStatusUpdated);
        self.done()
    }

    pub(super) fn cancel(self, reason: Reason) -> Decision {
        self.call_off(reason, EventName::CallbackCancelled)
    }

    /// Ends it because somebody wants it so, which `told` says.
    pub(super) fn call_off(mut self, reason: Reason, told: EventName) -> Decision {
        match self.callback.state.clone() {
            State::Completed { .. } => Decision::nothing(),
            State::OnCall {
                phase: Phase::Talking { .. },
                ..
            } => Decision::Refused(Refusal::Processing),
            State::OnCall { leg, phase } => {
                if matches!(phase, Phase::Dialing { .. }) {
                    self.callback.last_result = Some(CallResult::Dropped);
                    self.dial_done(CallResult::Dropped);
                }
                self.effect(Effect::Tell(leg.owner.clone()));
                self.free_agent(Release::Untouched);
                let lease = self.now + LEASE;
                self.end(reason, Some(Leg { lease, ..leg }), &[told]);
                self.done()
            }
            State::Scheduled { .. }
            | State::Waiting { .. }
            | State::Paused { .. }
            | State::HandedOut { .. } => {
                self.free_agent(Release::Untouched);
                self.end(reason, None, &[told]);
                self.done()
            }
        }
    }

    pub(super) fn closed(mut self) -> Decision {
        let State::Completed {
            open: open @ Some(_),
            ..
        } = &mut self.callback.state
        else {
            return Decision::nothing();
        };
        *open = None;
        self.done()
    }

    /// Ends it before anybody talked.
    pub(super) fn finish(mut self, reason: Reason) -> Decision {
        self.free_agent(Release::Untouched);
        self.close(reason)
    }

    /// Ends it; the agent is taken care of.
    pub(super) fn close(mut self, reason: Reason) -> Decision {
        if reason == Reason::AgentConnected {
            self.end(reason, None, &[EventName::CallbackStatusUpdated]);
        } else {
            let failed = EventName::CallbackProcessingFailed;
            self.end(reason, None, &[failed, EventName::CallbackStatusUpdated]);
        }
        self.done()
    }

    fn end(&mut self, reason: Reason, open: Option<Leg>, told: &[EventName]) {
        self.callback.state = State::Completed {
            reason,
            at: self.now,
            open,
        };
        for name in told {
            self.tell(*name);
        }
        let termination = (
            "c_termination_type",
            format!("COMPLETED.{}", reason.as_str()).into(),
        );
        if self.callback.attempts == 0 {
            return self.emit(EventName::ServiceExit, [termination]);
        }
        let (dialed, number) = self.dialed_number();
        let last = ("c_last_dialed_number", number.clone());
        self.emit(
            EventName::ServiceExit,
            [(dialed, number), last, termination],
        );
    }

    pub(super) fn dial_done(&mut self, result: CallResult) {
        let attempt = self.callback.attempts;
        self.emit(
            EventName::DialDone,
            [
                self.dialed_number(),
                ("c_call_result", result.code().into()),
                ("c_call_num_attempt", attempt.into()),
            ],
        );
    }

    pub(super) fn dialed_number(&self) -> (&'static str, Value) {
        let prefix = &self.options.dialing.prefix;
        (
            "c_dialed_number",
            format!("{prefix}{}", self.callback.number.as_str()).into(),
        )
    }
}
