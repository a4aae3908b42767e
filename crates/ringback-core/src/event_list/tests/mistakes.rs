//! Everything that can be wrong with a list is told, with its section and option.

mod bounds;

use serde_json::{Value, json};

use super::super::EventList;
use super::{ONE_EVENT, cfg};

/// What is wrong with `text`, one mistake a line.
fn check(text: &str, expected: &[&str]) {
    let mistakes = EventList::parse_cfg(text).map(|_| ()).unwrap_err();
    let told: Vec<_> = mistakes.mistakes.iter().map(ToString::to_string).collect();
    assert_eq!(told, expected, "{text}");
    assert_eq!(
        mistakes.to_string(),
        format!("event list: {}", expected.join("; "))
    );
}

fn check_json(value: &Value, expected: &[&str]) {
    let mistakes = EventList::parse_json(value).map(|_| ()).unwrap_err();
    let told: Vec<_> = mistakes.mistakes.iter().map(ToString::to_string).collect();
    assert_eq!(told, expected, "{value}");
}

const EVENT_ALLOWED: &str = "allowed are notify_params, notify_custom";
const PROPERTIES_ALLOWED: &str = "allowed are _enable_status_notification, _status_notification_provider, \
    _status_notification_type, _status_notification_target, _status_notification_debug, \
    _status_notification_language, _status_notification_envelope";
const NO_EVENT: &str =
    "it tells no event: expected is a section for each, e.g. _cbe_on_service_create";

