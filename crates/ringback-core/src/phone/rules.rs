//! Which numbers a service calls back.
//!
//! A number of at most six digits without `+` is an extension of the house's own telephony or a short code: it is dialed
//! as it is. Everything else must be as long as a number of its country may be, and must be one number, not two.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use super::canonical::{Ambiguous, CanonicalNumber, LONGEST_EXTENSION};
use super::plan::{Country, PlanNumber};
use super::special::{Callable, is_of_no_country, is_short};
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
    /// `_disallow_special_phone_numbers`: short numbers of the public network, and numbers of no country.
    pub refuse_special: bool,
    /// `_callable_countries`.
    pub callable: Callable,
    /// `_exceptions`.
    pub blocked: BlockedNumbers,
}

impl Default for NumberRules {
    fn default() -> Self {
        Self {
            country: Country::DEFAULT,
            refuse_impossible: true,
            refuse_premium: true,
            refuse_special: true,
            callable: Callable::Own,
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

    /// Why a customer is not dialed who was let in once: lists change after the request, and so does what is known of
    /// emergency numbers. That a number is abroad or costs extra was decided when it was let in.
    pub fn never_dialed(&self, customer: &CanonicalNumber) -> Option<NumberRefusal> {
        if self.blocked.has(customer, self.country) {
            return Some(NumberRefusal::Blocked);
        }
        if self.is_refused_short(customer) {
            return Some(NumberRefusal::Short {
                country: self.country,
            });
        }
        let planned = PlanNumber::read(customer.as_str(), self.country)?;
        let nowhere = self.refuse_special && !customer.is_extension() && is_of_no_country(&planned);
        nowhere.then_some(NumberRefusal::NoCountry)
    }

    fn is_refused_short(&self, customer: &CanonicalNumber) -> bool {
        let digits = customer.as_str().trim_start_matches('+');
        self.refuse_special && is_short(digits, self.country)
    }

    /// Whether a customer may be called back.
    ///
    /// # Errors
    /// With the reason; the number itself is not repeated.
    pub fn check(&self, customer: &CanonicalNumber) -> Result<(), NumberRefusal> {
        if self.blocked.has(customer, self.country) {
            return Err(NumberRefusal::Blocked);
        }
        let country = self.country;
        if self.is_refused_short(customer) {
            return Err(NumberRefusal::Short { country });
        }
        if customer.is_extension() {
            return Ok(());
        }
        let planned = PlanNumber::read(customer.as_str(), country);
        let possible = planned.as_ref().is_some_and(PlanNumber::is_possible);
        if self.refuse_impossible && !possible {
            return Err(NumberRefusal::Impossible { country });
        }
        let premium = planned.as_ref().is_some_and(PlanNumber::is_premium);
        if self.refuse_premium && premium {
            return Err(NumberRefusal::Premium);
        }
        planned.map_or(Ok(()), |planned| self.check_country(&planned))
    }
}

impl NumberRules {
    fn check_country(&self, number: &PlanNumber) -> Result<(), NumberRefusal> {
        if is_of_no_country(number) {
            return if self.refuse_special {
                Err(NumberRefusal::NoCountry)
            } else {
                Ok(())
            };
        }
        if self.callable.allows(number, self.country) {
            return Ok(());
        }
        let country = number.region();
        Err(NumberRefusal::Abroad {
            country: country.unwrap_or_else(|| format!("+{}", number.country_code())),
            allowed: self.callable.names(self.country),
        })
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
    /// It reaches an emergency service, or another one of the public network.
    #[error(
        "an emergency number or another short number of the public network in country {country}: allowed are extensions \
         and whole numbers (_disallow_special_phone_numbers is true)"
    )]
    Short {
        /// Where it is one.
        country: Country,
    },
    /// It is a satellite's, an international premium number or another one of no country.
    #[error(
        "a satellite number or another one of no country: allowed are numbers of countries \
         (_disallow_special_phone_numbers is true)"
    )]
    NoCountry,
    /// It is in a country that is not called.
    #[error(
        "in country {country}: allowed are numbers of {allowed} (_callable_countries; * is every country)"
    )]
    Abroad {
        /// Where, by two letters, or by the country code.
        country: String,
        /// Which are called.
        allowed: String,
    },
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
