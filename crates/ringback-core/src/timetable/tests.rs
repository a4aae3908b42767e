//! Days, dates and times of day, right and wrong.

use super::{Date, Dated, Hours, compact_minutes, is_numbered, weekdays};
use crate::zone::Day;

fn day(year: i16, month: i8, day: i8) -> Day {
    Day::of(jiff::civil::date(year, month, day))
}

#[test]
fn days_are_counted_from_monday() {
    assert_eq!(day(2026, 11, 20).weekday(), 4, "a Friday");
    assert_eq!(day(1970, 1, 1).weekday(), 3);
    assert_eq!(day(1969, 12, 28).weekday(), 6);
    assert_eq!(day(2028, 2, 29).month_day(), (2, 29));
    assert_eq!(day(2028, 2, 29).plus(1), day(2028, 3, 1));
}

#[test]
fn weekdays_are_names_ranges_and_lists() {
    for (written, meant) in [
        ("Mon", "x......"),
        ("sunday", "......x"),
        ("Mon-Fri", "xxxxx.."),
        ("Sat-Mon", "x....xx"),
        ("Mon-Mon", "x......"),
        ("Tue-Mon", "xxxxxxx"),
        ("Mon, WED - thu ,Sun", "x.xx..x"),
    ] {
        let read = weekdays(written)
            .unwrap()
            .map(|day| if day { 'x' } else { '.' });
        assert_eq!(read.iter().collect::<String>(), meant, "{written}");
    }
    for written in [
        "",
        "Mo",
        "Mond",
        "Mon-",
        "-Fri",
        "Mon-Tue-Wed",
        "Mon,,Tue",
        "1",
    ] {
        assert_eq!(weekdays(written), None, "{written}");
    }
}

#[test]
fn hours_may_end_on_the_next_day() {
    for (written, from, until) in [
        ("08:00-20:00", 480, 1200),
        ("9:00 - 17:30", 540, 1050),
        ("00:00-24:00", 0, 1440),
        ("22:00-02:00", 1320, 1560),
        ("18:00-00:00", 1080, 1440),
        ("00:01-0:00", 1, 1440),
    ] {
        assert_eq!(
            Hours::parse(written),
            Some(Hours { from, until }),
            "{written}"
        );
    }
    for written in [
        "",
        "08:00",
        "08:00-",
        "8-20",
        "08:00-08:00",
        "24:00-02:00",
        "08:60-09:00",
        "24:01-25:00",
        "008:00-09:00",
        "08:0-09:00",
        "-1:00-09:00",
        "08:00-20:00-21:00",
        "08:00–20:00",
        "+8:00-09:00",
    ] {
        assert_eq!(Hours::parse(written), None, "{written}");
    }
}

#[test]
fn hours_that_touch_are_one() {
    let read = |written: &str| {
        written
            .split(' ')
            .map(|hours| Hours::parse(hours).unwrap())
            .collect()
    };
    for (written, merged) in [
        ("12:00-14:00 08:00-12:00", "08:00-14:00"),
        ("08:00-18:00 09:00-10:00", "08:00-18:00"),
        ("22:00-02:00 20:00-23:00", "20:00-02:00"),
        ("08:00-09:00 10:00-11:00", "08:00-09:00 10:00-11:00"),
    ] {
        assert_eq!(Hours::merge(read(written)), read(merged), "{written}");
    }
}

#[test]
fn compact_times_are_within_a_day() {
    assert_eq!(
        ["0000", "0830", "2359"].map(compact_minutes),
        [Some(0), Some(510), Some(1439)]
    );
    for written in [
        "", "0", "830", "2400", "0860", "08:30", "00000", "+830", "é30",
    ] {
        assert_eq!(compact_minutes(written), None, "{written}");
    }
}

#[test]
fn dates_are_of_one_year_or_of_all() {
    assert_eq!(
        Date::parse("2026-12-25"),
        Some(Date::Once(day(2026, 12, 25)))
    );
    assert_eq!(Date::parse("12-25"), Some(Date::Yearly(12, 25)));
    assert_eq!(Date::parse("02-29"), Some(Date::Yearly(2, 29)));
    for written in [
        "",
        "12",
        "13-01",
        "00-10",
        "02-30",
        "2026-02-29",
        "26-12-25",
        "1-1",
        "2026-1-01",
        "0001-01-01",
        "2026-12-25-1",
        "-12-25",
        "2026/12/25",
    ] {
        assert_eq!(Date::parse(written), None, "{written}");
    }
}

#[test]
fn a_date_of_one_year_goes_first() {
    let mut dated = Dated::default();
    for date in ["02-29", "12-25", "2026-12-25"] {
        dated.entry(Date::parse(date).unwrap()).or_insert(date);
    }
    let of = |day| dated.of(day).copied().collect::<Vec<_>>();
    assert_eq!(of(day(2026, 12, 25)), ["2026-12-25", "12-25"]);
    assert_eq!(of(day(2027, 12, 25)), ["12-25"]);
    assert_eq!(of(day(2028, 2, 29)), ["02-29"]);
    assert!(of(day(2027, 3, 1)).is_empty());
}

#[test]
fn numbers_of_options_are_digits_or_none() {
    for name in ["_holiday", "_holiday1", "_holiday0042"] {
        assert!(is_numbered(name, "_holiday"), "{name}");
    }
    for name in ["_holidays", "_holiday_1", "holiday1", "_holiday1a"] {
        assert!(!is_numbered(name, "_holiday"), "{name}");
    }
}
