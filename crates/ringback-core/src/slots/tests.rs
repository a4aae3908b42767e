//! Slots around changes of the clock, and the laws of the grid.

use std::collections::BTreeSet;

use jiff::tz::AmbiguousOffset;
use proptest::prelude::*;

use super::{Bucket, Grid, Slot};
use crate::time::Timestamp;
use crate::zone::tests::{jiff_time, jiff_zone, minutes, shown, time, zone, zones_and_times};
use crate::zone::{DAY, MINUTE};

fn grid(name: &str, minutes: &str) -> Grid {
    Grid::new(zone(name), minutes.parse().unwrap())
}

/// The slots between two instants, as local times without the seconds.
fn check(name: &str, bucket: &str, from: &str, until: &str, expected: &[&str]) {
    let slots = grid(name, bucket).slots(time(from), time(until));
    let found: Vec<_> = slots
        .map(|slot| zone(name).local_text(slot.start())[11..16].to_owned())
        .collect();
    assert_eq!(found, expected, "{name} {bucket}");
}

#[test]
fn slots_are_aligned_to_local_midnight() {
    check(
        "UTC",
        "120",
        "2026-11-20T00:00:00Z",
        "2026-11-20T06:00:00Z",
        &["00:00", "02:00", "04:00"],
    );
    // 05:45 is midnight and a quarter of an hour before noon is 18:00.
    check(
        "Asia/Kathmandu",
        "60",
        "2026-11-20T12:00:00Z",
        "2026-11-20T15:00:00Z",
        &["18:00", "19:00", "20:00"],
    );
    let slot = grid("Asia/Kathmandu", "30").slot(time("2026-11-20T12:14:59.999Z"));
    assert_eq!(slot.to_string(), "2026-11-20T11:45:00.000Z");
}

#[test]
fn no_slot_is_in_the_hour_that_is_left_out() {
    let (from, until) = ("2026-03-08T06:00:00Z", "2026-03-08T08:00:00Z");
    check(
        "America/New_York",
        "30",
        from,
        until,
        &["01:00", "01:30", "03:00", "03:30"],
    );
    // The clock goes from 02:00 to 03:00 in the middle of what would be two hours.
    check(
        "America/New_York",
        "120",
        "2026-03-08T05:00:00Z",
        "2026-03-08T10:00:00Z",
        &["00:00", "03:00", "04:00"],
    );
}

#[test]
fn a_repeated_hour_has_its_slots_twice() {
    let (from, until) = ("2026-10-24T23:00:00Z", "2026-10-25T03:00:00Z");
    check(
        "Europe/London",
        "30",
        from,
        until,
        &[
            "00:00", "00:30", "01:00", "01:30", "01:00", "01:30", "02:00", "02:30",
        ],
    );
    let first = grid("Europe/London", "30").slot(time("2026-10-25T00:10:00Z"));
    let second = grid("Europe/London", "30").slot(time("2026-10-25T01:10:00Z"));
    assert_eq!(first.start(), time("2026-10-25T00:00:00Z"));
    assert_eq!(second.start(), time("2026-10-25T01:00:00Z"));
}

/// Lord Howe's clock goes from 02:00 to 02:30 and from 02:00 to 01:30.
#[test]
fn slots_are_cut_where_the_clock_changes_by_half_of_them() {
    let (from, until) = ("2026-10-03T14:30:00Z", "2026-10-03T17:00:00Z");
    check(
        "Australia/Lord_Howe",
        "60",
        from,
        until,
        &["01:00", "02:30", "03:00"],
    );
    let (from, until) = ("2026-04-04T14:00:00Z", "2026-04-04T17:00:00Z");
    check(
        "Australia/Lord_Howe",
        "60",
        from,
        until,
        &["01:00", "01:30", "02:00", "03:00"],
    );
}

#[test]
fn buckets_are_the_ones_there_are() {
    for minutes in Bucket::MINUTES {
        let bucket: Bucket = format!(" {minutes} ").parse().unwrap();
        assert_eq!(bucket.minutes(), minutes);
        assert_eq!(bucket.duration().as_secs(), 60 * u64::from(minutes));
    }
    assert_eq!(Bucket::default().minutes(), 5);
    for text in ["", "0", "1", "7", "45", "240", "-5", "five"] {
        assert_eq!(
            text.parse::<Bucket>().unwrap_err().to_string(),
            format!(
                "'{text}' is no length of time slots: allowed are 5, 10, 15, 20, 30, 60 and 120 minutes"
            )
        );
    }
}

