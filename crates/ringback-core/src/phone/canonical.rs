//! One form for each number: what indexes, limits, matching and erasure compare.
//!
//! * What can be read in the numbering plan of the country is E.164: `+` and digits.
//! * An extension or a short code (at most six digits without `+`), a local number without its area code, and what no plan
//!   knows stay the digits that they are; they are the same number in every service.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::plan::{Country, PlanNumber};
use super::{NumberError, PhoneNumber};

/// The most digits of an extension or a short code.
pub const LONGEST_EXTENSION: usize = 6;

/// A number in its one form, however it was written: E.164, or the digits of an extension, a short code or a local number.
/// It is never shown by `Debug`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct CanonicalNumber(String);

impl CanonicalNumber {
    /// Reads a number in a country.
    ///
    /// # Errors
    /// When it can be read as two different numbers.
    pub fn read(number: &PhoneNumber, country: Country) -> Result<Self, Ambiguous> {
        match Self::readings(number, country) {
            (one, None) => Ok(one),
            (_, Some(_)) => Err(Ambiguous { country }),
        }
    }

    /// What a number can be: as those of the country write it and, if that is another number, with the `+` that it lacks.
    pub(super) fn readings(number: &PhoneNumber, country: Country) -> (Self, Option<Self>) {
        let digits = number.as_str();
        let or_digits = |read: Option<PlanNumber>| {
            read.filter(|it| is_stable(it, country))
                .map_or_else(|| Self::as_written(number), |it| Self(it.e164()))
        };
        if number.is_extension() {
            return (Self::as_written(number), None);
        }
        let read = PlanNumber::read(digits, country);
        if digits.starts_with('+') {
            return (or_digits(read.filter(PlanNumber::is_possible)), None);
        }
        let national = read.filter(PlanNumber::is_whole);
        let whole = may_lack_plus(number, country)
            .then(|| PlanNumber::read(&format!("+{digits}"), country));
        let Some(whole) = whole
            .flatten()
            .filter(PlanNumber::is_valid)
            .map(|it| Self(it.e164()))
        else {
            return (or_digits(national), None);
        };
        match national
            .filter(PlanNumber::is_valid)
            .map(|it| Self(it.e164()))
        {
            Some(national) if national != whole => (national, Some(whole)),
            Some(_) | None => (whole, None),
        }
    }

    /// The number by its digits alone: that of records written before numbers were read in their country.
    pub fn as_written(number: &PhoneNumber) -> Self {
        Self(number.as_str().to_owned())
    }

    /// `+` and digits, or digits alone.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The digits that earlier builds listed it by: itself, without its `+`, and as people in `country` write it.
    pub fn spellings(&self, country: Country) -> Vec<String> {
        let whole = self.0.strip_prefix('+');
        let planned = whole.and_then(|_| PlanNumber::read(&self.0, country));
        let mut spellings = vec![self.0.clone()];
        spellings.extend(whole.map(str::to_owned));
        if let Some(planned) = planned {
            spellings.push(planned.dialed_from(country));
            if planned.country_code() == country.code() {
                let code = country.code().to_string();
                let significant = whole.and_then(|it| it.strip_prefix(&code));
                spellings.extend(significant.map(str::to_owned));
                let national = planned.national();
                spellings.push(national.chars().filter(char::is_ascii_digit).collect());
            }
        }
        spellings.sort_unstable();
        spellings.dedup();
        spellings
    }

    /// Whether it is an extension or a short code.
    pub fn is_extension(&self) -> bool {
        super::is_extension(&self.0)
    }

    /// What is dialed for it. Without a prefix that is the number itself, E.164 with its `+`. After a prefix such as `9`
    /// stands what a telephone in `country` dials: a number of the country with the national prefix, any other with the
    /// international one; others as they are. A prefix with `+` is a country code for numbers that have none.
    ///
    /// # Errors
    /// When that is too long to be dialed.
    pub fn dialed(&self, prefix: &str, country: Country) -> Result<PhoneNumber, NumberError> {
        let is_whole = self.0.starts_with('+');
        if prefix.is_empty() || (is_whole && prefix.starts_with('+')) {
            return self.0.parse();
        }
        let planned = is_whole
            .then(|| PlanNumber::read(&self.0, country))
            .flatten();
        let after = planned.map_or_else(
            || self.0.trim_start_matches('+').to_owned(),
            |it| it.dialed_from(country),
        );
        format!("{prefix}{after}").parse()
    }
}

/// Whether the E.164 form of a number reads as itself. Of a number that begins with several national prefixes (`+43 00…`)
/// each reading takes one away: two spellings of it would be two customers, so its digits stay what they are.
fn is_stable(number: &PlanNumber, country: Country) -> bool {
    let whole = number.e164();
    PlanNumber::read(&whole, country).is_some_and(|again| again.e164() == whole)
}

/// A customer's number: as it was given, and its one form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CustomerNumber {
    /// As it was given, for display.
    pub written: PhoneNumber,
    /// What is compared, counted and dialed.
    pub canonical: CanonicalNumber,
}

impl CustomerNumber {
    /// Reads a number in a country.
    ///
    /// # Errors
    /// When it can be read as two different numbers.
    pub fn read(written: PhoneNumber, country: Country) -> Result<Self, Ambiguous> {
        let canonical = CanonicalNumber::read(&written, country)?;
        let written = written.restored(&canonical);
        Ok(Self { written, canonical })
    }
}

/// Whether a number without `+` may be a whole one: it begins with a blank, as the `+` of a form arrives, or with the
/// country's own code.
fn may_lack_plus(number: &PhoneNumber, country: Country) -> bool {
    let code = country.code().to_string();
    number.begins_blank() || number.as_str().starts_with(&code)
}

impl TryFrom<String> for CanonicalNumber {
    type Error = NumberError;

    fn try_from(text: String) -> Result<Self, NumberError> {
        let number: PhoneNumber = text.parse()?;
        Ok(Self::as_written(&number))
    }
}

impl From<CanonicalNumber> for String {
    fn from(number: CanonicalNumber) -> Self {
        number.0
    }
}

/// Shows how long it is and no digit.
impl fmt::Debug for CanonicalNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = self.0.trim_start_matches('+').len();
        write!(f, "CanonicalNumber({digits} digits)")
    }
}

/// A number can be read as two different ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "ambiguous in country {country}: a number of that country, or one that lacks its '+': allowed are numbers after '+' and \
     their country code, or after the national prefix (_default_country)"
)]
pub struct Ambiguous {
    /// Where it was looked for.
    pub country: Country,
}
