//! What a report may say.

use serde_json::json;

use super::{LIFETIME, LiveReport};
use crate::tests::sample::{at, object};

#[test]
fn a_report_says_as_much_as_it_knows() {
    let full = json!({"waiting": 12, "ready": 1, "busy": 9, "handle_time": 240});
    let full = LiveReport::read("VQ", &object(full), at(5)).unwrap();
    assert_eq!((full.waiting, full.staff()), (12, 10));
    assert_eq!(full.handle_time, Some(240));
    let least =
        LiveReport::read("VQ", &object(json!({"waiting": 0, "busy": null})), at(5)).unwrap();
    assert_eq!(
        (least.ready, least.busy, least.handle_time),
        (None, None, None)
    );
    assert_eq!(least.staff(), 0);
    let stored = serde_json::to_value(&least).unwrap();
    assert_eq!(stored, json!({"waiting": 0, "at": at(5).as_millis()}));
}

#[test]
fn it_counts_until_it_is_too_old() {
    let report = LiveReport::read("VQ", &object(json!({"waiting": 1})), at(0)).unwrap();
    assert!(report.counts(at(0)) && report.counts(at(119)));
    assert!(!report.counts(at(0) + LIFETIME));
}

#[test]
fn mistakes_name_field_value_and_what_is_allowed() {
    let long = "q".repeat(129);
    for (name, report, parts) in [
        ("VQ", json!({}), ["'waiting' is missing", "0 to 1000000"]),
        (
            "VQ",
            json!({"waiting": null}),
            ["'waiting' is missing", "0 to"],
        ),
        (
            "VQ",
            json!({"waiting": -1}),
            ["'waiting' is -1", "0 to 1000000"],
        ),
        (
            "VQ",
            json!({"waiting": 1_000_001}),
            ["1000001", "0 to 1000000"],
        ),
        (
            "VQ",
            json!({"waiting": 1.5}),
            ["'waiting' is 1.5", "whole number"],
        ),
        (
            "VQ",
            json!({"waiting": 1, "ready": "3"}),
            ["'ready' is \"3\"", "whole number"],
        ),
        (
            "VQ",
            json!({"waiting": 1, "busy": []}),
            ["'busy' is []", "whole number"],
        ),
        (
            "VQ",
            json!({"waiting": 1, "handle_time": 0}),
            ["'handle_time' is 0", "1 to 86400"],
        ),
        (
            "VQ",
            json!({"waiting": 1, "agents": 3}),
            ["'agents' is unknown", "ready, busy"],
        ),
        ("", json!({"waiting": 1}), ["0 bytes", "1 to 128"]),
        (&long, json!({"waiting": 1}), ["129 bytes", "1 to 128"]),
        (
            "a\nb",
            json!({"waiting": 1}),
            ["name", "control characters"],
        ),
    ] {
        let error = LiveReport::read(name, &object(report.clone()), at(0)).unwrap_err();
        let message = error.to_string();
        for part in parts {
            assert!(message.contains(part), "{report}: {part:?} in {message:?}");
        }
    }
}
