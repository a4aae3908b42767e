//! A caller changes what was asked for: another time, other user data, or that it is over.

use serde_json::{Map, Value};

use super::super::{MAX_DATA, MAX_DATA_KEYS, State, Update, accept};
use super::{Change, Decision, Refusal};
use crate::event::{EventName, Reason};
use crate::time::Timestamp;

impl Change<'_> {
    pub(super) fn update(mut self, update: Update) -> Decision {
        let mut data = self.callback.user_data.clone();
        data.retain(|key, _| !update.remove.contains(key));
        data.extend(update.set);
        let changed = data != self.callback.user_data;
        if changed && let Some(refusal) = too_much(&data, &self.callback.user_data) {
            return Decision::Refused(refusal);
        }
        self.callback.user_data = data;
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
