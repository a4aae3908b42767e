//! Phone numbers.

mod canonical;
mod plan;
mod rules;
mod special;
#[cfg(test)]
mod tests;

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::str::FromStr;

use serde::{Deserialize, Serialize};

pub use canonical::{Ambiguous, CanonicalNumber, CustomerNumber, LONGEST_EXTENSION};
pub use plan::{Country, CountryError, PlanNumber};
pub use rules::{BlockedError, BlockedNumbers, NumberRefusal, NumberRules};
pub use special::Callable;

/// A number as a request gives it: digits, optionally after `+`, with the separators that people write. Two are equal when
/// their digits are; what is one customer's number however it is written is [`CanonicalNumber`]. It is never shown in full
/// by `Debug`.
#[derive(Clone, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PhoneNumber {
    /// As it was given, but for blanks behind it; `None` when these are its digits.
    written: Option<Box<str>>,
    digits: String,
}

impl PhoneNumber {
    /// The most digits a number has (ITU-T E.164 allows 15; a prefix to dial out may come on top).
    const MAX_DIGITS: usize = 24;
    /// The most characters of a number with its separators.
    const LONGEST: usize = 64;

    /// Its digits, after `+` if there is one: for dialing and for those who may know it.
    pub fn as_str(&self) -> &str {
        &self.digits
    }

    /// As it was given, for display.
    pub fn as_written(&self) -> &str {
        self.written.as_deref().unwrap_or(&self.digits).trim_start()
    }

    /// Whether it is an extension or a short code: at most six digits without `+`.
    pub fn is_extension(&self) -> bool {
        is_extension(&self.digits)
    }

    /// Whether a blank stands before its digits: that is how the `+` of a form arrives that was not encoded.
    fn begins_blank(&self) -> bool {
        self.written.as_ref().is_some_and(|it| it.starts_with(' '))
    }

    /// The same with the `+` that a form has taken, if `canonical` says that it had one.
    fn restored(self, canonical: &CanonicalNumber) -> Self {
        let whole = format!("+{}", self.as_written());
        match whole.parse::<Self>() {
            Ok(whole) if self.begins_blank() && whole.as_str() == canonical.as_str() => whole,
            Ok(_) | Err(_) => self,
        }
    }
}

impl PartialEq for PhoneNumber {
    fn eq(&self, other: &Self) -> bool {
        self.digits == other.digits
    }
}

impl Eq for PhoneNumber {}

impl PartialOrd for PhoneNumber {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for PhoneNumber {
    fn cmp(&self, other: &Self) -> Ordering {
        self.digits.cmp(&other.digits)
    }
}

impl Hash for PhoneNumber {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.digits.hash(state);
    }
}

/// Accepts the separators people write (blanks, `-`, `.`, `/`, parentheses). A text that is the decimal `5115.0` of a
/// spreadsheet is none: its zero is no digit of a number.
impl FromStr for PhoneNumber {
    type Err = NumberError;

    fn from_str(text: &str) -> Result<Self, NumberError> {
        let text = text.trim_end().trim_start_matches(['\t', '\r', '\n']);
        let digits: String = text.chars().filter(|c| !is_separator(*c)).collect();
        let bare = digits.strip_prefix('+').unwrap_or(&digits);
        let legal = !bare.is_empty()
            && text.len() <= Self::LONGEST
            && bare.len() <= Self::MAX_DIGITS
            && bare.bytes().all(|b| b.is_ascii_digit());
        if !legal || is_decimal(text) {
            return Err(NumberError);
        }
        let written = (digits != text).then(|| text.into());
        Ok(Self { written, digits })
    }
}

fn is_extension(digits: &str) -> bool {
    !digits.starts_with('+') && digits.len() <= LONGEST_EXTENSION
}

fn is_separator(c: char) -> bool {
    matches!(c, ' ' | '\u{a0}' | '\u{202f}' | '-' | '.' | '/' | '(' | ')')
}

/// Digits, one point, and one or two zeros.
fn is_decimal(text: &str) -> bool {
    let Some((whole, zeros)) = text.trim().split_once('.') else {
        return false;
    };
    let digits = whole.strip_prefix(['+', '-']).unwrap_or(whole);
    digits.bytes().all(|b| b.is_ascii_digit()) && matches!(zeros, "0" | "00")
}

impl TryFrom<String> for PhoneNumber {
    type Error = NumberError;

    fn try_from(text: String) -> Result<Self, NumberError> {
        text.parse()
    }
}

impl From<PhoneNumber> for String {
    fn from(number: PhoneNumber) -> Self {
        number.written.map_or(number.digits, String::from)
    }
}

/// Shows how long it is and no digit.
impl fmt::Debug for PhoneNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "PhoneNumber({} digits)",
            self.digits.trim_start_matches('+').len()
        )
    }
}

/// The text is no phone number. The text itself is left out: it may be one, mistyped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a phone number: write 1 to 24 digits, optionally after '+'")]
pub struct NumberError;
