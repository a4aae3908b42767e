//! How often was dialed: per call id and per number.

use std::collections::HashMap;

use ringback_core::call::CallStatus;
use ringback_core::phone::PhoneNumber;
use serde::{Deserialize, Serialize};

/// Totals since the network was started.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    /// Call ids that were dialed.
    pub calls: u64,
    /// How often a phone was rung, whatever the call id.
    pub dials: u64,
    /// Call ids under which a phone was rung more than once.
    pub dialed_twice: u64,
    /// Numbers that were rung more than once, under whatever call ids.
    pub numbers_dialed_twice: u64,
    /// Orders to dial a call that was known already: nothing was rung.
    pub orders_repeated: u64,
    /// Orders to dial that were refused: nothing was rung.
    pub orders_refused: u64,
    /// Calls that are dialed or up at this moment.
    pub live: u64,
}

/// What became of one call id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dialed {
    /// How often a phone was rung under it.
    pub dials: u64,
    /// How often it was ordered, repeated and refused orders included.
    pub orders: u64,
    /// How many sounds were played to their end.
    pub sounds: u64,
    /// Its state. A call id that was closed before it was dialed is unknown.
    pub status: CallStatus,
}

#[derive(Debug, Default)]
pub(super) struct Ledger {
    totals: Tally,
    by_number: HashMap<PhoneNumber, u64>,
}

impl Ledger {
    /// A phone is rung, for the `nth` time under its call id.
    pub fn dialed(&mut self, number: &PhoneNumber, nth: u64) {
        self.totals.dials += 1;
        self.totals.calls += u64::from(nth == 1);
        self.totals.dialed_twice += u64::from(nth == 2);
        let times = self.by_number.entry(number.clone()).or_default();
        *times += 1;
        self.totals.numbers_dialed_twice += u64::from(*times == 2);
    }

    pub fn repeated(&mut self) {
        self.totals.orders_repeated += 1;
    }

    pub fn refused(&mut self) {
        self.totals.orders_refused += 1;
    }

    /// A call is not kept any longer, nor its part in the count of its number.
    pub fn forget(&mut self, number: &PhoneNumber, dials: u64) {
        let Some(times) = self.by_number.get_mut(number) else {
            return;
        };
        *times = times.saturating_sub(dials);
        if *times == 0 {
            self.by_number.remove(number);
        }
    }

    pub fn number(&self, number: &PhoneNumber) -> u64 {
        self.by_number.get(number).copied().unwrap_or(0)
    }

    pub fn tally(&self, live: usize) -> Tally {
        Tally {
            live: u64::try_from(live).unwrap_or(u64::MAX),
            ..self.totals
        }
    }
}
