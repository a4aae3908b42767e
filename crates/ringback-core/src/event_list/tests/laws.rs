//! What holds for every list, and for every text that is none.

use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::{Map, Value, json};

use super::super::{EventList, LIST_PROPERTIES, ListMistakes, Told};
use super::{GMS_EVENTS, GMS_LIFECYCLE};
use crate::event::EventName;

/// Text as it may stand on one line, without spaces around it.
fn plain(most: usize) -> impl Strategy<Value = String> {
    let strange = prop::sample::select("[]=;#{\" \u{2028}\u{feff}äa".chars().collect::<Vec<_>>());
    let legal = |c: char| if c == ',' || c.is_control() { 'x' } else { c };
    let one = prop_oneof![strange, any::<char>().prop_map(legal)];
    prop::collection::vec(one, 1..most).prop_map(|chars| {
        let text: String = chars.into_iter().collect();
        let text = text.trim();
        if text.is_empty() { "x" } else { text }.to_owned()
    })
}

fn value_of(name: &'static str) -> BoxedStrategy<String> {
    let one_of = |values: &[&str]| {
        let values: Vec<_> = values.iter().map(|value| (*value).to_owned()).collect();
        prop::sample::select(values).boxed()
    };
    match name {
        "_enable_status_notification" => {
            one_of(&["false", "notify", "to_notify", "subscribe_notify"])
        }
        "_status_notification_type" => one_of(&["httpcb", "orscb", "customhttp", "amqp"]),
        "_status_notification_debug" | "_status_notification_envelope" => {
            one_of(&["true", "false"])
        }
        _ => plain(40).boxed(),
    }
}

fn properties() -> impl Strategy<Value = Map<String, Value>> {
    let all = LIST_PROPERTIES.map(|name| value_of(name).prop_map(move |value| (name, value)));
    let some = prop::collection::vec(any::<bool>(), LIST_PROPERTIES.len());
    (Vec::from(all), some).prop_map(|(all, some)| {
        let chosen = all.into_iter().zip(some).filter(|(_, chosen)| *chosen);
        let mut properties: Map<_, _> = chosen
            .map(|((name, value), _)| (name.to_owned(), Value::from(value)))
            .collect();
        if properties.get("_enable_status_notification") == Some(&json!("subscribe_notify")) {
            properties
                .entry("_status_notification_target")
                .or_insert_with(|| json!("http://crm.example"));
        }
        properties
    })
}

