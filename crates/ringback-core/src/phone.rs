//! Phone numbers.

mod plan;
mod rules;
#[cfg(test)]
mod tests;

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

pub use plan::{Country, CountryError, PlanNumber};
pub use rules::{BlockedError, BlockedNumbers, NumberRefusal, NumberRules};

/// A dialable number as a request gives it: digits, optionally after `+`. It is never shown in full by `Debug`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PhoneNumber(String);

impl PhoneNumber {
    /// The most digits a number has (ITU-T E.164 allows 15; a prefix to dial out may come on top).
    const MAX_DIGITS: usize = 24;

    /// The number itself, for dialing and for those who may know it.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The number with `prefix` before it.
    ///
    /// # Errors
    /// When that is no number any more.
    pub fn prefixed(&self, prefix: &str) -> Result<Self, NumberError> {
        format!("{prefix}{}", self.0).parse()
    }
}

/// Accepts the separators people write (space, `-`, `.`, `/`, parentheses) and leaves them out.
impl FromStr for PhoneNumber {
    type Err = NumberError;

    fn from_str(text: &str) -> Result<Self, NumberError> {
        let dialable: String = text
            .trim()
            .chars()
            .filter(|c| !matches!(c, ' ' | '-' | '.' | '/' | '(' | ')'))
            .collect();
        let digits = dialable.strip_prefix('+').unwrap_or(&dialable);
        let legal = !digits.is_empty()
            && digits.len() <= Self::MAX_DIGITS
            && digits.bytes().all(|b| b.is_ascii_digit());
        if legal {
            Ok(Self(dialable))
        } else {
            Err(NumberError)
        }
    }
}

impl TryFrom<String> for PhoneNumber {
    type Error = NumberError;

    fn try_from(text: String) -> Result<Self, NumberError> {
        text.parse()
    }
}

impl From<PhoneNumber> for String {
    fn from(number: PhoneNumber) -> Self {
        number.0
    }
}

/// Shows how long it is and no digit.
impl fmt::Debug for PhoneNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "PhoneNumber({} digits)",
            self.0.trim_start_matches('+').len()
        )
    }
}

/// The text is no phone number. The text itself is left out: it may be one, mistyped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a phone number: write 1 to 24 digits, optionally after '+'")]
pub struct NumberError;
