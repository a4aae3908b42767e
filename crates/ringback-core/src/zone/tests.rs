//! Zones: their names, and what their clocks show around changes.

use std::time::Duration;

use jiff::tz::{TimeZone, TimeZoneDatabase};
use proptest::prelude::*;
use proptest::sample::Index;

use super::{DAY, MINUTE, Wall, Zone};
use crate::time::Timestamp;

/// Zones that change by an hour, by half an hour, across midnight, in odd months, never, and by the date line.
const KNOWN: &[&str] = &[
    "America/New_York",
    "Europe/London",
    "Australia/Lord_Howe",
    "America/Santiago",
    "Africa/Casablanca",
    "Asia/Kathmandu",
    "UTC",
    "Pacific/Apia",
];

/// The known zones and, as often, any other one.
pub fn zones() -> impl Strategy<Value = Zone> {
    let any = any::<Index>().prop_map(|index| {
        let database = TimeZoneDatabase::bundled();
        let names: Vec<_> = database.available().collect();
        index.get(&names).to_string()
    });
    let known = proptest::sample::select(KNOWN).prop_map(str::to_owned);
    prop_oneof![known, any].prop_filter_map("no clock", |name| name.parse().ok())
}

/// A zone and a whole minute from 1975 to 2045, mostly within a day and a half of a change of its clock.
pub fn zones_and_times() -> impl Strategy<Value = (Zone, Timestamp)> {
    let minutes = 5 * 366 * 24 * 60..75 * 365 * 24 * 60_i64;
    let after = -36 * 60..36 * 60_i64;
    (zones(), minutes, after, 0..5_u8).prop_map(|(zone, minutes, after, anywhere)| {
        let at = Timestamp::from_millis(minutes * MINUTE);
        let clock = jiff_zone(&zone);
        let change = clock.following(jiff_time(at)).next();
        let near = change
            .map(|change| change.timestamp().as_millisecond() + after * MINUTE)
            .filter(|near| anywhere > 0 && *near < 75 * 366 * DAY);
        (zone, near.map_or(at, Timestamp::from_millis))
    })
}

/// The same zone for those who ask jiff.
pub fn jiff_zone(zone: &Zone) -> TimeZone {
    TimeZoneDatabase::bundled().get(zone.name()).unwrap()
}

/// The same instant for those who ask jiff.
pub fn jiff_time(at: Timestamp) -> jiff::Timestamp {
    jiff::Timestamp::from_millisecond(at.as_millis()).unwrap()
}

/// What jiff says that the clock shows, in milliseconds.
pub fn shown(zone: &TimeZone, at: Timestamp) -> i64 {
    let local = zone.to_datetime(jiff_time(at));
    TimeZone::UTC.to_timestamp(local).unwrap().as_millisecond()
}

/// Whole minutes from one instant on.
pub fn minutes(from: Timestamp, count: i64) -> impl Iterator<Item = Timestamp> {
    (0..count).map(move |minute| Timestamp::from_millis(from.as_millis() + minute * MINUTE))
}

pub fn time(text: &str) -> Timestamp {
    Timestamp::parse(text).unwrap()
}

pub fn zone(name: &str) -> Zone {
    name.parse().unwrap()
}

#[test]
fn zones_are_found_by_name_in_any_case() {
    for (written, name) in [
        ("Europe/Paris", "Europe/Paris"),
        ("america/new_york", "America/New_York"),
        (" utc ", "UTC"),
    ] {
        assert_eq!(zone(written).name(), name);
    }
    assert_eq!(zone("UTC"), Zone::UTC);
    assert_eq!(format!("{:?}", zone("Asia/Tokyo")), "Zone(Asia/Tokyo)");
}

#[test]
fn unknown_zones_are_named_with_the_nearest() {
    for (written, nearest) in [
        ("Europe/Pariss", Some("Europe/Paris")),
        ("Etc/Unknown", None),
        ("Marsopolis Standard Time", None),
        ("", None),
        ("+02:00", None),
    ] {
        let error = written.parse::<Zone>().unwrap_err();
        assert_eq!(error.name, written);
        if nearest.is_some() {
            assert_eq!(error.nearest.as_deref(), nearest);
        }
        let told = error.to_string();
        let head = format!("'{written}' is no time zone: allowed are IANA names");
        assert!(told.starts_with(&head), "{told}");
    }
}

#[test]
fn local_times_are_read_and_written() {
    let paris = zone("Europe/Paris");
    let noon = time("2026-07-14T10:00:00.250Z");
    assert_eq!(paris.local_text(noon), "2026-07-14T12:00:00.250");
    for (local, instant) in [
        ("2026-07-14T12:00:00.250", Some("2026-07-14T10:00:00.250Z")),
        ("2026-07-14", Some("2026-07-13T22:00:00Z")),
        // The clock goes from 02:00 to 03:00, and from 03:00 to 02:00.
        ("2026-03-29T02:30", Some("2026-03-29T01:00:00Z")),
        ("2026-10-25T02:30", Some("2026-10-25T00:30:00Z")),
        ("2026-07-14T12:00[Asia/Tokyo]", None),
        ("noon", None),
    ] {
        assert_eq!(paris.local_time(local), instant.map(time), "{local}");
    }
}

#[test]
fn times_out_of_reach_do_no_harm() {
    for at in [i64::MIN, i64::MAX].map(Timestamp::from_millis) {
        let zone = zone("America/New_York");
        zone.wall(at).day().month_day();
        zone.stretches(at, at + Duration::from_secs(1));
        assert!(!zone.local_text(at).is_empty());
    }
}

