//! Schedules: which are none, and how they are cut to a number of attempts.

use std::time::Duration;

use super::super::Schedule;

/// The distances of a schedule, in seconds.
fn distances(schedule: &Schedule) -> Vec<u64> {
    (0..)
        .map_while(|failures| schedule.after(failures))
        .map(|distance| distance.as_secs())
        .collect()
}

fn check(given: &[Duration], expected: Result<usize, &str>) {
    let read = Schedule::new(given.to_vec());
    let told = read
        .map(|schedule| distances(&schedule).len())
        .map_err(|error| error.to_string());
    assert_eq!(told, expected.map_err(str::to_owned), "{given:?}");
}

#[test]
fn a_schedule_has_a_few_distances_of_a_day_at_most() {
    let seconds = Duration::from_secs;
    check(&[seconds(1)], Ok(1));
    check(&[seconds(86_400)], Ok(1));
    check(&[Duration::from_millis(1)], Ok(1));
    check(&[seconds(1); 98], Ok(98));
    check(&[], Err("schedule has 0 distances: allowed are 1 to 98"));
    check(
        &[seconds(1); 99],
        Err("schedule has 99 distances: allowed are 1 to 98"),
    );
    check(
        &[seconds(1), Duration::ZERO],
        Err("schedule has a distance of 0ns: allowed is more than nothing, and 86400 s at most"),
    );
    check(
        &[seconds(86_400) + Duration::from_millis(1)],
        Err(
            "schedule has a distance of 86400.001s: allowed is more than nothing, and 86400 s at most",
        ),
    );
}

#[test]
fn by_default_it_grows_from_a_second_to_two_hours() {
    let expected = [1, 5, 30, 120, 600, 1800, 7200];
    assert_eq!(distances(&Schedule::default()), expected);
    let same = Schedule::new(expected.map(Duration::from_secs).to_vec());
    assert_eq!(same, Ok(Schedule::default()));
}

/// `attempts` deliveries in all have one distance less; the last distance is repeated.
#[test]
fn it_is_cut_or_prolonged_to_a_number_of_attempts() {
    let given = Schedule::new([2, 3].map(Duration::from_secs).to_vec()).unwrap();
    for (attempts, expected) in [
        (None, vec![2, 3]),
        (Some(0), vec![]),
        (Some(1), vec![]),
        (Some(2), vec![2]),
        (Some(3), vec![2, 3]),
        (Some(5), vec![2, 3, 3, 3]),
    ] {
        assert_eq!(
            distances(&given.limited(attempts)),
            expected,
            "{attempts:?}"
        );
    }
    for attempts in [99, 100, u32::MAX] {
        assert_eq!(distances(&given.limited(Some(attempts))).len(), 98);
    }
}
