//! Phone numbers.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_digits_and_plus() {
        for (written, dialed) in [
            ("5115", "5115"),
            ("+1 (650) 555-0101", "+16505550101"),
            (" 030/12.34 ", "0301234"),
        ] {
            assert_eq!(written.parse::<PhoneNumber>().unwrap().as_str(), dialed);
        }
    }

    #[test]
    fn refuses_what_cannot_be_dialed() {
        for written in [
            "",
            "+",
            "12a",
            "5115;ext=1",
            "1+2",
            "sip:5115@host",
            &"9".repeat(25),
        ] {
            assert_eq!(
                written.parse::<PhoneNumber>(),
                Err(NumberError),
                "{written}"
            );
        }
    }

    #[test]
    fn debug_shows_no_digit() {
        let number: PhoneNumber = "+16505550101".parse().unwrap();
        assert_eq!(format!("{number:?}"), "PhoneNumber(11 digits)");
    }
}
