//! Times of day.

use crate::zone::MINUTES_A_DAY;

/// Hours of a day, in minutes since midnight. They may go on into the next day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Hours {
    /// When they begin, before midnight.
    pub from: u16,
    /// When they end: later, and less than a day later unless it is midnight.
    pub until: u16,
}

impl Hours {
    /// Reads `08:00-20:00`. Hours that end before they begin end on the next day.
    pub fn parse(text: &str) -> Option<Self> {
        let (from, until) = text.split_once('-')?;
        let (from, until) = (minutes(from.trim())?, minutes(until.trim())?);
        if from == MINUTES_A_DAY || from == until {
            return None;
        }
        let overnight = if until < from { MINUTES_A_DAY } else { 0 };
        Some(Self {
            from,
            until: until + overnight,
        })
    }

    /// The part of them on the day they begin.
    pub fn until_midnight(self) -> Self {
        Self {
            until: self.until.min(MINUTES_A_DAY),
            ..self
        }
    }

    /// The same hours in order, those that touch as one.
    pub fn merge(mut hours: Vec<Self>) -> Vec<Self> {
        hours.sort_unstable();
        let mut merged: Vec<Self> = Vec::with_capacity(hours.len());
        for next in hours {
            match merged.last_mut() {
                Some(last) if next.from <= last.until => last.until = last.until.max(next.until),
                _ => merged.push(next),
            }
        }
        merged
    }
}

/// Reads `8:00`, `08:00` or `24:00`: minutes since midnight.
fn minutes(text: &str) -> Option<u16> {
    let (hour, minute) = text.split_once(':')?;
    if !(1..=2).contains(&hour.len()) {
        return None;
    }
    of_day(hour, minute)
}

/// Reads `0830`: minutes since midnight.
pub fn compact_minutes(text: &str) -> Option<u16> {
    let (hour, minute) = text.split_at_checked(2)?;
    of_day(hour, minute).filter(|minutes| *minutes < MINUTES_A_DAY)
}

fn of_day(hour: &str, minute: &str) -> Option<u16> {
    let is_number = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    if minute.len() != 2 || !is_number(hour) || !is_number(minute) {
        return None;
    }
    let (hour, minute): (u16, u16) = (hour.parse().ok()?, minute.parse().ok()?);
    (minute < 60 && hour * 60 + minute <= MINUTES_A_DAY).then_some(hour * 60 + minute)
}
