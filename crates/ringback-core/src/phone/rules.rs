//! Which numbers a service calls back.
//!
//! A number of at most six digits without `+` is an extension of the house's own telephony: it is dialed as it is, and
//! no numbering plan has a say in it. Everything else must be as long as a number of its country may be.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use super::plan::{Country, PlanNumber};
use super::{NumberError, PhoneNumber};

/// The most digits of an extension.
const LONGEST_EXTENSION: usize = 6;
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

    /// Whether two numbers are the same, however they are written.
    pub fn is_same(&self, one: &PhoneNumber, other: &PhoneNumber) -> bool {
        one == other || normal(one, self.country) == normal(other, self.country)
    }

    /// Why a number is not dialed, although it was let in once; lists change after the request.
    pub fn never_dialed(&self, number: &PhoneNumber) -> Option<NumberRefusal> {
        let blocked = self.blocked.has(number, self.country);
        blocked.then_some(NumberRefusal::Blocked)
    }

    /// Whether a number may be called back.
    ///
    /// # Errors
    /// With the reason; the number itself is not repeated.
    pub fn check(&self, number: &PhoneNumber) -> Result<(), NumberRefusal> {
        if self.blocked.has(number, self.country) {
            return Err(NumberRefusal::Blocked);
        }
        if is_extension(number) {
            return Ok(());
        }
        let country = self.country;
        let planned = PlanNumber::read(number.as_str(), country);
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
    /// Each in one way to write it, in a country.
    known: Option<(Country, Arc<BTreeSet<String>>)>,
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

    /// Whether it is one of them, however it is written.
    fn has(&self, number: &PhoneNumber, country: Country) -> bool {
        let among = |known: &BTreeSet<String>| known.contains(&normal(number, country));
        match &self.known {
            _ if self.is_empty() => false,
            Some((known_in, known)) if *known_in == country => among(known),
            Some(_) | None => among(&self.read_in(country)),
        }
    }

    fn read_in(&self, country: Country) -> BTreeSet<String> {
        let numbers = self.given.iter();
        numbers.map(|number| normal(number, country)).collect()
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

fn is_extension(number: &PhoneNumber) -> bool {
    let digits = number.as_str();
    !digits.starts_with('+') && digits.len() <= LONGEST_EXTENSION
}

/// One way to write it.
fn normal(number: &PhoneNumber, country: Country) -> String {
    let planned = Some(number).filter(|it| !is_extension(it));
    let planned = planned.and_then(|it| PlanNumber::read(it.as_str(), country));
    planned.map_or_else(|| number.as_str().to_owned(), |it| it.e164())
}
