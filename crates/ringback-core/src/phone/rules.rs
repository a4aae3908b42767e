//! Which numbers a service calls back.
//!
//! A number of at most six digits without `+` is an extension of the house's own telephony or a short code: it is dialed
//! as it is. Everything else must be as long as a number of its country may be, and must be one number, not two.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use super::canonical::{Ambiguous, CanonicalNumber, LONGEST_EXTENSION};
use super::plan::{Country, PlanNumber};
use super::{NumberError, PhoneNumber};

/// The most numbers that are not called.
const MOST_BLOCKED: usize = 10_000;

/// Which numbers a service calls back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NumberRules {
    /// `_default_country`: where numbers without `+` are.
    pub country: Country,
    /// `_disallow_impossible_phone_numbers`.
    pub refuse_impossible: bool,
    /// `_disallow_premium_phone_numbers`.
    pub refuse_premium: bool,
    /// `_exceptions`.
    pub blocked: BlockedNumbers,
}

impl Default for NumberRules {
    fn default() -> Self {
        Self {
            country: Country::DEFAULT,
            refuse_impossible: true,
            refuse_premium: true,
            blocked: BlockedNumbers::default(),
        }
    }
}

impl NumberRules {
    /// Reads the blocked numbers in the country, once for all checks.
    pub fn settle(&mut self) {
        let (blocked, country) = (&mut self.blocked, self.country);
        let is_read = |(known_in, _): &(Country, _)| *known_in == country;
        if !blocked.given.is_empty() && !blocked.known.as_ref().is_some_and(is_read) {
            blocked.known = Some((country, Arc::new(blocked.read_in(country))));
        }
    }

    /// Whether a number is that of this customer, however it is written. One that can be two numbers is nobody's.
    pub fn is_of(&self, number: &PhoneNumber, customer: &CanonicalNumber) -> bool {
        self.canonical(number).is_ok_and(|it| it == *customer)
    }

    /// The one form of a number.
    ///
    /// # Errors
    /// When it can be read as two.
    pub fn canonical(&self, number: &PhoneNumber) -> Result<CanonicalNumber, Ambiguous> {
        CanonicalNumber::read(number, self.country)
    }

    /// Whether a customer may be called back.
    ///
    /// # Errors
    /// With the reason; the number itself is not repeated.
    pub fn check(&self, customer: &CanonicalNumber) -> Result<(), NumberRefusal> {
        if self.blocked.has(customer, self.country) {
            return Err(NumberRefusal::Blocked);
        }
        if customer.is_extension() {
            return Ok(());
        }
        let country = self.country;
        let planned = PlanNumber::read(customer.as_str(), country);
        let possible = planned.as_ref().is_some_and(PlanNumber::is_possible);
        if self.refuse_impossible && !possible {
            return Err(NumberRefusal::Impossible { country });
        }
        let premium = planned.as_ref().is_some_and(PlanNumber::is_premium);
        if self.refuse_premium && premium {
            return Err(NumberRefusal::Premium);
        }
        Ok(())
    }
}

/// Why a number is not called back.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NumberRefusal {
    /// No number is so long.
    #[error(
        "not possible in country {country}: allowed are numbers as long as a country's may be, others after '+' and their \
         country code, and extensions of up to {LONGEST_EXTENSION} digits (_disallow_impossible_phone_numbers is true)"
    )]
    Impossible {
        /// Where it was looked for.
        country: Country,
    },
    /// Calling it costs extra.
    #[error("a premium number: allowed are all others (_disallow_premium_phone_numbers is true)")]
    Premium,
    /// Somebody does not want it to be called.
    #[error("one of the _exceptions: allowed are all others")]
    Blocked,
}

/// Numbers that are not called.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct BlockedNumbers {
    given: Arc<[PhoneNumber]>,
    /// Each in its one form, in a country; one that can be two numbers as both.
    known: Option<(Country, Arc<BTreeSet<CanonicalNumber>>)>,
}

impl BlockedNumbers {
    /// Reads numbers with commas or line ends between them.
    ///
    /// # Errors
    /// With the place of the one that is none; it is not repeated.
    pub fn parse(text: &str) -> Result<Self, BlockedError> {
        let mut given = Vec::new();
        let parts = text.split([',', '\n']).map(str::trim);
        for (part, place) in parts.filter(|part| !part.is_empty()).zip(1..) {
            if place > MOST_BLOCKED {
                return Err(BlockedError::TooMany);
            }
            let number = part.parse();
            given.push(number.map_err(|problem| BlockedError::Number { place, problem })?);
        }
        let (given, known) = (given.into(), None);
        Ok(Self { given, known })
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.given.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.given.is_empty()
    }

    /// Whether it is one of them.
    fn has(&self, number: &CanonicalNumber, country: Country) -> bool {
        match &self.known {
            _ if self.is_empty() => false,
            Some((known_in, known)) if *known_in == country => known.contains(number),
            Some(_) | None => self.read_in(country).contains(number),
        }
    }

    fn read_in(&self, country: Country) -> BTreeSet<CanonicalNumber> {
        let readings = self
            .given
            .iter()
            .map(|it| CanonicalNumber::readings(it, country));
        let each = readings.flat_map(|(one, other)| std::iter::once(one).chain(other));
        each.collect()
    }
}

/// Shows how many, and no digit.
impl fmt::Debug for BlockedNumbers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "BlockedNumbers({})", self.len())
    }
}

/// The text is no list of numbers.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BlockedError {
    /// One is no number.
    #[error("number {place} is {problem}")]
    Number {
        /// Which, from 1.
        place: usize,
        /// What is wrong.
        problem: NumberError,
    },
    /// There are too many.
    #[error("there are more than {MOST_BLOCKED} numbers: these are allowed")]
    TooMany,
}
