//! Its time comes: the reminder, the submission, and what happens when its service cannot be used.

use std::time::Duration;

use super::super::State;
use super::{Change, Decision};
use crate::event::{EventName, Reason};

/// From the first failed submission to the next, in seconds; then the distance doubles with each.
const FIRST_DISTANCE: u64 = 30;
/// The longest distance.
const LONGEST_DISTANCE: u64 = 600;

impl Change<'_> {
    pub(super) fn remind_of_its_time(mut self) -> Decision {
        if let State::Scheduled { reminder, .. } = &mut self.callback.state {
            *reminder = None;
        }
        self.tell(EventName::CallbackReminder);
        self.done()
    }

    pub(super) fn submit(mut self) -> Decision {
        if !self.options.usable {
            return self.submit_failed();
        }
        let events = self.callback.submit(self.now);
        self.events.extend(events);
        self.ask_for_turn();
        self.done()
    }

    fn submit_failed(mut self) -> Decision {
        let State::Scheduled {
            due,
            reminder,
            failed_submits,
        } = &mut self.callback.state
        else {
            return Decision::nothing();
        };
        *failed_submits = failed_submits.saturating_add(1);
        let failed = *failed_submits;
        (*due, *reminder) = (self.now + distance(failed), None);
        self.tell(EventName::CallbackSubmitFailed);
        if failed >= self.options.max_submits {
            return self.finish(Reason::FailError);
        }
        self.done()
    }
}

/// How long after failed submission number `failed` the next one follows.
fn distance(failed: u32) -> Duration {
    let doublings = failed.saturating_sub(1).min(LONGEST_DISTANCE.ilog2());
    Duration::from_secs((FIRST_DISTANCE << doublings).min(LONGEST_DISTANCE))
}
