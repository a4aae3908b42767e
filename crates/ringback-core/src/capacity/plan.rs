//! The places of a day.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::timetable::compact_minutes;
use crate::zone::MINUTE;

/// The most places of a slot.
const MAX_PLACES: u32 = 100_000;

/// The places of a slot, by the minute of the day from which on they hold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan(BTreeMap<u16, u32>);

impl Plan {
    /// Reads `{"0000":0,"0830":10}`.
    pub fn parse(text: &str) -> Option<Self> {
        Self::read(&serde_json::from_str(text).ok()?)
    }

    /// Reads a plan, which may be the only member of an object, under `number`.
    pub fn parse_numbered(text: &str, number: usize) -> Option<Self> {
        let members: Map<String, Value> = serde_json::from_str(text).ok()?;
        match members.get(&number.to_string()) {
            Some(Value::Object(inner)) if members.len() == 1 => Self::read(inner),
            _ => Self::read(&members),
        }
    }

    fn read(members: &Map<String, Value>) -> Option<Self> {
        let step = |(time, places): (&String, &Value)| {
            let places = u32::try_from(places.as_u64()?).ok()?;
            (places <= MAX_PLACES).then_some((compact_minutes(time)?, places))
        };
        members.iter().map(step).collect::<Option<_>>().map(Self)
    }

    /// The places so many milliseconds after midnight.
    pub fn places(&self, time_of_day: i64) -> u32 {
        let minute = u16::try_from(time_of_day / MINUTE).unwrap_or(0);
        let step = self.0.range(..=minute).next_back();
        step.map_or(0, |(_, places)| *places)
    }

    /// The minutes of the day from which on there are so many places, from midnight on.
    pub fn steps(&self) -> impl Iterator<Item = (u16, u32)> {
        let midnight = (!self.0.contains_key(&0)).then_some((0, 0));
        midnight
            .into_iter()
            .chain(self.0.iter().map(|(minute, places)| (*minute, *places)))
    }
}
