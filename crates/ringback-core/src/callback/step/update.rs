//! A caller changes what was asked for: another time, other user data, or that it is over.

use serde_json::{Map, Value};

use super::super::{MAX_DATA, MAX_DATA_KEYS, State, Update, accept};
use super::{Change, Decision, Refusal};
use crate::event::{EventName, Reason};
use crate::time::Timestamp;

impl Change<'_> {
    pub(super) fn update(mut self, mut update: Update) -> Decision {
        let corrected = match self.correct(&mut update) {
            Ok(corrected) => corrected,
            Err(refusal) => return Decision::Refused(refusal),
        };
        let mut data = self.callback.user_data.clone();
        data.retain(|key, _| !update.remove.contains(key));
        data.extend(update.set);
        let has_more = data != self.callback.user_data;
        if has_more && let Some(refusal) = too_much(&data, &self.callback.user_data) {
            return Decision::Refused(refusal);
        }
        self.callback.user_data = data;
        let changed = has_more || corrected;
        if corrected {
            self.ask_for_turn();
        }
        match (update.desired, self.callback.reason()) {
            _ if update.complete => self.complete(changed),
            (Some(_), Some(reason)) => Decision::Refused(Refusal::Over { reason }),
            (Some(desired), None) if desired != self.callback.wanted() => {
                self.reschedule(desired, update.estimated)
            }
            _ if changed => self.done(),
            _ => Decision::nothing(),
        }
    }

    /// Whom to call, and where it waits, can be put right until somebody is sought out for it. Whether anything is different.
    fn correct(&mut self, update: &mut Update) -> Result<bool, Refusal> {
        let callback = &mut self.callback;
        let known = callback.customer();
        let number = update.number.take();
        let number = number.filter(|it| Some(&it.canonical) != known.as_ref());
        let route = update.route.take().filter(|it| {
            let own = &callback.route;
            (&it.virtual_queue, it.rank) != (&own.virtual_queue, own.rank)
        });
        if number.is_none() && route.is_none() {
            return Ok(false);
        }
        let (State::Scheduled { .. } | State::Waiting { .. } | State::Paused { .. }) =
            callback.state
        else {
            let state = callback.callback_state();
            return Err(Refusal::TooLateToCorrect { state });
        };
        if let Some(number) = number {
            callback.set_number(number);
        }
        if let Some(route) = route {
            callback.route.virtual_queue = route.virtual_queue;
            callback.route.rank = route.rank;
            callback.overrides.append(&mut update.options);
        }
        Ok(true)
    }

    fn complete(self, changed: bool) -> Decision {
        if let State::Completed { .. } = self.callback.state {
            return if changed {
                self.done()
            } else {
                Decision::nothing()
            };
        }
        self.call_off(Reason::Cancelled, EventName::CallbackStatusUpdated)
    }

    fn reschedule(mut self, desired: Timestamp, estimated: bool) -> Decision {
        let (callback, now) = (&mut self.callback, self.now);
        let (state, attempts) = (callback.callback_state(), callback.attempts);
        let State::Scheduled {
            due,
            reminder,
            ask_at,
            ..
        } = &mut callback.state
        else {
            return Decision::Refused(Refusal::Begun { state, attempts });
        };
        if attempts > 0 {
            return Decision::Refused(Refusal::Begun { state, attempts });
        }
        let submitted = accept::submitted_at(desired, self.options);
        *due = submitted;
        *ask_at = None;
        *reminder = accept::reminder(submitted, &self.options.notification, now);
        callback.desired = Some(desired);
        if estimated {
            callback.expect_wait(now);
        }
        self.tell(EventName::CallbackRescheduled);
        if submitted <= now {
            return self.submit();
        }
        self.done()
    }
}

/// What is wrong with more data than before.
fn too_much(data: &Map<String, Value>, before: &Map<String, Value>) -> Option<Refusal> {
    let length = |data| serde_json::to_vec(data).map_or(usize::MAX, |json| json.len());
    let (keys, bytes) = (data.len(), length(data));
    let too_many = keys > MAX_DATA_KEYS && keys > before.len();
    let too_long = bytes > MAX_DATA && bytes > length(before);
    (too_many || too_long).then_some(Refusal::TooMuchData { keys, bytes })
}
