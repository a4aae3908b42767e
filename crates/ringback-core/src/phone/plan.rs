//! What the numbering plans of the world say about a number (data of libphonenumber).

use std::fmt;
use std::str::FromStr;

use rlibphonenumber::enums::{NumberLengthType, PhoneNumberFormat, PhoneNumberType, Region};
use rlibphonenumber::{PHONE_NUMBER_UTIL, PhoneNumber as Parsed};

/// Region and zones on each line.
const ZONES: &str = include_str!("zones.txt");

/// The country that numbers without `+` are read in.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Country(Region);

impl Country {
    /// Where nothing else is said.
    pub const DEFAULT: Self = Self(Region::US);

    /// The digits after `+` that stand for it.
    pub fn code(self) -> i32 {
        let code = PHONE_NUMBER_UTIL.get_country_code_for_region(self.0);
        code.unwrap_or_default()
    }
}

impl FromStr for Country {
    type Err = CountryError;

    fn from_str(text: &str) -> Result<Self, CountryError> {
        let code = text.trim().to_ascii_uppercase();
        let region = Region::from_code(&code).ok();
        region
            .filter(|it| PHONE_NUMBER_UTIL.get_country_code_for_region(*it).is_some())
            .map(Self)
            .ok_or_else(|| CountryError::of(text))
    }
}

/// Its two letters.
impl fmt::Display for Country {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.as_region_str().as_str())
    }
}

impl fmt::Debug for Country {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Country({self})")
    }
}

/// The text is no country.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("'{0}' is no country: write its two letters of ISO 3166, e.g. US or DE")]
pub struct CountryError(String);

impl CountryError {
    pub(super) fn of(text: &str) -> Self {
        Self(text.chars().take(20).collect())
    }
}

/// A number as the plan of its country has it. No `Debug`: it is a person's.
#[derive(Clone)]
pub struct PlanNumber(Parsed);

impl PlanNumber {
    /// Reads a number as people write it; `None` when nothing in it can be one.
    pub fn read(text: &str, country: Country) -> Option<Self> {
        let parsed = PHONE_NUMBER_UTIL.parse(text, Some(country.0));
        parsed.ok().map(Self)
    }

    /// `+` and digits.
    pub fn e164(&self) -> String {
        self.0.format_as(PhoneNumberFormat::E164).into_owned()
    }

    /// As people of its country write it.
    pub fn national(&self) -> String {
        self.0.format_as(PhoneNumberFormat::National).into_owned()
    }

    /// As people of other countries write it.
    pub fn international(&self) -> String {
        let written = self.0.format_as(PhoneNumberFormat::International);
        written.into_owned()
    }

    /// The digits after `+` that stand for its country.
    pub const fn country_code(&self) -> i32 {
        self.0.country_code
    }

    /// What kind of number, as libphonenumber names it.
    pub fn kind(&self) -> &'static str {
        match self.0.get_type() {
            PhoneNumberType::FixedLine => "FIXED_LINE",
            PhoneNumberType::Mobile => "MOBILE",
            PhoneNumberType::FixedLineOrMobile => "FIXED_LINE_OR_MOBILE",
            PhoneNumberType::TollFree => "TOLL_FREE",
            PhoneNumberType::PremiumRate => "PREMIUM_RATE",
            PhoneNumberType::SharedCost => "SHARED_COST",
            PhoneNumberType::VoIP => "VOIP",
            PhoneNumberType::PersonalNumber => "PERSONAL_NUMBER",
            PhoneNumberType::Pager => "PAGER",
            PhoneNumberType::UAN => "UAN",
            PhoneNumberType::VoiceMail => "VOICEMAIL",
            PhoneNumberType::Unknown => "UNKNOWN",
        }
    }

    /// Whether such a number is given out.
    pub fn is_valid(&self) -> bool {
        self.0.is_valid()
    }

    /// Whether it is as long as a number of its country, or of a town in it, may be.
    pub fn is_possible(&self) -> bool {
        self.0.is_possible_with_reason().is_ok()
    }

    /// Whether it is as long as a number of its country may be, with its area code.
    pub(super) fn is_whole(&self) -> bool {
        let length = self.0.is_possible_with_reason();
        length.is_ok_and(|it| it == NumberLengthType::IsPossible)
    }

    /// The digits that a telephone in `country` dials for it.
    pub(super) fn dialed_from(&self, country: Country) -> String {
        let written = PHONE_NUMBER_UTIL.format_out_of_country_calling_number(&self.0, country.0);
        written.chars().filter(char::is_ascii_digit).collect()
    }

    /// Whether calling it costs extra.
    pub fn is_premium(&self) -> bool {
        self.0.get_type() == PhoneNumberType::PremiumRate
    }

    /// The country it belongs to, by its two letters.
    pub fn region(&self) -> Option<String> {
        let region = self.0.get_region_code()?;
        Some(region.as_region_str().as_str().to_owned())
    }

    /// The time zones of that country.
    pub fn zones(&self) -> Vec<&'static str> {
        let Some(region) = self.region() else {
            return Vec::new();
        };
        let of_region = |line: &'static str| line.strip_prefix(&*region)?.strip_prefix(' ');
        let zones = ZONES.lines().find_map(of_region);
        zones.map_or_else(Vec::new, |zones| zones.split(',').collect())
    }
}
