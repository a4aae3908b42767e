//! Office hours from their options.

use std::collections::BTreeMap;

use super::OfficeHours;
use crate::nearest::nearest;
use crate::service::shorten;
use crate::timetable::{Date, Dated, Found, Hours, Mistake, Mistakes, is_numbered, weekdays};
use crate::zone::Zone;

const WHAT: &str = "office hours";
const REGULAR: &str = "_bh_regular";
const ADDED: &str = "_bh_add";
const HOLIDAY: &str = "_holiday";
const ZONE: &str = "_timezone";

const ALL: &str = "_timezone, _bh_regularN, _bh_addN and _holidayN, where N is a number";
const WEEKLY_HOURS: &str = "days and hours, as 'Mon-Fri 08:00-20:00', 'Sat 10:00-14:00', 'Mon,Wed 09:00-12:00', \
     'Fri 22:00-02:00' or 'Mon-Sun 00:00-24:00'";
const DATED_HOURS: &str = "a date and hours, as '07-14 12:00-14:30' or '2026-07-14 12:00-14:30'";
const DATE: &str = "a date, as '2026-12-25' or '12-25'";

pub fn read(name: &str, given: &BTreeMap<String, String>) -> Result<OfficeHours, Mistakes> {
    let mut draft = Draft::default();
    for (option, value) in draft.found.options(name, given) {
        draft.set(option, value);
    }
    if !draft.opens {
        let expected = "_bh_regularN and _bh_addN";
        draft.found.add(Mistake::Missing(expected));
    }
    let hours = OfficeHours {
        name: name.to_owned(),
        zone: draft.zone.unwrap_or(Zone::UTC),
        regular: draft.regular.map(Hours::merge),
        added: draft.added.map(Hours::merge),
        holidays: draft.holidays,
    };
    draft.found.or(WHAT, name, hours)
}

/// Office hours as they are read.
#[derive(Default)]
struct Draft {
    zone: Option<Zone>,
    regular: [Vec<Hours>; 7],
    added: Dated<Vec<Hours>>,
    holidays: Dated<()>,
    /// Whether any hours are meant, rightly written or not.
    opens: bool,
    found: Found,
}

impl Draft {
    fn set(&mut self, option: &str, value: &str) {
        if option == ZONE {
            self.zone = self.found.zone(value);
        } else if is_numbered(option, REGULAR) {
            self.opens = true;
            self.regular(option, value);
        } else if is_numbered(option, ADDED) {
            self.opens = true;
            self.added(option, value);
        } else if is_numbered(option, HOLIDAY) {
            let date = self.found.expect(option, value, Date::parse(value), DATE);
            date.map(|date| self.holidays.entry(date).or_default());
        } else {
            self.found.add(Mistake::Unknown {
                name: shorten(option),
                nearest: nearest(option, [ZONE, REGULAR, ADDED, HOLIDAY]),
                allowed: ALL,
            });
        }
    }

    fn regular(&mut self, option: &str, value: &str) {
        let Some((days, hours)) =
            self.found
                .expect(option, value, weekly_hours(value), WEEKLY_HOURS)
        else {
            return;
        };
        for (_, regular) in days
            .iter()
            .zip(&mut self.regular)
            .filter(|(meant, _)| **meant)
        {
            regular.push(hours);
        }
    }

    fn added(&mut self, option: &str, value: &str) {
        let read = self
            .found
            .expect(option, value, dated_hours(value), DATED_HOURS);
        if let Some((date, hours)) = read {
            self.added.entry(date).or_default().push(hours);
        }
    }
}

/// Reads `Mon-Fri 08:00-20:00`.
fn weekly_hours(text: &str) -> Option<([bool; 7], Hours)> {
    let (days, hours) = text.split_at(text.find(|c: char| c.is_ascii_digit())?);
    Some((weekdays(days)?, Hours::parse(hours)?))
}

/// Reads `07-14 12:00-14:30` or `2026-07-14 12:00-14:30`.
fn dated_hours(text: &str) -> Option<(Date, Hours)> {
    let (date, hours) = text.split_once(char::is_whitespace)?;
    Some((Date::parse(date)?, Hours::parse(hours)?))
}
