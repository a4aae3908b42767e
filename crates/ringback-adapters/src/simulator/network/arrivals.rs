//! Calls of customers that no dialer has taken yet.

use std::collections::{HashMap, VecDeque};

use ringback_core::access::Arrival;
use ringback_core::call::CallId;

/// Calls that wait, and those of them that are to be offered now.
#[derive(Debug, Default)]
pub(super) struct Arrivals {
    waiting: HashMap<CallId, Arrival>,
    offers: VecDeque<CallId>,
}

impl Arrivals {
    pub fn add(&mut self, call: &CallId, arrival: Arrival) {
        self.waiting.insert(call.clone(), arrival);
        self.offers.push_back(call.clone());
    }

    /// Takes one that waits; whether it did.
    pub fn take(&mut self, call: &CallId) -> bool {
        self.waiting.remove(call).is_some()
    }

    pub fn offer_again(&mut self, call: &CallId) {
        self.offers.push_back(call.clone());
    }

    /// The next one to offer; it waits on.
    pub fn next(&mut self) -> Option<(CallId, Arrival)> {
        while let Some(call) = self.offers.pop_front() {
            if let Some(arrival) = self.waiting.get(&call) {
                return Some((call, arrival.clone()));
            }
        }
        None
    }
}
