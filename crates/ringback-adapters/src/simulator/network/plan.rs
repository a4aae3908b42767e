//! What becomes of a call, by the number that was dialed.

use std::time::Duration;

use ringback_core::call::{AnsweredBy, CallResult, DialOrder};
use ringback_core::phone::PhoneNumber;

const RINGS_AFTER: Duration = Duration::from_secs(1);
const BUSY_AFTER: Duration = Duration::from_secs(2);
const PERSON_AFTER: Duration = Duration::from_secs(3);
const MACHINE_AFTER: Duration = Duration::from_secs(4);
const REFUSED_AFTER: Duration = Duration::from_millis(200);

/// What becomes of a call, from the moment it is dialed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Plan {
    /// When it rings, if it does.
    pub rings: Option<Duration>,
    /// When and how it is settled; a call without is never heard of.
    pub settles: Option<(Duration, Settlement)>,
    /// Whether the customer hangs up on hold.
    pub impatient: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Settlement {
    Answered(AnsweredBy),
    Failed(CallResult),
}

impl Plan {
    pub fn of(order: &DialOrder) -> Self {
        use Settlement::{Answered, Failed};
        let digits = last_two(&order.to);
        let (after, settlement) = match digits {
            1 => (BUSY_AFTER, Failed(CallResult::Busy)),
            2 => (order.ring_timeout, Failed(CallResult::NoAnswer)),
            3 => (MACHINE_AFTER, Answered(AnsweredBy::Machine)),
            4 => (MACHINE_AFTER, Answered(AnsweredBy::Fax)),
            5 => (REFUSED_AFTER, Failed(CallResult::InvalidNumber)),
            6 => (REFUSED_AFTER, Failed(CallResult::AllTrunksBusy)),
            8 => (late(order.ring_timeout), Answered(AnsweredBy::Person)),
            9 => return Self::SILENT,
            _ => (PERSON_AFTER, Answered(AnsweredBy::Person)),
        };
        let (after, settlement) = match after > order.ring_timeout {
            true => (order.ring_timeout, Failed(CallResult::NoAnswer)),
            false => (after, told_apart(settlement, order.detect)),
        };
        let rings = !matches!(digits, 1 | 5 | 6) && RINGS_AFTER <= after;
        Self {
            rings: rings.then_some(RINGS_AFTER),
            settles: Some((after, settlement)),
            impatient: digits == 7,
        }
    }

    /// Of a customer who has called.
    pub fn of_caller(number: &PhoneNumber) -> Self {
        Self {
            rings: None,
            settles: Some((Duration::ZERO, Settlement::Answered(AnsweredBy::Person))),
            impatient: last_two(number) == 7,
        }
    }

    const SILENT: Self = Self {
        rings: None,
        settles: None,
        impatient: false,
    };

    pub fn is_silent(&self) -> bool {
        self.settles.is_none()
    }
}

/// 85 % of the ring timeout.
fn late(ring_timeout: Duration) -> Duration {
    ring_timeout - ring_timeout / 20 * 3
}

/// Without detection everything that answers passes for a person.
fn told_apart(settlement: Settlement, detect: bool) -> Settlement {
    match settlement {
        Settlement::Answered(_) if !detect => Settlement::Answered(AnsweredBy::Person),
        Settlement::Answered(_) | Settlement::Failed(_) => settlement,
    }
}

fn last_two(number: &PhoneNumber) -> u8 {
    let text = number.as_str();
    text.get(text.len().saturating_sub(2)..)
        .unwrap_or(text)
        .trim_start_matches('+')
        .parse()
        .unwrap_or(u8::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_two_digits_decide() {
        for (number, digits) in [
            ("+16505550101", 1),
            ("5109", 9),
            ("01", 1),
            ("1", 1),
            ("+7", 7),
            ("110", 10),
            ("00", 0),
        ] {
            assert_eq!(last_two(&number.parse().unwrap()), digits, "{number}");
        }
    }

    #[test]
    fn a_late_person_is_still_in_time() {
        assert_eq!(late(Duration::from_secs(20)), Duration::from_secs(17));
        assert_eq!(late(Duration::from_secs(60)), Duration::from_secs(51));
        assert_eq!(late(Duration::ZERO), Duration::ZERO);
        assert!(late(Duration::MAX) < Duration::MAX);
    }
}
