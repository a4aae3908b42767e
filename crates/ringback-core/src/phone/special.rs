//! Numbers that reach nobody who asked for a call: emergency numbers, other short numbers of the public network, and
//! numbers of no country (satellites, international premium and free numbers). And the countries that may be called.
//!
//! `short_numbers.txt` has the short numbers of each country: emergency and premium ones, and all of up to three digits
//! (an `x` is any digit), from the short-number data of libphonenumber 9.0.43 (Apache-2.0). Longer ones that cost nothing
//! extra are left to the extensions of a house.

use std::fmt;
use std::str::FromStr;

use super::plan::{Country, CountryError, PlanNumber};

const SHORT: &str = include_str!("short_numbers.txt");
/// What phones everywhere take for an emergency.
const EMERGENCY: [&str; 3] = ["112", "911", "999"];
/// The codes after `+` that are no country's: +800 and +808 (international free and shared cost), satellites (+870, +881),
/// networks (+882, +883), persons (+878), disaster relief (+888), premium (+979).
const NO_COUNTRY: [i32; 9] = [800, 808, 870, 878, 881, 882, 883, 888, 979];
/// The most countries of a list.
const MOST: usize = 250;

/// Whether these digits are a short number of the public network in a country.
pub(super) fn is_short(digits: &str, country: Country) -> bool {
    let fits = |short: &str| {
        let pairs = || short.bytes().zip(digits.bytes());
        short.len() == digits.len() && pairs().all(|(one, digit)| one == b'x' || one == digit)
    };
    let code = country.to_string();
    let own = SHORT.lines().filter_map(|line| line.split_once(' '));
    let own = own.filter(|(name, _)| *name == code);
    EMERGENCY.contains(&digits) || own.flat_map(|(_, list)| list.split(',')).any(fits)
}

/// Whether a number belongs to no country.
pub(super) fn is_of_no_country(number: &PlanNumber) -> bool {
    NO_COUNTRY.contains(&number.country_code())
}

/// `_callable_countries`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Callable {
    /// That of `_default_country`.
    #[default]
    Own,
    /// Every one: `*`.
    Every,
    /// These.
    These(Vec<Country>),
}

impl Callable {
    /// Whether a number may be called by who is in `own`. One that no plan of a country has is judged by its country code.
    pub(super) fn allows(&self, number: &PlanNumber, own: Country) -> bool {
        let region = number.region();
        let is_there = |country: &Country| match &region {
            Some(region) => *region == country.to_string(),
            None => number.country_code() == country.code(),
        };
        match self {
            Self::Own => is_there(&own),
            Self::Every => true,
            Self::These(countries) => countries.iter().any(is_there),
        }
    }

    /// For messages.
    pub(super) fn names(&self, own: Country) -> String {
        match self {
            Self::Own => own.to_string(),
            Self::Every | Self::These(_) => self.to_string(),
        }
    }
}

impl FromStr for Callable {
    type Err = CountryError;

    fn from_str(text: &str) -> Result<Self, CountryError> {
        match text.trim() {
            "" => Ok(Self::Own),
            "*" => Ok(Self::Every),
            list => {
                let countries = list.split(',').take(MOST + 1).map(str::parse);
                let countries: Vec<Country> = countries.collect::<Result<_, _>>()?;
                if countries.len() > MOST {
                    return Err(CountryError::of(list));
                }
                Ok(Self::These(countries))
            }
        }
    }
}

/// As the option writes it.
impl fmt::Display for Callable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Own => Ok(()),
            Self::Every => f.write_str("*"),
            Self::These(countries) => {
                let names: Vec<_> = countries.iter().map(ToString::to_string).collect();
                f.write_str(&names.join(","))
            }
        }
    }
}