#[test]
fn a_slot_is_kept_as_its_start() {
    let slot = grid("UTC", "60").slot(time("2026-11-20T12:34:00Z"));
    let kept = serde_json::to_string(&slot).unwrap();
    assert_eq!(kept, "1795176000000");
    assert_eq!(serde_json::from_str::<Slot>(&kept).unwrap(), slot);
}

#[test]
fn times_out_of_reach_do_no_harm() {
    for at in [i64::MIN, i64::MAX].map(Timestamp::from_millis) {
        let grid = grid("America/New_York", "120");
        grid.slot(at);
        assert_eq!(grid.slots(at, at).count(), 0);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// Slots follow each other without gaps, none longer than the bucket; an instant belongs to the last one that has started.
    #[test]
    fn slots_partition_time(
        (zone, at) in zones_and_times(), bucket in proptest::sample::select(&Bucket::MINUTES[..]), probe in 0..2 * DAY,
    ) {
        let grid = Grid::new(zone, Bucket(bucket));
        let until = Timestamp::from_millis(at.as_millis() + 2 * DAY);
        let mut starts = vec![grid.slot(at)];
        starts.extend(grid.slots(at, until).filter(|slot| slot.start() > at));
        prop_assert!(starts[0].start() <= at);
        for pair in starts.windows(2) {
            let length = pair[1].start().as_millis() - pair[0].start().as_millis();
            prop_assert!(0 < length && length <= i64::from(bucket) * MINUTE, "{:?}", pair);
        }
        let last = starts[starts.len() - 1].start();
        prop_assert!(until.since(last) <= grid.bucket().duration());

        let probe = Timestamp::from_millis(at.as_millis() + probe);
        let started = starts.iter().rfind(|slot| slot.start() <= probe);
        prop_assert_eq!(Some(&grid.slot(probe)), started);
        prop_assert_eq!(grid.slot(grid.slot(probe).start()), grid.slot(probe));
    }

    /// By jiff's clock: slots start at whole buckets after midnight, each as often as the clock shows it, and where it changes.
    #[test]
    fn slots_are_what_the_clock_shows(
        (zone, at) in zones_and_times(), bucket in proptest::sample::select(&Bucket::MINUTES[..]),
    ) {
        let clock = jiff_zone(&zone);
        let (start, until) = (at.as_millis() - DAY / 2, at.as_millis() + DAY / 2);
        let before = |instant: Timestamp| Timestamp::from_millis(instant.as_millis() - 1);
        let offset = |instant: Timestamp| clock.to_offset(jiff_time(instant));
        let expected: BTreeSet<_> = minutes(Timestamp::from_millis(start), 24 * 60)
            .filter(|instant| {
                let aligned = shown(&clock, *instant).rem_euclid(DAY) % (i64::from(bucket) * MINUTE) == 0;
                aligned || offset(*instant) != offset(before(*instant))
            })
            .collect();
        let grid = Grid::new(zone, Bucket(bucket));
        let slots = grid.slots(Timestamp::from_millis(start), Timestamp::from_millis(until));
        let found: Vec<_> = slots.map(Slot::start).collect();
        prop_assert_eq!(&found, &expected.into_iter().collect::<Vec<_>>());

        for start in found {
            let local = clock.to_datetime(jiff_time(start));
            let is_gap = matches!(clock.to_ambiguous_timestamp(local).offset(), AmbiguousOffset::Gap { .. });
            prop_assert!(!is_gap, "{} does not exist", local);
        }
    }

    /// Which slots there are does not depend on what is asked for.
    #[test]
    fn slots_do_not_depend_on_the_question(
        (zone, at) in zones_and_times(), bucket in proptest::sample::select(&Bucket::MINUTES[..]),
        first in 0..DAY, second in 0..DAY,
    ) {
        let grid = Grid::new(zone, Bucket(bucket));
        let middle = Timestamp::from_millis(at.as_millis() + first);
        let until = Timestamp::from_millis(middle.as_millis() + second);
        let parts: Vec<_> = grid.slots(at, middle).chain(grid.slots(middle, until)).collect();
        prop_assert_eq!(parts, grid.slots(at, until).collect::<Vec<_>>());
    }
}
