//! What a service lets in: how much one customer, and all together, may ask for.
//!
//! Every limit is on the entries of an index, so nothing has to be counted up or down: a callback counts as long as it
//! stands there. Those on a customer's number are kept exactly, however many requests come at once: all callbacks to a
//! number are on one shard, where the commit of a new one counts them. The others are looked at before the commit; requests
//! at the same moment may exceed them by as many as are under way.

#[cfg(test)]
mod tests;

use std::iter::once;
use std::ops::Range;
use std::time::Duration;

use crate::callback::{
    Callback, NUMBER_KEY, State, accepted_after, accepted_index, begun_index, found_by_index,
    lookup_text, pending, stands_at, time_of,
};
use crate::event::CallbackState;
use crate::key::IndexName;
use crate::service::Options;
use crate::service::options::Throttle;
use crate::time::Timestamp;

/// The time that `_throttle_request_parameters_limit` is about.
const DAY: Duration = Duration::from_hours(24);
/// When somebody may come again where no better time is known.
const SOON: Duration = Duration::from_secs(60);

/// A limit on how many callbacks an index has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quota {
    /// The index.
    pub index: IndexName,
    /// The scores that count.
    pub scores: Vec<Range<i64>>,
    /// How many there may be.
    pub most: u64,
    /// What a request is told when there are so many.
    pub reached: Reached,
    /// How long after its time a callback counts; `None` for as long as it is not over.
    pub window: Option<Duration>,
}

/// A limit was reached.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Reached {
    /// `_enable_in_queue_checking`.
    #[error(
        "{key} has {most} callbacks that are not over: allowed are {most} (_enable_in_queue_checking is {value})"
    )]
    InQueue {
        /// What the customer is known by.
        key: String,
        /// How many there may be.
        most: u64,
        /// The option's value.
        value: &'static str,
    },
    /// `_max_queued_callbacks_per_service`.
    #[error(
        "service '{service}' has {most} callbacks in its queue: allowed are {most} (_max_queued_callbacks_per_service)"
    )]
    Queued {
        /// The service.
        service: String,
        /// How many there may be.
        most: u64,
    },
    /// `_throttle_callbacks_per_service_1` and `_2`.
    #[error(
        "service '{service}' has had {most} callbacks in the last {} s: allowed are {most} ({option})", window.as_secs()
    )]
    Throttled {
        /// The service.
        service: String,
        /// How many there may be.
        most: u64,
        /// In which time.
        window: Duration,
        /// The option.
        option: &'static str,
    },
    /// `_throttle_request_parameters_limit`.
    #[error(
        "the value of '{key}' was in {most} requests of the last 24 hours: allowed are {most} (_throttle_request_parameters_limit)"
    )]
    Daily {
        /// The parameter.
        key: String,
        /// How many there may be.
        most: u64,
    },
}

/// The limits on the customer: on the number; without one, on the key that the service knows its customers by.
pub fn own_quotas(callback: &Callback, options: &Options, now: Timestamp) -> Vec<Quota> {
    let Some(customer) = callback.customer() else {
        let mut keys = known_by(callback, options).into_iter();
        // All of a customer are on one shard only where one key says who it is.
        return match (keys.next(), keys.next()) {
            (Some((key, index)), None) => in_queue(key, index, options).into_iter().collect(),
            _ => Vec::new(),
        };
    };
    let index = || found_by_index(NUMBER_KEY, customer.as_str());
    let in_queue = in_queue(NUMBER_KEY, index(), options);
    let counted = &options.admission.counted_keys;
    let is_counted = counted.iter().any(|key| key == NUMBER_KEY);
    let daily = is_counted.then(|| daily(NUMBER_KEY, index(), options, now));
    in_queue.into_iter().chain(daily.flatten()).collect()
}

fn in_queue(key: &str, index: IndexName, options: &Options) -> Option<Quota> {
    let in_queue = options.admission.in_queue;
    let (key, value) = (key.to_owned(), in_queue.as_str());
    in_queue.most().map(|most| Quota {
        index,
        scores: pending(),
        most,
        reached: Reached::InQueue { key, most, value },
        window: None,
    })
}

/// What each request of the service says of its customer in place of the number, in the order of the option.
fn known_by<'a>(callback: &Callback, options: &'a Options) -> Vec<(&'a str, IndexName)> {
    let keys = options.general.mandatory_keys.iter();
    let keys = keys.filter(|key| *key != NUMBER_KEY);
    let said = keys.filter_map(|key| {
        let value = lookup_text(callback.user_data.get(key)?)?;
        Some((key.as_str(), found_by_index(key, &value)))
    });
    said.collect()
}

/// The limits on all callbacks of the service, and on values that requests share. Rate windows count every request by the time
/// it came; the queue does not count a callback for later until its time has come, and refuses it only where none is taken at
/// all.
pub fn shared_quotas(callback: &Callback, options: &Options, now: Timestamp) -> Vec<Quota> {
    let mut quotas = Vec::new();
    let known_by = known_by(callback, options);
    if let ([(key, index), _, ..], None) = (known_by.as_slice(), &callback.number) {
        quotas.extend(in_queue(key, index.clone(), options));
    }
    let most = options.admission.max_queued;
    let is_later = matches!(callback.state, State::Scheduled { .. });
    if !is_later || most == 0 {
        quotas.push(queued(callback, most));
    }
    let [first, second] = [&options.admission.throttle_1, &options.admission.throttle_2];
    let names = [
        "_throttle_callbacks_per_service_1",
        "_throttle_callbacks_per_service_2",
    ];
    let throttles = [first, second].into_iter().zip(names);
    quotas.extend(throttles.filter_map(|(it, name)| throttled(callback, it, name, now)));
    for key in &options.admission.counted_keys {
        if let Some(value) = callback.user_data.get(key).and_then(lookup_text) {
            quotas.extend(daily(key, found_by_index(key, &value), options, now));
        }
    }
    quotas
}

fn queued(callback: &Callback, most: u64) -> Quota {
    let service = callback.service.to_string();
    let before = stands_at(CallbackState::Processing).unwrap_or(i64::MAX);
    Quota {
        index: begun_index(&service),
        scores: once(i64::MIN..before).collect(),
        most,
        reached: Reached::Queued { service, most },
        window: None,
    }
}

fn throttled(
    callback: &Callback,
    throttle: &Throttle,
    option: &'static str,
    now: Timestamp,
) -> Option<Quota> {
    let Throttle { most, window } = *throttle;
    let service = callback.service.to_string();
    let after = (now - window).as_millis();
    (most > 0).then(|| Quota {
        index: accepted_index(&service),
        scores: once(after + 1..now.as_millis() + 1).collect(),
        most,
        reached: Reached::Throttled {
            service,
            most,
            window,
            option,
        },
        window: Some(window),
    })
}

fn daily(key: &str, index: IndexName, options: &Options, now: Timestamp) -> Option<Quota> {
    let (key, most) = (key.to_owned(), options.admission.counted_limit);
    (most > 0).then(|| Quota {
        index,
        scores: accepted_after(now - DAY),
        most,
        reached: Reached::Daily { key, most },
        window: Some(DAY),
    })
}

impl Quota {
    /// When somebody who was told that the limit is reached may come again, by the scores of those that count.
    pub fn come_again(&self, scores: impl Iterator<Item = i64>, now: Timestamp) -> Duration {
        let (Some(window), Some(oldest)) = (self.window, scores.map(time_of).min()) else {
            return SOON;
        };
        let free = oldest + window;
        free.since(now).max(Duration::from_secs(1))
    }
}
