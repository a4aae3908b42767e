//! The last sound of a call, for those who get no conversation: `_treatment_call_failure_answering_machine` and
//! `_treatment_find_agent_fail`. Without one the call is over at once.

use super::super::{Parting, Phase};
use super::{Change, Decision, Effect};
use crate::agent::Release;
use crate::call::{CallCommand, CallResult};
use crate::event::Reason;

impl Change<'_> {
    pub(super) fn machine_answered(mut self) -> Decision {
        if self.last_sound(Parting::Machine).is_empty() {
            return self.not_a_person(CallResult::AnsweringMachine);
        }
        self.dialed(CallResult::AnsweringMachine);
        self.free_agent(Release::Untouched);
        self.part(Parting::Machine)
    }

    /// No agent comes to the customer on the line.
    pub(super) fn part_from_customer(self, reason: Reason) -> Decision {
        let from = Parting::Customer { reason };
        match self.last_sound(from).is_empty() {
            true => self.parted(from),
            false => self.part(from),
        }
    }

    fn part(mut self, from: Parting) -> Decision {
        let at = self.now;
        self.move_to(Phase::Parting { at, from });
        self.play_last(from);
        self.done()
    }

    pub(super) fn play_last(&mut self, from: Parting) {
        let sound = self.last_sound(from).to_owned();
        self.effect(Effect::Call(CallCommand::Play { sound }));
    }

    fn last_sound(&self, from: Parting) -> &str {
        let treatments = &self.options.treatments;
        match from {
            Parting::Machine => &treatments.machine.file,
            Parting::Customer { .. } => &treatments.no_agent.file,
        }
    }

    pub(super) fn parted(mut self, from: Parting) -> Decision {
        self.effect(Effect::Call(CallCommand::HangUp));
        self.parted_by_them(from)
    }

    pub(super) fn parted_by_them(self, from: Parting) -> Decision {
        match from {
            Parting::Machine => self.tried(CallResult::AnsweringMachine),
            Parting::Customer { reason } => self.close(reason),
        }
    }
}