/// Winamac went from Eastern standard to Central daylight time in April 2006, which is the same.
#[test]
fn a_change_of_the_name_alone_is_none() {
    let (from, until) = (time("2006-03-01T00:00:00Z"), time("2006-05-01T00:00:00Z"));
    let stretches = zone("America/Indiana/Winamac").stretches(from, until);
    assert_eq!(stretches.iter().count(), 1);
}

proptest! {
    /// Stretches cover the time asked for, and have jiff's offset at every instant.
    #[test]
    fn stretches_are_the_zone((zone, at) in zones_and_times(), days in 1..800_i64, index in any::<Index>()) {
        let until = Timestamp::from_millis(at.as_millis() + days * DAY);
        let stretches: Vec<_> = zone.stretches(at, until).into_iter().collect();
        prop_assert_eq!(stretches[0].start, at);
        prop_assert_eq!(stretches[stretches.len() - 1].end, until);
        for pair in stretches.windows(2) {
            prop_assert_eq!(pair[0].end, pair[1].start);
            prop_assert_ne!(pair[0].offset, pair[1].offset);
        }
        let stretch = index.get(&stretches);
        let length = stretch.end.as_millis() - stretch.start.as_millis();
        prop_assert!(length > 0);
        for into in [0, index.index(length as usize) as i64, length - 1] {
            let instant = Timestamp::from_millis(stretch.start.as_millis() + into);
            let offset = shown(&jiff_zone(&zone), instant) - instant.as_millis();
            prop_assert_eq!(offset, stretch.offset);
        }
    }

    /// A span of local time stands for the instants from the first to the last at which jiff's clock shows it.
    #[test]
    fn spans_are_what_the_clock_shows((zone, at) in zones_and_times(), from in -600..600_i64, length in 1..1000_i64) {
        let (clock, day) = (jiff_zone(&zone), Duration::from_hours(24));
        let from = shown(&clock, at) + from * MINUTE;
        let until = from + length * MINUTE;
        let stretches = zone.stretches(at - day * 4, at + day * 4);
        let showing: Vec<_> = minutes(at - day * 3, 6 * 24 * 60)
            .filter(|instant| (from..until).contains(&shown(&clock, *instant)))
            .collect();
        let ends = showing.first().zip(showing.last());
        let expected = ends.map(|(first, last)| *first..*last + Duration::from_mins(1));
        prop_assert_eq!(stretches.span(Wall(from), Wall(until)), expected);
    }
}

/// `<zone> <instant>: <start> to <end>` of a day or an hour.
fn check_interval(lines: &[&str], around: impl Fn(&Zone, Timestamp) -> std::ops::Range<Timestamp>) {
    for line in lines {
        let (asked, expected) = line.split_once(": ").unwrap();
        let (zone, at) = asked.split_once(' ').unwrap();
        let found = around(&zone.parse().unwrap(), Timestamp::parse(at).unwrap());
        let short = |at: Timestamp| at.to_string().replace(":00.000Z", "Z");
        assert_eq!(
            format!("{} to {}", short(found.start), short(found.end)),
            expected,
            "{asked}"
        );
    }
}

#[test]
fn a_day_is_as_long_as_its_clock_makes_it() {
    check_interval(
        &[
            "UTC 2026-06-01T23:59:59.999Z: 2026-06-01T00:00Z to 2026-06-02T00:00Z",
            "Europe/Paris 2026-03-29T00:00:00Z: 2026-03-28T23:00Z to 2026-03-29T22:00Z",
            "Europe/Paris 2026-10-25T22:59:59Z: 2026-10-24T22:00Z to 2026-10-25T23:00Z",
            "Asia/Kathmandu 2026-01-01T18:15:00Z: 2026-01-01T18:15Z to 2026-01-02T18:15Z",
            // Midnight does not exist: the day begins at 01:00.
            "America/Santiago 2026-09-06T12:00:00Z: 2026-09-06T04:00Z to 2026-09-07T03:00Z",
            // 30 December 2011 does not exist.
            "Pacific/Apia 2011-12-30T10:00:00Z: 2011-12-30T10:00Z to 2011-12-31T10:00Z",
        ],
        Zone::day,
    );
}

#[test]
fn an_hour_is_one_of_the_wall_clock() {
    check_interval(
        &[
            "UTC 2026-06-01T23:59:59Z: 2026-06-01T23:00Z to 2026-06-02T00:00Z",
            "Asia/Kathmandu 2026-01-01T12:00:00Z: 2026-01-01T11:15Z to 2026-01-01T12:15Z",
            "Europe/Paris 2026-03-29T01:30:00Z: 2026-03-29T01:00Z to 2026-03-29T02:00Z",
            // 02:30, first and second time.
            "Europe/Paris 2026-10-25T00:30:00Z: 2026-10-25T00:00Z to 2026-10-25T01:00Z",
            "Europe/Paris 2026-10-25T01:30:00Z: 2026-10-25T01:00Z to 2026-10-25T02:00Z",
            // At 02:00 the clock goes back to 01:30.
            "Australia/Lord_Howe 2026-04-04T14:40:00Z: 2026-04-04T14:00Z to 2026-04-04T15:00Z",
            "Australia/Lord_Howe 2026-04-04T15:10:00Z: 2026-04-04T15:00Z to 2026-04-04T15:30Z",
        ],
        Zone::hour,
    );
}

proptest! {
    #[test]
    fn days_and_hours_follow_each_other_without_gaps((zone, at) in zones_and_times()) {
        for around in [Zone::day, Zone::hour] {
            let one = around(&zone, at);
            prop_assert!(one.contains(&at), "{at} is not in {one:?}");
            prop_assert_eq!(&around(&zone, one.start), &one);
            let last = Timestamp::from_millis(one.end.as_millis() - 1);
            prop_assert_eq!(&around(&zone, last), &one);
            prop_assert_eq!(around(&zone, one.end).start, one.end);
        }
    }
}
