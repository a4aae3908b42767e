//! Questions for times and numbers, and reports of live calls.

use std::collections::BTreeMap;

use ringback_core::availability::{Query, QueryError};
use ringback_core::live::{LiveReport, ReportError};
use ringback_core::phone::{Country, CountryError};

use super::{Row, Section, left_out, now, variants};

variants!(query_variant, QUERY_VARIANTS: QueryError {
    QueryError::Value { .. } => "Value",
    QueryError::Zone(_) => "Zone",
    QueryError::Both { .. } => "Both",
});

variants!(report_variant, REPORT_VARIANTS: ReportError {
    ReportError::Missing => "Missing",
    ReportError::Value { .. } => "Value",
    ReportError::Unknown(_) => "Unknown",
    ReportError::Name(_) => "Name",
});

pub fn sections() -> Vec<Section> {
    vec![asked(), reported()]
}

type AskedTable = [(
    &'static [(&'static str, &'static str)],
    &'static [&'static str],
); 6];

fn asked() -> Section {
    let table: AskedTable = [
        (&[("start", "soon")], &["'start'", "'soon'"]),
        (&[("number-of-days", "0")], &["'number-of-days'", "'0'"]),
        (
            &[("max-time-slots", "many")],
            &["'max-time-slots'", "'many'"],
        ),
        (
            &[("timezone", "Europe/Pari")],
            &["'timezone'", "'Europe/Pari'", "Europe/Paris"],
        ),
        (
            &[("start", "2030-01-02T00:00:00Z"), ("start-ms", "1")],
            &["'start'", "'start-ms'"],
        ),
        (
            &[("report-busy", "perhaps")],
            &["'report-busy'", "'perhaps'"],
        ),
    ];
    let (mut rows, mut found) = (Vec::new(), Vec::new());
    for (given, names) in table {
        let pairs = given.iter().map(|(name, value)| format!("{name}={value}"));
        let sent = pairs.collect::<Vec<_>>().join("&");
        let owned = given
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        let error = Query::v2(&owned.collect::<BTreeMap<_, _>>(), now()).err();
        found.extend(error.as_ref().map(query_variant));
        rows.push(Row::refused(sent, error, names));
    }
    rows.extend(left_out(QUERY_VARIANTS, &found));
    let error: CountryError = "XX".parse::<Country>().unwrap_err();
    rows.push(Row::new("country=XX", error, &["'XX'"]));
    Section {
        title: "Availability, office hours and numbers that are asked for",
        rows,
    }
}

fn reported() -> Section {
    let table: [(&str, &str, &'static [&'static str]); 4] = [
        ("VQ", "{}", &["'waiting'", "1000000"]),
        ("VQ", r#"{"waiting": -1}"#, &["'waiting'", "-1"]),
        (
            "VQ",
            r#"{"waiting": 1, "calls": 2}"#,
            &["'calls'", "waiting"],
        ),
        ("", r#"{"waiting": 1}"#, &["0 bytes", "128"]),
    ];
    let (mut rows, mut found) = (Vec::new(), Vec::new());
    for (queue, sent, names) in table {
        let report = serde_json::from_str(sent).unwrap();
        let error = LiveReport::read(queue, &report, now()).err();
        found.extend(error.as_ref().map(report_variant));
        rows.push(Row::refused(format!("{queue}: {sent}"), error, names));
    }
    rows.extend(left_out(REPORT_VARIANTS, &found));
    Section {
        title: "Reports of live calls",
        rows,
    }
}
