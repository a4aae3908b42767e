//! Availability: laws that hold whatever is asked and wherever the clocks hang.

use proptest::prelude::*;

use super::super::{OpenSlot, Query, Rules, Window, answer, proposals, slots_around, slots_to_ask};
use crate::calendar::OfficeHours;
use crate::calendar::tests::hours;
use crate::capacity::Capacity;
use crate::capacity::tests::capacity;
use crate::slots::{Bucket, Slot};
use crate::time::Timestamp;
use crate::zone::tests::{zones, zones_and_times};
use crate::zone::{DAY, MINUTE, Zone};

fn office(zone: &Zone, opens: u16) -> OfficeHours {
    let (hour, half) = (opens / 2, opens % 2 * 30);
    hours(&format!(
        "_timezone={}\n_bh_regular1=Mon-Sat {hour}:{half:02}-20:15",
        zone.name()
    ))
}

fn team(zone: &Zone, from: u16) -> Capacity {
    let plan = format!("{{\"{:02}30\":4,\"1700\":0,\"1900\":2}}", from % 17);
    capacity(&format!("_timezone={}\n_capacity={plan}", zone.name()))
}

/// Some slots are empty, some taken in part, some full.
fn bookings(slot: Slot) -> u32 {
    u32::try_from(slot.start().as_millis() / MINUTE / 5 % 7).unwrap()
}

fn after(at: Timestamp, millis: i64) -> Timestamp {
    Timestamp::from_millis(at.as_millis() + millis)
}

