//! Its time comes: the reminder, the submission, and what happens when its service cannot be used.

use std::time::Duration;

use super::super::LONGEST_LEAD;
use super::super::State;
use super::{Change, Decision, Refusal};
use crate::agent::Release;
use crate::event::{EventName, Reason};

/// From the first failed submission to the next, in seconds; then the distance doubles with each.
const FIRST_DISTANCE: u64 = 30;
/// With less time left the estimate is not asked for again.
const SOON: Duration = Duration::from_secs(300);
/// The longest distance.
const LONGEST_DISTANCE: u64 = 600;

impl Change<'_> {
    pub(super) fn remind_of_its_time(mut self) -> Decision {
        if let State::Scheduled { reminder, .. } = &mut self.callback.state {
            *reminder = None;
        }
        self.tell(EventName::CallbackReminder);
        self.expect_nothing()
    }

    /// Its queue has been estimated. It is submitted that much earlier; what is soon is decided, otherwise the estimate is
    /// asked for again when it would be time, at the latest when three quarters of the time left have passed: a few looks
    /// in the last hour, for ever better reasons.
    pub(super) fn expect(mut self, wait: Duration) -> Decision {
        let now = self.now;
        if !self.callback.asks_for_wait(now) {
            return Decision::nothing();
        }
        let State::Scheduled { due, ask_at, .. } = &mut self.callback.state else {
            return Decision::nothing();
        };
        let (early, left) = (*due - wait.min(LONGEST_LEAD), due.since(now));
        if early <= now {
            return self.submit();
        }
        if left <= SOON || early.since(now) <= left / 4 {
            (*due, *ask_at) = (early, None);
        } else {
            *ask_at = Some(early.min(now + left * 3 / 4));
        }
        self.done()
    }

    /// Nobody could estimate its queue.
    pub(super) fn expect_nothing(self) -> Decision {
        if self.callback.asks_for_wait(self.now) {
            return self.expect(Duration::ZERO);
        }
        self.done()
    }

    /// Back from the queue for `_snooze_duration`.
    pub(super) fn snooze(mut self) -> Decision {
        let (State::Waiting { .. }
        | State::Arranging { .. }
        | State::HandedOut { arrived: None, .. }) = self.callback.state
        else {
            let (state, attempts) = (self.callback.callback_state(), self.callback.attempts);
            return Decision::Refused(Refusal::NotInQueue { state, attempts });
        };
        let until = self.now + self.options.general.snooze;
        let end = self.callback.expires(self.options);
        if until >= end {
            return Decision::Refused(Refusal::EndsBefore { until, end });
        }
        self.free_agent(Release::Untouched);
        self.callback.state = State::Scheduled {
            due: until,
            reminder: None,
            failed_submits: 0,
            ask_at: None,
            again: true,
        };
        self.tell(EventName::CallbackStatusUpdated);
        self.done()
    }

    pub(super) fn submit(mut self) -> Decision {
        if !self.options.usable {
            return self.submit_failed();
        }
        let events = self.callback.submit(self.options, self.now);
        self.events.extend(events);
        // Whoever is to call at once hears so in the answer; whoever was to wait for a time, now.
        if matches!(self.callback.state, State::Arranging { .. }) {
            self.ask("connect");
        }
        self.ask_for_turn();
        self.done()
    }

    fn submit_failed(mut self) -> Decision {
        let State::Scheduled {
            due,
            reminder,
            failed_submits,
            ask_at,
            ..
        } = &mut self.callback.state
        else {
            return Decision::nothing();
        };
        *failed_submits = failed_submits.saturating_add(1);
        let failed = *failed_submits;
        (*due, *reminder, *ask_at) = (self.now + distance(failed), None, None);
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
