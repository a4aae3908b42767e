//! A capacity from its options.

use std::collections::BTreeMap;

use super::Capacity;
use super::plan::Plan;
use crate::nearest::nearest;
use crate::service::shorten;
use crate::timetable::{Date, Dated, Found, Mistake, Mistakes, is_numbered, weekday};
use crate::zone::Zone;

const WHAT: &str = "capacity";
const DAILY: &str = "_capacity";
const EXCEPTION: &str = "_capacity_add";
const ZONE: &str = "_timezone";

/// Sunday to Saturday, counted from Monday.
const FROM_SUNDAY: [usize; 7] = [6, 0, 1, 2, 3, 4, 5];

const ALL: &str =
    "_timezone, _capacity, _capacity_1 to _capacity_7 and _capacity_addN, where N is a number";
const PLAN: &str = "places by time of day, each from 0 to 100000, as '{\"0000\":0,\"0830\":10}'";
const PLAN_OR_DAYS: &str = "places by time of day, each from 0 to 100000, as '{\"0000\":0,\"0830\":10}', or the names of the \
     days that _capacity_1 to _capacity_7 stand for, as '[Mon, Tue, Wed, Thu, Fri, Sat, Sun]'";
const EXCEPTIONAL_PLAN: &str = "a date and places by time of day, each from 0 to 100000, as '2026-12-24 {\"0000\":0}' or \
     '12-24 {\"0000\":0,\"0900\":5}'";
const NAMED: &str = "nothing, as _capacity names fewer days";

pub fn read(name: &str, given: &BTreeMap<String, String>) -> Result<Capacity, Mistakes> {
    let mut draft = Draft::default();
    // In the order of their names `_capacity` comes before the days that it may name.
    for (option, value) in draft.found.options(name, given) {
        draft.set(option, value);
    }
    if !draft.speaks {
        let expected = "_capacity, _capacity_1 to _capacity_7 and _capacity_addN";
        draft.found.add(Mistake::Missing(expected));
    }
    let daily = draft.daily.unwrap_or_default();
    let capacity = Capacity {
        name: name.to_owned(),
        zone: draft.zone.unwrap_or(Zone::UTC),
        weekdays: draft
            .weekdays
            .map(|plan| plan.unwrap_or_else(|| daily.clone())),
        exceptions: draft.exceptions.map(|(_, plan)| plan),
    };
    draft.found.or(WHAT, name, capacity)
}

/// A capacity as it is read.
struct Draft {
    zone: Option<Zone>,
    daily: Option<Plan>,
    /// The days that the numbers from 1 on stand for.
    days: Vec<usize>,
    weekdays: [Option<Plan>; 7],
    /// With the option that says it.
    exceptions: Dated<(String, Plan)>,
    /// Whether any places are meant, rightly written or not.
    speaks: bool,
    found: Found,
}

impl Default for Draft {
    fn default() -> Self {
        Self {
            zone: None,
            daily: None,
            days: FROM_SUNDAY.to_vec(),
            weekdays: Default::default(),
            exceptions: Dated::default(),
            speaks: false,
            found: Found::default(),
        }
    }
}

impl Draft {
    fn set(&mut self, option: &str, value: &str) {
        if option == ZONE {
            self.zone = self.found.zone(value);
        } else if option == DAILY {
            self.daily(value);
        } else if let Some(number @ 1..=7) = number(option) {
            self.weekday(option, number, value);
        } else if is_numbered(option, EXCEPTION) {
            self.exception(option, value);
        } else {
            self.found.add(Mistake::Unknown {
                name: shorten(option),
                nearest: nearest(option, [ZONE, DAILY, "_capacity_1", EXCEPTION]),
                allowed: ALL,
            });
        }
    }

    fn daily(&mut self, value: &str) {
        if let Some(days) = names(value) {
            self.days = days;
            return;
        }
        self.speaks = true;
        self.daily = self
            .found
            .expect(DAILY, value, Plan::parse(value), PLAN_OR_DAYS);
    }

    fn weekday(&mut self, option: &str, number: usize, value: &str) {
        self.speaks = true;
        let day = self.days.get(number - 1).copied();
        let plan = Plan::parse_numbered(value, number);
        let plan = self.found.expect(option, value, plan, PLAN);
        if let Some(day) = self.found.expect(option, value, day, NAMED) {
            self.weekdays[day] = plan;
        }
    }

    fn exception(&mut self, option: &str, value: &str) {
        if matches!(value, "{}" | "[]") {
            return;
        }
        self.speaks = true;
        let read = self
            .found
            .expect(option, value, exceptional_plan(value), EXCEPTIONAL_PLAN);
        let Some((date, plan)) = read else {
            return;
        };
        let (first, _) = self
            .exceptions
            .entry(date)
            .or_insert_with(|| (option.to_owned(), plan));
        if first != option {
            self.found.add(Mistake::Twice {
                name: shorten(option),
                first: shorten(first),
            });
        }
    }
}

/// The number of `_capacity_3`.
fn number(option: &str) -> Option<usize> {
    let number = option.strip_prefix(DAILY)?.strip_prefix('_')?;
    let one_digit = number.len() == 1;
    one_digit.then(|| number.parse().ok())?
}

/// Reads `[Mon, Tue]`: days of the week, each once.
fn names(text: &str) -> Option<Vec<usize>> {
    let text = text.strip_prefix('[')?.strip_suffix(']')?;
    let mut days = Vec::new();
    for name in text.split(',') {
        let day = weekday(name.trim().trim_matches('"'))?;
        if days.contains(&day) {
            return None;
        }
        days.push(day);
    }
    Some(days)
}

/// Reads `2026-12-24 {"0000":0}` or `12-24 {"0000":0}`.
fn exceptional_plan(text: &str) -> Option<(Date, Plan)> {
    let (date, plan) = text.split_at(text.find('{')?);
    Some((Date::parse(date.trim())?, Plan::parse(plan)?))
}
