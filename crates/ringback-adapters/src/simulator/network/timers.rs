//! What is due when: at most one timer of a kind per call, removed for good when it is not wanted any more.

use std::collections::{BTreeMap, HashMap};
use std::time::Instant;

use ringback_core::call::CallId;

/// What happens to a call when a timer runs out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    Rings,
    Settles,
    SoundEnds,
    PatienceEnds,
    AgentAnswers,
    AgentGivesUp,
    TalkEnds,
    OfferedAgain,
}

/// Ordered by time, then by which was set first.
type Due = (Instant, u64);

#[derive(Debug, Default)]
pub(super) struct Timers {
    queue: BTreeMap<Due, (CallId, Step)>,
    by_call: HashMap<CallId, Vec<(Step, Due)>>,
    set: u64,
}

impl Timers {
    /// Sets a timer; one of the same kind is replaced.
    pub fn set(&mut self, call: &CallId, step: Step, at: Instant) {
        self.cancel(call, step);
        self.set += 1;
        let due = (at, self.set);
        self.queue.insert(due, (call.clone(), step));
        self.by_call
            .entry(call.clone())
            .or_default()
            .push((step, due));
    }

    pub fn is_set(&self, call: &CallId, step: Step) -> bool {
        self.by_call
            .get(call)
            .is_some_and(|steps| steps.iter().any(|(set, _)| *set == step))
    }

    pub fn cancel(&mut self, call: &CallId, step: Step) {
        let Some(steps) = self.by_call.get_mut(call) else {
            return;
        };
        if let Some(place) = steps.iter().position(|(set, _)| *set == step) {
            let (_, due) = steps.swap_remove(place);
            self.queue.remove(&due);
        }
        if steps.is_empty() {
            self.by_call.remove(call);
        }
    }

    pub fn cancel_all(&mut self, call: &CallId) {
        for (_, due) in self.by_call.remove(call).unwrap_or_default() {
            self.queue.remove(&due);
        }
    }

    /// The earliest time at which something is due.
    pub fn next(&self) -> Option<Instant> {
        self.queue.keys().next().map(|(at, _)| *at)
    }

    /// Takes the first timer that is due at `now`.
    pub fn pop(&mut self, now: Instant) -> Option<(Instant, CallId, Step)> {
        let (due, (call, step)) = self.queue.first_key_value()?;
        if due.0 > now {
            return None;
        }
        let taken = (due.0, call.clone(), *step);
        self.cancel(&taken.1, taken.2);
        Some(taken)
    }
}
