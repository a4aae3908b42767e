//! Services, event lists, office hours, capacities and resource groups.

use std::collections::BTreeMap;

use ringback_core::access::ResourceGroup;
use ringback_core::calendar::OfficeHours;
use ringback_core::capacity::Capacity;
use ringback_core::event_list::EventList;
use ringback_core::ids::ServiceName;
use ringback_core::service::{Mistake, Service, Template};
use ringback_core::timetable;
use serde_json::{Value, json};

use super::{Row, Section, left_out, variants};

variants!(variant, VARIANTS: Mistake {
    Mistake::Name(_) => "Name",
    Mistake::Unknown { .. } => "Unknown",
    Mistake::Value { .. } => "Value",
    Mistake::Twice { .. } => "Twice",
    Mistake::Unsupported { .. } => "Unsupported",
    Mistake::Contradiction { .. } => "Contradiction",
});

variants!(day_variant, DAY_VARIANTS: timetable::Mistake {
    timetable::Mistake::Name(_) => "Name",
    timetable::Mistake::Unknown { .. } => "Unknown",
    timetable::Mistake::Value { .. } => "Value",
    timetable::Mistake::Zone { .. } => "Zone",
    timetable::Mistake::Twice { .. } => "Twice",
    timetable::Mistake::Missing(_) => "Missing",
    timetable::Mistake::TooMany(..) => "TooMany",
});

pub fn sections() -> Vec<Section> {
    vec![services(), event_lists(), days()]
}

type Options = &'static [(&'static str, &'static str)];

fn owned(options: Options) -> BTreeMap<String, String> {
    let options = options.iter();
    options
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect()
}

fn shown(name: &str, options: Options) -> String {
    let options = options
        .iter()
        .map(|(key, value)| format!(" {key} = {value}"));
    format!("{name}:{}", options.collect::<String>())
}

fn services() -> Section {
    let table: [(&str, Options, &'static [&'static str]); 9] = [
        ("no name", &[("_target", "S@Stat.GA")], &["'no name'"]),
        (
            "now",
            &[("_targets", "S@Stat.GA")],
            &["'_targets'", "_target"],
        ),
        ("now", &[("_target", "nobody")], &["'_target'", "'nobody'"]),
        ("now", &[("_ttl", "soon")], &["'_ttl'", "'soon'"]),
        (
            "now",
            &[("_wait_for_agent", "maybe")],
            &["'_wait_for_agent'", "'maybe'"],
        ),
        (
            "now",
            &[("_max_dial_attempts", "0")],
            &["'_max_dial_attempts'", "'0'"],
        ),
        (
            "now",
            &[
                ("_vq_for_outbound_calls", "A"),
                ("vq_for_outbound_calls", "B"),
            ],
            &["_vq_for_outbound_calls"],
        ),
        ("now", &[], &["'_target'"]),
        (
            "now",
            &[
                ("_target", "S@Stat.GA"),
                ("_enable_disposition_dialog", "true"),
            ],
            &["'_enable_disposition_dialog'", "'true'", "left out"],
        ),
    ];
    let (mut rows, mut found) = (Vec::new(), Vec::new());
    for (name, options, names) in table {
        let template = Template::UserTerminatedImmediate;
        let parsed = Service::parse(ServiceName::new(name), template, owned(options));
        let mistakes = parsed.and_then(|it| it.check_supported()).err();
        let all = mistakes.iter().flat_map(|it| &it.mistakes);
        found.extend(all.map(variant));
        rows.push(Row::refused(shown(name, options), mistakes, names));
    }
    let error = "Call Me".parse::<Template>().unwrap_err();
    rows.push(Row::new("template: Call Me", error, &["'Call Me'"]));
    rows.extend(left_out(VARIANTS, &found));
    Section {
        title: "Services",
        rows,
    }
}

fn event_lists() -> Section {
    let exit = |told: Value| json!({"events": {"_cbe_on_service_exit": told}});
    let table: [(Value, &'static [&'static str]); 11] = [
        (json!({"event": {}}), &["'event'", "events"]),
        (json!({"events": {"_cbe_on_exit": {}}}), &["'_cbe_on_exit'"]),
        (json!({"events": []}), &["'events'", "a list"]),
        (json!({}), &["event"]),
        (
            exit(json!({"params": ""})),
            &["'_cbe_on_service_exit'", "'params'", "notify_params"],
        ),
        (
            exit(json!({"notify_params": 5})),
            &["'notify_params'", "a number"],
        ),
        (
            exit(json!({"notify_params": "a,,b"})),
            &["'notify_params'", "''"],
        ),
        (
            exit(json!({"notify_custom": "{"})),
            &["'notify_custom'", "JSON"],
        ),
        (
            exit(json!({"notify_custom": {"timestamp": 1}})),
            &["'notify_custom'", "'timestamp'"],
        ),
        (
            json!({"properties": {"_status_notification_type": "fax"}, "events": {"_cbe_on_service_exit": {}}}),
            &["'_status_notification_type'", "'fax'"],
        ),
        (
            json!({"properties": {"_enable_status_notification": "subscribe_notify"}, "events": {"_cbe_on_service_exit": {}}}),
            &["_status_notification_target"],
        ),
    ];
    let rows = table.into_iter().map(|(sent, names)| {
        let mistakes = EventList::parse_json(&sent).err();
        Row::refused(sent, mistakes, names)
    });
    let mut rows: Vec<_> = rows.collect();
    let stray = "_cbe_on_service_exit";
    let mistakes = EventList::parse_cfg(stray).unwrap_err();
    rows.push(Row::new(stray, mistakes, &["line 1", "[section]"]));
    Section {
        title: "Event lists",
        rows,
    }
}

