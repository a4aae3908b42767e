//! Capacities: laws that hold whatever is written and wherever the clock hangs.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::capacity;
use crate::time::Timestamp;
use crate::zone::MINUTE;
use crate::zone::tests::{jiff_time, jiff_zone, zones_and_times};

/// Places by the hour from which on they hold.
type Hourly = BTreeMap<u8, u32>;

fn text(plan: &Hourly) -> String {
    let steps = plan
        .iter()
        .map(|(hour, places)| format!("\"{hour:02}30\":{places}"));
    format!("{{{}}}", steps.collect::<Vec<_>>().join(","))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// Periods cover the time asked for and differ from their neighbours; their places are what the clock shows.
    #[test]
    fn places_are_what_the_clock_shows(
        (zone, at) in zones_and_times(),
        daily in proptest::collection::btree_map(0..24_u8, 0..4_u32, 0..6),
        sunday in proptest::collection::btree_map(0..24_u8, 0..4_u32, 0..6),
        length in 1..12_000_i64,
        probe in 0..12_000_i64,
    ) {
        let options = [
            format!("_timezone={}", zone.name()),
            format!("_capacity={}", text(&daily)),
            format!("_capacity_1={}", text(&sunday)),
        ];
        let capacity = capacity(&options.join("\n"));
        let after = |minutes: i64| Timestamp::from_millis(at.as_millis() + minutes * MINUTE);
        let periods = capacity.periods(at, after(length));
        prop_assert_eq!(periods[0].start, at);
        prop_assert_eq!(periods[periods.len() - 1].end, after(length));
        for pair in periods.windows(2) {
            prop_assert_eq!(pair[0].end, pair[1].start);
            prop_assert_ne!(pair[0].places, pair[1].places);
        }

        let instant = after(probe % length);
        let shown = jiff_zone(&zone).to_datetime(jiff_time(instant));
        let plan = if shown.weekday() == jiff::civil::Weekday::Sunday { &sunday } else { &daily };
        let begun = |hour: u8| (i8::try_from(hour).unwrap(), 30) <= (shown.hour(), shown.minute());
        let step = plan.iter().rev().find(|(hour, _)| begun(**hour));
        let expected = step.map_or(0, |(_, places)| *places);
        prop_assert_eq!(capacity.places(instant), expected);
        let period = periods.iter().find(|period| period.end > instant).unwrap();
        prop_assert_eq!(period.places, expected);
    }
}
