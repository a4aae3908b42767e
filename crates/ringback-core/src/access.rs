//! Numbers that customers call: which there are, and who is expected on which.

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::call::CallId;
use crate::chat::ChatKey;
use crate::key::IndexName;
use crate::phone::PhoneNumber;
use crate::service::shorten;
use crate::time::Timestamp;
use crate::timetable::{Found, Mistake, Mistakes};

const WHAT: &str = "resource group";
const NUMBERS: &str = "numbers";
const ALLOWED: &str = "1 to 64 phone numbers, comma-separated or as a JSON list, each once";
/// The most numbers of a group.
const MOST: usize = 64;
/// How many digits a code has.
const CODE_DIGITS: usize = 6;

/// `_resource_group`: numbers that customers may be told to call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResourceGroup {
    /// The numbers; never none.
    pub numbers: Vec<PhoneNumber>,
}

impl ResourceGroup {
    /// Reads a group from its options: `numbers`, comma-separated or as a JSON list.
    ///
    /// # Errors
    /// With every mistake.
    pub fn parse(name: &str, given: &BTreeMap<String, String>) -> Result<Self, Mistakes> {
        let mut found = Found::default();
        let mut numbers = None;
        for (option, value) in found.options(name, given) {
            if option == NUMBERS {
                numbers = Some(found.expect(option, value, read_numbers(value), ALLOWED));
            } else {
                found.add(Mistake::Unknown {
                    name: shorten(option),
                    nearest: None,
                    allowed: NUMBERS,
                });
            }
        }
        if numbers.is_none() {
            found.add(Mistake::Missing(NUMBERS));
        }
        let numbers = numbers.flatten().unwrap_or_default();
        found.or(WHAT, name, Self { numbers })
    }

    /// The number on which the fewest are expected; `random` decides among several.
    pub fn pick(&self, expected: &[u64], random: u64) -> Option<&PhoneNumber> {
        let counted = || self.numbers.iter().zip(expected);
        let fewest = counted().map(|(_, count)| *count).min()?;
        let mut best: Vec<_> = counted().filter(|it| *it.1 == fewest).collect();
        let places = u64::try_from(best.len()).unwrap_or(u64::MAX);
        let place = usize::try_from(random % places).unwrap_or(0);
        Some(best.swap_remove(place).0)
    }
}

fn read_numbers(value: &str) -> Option<Vec<PhoneNumber>> {
    let read = |text: &str| text.parse::<PhoneNumber>().ok();
    let numbers: Vec<_> = if value.starts_with('[') {
        serde_json::from_str(value).ok()?
    } else {
        value.split(',').map(read).collect::<Option<_>>()?
    };
    let is_first = |(place, number): (usize, &PhoneNumber)| !numbers[..place].contains(number);
    let legal = (1..=MOST).contains(&numbers.len()) && numbers.iter().enumerate().all(is_first);
    legal.then_some(numbers)
}

/// `_access_code`: what a customer who calls is known by. It is never shown by `Debug`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct AccessCode(String);

impl AccessCode {
    /// One of a million.
    pub fn draw(random: u64) -> Self {
        Self(format!("{:0CODE_DIGITS$}", random % 1_000_000))
    }

    /// As somebody has entered it.
    pub fn entered(text: &str) -> Self {
        Self(text.trim().to_owned())
    }

    /// Its digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Shows nothing of it.
impl fmt::Debug for AccessCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AccessCode(…)")
    }
}

/// What a customer needs to come.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invitation {
    /// The way in.
    #[serde(flatten)]
    pub way: Way,
    /// Until when the customer is expected.
    #[serde(rename = "end")]
    pub until: Timestamp,
}

/// A way in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Way {
    /// A call.
    Call {
        /// The number to call.
        #[serde(rename = "num")]
        number: PhoneNumber,
        /// What to enter there.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        code: Option<AccessCode>,
    },
    /// A chat.
    Chat {
        /// What lets the customer in.
        key: ChatKey,
    },
}

/// A call that has arrived.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arrival {
    /// The number that was called.
    pub to: PhoneNumber,
    /// Whose call it is, if that is known.
    pub from: Option<PhoneNumber>,
    /// What was entered, if anything.
    pub code: Option<AccessCode>,
}

impl Invitation {
    /// To call a number, and to enter a code there if there is one.
    pub const fn to_call(number: PhoneNumber, code: Option<AccessCode>, until: Timestamp) -> Self {
        let way = Way::Call { number, code };
        Self { way, until }
    }

    /// To come into a chat.
    pub const fn to_chat(key: ChatKey, until: Timestamp) -> Self {
        let way = Way::Chat { key };
        Self { way, until }
    }

    /// What lets its customer into a chat, if it is one.
    pub const fn chat(&self) -> Option<&ChatKey> {
        match &self.way {
            Way::Chat { key } => Some(key),
            Way::Call { .. } => None,
        }
    }

    /// Whether it is this call that is expected. Where there is a code it must be right; otherwise the caller must be the
    /// customer, or unknown.
    pub fn expects(&self, arrival: &Arrival, is_customer: impl Fn(&PhoneNumber) -> bool) -> bool {
        let Way::Call { number, code } = &self.way else {
            return false;
        };
        let is_customer = arrival.from.as_ref().is_none_or(is_customer);
        let knows = match code {
            Some(code) => arrival.code.as_ref() == Some(code),
            None => is_customer,
        };
        *number == arrival.to && knows
    }
}

/// Who is expected on a number, by since when.
pub fn expected_index(number: &PhoneNumber) -> IndexName {
    IndexName::new("call", number.as_str())
}

/// Who is expected on a number with a code.
pub fn code_index(number: &PhoneNumber, code: &AccessCode) -> IndexName {
    IndexName::new("code", &format!("{}/{}", number.as_str(), code.as_str()))
}

/// Which callback a call was given to, by the call's name in the phone network.
pub fn arrived_index(call: &CallId) -> IndexName {
    IndexName::new("arrived", call.as_str())
}
