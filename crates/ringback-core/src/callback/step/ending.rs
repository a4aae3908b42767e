//! How an attempt fails, and how a callback ends: once, with `_cbe_on_service_exit` as its last event.

use serde_json::Value;

use super::super::{Leg, Phase, State};
use super::{Change, Decision, Effect, LEASE, Refusal};
use crate::agent::Release;
use crate::call::CallResult;
use crate::event::{EventName, Reason};
use crate::ids::WorkerId;

impl Change<'_> {
    pub(super) fn attempt_failed(mut self, result: CallResult) -> Decision {
        self.dialed(result);
        self.tried(result)
    }

    /// An attempt is over: there is another one, or none.
    pub(super) fn tried(mut self, result: CallResult) -> Decision {
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
            // Once more: that has been heard. One that ended otherwise was not called off.
            State::Completed {
                reason: Reason::Cancelled | Reason::CancelledByAdmin,
                ..
            } => Decision::nothing(),
            State::Completed { reason, .. } => Decision::Refused(Refusal::Over { reason }),
            State::OnCall {
                phase: Phase::Talking { .. },
                ..
            } => Decision::Refused(Refusal::Processing),
            State::OnCall { leg, phase } => {
                if matches!(phase, Phase::Dialing { .. } | Phase::Reaching { .. }) {
                    self.dialed(CallResult::Dropped);
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
            | State::Arranging { .. }
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
            let refused = self.never_dialed();
            let failed = EventName::CallbackProcessingFailed;
            self.end(reason, None, &[failed, EventName::CallbackStatusUpdated]);
            let told = self.events.iter_mut().find(|event| event.name == failed);
            if let (Some(refused), Some(told)) = (refused, told) {
                let refused = refused.to_string().into();
                told.attributes.insert("_dial_refused".to_owned(), refused);
            }
        }
        self.done()
    }

    pub(super) fn talk_over(mut self) -> Decision {
        let State::Completed {
            talks_until: talks_until @ Some(_),
            ..
        } = &mut self.callback.state
        else {
            return Decision::nothing();
        };
        *talks_until = None;
        self.done()
    }

    pub(super) fn end(&mut self, reason: Reason, open: Option<Leg>, told: &[EventName]) {
        let open = open.or_else(|| self.left_on_line());
        self.callback.state = State::Completed {
            reason,
            at: self.now,
            open,
            talks_until: None,
        };
        for name in told {
            self.tell(*name);
        }
        let termination = (
            "c_termination_type",
            format!("COMPLETED.{}", reason.as_str()).into(),
        );
        let Some((dialed, number)) = self.dialed_number() else {
            return self.emit(EventName::ServiceExit, [termination]);
        };
        let last = ("c_last_dialed_number", number.clone());
        self.emit(
            EventName::ServiceExit,
            [(dialed, number), last, termination],
        );
    }

    /// The call of a customer who has called and whom no dialer has taken yet: one has to hang it up.
    fn left_on_line(&mut self) -> Option<Leg> {
        let State::HandedOut {
            since,
            arrived: Some(call),
            ..
        } = self.callback.state.clone()
        else {
            return None;
        };
        self.effect(Effect::Dial);
        Some(Leg {
            owner: WorkerId::new(""),
            lease: self.now,
            since,
            transfers: 0,
            call: Some(call),
        })
    }

    /// It is known what became of dialing.
    pub(super) fn dialed(&mut self, result: CallResult) {
        self.callback.last_result = Some(result);
        let told = [
            ("c_call_result", result.code().into()),
            ("c_call_num_attempt", self.callback.attempts.into()),
        ];
        self.emit_dialed(EventName::DialDone, told);
    }

    /// The number that was dialed, if one was.
    fn dialed_number(&self) -> Option<(&'static str, Value)> {
        let dialed = || self.callback.dialed(self.options);
        let dialed = (self.callback.attempts > 0).then(dialed).flatten();
        dialed.map(|number| ("c_dialed_number", number.as_str().into()))
    }

    /// Tells an event with the number that was dialed, if one was.
    pub(super) fn emit_dialed<const N: usize>(
        &mut self,
        name: EventName,
        with: [(&str, Value); N],
    ) {
        self.emit(name, with);
        let dialed = self.dialed_number();
        if let Some(event) = self.events.last_mut() {
            let dialed = dialed.map(|(key, number)| (key.to_owned(), number));
            event.attributes.extend(dialed);
        }
    }
}
