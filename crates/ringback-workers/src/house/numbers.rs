//! Whose number it is that somebody asks for: each service reads it in its own country.

use ringback_core::callback::{NUMBER_KEY, found_by_index};
use ringback_core::key::IndexName;
use ringback_core::phone::{CanonicalNumber, Country, PhoneNumber};

use ringback_core::ids::CallbackId;
use ringback_core::key::{Key, Kind};
use ringback_core::time::Timestamp;
use ringback_ports::bus::Bus;
use ringback_ports::store::{Change, Entry, Put, Store};
use serde::{Deserialize, Serialize};

use super::{Held, House, HouseError, decode, encode};
use crate::watched::Chain;

/// How many records are looked at in one go.
const BATCH: usize = 500;

/// The records of builds that compared spellings have been read and listed anew.
#[derive(Serialize, Deserialize)]
struct Recognized {
    /// Until when some of them may be on another shard than that of their number.
    until: Timestamp,
}

fn mark() -> Key {
    Key::new(Kind::House, "numbers")
}

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
        let mut spellings = vec![number.as_str().to_owned()];
        let countries = self.countries();
        for whose in self.readings(number) {
            spellings.extend(countries.iter().flat_map(|it| whose.spellings(*it)));
        }
        spellings.sort_unstable();
        spellings.dedup();
        let spellings = spellings.iter();
        spellings.map(|it| found_by_index(NUMBER_KEY, it)).collect()
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

impl<S: Store, B: Bus> House<S, B> {
    /// Whether there may be records that are not listed by the one form of their number, or not on its shard.
    ///
    /// # Errors
    /// When the store is away.
    pub(crate) async fn has_old_numbers(&self) -> Result<bool, HouseError> {
        let key = mark();
        let found = self.store.get(std::slice::from_ref(&key)).await?.pop();
        let Some(document) = found.flatten() else {
            return Ok(true);
        };
        let Recognized { until } = decode(&key, &document.body)?;
        Ok(self.clock.now() < until)
    }

    /// Lists the records of builds that compared spellings under the one form of their numbers, once for all schedulers.
    ///
    /// # Errors
    /// When the store is away.
    pub(crate) async fn recognize_old_numbers(&self) -> Result<(), HouseError> {
        let key = mark();
        let known = self.store.get(std::slice::from_ref(&key)).await?.pop();
        if known.flatten().is_some() {
            return Ok(());
        }
        let (mut until, mut count) = (Timestamp::from_millis(0), 0_u64);
        for name in self.services().keys() {
            let index = ringback_core::callback::service_index(name.as_str());
            let (mut last, mut limit) = ((i64::MIN, String::new()), BATCH);
            loop {
                let entries = self.store.range(&index, last.0, limit).await?;
                let is_all = entries.len() < limit;
                let is_new = |it: &Entry| (it.score, &it.id) > (last.0, &last.1);
                let entries: Vec<_> = entries.into_iter().filter(is_new).collect();
                // So many of one score are behind already.
                limit = if entries.is_empty() {
                    limit.saturating_mul(2)
                } else {
                    BATCH
                };
                for entry in &entries {
                    if let Some(left) = self.recognize_one(&CallbackId::new(&entry.id)).await {
                        (until, count) = (until.max(left), count + 1);
                    }
                }
                if let Some(end) = entries.into_iter().next_back() {
                    last = (end.score, end.id);
                }
                if is_all || self.stop.is_cancelled() {
                    break;
                }
            }
        }
        if self.stop.is_cancelled() {
            return Ok(());
        }
        tracing::info!(
            records = count,
            "listed the records of an earlier version by the one form of their numbers"
        );
        let body = encode(&key, &Recognized { until })?;
        let (log, indexes) = (Vec::new(), Vec::new());
        let (version, alarm) = (0, None);
        let put = Put {
            key,
            version,
            body,
            alarm,
            log,
            indexes,
        };
        self.write(vec![Change::Put(put)]).await?;
        Ok(())
    }

    /// Until when it is kept, if it was one. One that cannot be read keeps no other waiting.
    async fn recognize_one(&self, id: &CallbackId) -> Option<Timestamp> {
        let recognized = async {
            let held: Option<Held> = self.hold(id).await?;
            let Some(held) = held else { return Ok(None) };
            let until = held.callback.expires(&self.options(&held.callback));
            Ok::<_, HouseError>(self.recognize(&held).await?.then_some(until))
        };
        recognized.await.unwrap_or_else(|error| {
            tracing::error!(callback.id = %id, error = %Chain(&error), "failed to list a record by its number");
            None
        })
    }
}
