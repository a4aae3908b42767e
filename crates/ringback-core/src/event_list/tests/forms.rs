//! The forms that a list is written in.

use super::*;

/// Each is the same list.
#[test]
fn it_does_not_matter_how_it_is_laid_out() {
    let custom = json!({"a": "x = y", "b": [[1, true], {"c": null}], "[d]": "; # no comment"});
    let pretty = serde_json::to_string_pretty(&custom).unwrap();
    for text in [
        format!(
            "[properties]\n_status_notification_type = amqp\n[_cbe_on_dial_done]\nnotify_params = a, b c\nnotify_custom = {custom}\n"
        ),
        format!(
            "[properties]\r\n_status_notification_type=amqp\r\n\r\n[_cbe_on_dial_done]\r\nnotify_params=a,b c\r\nnotify_custom={custom}"
        ),
        format!(
            "\u{feff}; from GA\n[ properties ]\n\n\t_status_notification_type\t=\tamqp \n_status_notification_target =\n# dialing\n  [_cbe_on_dial_done]  \n notify_params = a\t,  b c\t\nnotify_custom = {custom}  "
        ),
        format!(
            "[_cbe_on_dial_done]\nnotify_custom = {pretty}\nnotify_params = a,\nb c\n[properties]\n_status_notification_type = amqp\n"
        ),
        format!(
            "[_cbe_on_dial_done]\nnotify_params =\na\n; the second\n\n, b c\nnotify_custom =\n{pretty}\n[properties]\n_status_notification_type = amqp\n"
        ),
    ] {
        check(
            &cfg(&text),
            &[("_status_notification_type", "amqp")],
            &[(
                EventName::DialDone,
                Told {
                    params: vec!["a".into(), "b c".into()],
                    custom: object(custom.clone()),
                },
            )],
        );
    }
}

/// Brackets on lines of their own are JSON or a section, whichever they can be.
#[test]
fn a_wrapped_list_is_no_section() {
    for list in [
        "[true]",
        "[ null ]",
        "[false]",
        "[1]",
        "[]",
        "[\"a\"]",
        "[a\n]",
        "[[true]]",
        "[true,\nfalse]",
    ] {
        let text = format!(
            "[_cbe_on_dial_done]\nnotify_custom = {{\"a\":\n{list}\n}}\n[_cbe_on_dial_init]"
        );
        match serde_json::from_str::<Value>(list) {
            Ok(value) => check(
                &cfg(&text),
                &[],
                &[
                    (EventName::DialInit, Told::default()),
                    (EventName::DialDone, told("", json!({"a": value}))),
                ],
            ),
            Err(_) => assert!(EventList::parse_cfg(&text).is_err(), "{list}"),
        }
    }
}

#[test]
fn what_is_blank_is_not_set() {
    let text = "[properties]\n_enable_status_notification =\n_status_notification_type = \n\
                [_cbe_on_dial_done]\nnotify_params =\nnotify_custom =  \n";
    let list = cfg(text);
    check(&list, &[], &[(EventName::DialDone, Told::default())]);
    assert_eq!(list.to_cfg(), "[_cbe_on_dial_done]\n");
    assert_eq!(list.to_json(), json!({"events": {"_cbe_on_dial_done": {}}}));
}

#[test]
fn the_json_form_is_read() {
    let value = json!({
        "properties": {
            "enable_status_notifications": "subscribe_notify",
            "_status_notification_target": " http://crm.example ",
            "_status_notification_debug": true,
            "_status_notification_envelope": false,
            "_status_notification_language": "",
        },
        "events": {
            "_cbe_on_dial_init": {"notify_params": [" a ", "b"], "notify_custom": {"c": 1}},
            "cbe_on_dial_done": {"notify_params": "a, b", "notify_custom": "{\"c\": 1}"},
            "_cbe_on_callback_reminder": {"notify_params": []},
        },
    });
    let both = || told("a b", json!({"c": 1}));
    check(
        &EventList::parse_json(&value).unwrap(),
        &[
            ("_enable_status_notification", "subscribe_notify"),
            ("_status_notification_debug", "true"),
            ("_status_notification_envelope", "false"),
            ("_status_notification_target", "http://crm.example"),
        ],
        &[
            (EventName::DialInit, both()),
            (EventName::DialDone, both()),
            (EventName::CallbackReminder, Told::default()),
        ],
    );
}

#[test]
fn it_is_written_with_own_names_and_values_on_one_line() {
    let text = "[cbe_on_dial_done]\nnotify_custom = {\"b\":\n [1, \"x\\ny\"]}\nnotify_params = a,\nb\n\
                [properties]\nenable_status_notifications=notify";
    let list = cfg(text);
    assert_eq!(
        list.to_cfg(),
        "[properties]\n_enable_status_notification = notify\n\n\
         [_cbe_on_dial_done]\nnotify_params = a, b\nnotify_custom = {\"b\":[1,\"x\\ny\"]}\n"
    );
    assert_eq!(
        list.to_json(),
        json!({
            "properties": {"_enable_status_notification": "notify"},
            "events": {"_cbe_on_dial_done": {"notify_params": ["a", "b"], "notify_custom": {"b": [1, "x\ny"]}}},
        })
    );
}
