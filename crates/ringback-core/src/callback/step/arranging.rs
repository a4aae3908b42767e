//! What has to be agreed on before the call: the agent looks at the callback, the customer is asked, the customer is to
//! call. Each comes after the other, as far as the service wants it.

use serde_json::{Value, json};

use super::super::{Arrangement, Callback, State};
use super::{Change, Decision, Effect, Refusal};
use crate::access::Invitation;
use crate::agent::{AgentRef, Release};
use crate::call::CallId;
use crate::dialog::action_url;
use crate::event::{EventName, Reason};
use crate::ids::AgentId;
use crate::service::options::{Direction, MayReject, NoConfirm};
use crate::time::Timestamp;

/// The parts of an arrangement, in their order.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Stage {
    Preview,
    Confirm,
    Call,
}

/// What an agent makes of a callback it has looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// Who.
    pub agent: AgentId,
    /// Whether it takes the callback.
    pub takes: bool,
}

impl Change<'_> {
    /// What comes after `done`: another part of the arrangement, or the dialers.
    pub(super) fn arrange(
        mut self,
        since: Timestamp,
        agent: Option<AgentRef>,
        done: Option<Stage>,
    ) -> Decision {
        let Some(stage) = self.stage_after(done, agent.is_some()) else {
            return self.hand_over(since, agent, None);
        };
        match stage {
            Stage::Confirm => self.ask("confirm"),
            // Whoever has confirmed is told where to call in the answer.
            Stage::Call if done != Some(Stage::Confirm) => self.ask("connect"),
            Stage::Preview | Stage::Call => {}
        }
        self.callback.state = State::Arranging {
            since,
            at: self.now,
            agent,
            what: stage.begin(),
        };
        self.done()
    }

    fn stage_after(&self, done: Option<Stage>, has_agent: bool) -> Option<Stage> {
        let options = self.options;
        let is_originated = options.scenario.direction == Direction::UserOriginated;
        let wanted = [
            (Stage::Preview, options.preview.wanted && has_agent),
            (Stage::Confirm, options.scenario.confirm.wanted),
            (Stage::Call, is_originated),
        ];
        let next = |(stage, wanted): &(Stage, bool)| *wanted && Some(*stage) > done;
        wanted.into_iter().find(next).map(|(stage, _)| stage)
    }

    /// Pushes a question to the customer.
    pub(super) fn ask(&mut self, action: &str) {
        let id: Value = self.callback.id.as_str().into();
        let url = action_url(&self.callback.id, action);
        let seconds = self.options.scenario.confirm.timeout.as_secs();
        self.emit(
            EventName::UserConfirm,
            [
                ("_id", id),
                ("_dialog_id", json!("0")),
                ("_action", action.into()),
                ("_user_action_url", url.into()),
                ("_user_confirm_timeout", seconds.into()),
            ],
        );
    }

    pub(super) fn hand_over(
        mut self,
        since: Timestamp,
        agent: Option<AgentRef>,
        arrived: Option<CallId>,
    ) -> Decision {
        self.callback.state = State::HandedOut {
            since,
            at: self.now,
            hints: 0,
            agent,
            arrived,
        };
        self.effect(Effect::Dial);
        self.done()
    }

    pub(super) fn previewed(mut self, verdict: &Verdict) -> Decision {
        let State::Arranging {
            since,
            agent: Some(agent),
            what: Arrangement::Preview,
            ..
        } = self.callback.state.clone()
        else {
            return self.refuse_preview();
        };
        if agent.id != verdict.agent {
            return self.refuse_preview();
        }
        if verdict.takes {
            return self.arrange(since, Some(agent), Some(Stage::Preview));
        }
        let allowed = self.options.preview.rejects;
        if allowed == MayReject::Never {
            return Decision::Refused(Refusal::MustTake);
        }
        self.callback.rejects = self.callback.rejects.saturating_add(1);
        if let MayReject::Times(most) = allowed
            && self.callback.rejects >= most.count()
        {
            return self.finish(Reason::PreviewCancel(most));
        }
        self.free_agent(Release::Untouched);
        self.seek_again(since);
        self.done()
    }

    fn refuse_preview(self) -> Decision {
        let state = self.callback.callback_state();
        Decision::Refused(Refusal::NotPreviewed { state })
    }

    /// Another agent is sought, after `_agent_reject_retry_timeout`.
    fn seek_again(&mut self, since: Timestamp) {
        self.wait(since);
        let rest = self.now + self.options.preview.retry_after_reject;
        if let State::Waiting { not_before, .. } = &mut self.callback.state
            && rest > self.now
        {
            *not_before = Some(not_before.unwrap_or(rest).max(rest));
        }
        self.ask_for_turn();
    }

    pub(super) fn confirm(self) -> Decision {
        match self.callback.state.clone() {
            State::Arranging {
                since,
                agent,
                what: Arrangement::Confirm,
                ..
            } => self.arrange(since, agent, Some(Stage::Confirm)),
            // Once more: that has been heard.
            State::Arranging {
                what: Arrangement::Call { .. },
                ..
            }
            | State::HandedOut { .. }
            | State::OnCall { .. }
                if self.options.scenario.confirm.wanted =>
            {
                Decision::nothing()
            }
            State::Scheduled { .. }
            | State::Waiting { .. }
            | State::Paused { .. }
            | State::Arranging { .. }
            | State::HandedOut { .. }
            | State::OnCall { .. }
            | State::Completed { .. } => {
                let state = self.callback.callback_state();
                Decision::Refused(Refusal::NotAsked { state })
            }
        }
    }

    /// The customer gets a number to call, unless the last one still holds.
    pub(super) fn invite(mut self, new: Invitation) -> Decision {
        let now = self.now;
        let limit = self.options.user_originated.connect_limit;
        let not_to_call = self.callback.not_to_call();
        let State::Arranging {
            what: Arrangement::Call { invitation },
            ..
        } = &mut self.callback.state
        else {
            return Decision::Refused(not_to_call);
        };
        if invitation.as_ref().is_some_and(|known| now < known.until) {
            return Decision::nothing();
        }
        if self.callback.invites >= limit {
            return Decision::Refused(Refusal::ConnectLimit { limit });
        }
        *invitation = Some(new);
        self.callback.invites = self.callback.invites.saturating_add(1);
        self.done()
    }

    /// The customer has called.
    pub(super) fn arrive(self, call: CallId) -> Decision {
        match self.callback.state.clone() {
            State::Arranging {
                since,
                agent,
                what: Arrangement::Call { .. },
                ..
            } => self.hand_over(since, agent, Some(call)),
            // Offered again: that a dialer was told may have been lost.
            State::HandedOut { arrived, .. } if arrived.as_ref() == Some(&call) => {
                Decision::Only(vec![Effect::Dial])
            }
            State::OnCall { leg, .. } if leg.call.as_ref() == Some(&call) => Decision::nothing(),
            State::Scheduled { .. }
            | State::Waiting { .. }
            | State::Paused { .. }
            | State::Arranging { .. }
            | State::HandedOut { .. }
            | State::OnCall { .. }
            | State::Completed { .. } => Decision::Refused(self.callback.not_to_call()),
        }
    }

    /// Nobody has done their part in time.
    pub(super) fn look_at_arrangement(self) -> Decision {
        let State::Arranging {
            since, agent, what, ..
        } = self.callback.state.clone()
        else {
            return Decision::nothing();
        };
        let ends = self.callback.arranged_until(self.options);
        match what {
            Arrangement::Preview | Arrangement::Confirm if self.options.paused => self.pause(since),
            _ if ends.is_none_or(|ends| self.now < ends) => Decision::nothing(),
            Arrangement::Preview => self.not_looked_at(since),
            Arrangement::Confirm => match self.options.scenario.confirm.otherwise {
                NoConfirm::ConnectAnyway => self.arrange(since, agent, Some(Stage::Confirm)),
                NoConfirm::Fail => self.finish(Reason::FailUserNoConfirm),
            },
            Arrangement::Call { invitation } => self.not_called(since, invitation.is_some()),
        }
    }

    fn not_looked_at(mut self, since: Timestamp) -> Decision {
        self.free_agent(Release::DidNotAnswer);
        self.wait(since);
        self.ask_for_turn();
        self.done()
    }

    /// Whoever does not ask for a number in time while an agent is held has had a chance as well.
    fn not_called(mut self, since: Timestamp, invited: bool) -> Decision {
        if !invited {
            self.callback.invites = self.callback.invites.saturating_add(1);
        }
        if self.callback.invites >= self.options.user_originated.connect_limit {
            return self.finish(Reason::NotAvailable);
        }
        self.free_agent(Release::Untouched);
        self.wait(since);
        self.ask_for_turn();
        self.done()
    }
}

impl Callback {
    /// Whether its customer may ask for a number to call now.
    ///
    /// # Errors
    /// With the refusal of whoever asks.
    pub fn may_be_invited(&self) -> Result<(), Refusal> {
        match &self.state {
            State::Arranging {
                what: Arrangement::Call { .. },
                ..
            } => Ok(()),
            State::Scheduled { .. }
            | State::Waiting { .. }
            | State::Paused { .. }
            | State::Arranging { .. }
            | State::HandedOut { .. }
            | State::OnCall { .. }
            | State::Completed { .. } => Err(self.not_to_call()),
        }
    }

    fn not_to_call(&self) -> Refusal {
        let state = self.callback_state();
        Refusal::NotToCall { state }
    }
}

impl Stage {
    const fn begin(self) -> Arrangement {
        match self {
            Self::Preview => Arrangement::Preview,
            Self::Confirm => Arrangement::Confirm,
            Self::Call => Arrangement::Call { invitation: None },
        }
    }
}
