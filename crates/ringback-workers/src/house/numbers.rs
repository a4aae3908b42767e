//! Whose number it is that somebody asks for: each service reads it in its own country.

use ringback_core::callback::{NUMBER_KEY, found_by_index};
use ringback_core::key::IndexName;
use ringback_core::phone::{CanonicalNumber, Country, PhoneNumber};

use super::House;

impl<S, B> House<S, B> {
    /// The countries that numbers are read in: those of the services, each once.
    pub fn countries(&self) -> Vec<Country> {
        let settings = self.settings.known();
        let services = settings.services.values();
        let own = services.map(|it| it.options.admission.numbers.country);
        let mut countries: Vec<Country> = own.collect();
        if countries.is_empty() {
            countries.push(Country::DEFAULT);
        }
        countries.sort_unstable_by_key(ToString::to_string);
        countries.dedup();
        countries
    }

    /// The customers that a number can be of, by any service.
    pub fn readings(&self, number: &PhoneNumber) -> Vec<CanonicalNumber> {
        let countries = self.countries();
        let read = countries
            .iter()
            .map(|it| CanonicalNumber::read(number, *it));
        let mut readings: Vec<_> = read.filter_map(Result::ok).collect();
        readings.sort_unstable();
        readings.dedup();
        readings
    }

    /// The indexes that have every callback of a number, by any service; also of records that are still listed by the
    /// number as it was written.
    pub(crate) fn number_indexes(&self, number: &PhoneNumber) -> Vec<IndexName> {
        let mut whose = self.readings(number);
        whose.push(CanonicalNumber::as_written(number));
        whose.sort_unstable();
        whose.dedup();
        let whose = whose.iter();
        whose
            .map(|it| found_by_index(NUMBER_KEY, it.as_str()))
            .collect()
    }

    /// The configured number that customers are told to call, for one that may be written otherwise.
    pub(crate) fn line(&self, number: &PhoneNumber) -> Option<PhoneNumber> {
        let settings = self.settings.known();
        let lines = || settings.groups.values().flat_map(|it| &it.numbers);
        if let Some(same) = lines().find(|it| *it == number) {
            return Some(same.clone());
        }
        let asked = self.readings(number);
        let is_it = |it: &&PhoneNumber| self.readings(it).iter().any(|one| asked.contains(one));
        lines().find(is_it).cloned()
    }
}