fn json_value() -> impl Strategy<Value = Value> {
    let scalar = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
        "[\n\r\t\"\\\\\\[\\]= ;#a\u{85}\u{2028}]{0,12}".prop_map(Value::from),
    ];
    scalar.prop_recursive(4, 16, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map(any::<String>(), inner, 0..4)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

fn told() -> impl Strategy<Value = (Vec<String>, Map<String, Value>)> {
    let custom = prop::collection::btree_map("[^_te].{0,10}", json_value(), 0..4);
    let custom = custom.prop_map(|members| members.into_iter().collect());
    (prop::collection::vec(plain(20), 0..6), custom)
}

/// A list, as JSON that says all of it.
fn list() -> impl Strategy<Value = Value> {
    let events =
        prop::collection::btree_map(prop::sample::select(EventName::ALL.to_vec()), told(), 1..5);
    (properties(), events).prop_map(|(properties, events)| {
        let told = |(params, custom)| json!({"notify_params": params, "notify_custom": Value::Object(custom)});
        let events: Map<_, _> =
            events.into_iter().map(|(event, it)| (event.as_str().to_owned(), told(it))).collect();
        json!({"properties": properties, "events": events})
    })
}

/// A sample with a few things broken: characters replaced, line breaks put in, the end cut off, lines swapped or
/// doubled.
fn mutated() -> impl Strategy<Value = String> {
    let sample = prop_oneof![Just(GMS_EVENTS), Just(GMS_LIFECYCLE)];
    let change = (any::<Index>(), any::<Index>(), any::<char>(), 0..5);
    (sample, prop::collection::vec(change, 1..6)).prop_map(|(sample, changes)| {
        let mut text = sample.to_owned();
        for (one, other, c, kind) in changes {
            text = changed(&text, &one, &other, c, kind);
        }
        text
    })
}

fn changed(text: &str, one: &Index, other: &Index, c: char, kind: i32) -> String {
    let mut chars: Vec<char> = text.chars().collect();
    let mut lines: Vec<&str> = text.lines().collect();
    if chars.is_empty() || lines.is_empty() {
        return c.to_string();
    }
    let at = one.index(chars.len());
    let (line, other) = (one.index(lines.len()), other.index(lines.len()));
    match kind {
        0 => chars[at] = c,
        1 => chars.insert(at, '\n'),
        2 => chars.truncate(at),
        3 => lines.swap(line, other),
        _ => lines.push(lines[line]),
    }
    if kind < 3 {
        chars.into_iter().collect()
    } else {
        lines.join("\n")
    }
}

/// It is read in whole or every mistake says where; and what is read can be written and read again.
fn holds(text: &str) -> Result<(), TestCaseError> {
    match EventList::parse_cfg(text) {
        Ok(list) => survives(&list),
        Err(mistakes) => {
            prop_assert!(!mistakes.mistakes.is_empty());
            let mut all = mistakes.mistakes.iter();
            prop_assert!(all.all(|mistake| !mistake.reason.is_empty()));
            Ok(())
        }
    }
}

fn told_as_failure(mistakes: ListMistakes) -> TestCaseError {
    TestCaseError::fail(mistakes.to_string())
}

fn survives(list: &EventList) -> Result<(), TestCaseError> {
    let text = list.to_cfg();
    prop_assert_eq!(EventList::parse_cfg(&text), Ok(list.clone()), "{}", text);
    let json = list.to_json();
    prop_assert_eq!(EventList::parse_json(&json), Ok(list.clone()), "{}", json);
    let read: Option<Value> = json.to_string().parse().ok();
    prop_assert_eq!(read, Some(json));
    Ok(())
}

proptest! {
    #[test]
    fn what_is_written_is_read_again(value in list()) {
        let list = EventList::parse_json(&value).map_err(told_as_failure)?;
        for (event, told) in value["events"].as_object().unwrap() {
            let Told { params, custom } = list.told(EventName::find(event).unwrap()).unwrap();
            prop_assert_eq!(&json!(params), &told["notify_params"]);
            prop_assert_eq!(&json!(custom), &told["notify_custom"]);
        }
        let properties: Map<_, _> =
            list.properties().iter().map(|(name, value)| ((*name).to_owned(), json!(value))).collect();
        prop_assert_eq!(&Value::Object(properties), &value["properties"]);
        survives(&list)?;
    }

    /// As people write it: over several lines.
    #[test]
    fn wrapped_json_is_the_same(value in list()) {
        let list = EventList::parse_json(&value).map_err(told_as_failure)?;
        let mut text = String::new();
        for (event, told) in list.events() {
            let (event, params) = (event.as_str(), told.params.join(","));
            let custom = serde_json::to_string_pretty(&told.custom).unwrap_or_default();
            text += &format!("[{event}]\nnotify_custom =\n{custom}\nnotify_params = {params}\n");
        }
        let wrapped = EventList::parse_cfg(&text).map_err(told_as_failure)?;
        prop_assert!(wrapped.events() == list.events(), "{}", text);
    }

    #[test]
    fn no_text_is_too_strange(text in any::<String>(), lines in "([\\[\\]=;#a_\"{},: \n\r\t\u{feff}]|\\[_cbe_on_dial_done\\]\n|notify_custom ?=|notify_params ?=){0,60}") {
        holds(&text)?;
        holds(&lines)?;
    }

    #[test]
    fn no_damage_is_too_strange(text in mutated()) {
        holds(&text)?;
    }

    #[test]
    fn no_json_is_too_strange(value in json_value()) {
        for written in [
            value.clone(),
            json!({"properties": value.clone(), "events": {"_cbe_on_dial_done": {}}}),
            json!({"events": value.clone()}),
            json!({"events": {"_cbe_on_dial_done": value.clone()}}),
            json!({"events": {"_cbe_on_dial_done": {"notify_params": value.clone(), "notify_custom": value}}}),
        ] {
            if let Ok(list) = EventList::parse_json(&written) {
                survives(&list)?;
            }
        }
    }
}