fn days() -> Section {
    let many: BTreeMap<_, _> = (0..2001)
        .map(|n| (format!("_bh_add{n}"), "2030-01-01 08:00-17:00".to_owned()))
        .collect();
    let regular = ("_bh_regular1", "Mon-Fri 08:00-17:00");
    let table: [(&str, BTreeMap<String, String>, &'static [&'static str]); 6] = [
        (
            "no name",
            BTreeMap::from([(regular.0.to_owned(), regular.1.to_owned())]),
            &["'no name'"],
        ),
        (
            "desk",
            owned(&[("_bh_regulars", "Mon 08:00-17:00")]),
            &["'_bh_regulars'", "_bh_regularN"],
        ),
        (
            "desk",
            owned(&[("_bh_regular1", "Mon 25:00-26:00")]),
            &["'_bh_regular1'", "'Mon 25:00-26:00'"],
        ),
        (
            "desk",
            owned(&[
                ("_bh_regular1", "Mon 08:00-17:00"),
                ("_timezone", "Europe/Pari"),
            ]),
            &["'_timezone'", "'Europe/Pari'"],
        ),
        ("desk", BTreeMap::new(), &["_bh_regularN"]),
        ("desk", many, &["2001", "2000"]),
    ];
    let (mut rows, mut found) = (Vec::new(), Vec::new());
    for (name, given, names) in table {
        let first = given.iter().take(2);
        let shown = first.map(|(key, value)| format!(" {key} = {value}"));
        let sent = format!("office hours {name}:{}", shown.collect::<String>());
        let mistakes = OfficeHours::parse(name, &given).err();
        let all = mistakes.iter().flat_map(|it| &it.mistakes);
        found.extend(all.map(day_variant));
        rows.push(Row::refused(sent, mistakes, names));
    }
    for (more_rows, more_found) in [capacities(), resource_groups()] {
        rows.extend(more_rows);
        found.extend(more_found);
    }
    rows.extend(left_out(DAY_VARIANTS, &found));
    Section {
        title: "Office hours, capacities and resource groups",
        rows,
    }
}

fn capacities() -> (Vec<Row>, Vec<&'static str>) {
    let (mut rows, mut found) = (Vec::new(), Vec::new());
    let capacities: [(Options, &'static [&'static str]); 2] = [
        (&[("_capacity", "many")], &["'_capacity'", "'many'"]),
        (
            &[
                ("_capacity_add1", "12-24 {\"0000\":1}"),
                ("_capacity_add2", "12-24 {\"0000\":2}"),
            ],
            &["'_capacity_add1'", "'_capacity_add2'"],
        ),
    ];
    for (options, names) in capacities {
        let mistakes = Capacity::parse("desk", &owned(options)).err();
        let all = mistakes.iter().flat_map(|it| &it.mistakes);
        found.extend(all.map(day_variant));
        let sent = format!("capacity {}", shown("desk", options));
        rows.push(Row::refused(sent, mistakes, names));
    }
    (rows, found)
}

fn resource_groups() -> (Vec<Row>, Vec<&'static str>) {
    let (mut rows, mut found) = (Vec::new(), Vec::new());
    let groups: [(Options, &'static [&'static str]); 4] = [
        (&[], &["numbers"]),
        (&[("numbers", "call me")], &["'numbers'", "'call me'"]),
        (&[("numbers", "800,800")], &["'numbers'", "'800,800'"]),
        (&[("number", "800")], &["'number'", "numbers"]),
    ];
    for (options, names) in groups {
        let mistakes = ResourceGroup::parse("DNIS", &owned(options)).err();
        let all = mistakes.iter().flat_map(|it| &it.mistakes);
        found.extend(all.map(day_variant));
        let sent = format!("resource group {}", shown("DNIS", options));
        rows.push(Row::refused(sent, mistakes, names));
    }
    (rows, found)
}
