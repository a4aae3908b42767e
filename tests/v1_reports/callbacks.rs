//! GET `/v1/reports/callbacks`

use serde_json::{Value, json};

use super::Office;

/// The sum of a count over rows, and of each word's count.
fn sum(rows: &[&Value], name: &str) -> u64 {
    rows.iter().map(|row| row[name].as_u64().unwrap()).sum()
}

fn of_service<'a>(report: &'a Value, service: &str) -> Vec<&'a Value> {
    let rows = report["rows"].as_array().unwrap().iter();
    rows.filter(|row| row["service"] == service).collect()
}

#[tokio::test]
async fn v1_reports_callbacks_count_what_became_of_them() {
    let office = Office::open().await;
    let report = office.report("interval=day&timezone=europe/paris").await;
    assert_eq!(
        (&report["interval"], &report["timezone"]),
        (&json!("day"), &json!("Europe/Paris"))
    );
    assert_eq!(report["from"], office.begun.to_string());
    // All were asked for within a moment: on one day, unless that ended just then.
    let now = of_service(&report, "now");
    assert_eq!(sum(&now, "callbacks"), 2, "{report}");
    assert_eq!((sum(&now, "completed"), sum(&now, "pending")), (2, 0));
    assert_eq!((sum(&now, "attempts"), sum(&now, "connected")), (3, 1));
    if let [row] = now.as_slice() {
        assert_eq!(
            row["reasons"],
            json!({ "AGENT_CONNECTED": 1, "FAIL_CALL_TO_CUSTOMER": 1 })
        );
        assert_eq!(row["dial_results"], json!({ "BUSY": 2, "CONNECTED": 1 }));
        let waits = &row["waiting"];
        let max = waits["max"].as_u64().unwrap();
        assert!(max < 30, "{row}");
        assert_eq!(
            *waits,
            json!({ "mean": max, "p50": max, "p95": max, "max": max })
        );
        assert!(
            row["local"].as_str().unwrap().ends_with("T00:00:00.000"),
            "{row}"
        );
    }
    let desk = of_service(&report, "desk");
    assert_eq!((sum(&desk, "callbacks"), sum(&desk, "pending")), (2, 1));
    assert!(desk.iter().all(|row| row["waiting"].is_null()), "{report}");

    let hours = office.report("interval=hour&service=desk").await;
    assert_eq!(hours["timezone"], "UTC");
    assert!(of_service(&hours, "now").is_empty(), "{hours}");
    assert_eq!(sum(&of_service(&hours, "desk"), "callbacks"), 2);
}

#[tokio::test]
async fn report_callbacks_on_the_command_line() {
    let office = Office::open().await;
    let (from, to) = office.span.split_once('&').unwrap();
    let (from, to) = (
        from.trim_start_matches("from="),
        to.trim_start_matches("to="),
    );
    let asked = ["report", "callbacks", "--from", from, "--to", to];
    let (well, said) = office.up.say(&asked);
    assert!(well, "{said}");
    let head = said.lines().next().unwrap();
    assert!(
        head.starts_with("time") && head.contains("connected"),
        "{said}"
    );
    for part in ["FAIL_CALL_TO_CUSTOMER 1", "BUSY 2", "CANCELLED 1"] {
        assert!(said.contains(part), "{said}");
    }
    let further = [
        "--service",
        "desk",
        "--interval",
        "hour",
        "--timezone",
        "Asia/Kathmandu",
        "--format",
        "json",
    ];
    let (well, said) = office.up.say(&[&asked[..], &further].concat());
    let report: Value = serde_json::from_str(&said).unwrap();
    assert!(well && report["timezone"] == "Asia/Kathmandu", "{said}");
    assert_eq!(sum(&of_service(&report, "desk"), "callbacks"), 2);
    let (well, said) = office
        .up
        .say(&["report", "callbacks", "--interval", "week"]);
    assert!(!well && said.contains("interval 'week'"), "{said}");
}