/// The slots that may be offered, each of their minutes looked at one by one.
fn one_by_one(rules: &Rules<'_>, from: Timestamp, until: Timestamp) -> Vec<OpenSlot> {
    let now = rules.earliest;
    let mut found: Vec<OpenSlot> = Vec::new();
    let mut at = rules.grid().slot(from).start().max(now);
    while at < until {
        let into = at.as_millis().rem_euclid(MINUTE);
        let next = after(at, MINUTE - into);
        let Ok(open) = rules.admit(at) else {
            at = next;
            continue;
        };
        // In the middle of a minute: from the next one on, if that is as good.
        let later = rules
            .admit(next)
            .ok()
            .filter(|later| later.slot == open.slot);
        let later = later.filter(|_| into > 0 && next < until);
        if found.last().is_none_or(|last| last.slot != open.slot) {
            found.push(later.unwrap_or(open));
        }
        at = next;
    }
    found.retain(|open| from <= open.from);
    found
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    /// What is offered can be had, and nothing else: the same as asking for each slot alone.
    #[test]
    fn what_is_offered_is_admitted(
        (zone, at) in zones_and_times(), other in zones(), opens in 0..40_u16, has in (any::<bool>(), any::<bool>()),
        minutes in 120..10_000_i64, bounds in (-2 * DAY..2 * DAY, 0..6 * DAY), most in 1..300_usize, report_busy: bool,
        bucket in proptest::sample::select(&Bucket::MINUTES[2..]),
    ) {
        let (office, team) = (office(&zone, opens), team(&other, opens));
        let rules = Rules {
            bucket: bucket.to_string().parse().unwrap(),
            places: 3,
            hours: has.0.then_some(&office),
            capacity: has.1.then_some(&team),
            earliest: after(at, bounds.0),
            latest: after(at, bounds.1),
        };
        let window = Window { start: at, end: after(at, minutes * MINUTE) };
        let query = Query { window, max_slots: most, report_busy, zone: None };

        let asked = slots_to_ask(&query, &rules);
        let expected = one_by_one(&rules, window.start.max(rules.earliest), window.end);
        let shown = if report_busy { most } else { expected.len() };
        prop_assert_eq!(&asked, &expected.into_iter().take(shown).collect::<Vec<_>>());

        let views = answer(&query, &asked, bookings);
        prop_assert!(views.len() <= most);
        for view in &views {
            prop_assert!(report_busy || view.free > 0);
            prop_assert_eq!(view.free, view.total.saturating_sub(bookings(view.slot)));
        }
        let left = asked.iter().filter(|open| report_busy || bookings(open.slot) < open.total);
        let expected: Vec<_> = left.map(|open| open.slot).take(most).collect();
        prop_assert_eq!(views.iter().map(|view| view.slot).collect::<Vec<_>>(), expected);
    }

    /// What is proposed can be had, and nothing that is nearer could be.
    #[test]
    fn the_nearest_are_proposed(
        (zone, at) in zones_and_times(), opens in 0..40_u16, bounds in (-2 * DAY..2 * DAY, 0..40 * DAY), count in 1..20_usize,
    ) {
        let office = office(&zone, opens);
        let rules = Rules {
            bucket: "30".parse().unwrap(),
            places: 3,
            hours: Some(&office),
            capacity: None,
            earliest: after(at, bounds.0),
            latest: after(at, bounds.0 + bounds.1),
        };
        let around = slots_around(at, &rules);
        let distance = |slot: Timestamp| slot.as_millis().abs_diff(at.as_millis());
        prop_assert!(around.len() <= 200);
        prop_assert!(around.is_sorted_by_key(|open| distance(open.from)));

        let proposed = proposals(&around, bookings, count);
        prop_assert!(proposed.is_sorted_by_key(|view| view.slot));
        let free = |open: &OpenSlot| bookings(open.slot) < open.total;
        // A minute more: what begins in the last one is offered from the next whole minute on.
        let until = after(at, 2 * DAY + MINUTE);
        let mut nearest = one_by_one(&rules, after(at, -2 * DAY).max(rules.earliest), until);
        nearest.retain(free);
        nearest.sort_by_key(|open| distance(open.from));
        let mut found: Vec<_> = proposed.iter().map(|view| distance(view.from)).collect();
        found.sort_unstable();
        for (found, nearest) in found.iter().zip(&nearest) {
            prop_assert_eq!(*found, distance(nearest.from));
        }
        prop_assert!(found.len() >= nearest.len().min(count));
        for view in proposed {
            prop_assert!(view.free > 0);
            prop_assert!(view.from >= rules.earliest);
            prop_assert!(rules.admit(view.from).is_ok());
        }
    }

    /// Over bucket, opening times and capacity: every slot that is offered can be booked, and every time that is accepted lies
    /// in a slot that is offered.
    #[test]
    fn what_is_offered_and_what_can_be_booked_are_the_same(
        (zone, at) in zones_and_times(), other in zones(), spans in proptest::collection::vec((0..1440_u16, 1..200_u16), 1..6),
        opens in 0..17_u16, has_team: bool, bucket in proptest::sample::select(&Bucket::MINUTES[..]),
        tried in proptest::collection::vec(0..2 * DAY, 1..40), millis in 0..MINUTE,
    ) {
        let clock = |minute: u16| format!("{:02}:{:02}", minute / 60, minute % 60);
        let regular = spans.iter().enumerate().map(|(n, (from, length))| {
            let until = (from + length).min(1440);
            format!("_bh_regular{n}=Mon-Sun {}-{}", clock(*from), clock(until))
        });
        let regular: Vec<_> = regular.collect();
        let office = hours(&format!("_timezone={}\n{}", zone.name(), regular.join("\n")));
        let team = team(&other, opens);
        let now = after(at, millis);
        let rules = Rules {
            bucket: bucket.to_string().parse().unwrap(),
            places: 3,
            hours: Some(&office),
            capacity: has_team.then_some(&team),
            earliest: now,
            latest: after(now, 2 * DAY),
        };
        let window = Window { start: now, end: after(now, 2 * DAY + MINUTE) };
        let query = Query { window, max_slots: 5000, report_busy: true, zone: None };
        let offered = slots_to_ask(&query, &rules);
        for open in &offered {
            let booked = rules.admit(open.from);
            prop_assert_eq!(booked.as_ref(), Ok(open), "it is offered");
            prop_assert!(open.from >= now);
        }
        for ahead in tried {
            let time = after(now, ahead);
            if let Ok(open) = rules.admit(time) {
                let lies = offered.iter().any(|it| it.slot == open.slot);
                prop_assert!(lies, "{time} is accepted and not offered: {offered:?}");
            }
        }
    }

    /// No parameter is more than wrong.
    #[test]
    fn any_parameters_are_read_or_refused(
        values in proptest::collection::btree_map(
            prop_oneof![
                Just("start"), Just("end"), Just("start-ms"), Just("end-ms"), Just("number-of-days"),
                Just("max-time-slots"), Just("timezone"), Just("report-busy"),
            ],
            prop_oneof!["[0-9]{1,20}", "[0-9]{4}-[0-1][0-9]-[0-3][0-9]T[0-2][0-9]:00(Z)?", ".{0,8}", Just("true".to_owned())],
            0..5,
        ),
        now in 0..4_000_000_000_000_i64,
    ) {
        let given = values.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        let now = Timestamp::from_millis(now);
        for read in [Query::v1, Query::v2] {
            if let Ok(query) = read(&given, now) {
                prop_assert!(query.window.start <= query.window.end);
                prop_assert!((1..=5000).contains(&query.max_slots));
            }
        }
    }
}
