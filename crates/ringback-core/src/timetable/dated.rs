//! Dates, of one year or of every year, and what belongs to them.

use std::collections::BTreeMap;

use crate::zone::Day;

/// A date.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Date {
    /// Of one year.
    Once(Day),
    /// Of every year: the month and the day of the month.
    Yearly(i8, i8),
}

impl Date {
    /// Reads `2026-12-25` or `12-25`.
    pub fn parse(text: &str) -> Option<Self> {
        let numbers: Vec<&str> = text.split('-').collect();
        match numbers[..] {
            [year, month, day] => {
                let (month, day) = (number(month, 2)?, number(day, 2)?);
                let year = number(year, 4).filter(|year| *year >= 1970)?;
                let date = jiff::civil::Date::new(year, as_i8(month)?, as_i8(day)?).ok()?;
                Some(Self::Once(Day::of(date)))
            }
            [month, day] => {
                let (month, day) = (as_i8(number(month, 2)?)?, as_i8(number(day, 2)?)?);
                // 29 February is a date, in the years that have it.
                jiff::civil::Date::new(2000, month, day).ok()?;
                Some(Self::Yearly(month, day))
            }
            _ => None,
        }
    }
}

fn number(text: &str, digits: usize) -> Option<i16> {
    let is_number = text.len() == digits && text.bytes().all(|b| b.is_ascii_digit());
    is_number.then(|| text.parse().ok())?
}

fn as_i8(number: i16) -> Option<i8> {
    i8::try_from(number).ok()
}

/// Something for some dates.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dated<T>(BTreeMap<Date, T>);

impl<T> Dated<T> {
    /// Whether there is no date.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What a date has, to be changed.
    pub fn entry(&mut self, date: Date) -> std::collections::btree_map::Entry<'_, Date, T> {
        self.0.entry(date)
    }

    /// What a day has: first by its year, then as every year.
    pub fn of(&self, day: Day) -> impl Iterator<Item = &T> {
        let yearly = || {
            let (month, day) = day.month_day();
            self.0.get(&Date::Yearly(month, day))
        };
        let both = (!self.is_empty()).then(|| [self.0.get(&Date::Once(day)), yearly()]);
        both.into_iter().flatten().flatten()
    }

    /// The same dates with something else.
    pub fn map<U>(self, change: impl Fn(T) -> U) -> Dated<U> {
        Dated(
            self.0
                .into_iter()
                .map(|(date, had)| (date, change(had)))
                .collect(),
        )
    }
}

impl<T> Default for Dated<T> {
    fn default() -> Self {
        Self(BTreeMap::new())
    }
}
