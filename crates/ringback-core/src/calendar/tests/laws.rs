//! Office hours: laws that hold whatever is written and wherever the clock hangs.

use std::time::Duration;

use proptest::prelude::*;

use super::super::OfficeHours;
use super::given;
use crate::time::Timestamp;
use crate::zone::tests::{jiff_time, jiff_zone, minutes, zones_and_times};
use crate::zone::{DAY, MINUTE, Zone};

/// Hours of one day, in minutes since midnight; they may go on into the next day.
type Written = (u16, u16);

/// What is written for a week around an instant, and for the dates in it.
#[derive(Clone, Debug)]
struct Rules {
    week: Vec<(usize, Written)>,
    added: Vec<(i64, Written)>,
    holidays: Vec<i64>,
}

const NAMES: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

fn rules() -> impl Strategy<Value = Rules> {
    let written =
        || (0..48_u16, 1..48_u16).prop_map(|(from, length)| (from * 30, (from + length) * 30));
    let week = proptest::collection::vec((0..7_usize, written()), 1..8);
    let added = proptest::collection::vec((-3..4_i64, written()), 0..3);
    let holidays = proptest::collection::vec(-3..4_i64, 0..3);
    (week, added, holidays).prop_map(|(week, added, holidays)| Rules {
        week,
        added,
        holidays,
    })
}

impl Rules {
    /// The same as options, for the days around the local day of `at`.
    fn hours(&self, zone: &Zone, at: Timestamp) -> OfficeHours {
        let date = |days: i64| {
            let shown = jiff_zone(zone).to_datetime(jiff_time(at)).date();
            shown.checked_add(jiff::Span::new().days(days)).unwrap()
        };
        let clock = |minutes: u16| format!("{}:{:02}", minutes / 60 % 24, minutes % 60);
        let hours = |(from, until): Written| format!("{}-{}", clock(from), clock(until));
        let mut lines = vec![format!("_timezone={}", zone.name())];
        for (n, (day, written)) in self.week.iter().enumerate() {
            lines.push(format!(
                "_bh_regular{n}={} {}",
                NAMES[*day],
                hours(*written)
            ));
        }
        for (n, (day, written)) in self.added.iter().enumerate() {
            lines.push(format!("_bh_add{n}={} {}", date(*day), hours(*written)));
        }
        for (n, day) in self.holidays.iter().enumerate() {
            lines.push(format!("_holiday{n}={}", date(*day)));
        }
        OfficeHours::parse("desk", &given(&lines.join("\n"))).unwrap()
    }

    /// Whether the clock's showing `minute` on the day `days` after that of `at`, which is `weekday`, is within hours.
    fn meant(&self, weekday: usize, days: i64, minute: u16) -> bool {
        let is_holiday = |days: i64| self.holidays.contains(&days);
        let within = |days_before: i64, (from, until): Written| {
            let minute = i64::from(minute) + days_before * 1440;
            (i64::from(from)..i64::from(until)).contains(&minute)
        };
        (0..2).any(|before| {
            let day = days - before;
            let weekday = (weekday as i64 + day).rem_euclid(7) as usize;
            let week = self.week.iter().filter(|(written, _)| *written == weekday);
            let regular = !is_holiday(day) && !is_holiday(days);
            let added = self.added.iter().filter(|(written, _)| *written == day);
            (regular && week.clone().any(|(_, written)| within(before, *written)))
                || added.clone().any(|(_, written)| within(before, *written))
        })
    }
}

fn changes_near(zone: &Zone, at: Timestamp) -> bool {
    let from = Timestamp::from_millis(at.as_millis() - 4 * DAY);
    let until = Timestamp::from_millis(at.as_millis() + 4 * DAY);
    zone.stretches(from, until).iter().count() > 1
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// Whenever jiff's clock shows what is written, somebody is there; where it does not change, only then.
    #[test]
    fn hours_are_what_the_clock_shows((zone, at) in zones_and_times(), rules in rules()) {
        let (hours, clock) = (rules.hours(&zone, at), jiff_zone(&zone));
        let today = clock.to_datetime(jiff_time(at)).date();
        let weekday = today.weekday().to_monday_zero_offset() as usize;
        let changes = changes_near(&zone, at);
        for instant in minutes(at, 24 * 60).step_by(7) {
            let shown = clock.to_datetime(jiff_time(instant));
            let days = i64::from((shown.date() - today).get_days());
            let minute = u16::try_from(shown.hour()).unwrap() * 60 + u16::try_from(shown.minute()).unwrap();
            let meant = rules.meant(weekday, days, minute);
            if meant || !changes {
                prop_assert_eq!(hours.is_open(instant), meant, "{} {}", instant, shown);
            }
        }
    }

    /// Periods are in order, apart from each other, within what is asked for, and the same whoever asks.
    #[test]
    fn periods_do_not_depend_on_the_question(
        (zone, at) in zones_and_times(), rules in rules(), first in 1..6000_i64, second in 1..6000_i64, probe in 0..12_000_i64,
    ) {
        let hours = rules.hours(&zone, at);
        let after = |minutes: i64| Timestamp::from_millis(at.as_millis() + minutes * MINUTE);
        let (middle, end) = (after(first), after(first + second));
        let whole = hours.periods(at, end);
        for period in &whole {
            prop_assert!(at <= period.start && period.start < period.end && period.end <= end);
        }
        for pair in whole.windows(2) {
            prop_assert!(pair[0].end < pair[1].start);
        }
        let mut parts = hours.periods(at, middle);
        parts.extend(hours.periods(middle, end));
        prop_assert_eq!(super::super::merge(parts), whole.clone());

        let probe = after(probe % (first + second));
        let found = whole.iter().find(|period| period.end > probe);
        let open = found.is_some_and(|period| period.start <= probe);
        prop_assert_eq!(hours.is_open(probe), open);
        if let Some(period) = found {
            prop_assert_eq!(hours.next_opening(probe), Some(period.start.max(probe)));
        } else {
            prop_assert!(hours.next_opening(probe).is_none_or(|next| next >= end));
        }
    }

    /// No text is read by accident into hours that cannot be asked.
    #[test]
    fn any_text_is_read_or_refused(value in "[MTWFSa-z0-9:, -]{0,24}", days in 0..4000_u32) {
        for option in ["_bh_regular1", "_bh_add1", "_holiday1", "_timezone"] {
            let options = [(option.to_owned(), value.clone()), ("_bh_add2".to_owned(), "07-14 12:00-14:30".to_owned())];
            if let Ok(hours) = OfficeHours::parse("desk", &options.into()) {
                let start = Timestamp::from_millis(0);
                hours.periods(start, start + Duration::from_hours(24) * days);
            }
        }
    }
}