#[test]
fn all_are_told_at_once() {
    check(
        "colour = red
         [properties]
         _status_notification_type = smtp
         _enable_status_notification = subscribe_notify
         _ttl = 60
         [_cbe_on_dial_don]
         notify_params = a,, b
         [_cbe_on_dial_init]
         notify_param = a
         notify_custom = {\"a\": }
         [cbe_on_dial_init]
         notify_custom = [1]
         notify_custom = {}",
        &[
            "line 1 belongs to nothing: expected is a [section], 'option = value', a comment after ';' or '#', or the \
             rest of a value",
            "section 'properties', option '_status_notification_type': 'smtp': allowed is httpcb, orscb, customhttp or \
             amqp",
            &format!("section 'properties', option '_ttl': unknown; {PROPERTIES_ALLOWED}"),
            "section 'properties', option '_status_notification_target': missing, but _enable_status_notification is \
             subscribe_notify",
            "section '_cbe_on_dial_don': unknown event, did you mean '_cbe_on_dial_done'?; allowed are the 19 of the reference, e.g. _cbe_on_service_create",
            "section '_cbe_on_dial_don', option 'notify_params': '' is no name: allowed are 1 to 128 characters without \
             commas and control characters",
            &format!(
                "section '_cbe_on_dial_init', option 'notify_param': unknown, did you mean 'notify_params'?; {EVENT_ALLOWED}"
            ),
            "section '_cbe_on_dial_init', option 'notify_custom': no JSON: expected value at line 1 column 7; allowed is a JSON object",
            "section 'cbe_on_dial_init', option 'notify_custom': found a list, allowed is a JSON object",
            "section 'cbe_on_dial_init', option 'notify_custom': given twice",
            "section 'cbe_on_dial_init': given twice",
        ],
    );
}

#[test]
fn a_list_tells_something() {
    for text in [
        "",
        "\u{feff}",
        "; nothing\n\n",
        "[properties]\n_status_notification_type = httpcb",
    ] {
        check(text, &[NO_EVENT]);
    }
    for value in [json!({}), json!({"events": {}}), json!({"properties": {}})] {
        check_json(&value, &[NO_EVENT]);
    }
}

#[test]
fn an_unknown_section_is_told_with_the_nearest() {
    for (section, offer) in [
        (
            "_cbe_on_service_created",
            ", did you mean '_cbe_on_service_create'?",
        ),
        (
            "cbe_on_callback_canceled",
            ", did you mean '_cbe_on_callback_cancelled'?",
        ),
        ("Properties", ", did you mean 'properties'?"),
        ("colour", ""),
        ("_CBE_ON_SERVICE_EXIT", ""),
        ("a b: c", ""),
    ] {
        check(
            &format!("[{section}]"),
            &[&format!(
                "section '{section}': unknown event{offer}; allowed are the 19 of the reference, e.g. _cbe_on_service_create"
            )],
        );
    }
    let long = format!("[{}]", "x".repeat(1000));
    check(
        &long,
        &[&format!(
            "section '{}…': unknown event; allowed are the 19 of the reference, e.g. _cbe_on_service_create",
            "x".repeat(80)
        )],
    );
}

#[test]
fn values_of_properties_are_those_of_the_options() {
    let section = |lines: &str| format!("{ONE_EVENT}[properties]\n{lines}");
    for (line, told) in [
        (
            "_enable_status_notification = true",
            "'true': allowed is false, subscribe_notify or notify",
        ),
        (
            "_status_notification_debug = yes",
            "'yes': allowed is true or false",
        ),
        (
            "_status_notification_envelope = 1",
            "'1': allowed is true or false",
        ),
        (
            "_status_notification_provider = a\u{7}b",
            "'ab': allowed is a text of at most 2048 characters without control characters",
        ),
        (
            "_status_notification_language = de\nDE",
            "it goes on in the next line, but its value is one line",
        ),
        (
            "_status_notification_target = http://user:secret@a\u{7}",
            "'…': allowed is a text of at most 2048 characters without control characters",
        ),
        (
            "_status_notification_target =\nhttp://user:secret@a",
            "it goes on in the next line, but its value is one line",
        ),
    ] {
        let name = line.split_once(" =").unwrap().0;
        check(
            &section(line),
            &[&format!("section 'properties', option '{name}': {told}")],
        );
    }
    check(
        &section("_status_notification_debug = true\nstatus_notification_debug = true"),
        &["section 'properties', option 'status_notification_debug': given twice"],
    );
    check(
        &section("enable_status_notifications = notify\n_enable_status_notification = notify"),
        &["section 'properties', option '_enable_status_notification': given twice"],
    );
    check(
        &section("[properties]"),
        &["section 'properties': given twice"],
    );
}

/// In the other modes any target will do, and none.
#[test]
fn who_is_subscribed_needs_a_target() {
    let section = |lines: &str| format!("{ONE_EVENT}[properties]\n{lines}");
    let subscribe = "_enable_status_notification = subscribe_notify\n";
    let missing = "section 'properties', option '_status_notification_target': missing, but \
                   _enable_status_notification is subscribe_notify";
    check(&section(subscribe), &[missing]);
    check(
        &section(&format!("{subscribe}_status_notification_target =")),
        &[missing],
    );
    for kind in ["httpcb", "orscb", "customhttp"] {
        let kind = format!("{subscribe}_status_notification_type = {kind}");
        check(&section(&kind), &[missing]);
    }
    let wrong = format!("{subscribe}status_notification_target = a\u{7}");
    check(
        &section(&wrong),
        &[
            "section 'properties', option 'status_notification_target': '…': allowed is a text of at most 2048 \
           characters without control characters",
        ],
    );
    // One that stands in the wrong place is missing in the right one.
    check(
        &format!("{ONE_EVENT}_status_notification_target = a\n[properties]\n{subscribe}"),
        &[
            &format!(
                "section '_cbe_on_dial_done', option '_status_notification_target': unknown; {EVENT_ALLOWED}"
            ),
            missing,
        ],
    );
    for right in [
        format!("{subscribe}_status_notification_target = http://crm.example"),
        format!("{subscribe}_status_notification_type = amqp"),
        format!("_status_notification_type = amqp\n{subscribe}"),
        "_enable_status_notification = notify".to_owned(),
        "_enable_status_notification = false".to_owned(),
        "_enable_status_notification = notify\n_status_notification_target = <your URL>".to_owned(),
        "_status_notification_target = <your URL>".to_owned(),
    ] {
        cfg(&section(&right));
    }
}

#[test]
fn lines_that_belong_to_nothing_are_counted_from_one() {
    let stray = |line: usize| {
        format!(
            "line {line} belongs to nothing: expected is a [section], 'option = value', a comment after ';' or '#', or \
             the rest of a value"
        )
    };
    check(
        &format!("\n; a comment\nsecret\nsecret = 1\nsecret\n{ONE_EVENT}"),
        &[&stray(3), &stray(4), &stray(5)],
    );
    check(
        &format!("{ONE_EVENT}[_cbe_on_dial_init]\nsecret"),
        &[&stray(4)],
    );
}

#[test]
fn what_is_told_word_by_word_is_a_small_plain_object() {
    let nested = |levels: usize| format!("{}1{}", "{\"a\":".repeat(levels), "}".repeat(levels));
    let too_deep = |levels: usize| {
        format!("'notify_custom' is nested {levels} levels deep: must be at most 16")
    };
    for (custom, told) in [
        (
            "{\"a\": 1",
            "no JSON: EOF while parsing an object at line 1 column 7; allowed is a JSON object",
        ),
        (
            "{\"a\": 1,\n \"b\" 2}",
            "no JSON: expected `:` at line 2 column 5; allowed is a JSON object",
        ),
        (
            "{\"a\": \"secret\n\"}",
            "no JSON: control character (\\u0000-\\u001F) found while parsing a string at line 2 column 0; allowed is a JSON object",
        ),
        (
            "{} {}",
            "no JSON: trailing characters at line 1 column 4; allowed is a JSON object",
        ),
        (
            "{\"a\": 1e999}",
            "no JSON: number out of range at line 1 column 11; allowed is a JSON object",
        ),
        (
            "secret",
            "no JSON: expected value at line 1 column 1; allowed is a JSON object",
        ),
        ("[]", "found a list, allowed is a JSON object"),
        ("\"secret\"", "found a text, allowed is a JSON object"),
        ("12", "found a number, allowed is a JSON object"),
        ("true", "found true or false, allowed is a JSON object"),
        ("null", "found null, allowed is a JSON object"),
        (
            "{\"timestamp\": 1}",
            "its key 'timestamp' would hide what every message tells: allowed are all others",
        ),
        (&nested(17), &too_deep(17)),
        (&nested(127), &too_deep(127)),
        (
            &nested(128),
            "no JSON: recursion limit exceeded at line 1 column 636; allowed is a JSON object",
        ),
        (
            &nested(10_000),
            "no JSON: recursion limit exceeded at line 1 column 636; allowed is a JSON object",
        ),
    ] {
        check(
            &format!("[_cbe_on_dial_done]\nnotify_custom = {custom}"),
            &[&format!(
                "section '_cbe_on_dial_done', option 'notify_custom': {told}"
            )],
        );
    }
    cfg(&format!(
        "[_cbe_on_dial_done]\nnotify_custom = {}",
        nested(16)
    ));
}

#[test]
fn what_is_told_word_by_word_hides_nothing() {
    for key in [
        "event_id",
        "timestamp",
        "_service_id",
        "_service_name",
        "_callback_state",
    ] {
        let value = json!({"events": {"_cbe_on_dial_done": {"notify_custom": {key: 1}}}});
        let told =
            format!("its key '{key}' would hide what every message tells: allowed are all others");
        check_json(
            &value,
            &[&format!(
                "section '_cbe_on_dial_done', option 'notify_custom': {told}"
            )],
        );
    }
    let below = json!({"events": {"_cbe_on_dial_done": {"notify_custom": {"a": {"event_id": 1}}}}});
    assert!(EventList::parse_json(&below).is_ok());
}

#[test]
fn the_json_form_is_of_its_own_kind() {
    for (value, found) in [
        (json!([]), "a list"),
        (json!("x"), "a text"),
        (json!(null), "null"),
    ] {
        let told = format!("found {found}, allowed is an object with 'properties' and 'events'");
        check_json(&value, &[&told]);
    }
    check_json(
        &json!({
            "colour": {},
            "properties": {"_status_notification_type": 1, "_status_notification_target": null},
            "events": {
                "_cbe_on_dial_done": {"notify_params": ["a", 1], "notify_custom": true, "x": 1},
                "_cbe_on_dial_init": {"notify_params": {}},
                "cbe_on_dial_init": {"notify_params": ["a, b"]},
                "_cbe_on_service_exit": [],
                "properties": {},
            },
        }),
        &[
            "section 'colour': unknown; allowed are properties, events",
            "section '_cbe_on_dial_done', option 'notify_custom': found true or false, allowed is a JSON object",
            "section '_cbe_on_dial_done', option 'notify_params': found a number, allowed is a name",
            &format!("section '_cbe_on_dial_done', option 'x': unknown; {EVENT_ALLOWED}"),
            "section '_cbe_on_dial_init', option 'notify_params': found an object, allowed is names, as a list or a \
             comma-separated text",
            "section '_cbe_on_service_exit': found a list, allowed is an object with notify_params and notify_custom",
            "section 'cbe_on_dial_init', option 'notify_params': 'a, b' is no name: allowed are 1 to 128 characters \
             without commas and control characters",
            "section 'cbe_on_dial_init': given twice",
            "section 'properties': unknown event; allowed are the 19 of the reference, e.g. _cbe_on_service_create",
            "section 'properties', option '_status_notification_target': found null, allowed is a text, true or false",
            "section 'properties', option '_status_notification_type': found a number, allowed is a text, true or false",
        ],
    );
    check_json(
        &json!({"events": 1}),
        &["section 'events': found a number, allowed is an object of events"],
    );
}
