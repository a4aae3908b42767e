//! Nothing in a list grows without end.

use serde_json::{Value, json};

use super::super::super::{EventList, MAX_LIST};
use super::super::{GMS_EVENTS, ONE_EVENT, cfg};
use super::{EVENT_ALLOWED, check, check_json};

#[test]
fn what_is_shown_of_a_name_is_short() {
    let (written, shown) = ("x".repeat(1000), "x".repeat(80));
    check(
        &format!("[_cbe_on_dial_done]\n{written} = 1"),
        &[&format!(
            "section '_cbe_on_dial_done', option '{shown}…': unknown; {EVENT_ALLOWED}"
        )],
    );
}

#[test]
fn names_of_parameters_are_bounded() {
    let names = |count: usize| vec!["a"; count].join(", ");
    let (longest, too_long) = ("ä".repeat(128), "ä".repeat(129));
    for right in [names(64), longest] {
        cfg(&format!("[_cbe_on_dial_done]\nnotify_params = {right}"));
    }
    let no_name =
        "is no name: allowed are 1 to 128 characters without commas and control characters";
    for (params, told) in [
        (names(65), "65 names: allowed are at most 64".to_owned()),
        (too_long, format!("'{}…' {no_name}", "ä".repeat(80))),
        ("a,".to_owned(), format!("'' {no_name}")),
        (",".to_owned(), format!("'' {no_name}")),
        ("a\nb".to_owned(), format!("'ab' {no_name}")),
    ] {
        check(
            &format!("[_cbe_on_dial_done]\nnotify_params = {params}"),
            &[&format!(
                "section '_cbe_on_dial_done', option 'notify_params': {told}"
            )],
        );
    }
}

#[test]
fn sizes_are_bounded() {
    let custom = |bytes: usize| format!("{{\"a\":\"{}\"}}", "x".repeat(bytes - 8));
    cfg(&format!(
        "[_cbe_on_dial_done]\nnotify_custom = {}",
        custom(8192)
    ));
    check(
        &format!("[_cbe_on_dial_done]\nnotify_custom = {}", custom(8193)),
        &[
            "section '_cbe_on_dial_done', option 'notify_custom': 8193 bytes: allowed are at most 8192",
        ],
    );
    let filled = |bytes: usize| format!("{ONE_EVENT};{}", "x".repeat(bytes - ONE_EVENT.len() - 1));
    cfg(&filled(MAX_LIST));
    check(
        &filled(MAX_LIST + 1),
        &["65537 bytes: allowed are at most 65536"],
    );
}

/// Short in one form and long in the other is long: what is read can be written and read again.
#[test]
fn a_list_is_bounded_in_both_forms() {
    let custom: Value = serde_json::from_str(&custom_of_8000()).unwrap();
    let events: Vec<_> = crate::event::EventName::ALL
        .iter()
        .take(9)
        .map(|event| event.as_str())
        .collect();
    let told = |count: usize| {
        let events = events.iter().take(count);
        let events: serde_json::Map<_, _> = events
            .map(|event| ((*event).to_owned(), json!({"notify_custom": custom})))
            .collect();
        json!({"events": events})
    };
    assert!(EventList::parse_json(&told(8)).is_ok());
    let size = told(9).to_string().len();
    assert!(size > MAX_LIST);
    check_json(
        &told(9),
        &[&format!("{size} bytes: allowed are at most 65536")],
    );
}

fn custom_of_8000() -> String {
    format!("{{\"a\":\"{}\"}}", "x".repeat(7992))
}

/// However many there are, and none shows a target.
#[test]
fn mistakes_are_bounded_and_keep_secrets() {
    let text = "[x]\n".repeat(MAX_LIST / 4);
    let mistakes = EventList::parse_cfg(&text).unwrap_err().mistakes;
    assert_eq!(mistakes.len(), 101);
    assert_eq!(mistakes[100].to_string(), "and 16284 more");
    let properties = "_status_notification_target = http://user:secret@crm.example/\u{7}
        _enable_status_notification = subscribe
        _status_notification_target = http://user:secret@crm.example";
    let text = GMS_EVENTS.replace("[properties]", &format!("[properties]\n{properties}"));
    let told = EventList::parse_cfg(&text).unwrap_err().to_string();
    assert!(
        told.contains("_status_notification_target") && !told.contains("secret"),
        "{told}"
    );
}
