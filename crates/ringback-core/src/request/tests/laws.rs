//! What holds for every request.

use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::read_by;
use crate::service::{REQUEST_OPTIONS, option_specs};

pub fn json_values() -> impl Strategy<Value = Value> {
    let plain = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".*".prop_map(Value::from),
        "[+]?[0-9]{1,30}".prop_map(Value::from),
        "[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]{8,12}Z".prop_map(Value::from),
        Just(Value::from("true")),
    ];
    plain.prop_recursive(3, 8, 4, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            proptest::collection::hash_map(".*", inner, 0..4)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

fn parameters() -> impl Strategy<Value = Map<String, Value>> {
    let known: Vec<_> = option_specs()
        .iter()
        .map(|spec| spec.name.to_owned())
        .collect();
    let may: Vec<_> = REQUEST_OPTIONS
        .iter()
        .map(|&name| name.to_owned())
        .collect();
    let key = prop_oneof![
        4 => proptest::sample::select(may),
        1 => proptest::sample::select(known),
        2 => Just("_desired_time".to_owned()),
        1 => Just("_phone_number".to_owned()),
        4 => ".{0,12}",
    ];
    let number = "[+]?[0-9]{1,26}".prop_map(Value::from);
    let others = proptest::collection::hash_map(key, json_values(), 0..6);
    (prop_oneof![3 => number, 1 => json_values()], others).prop_map(|(number, others)| {
        let number = ("_customer_number".to_owned(), number);
        others.into_iter().chain([number]).collect()
    })
}

proptest! {
    /// Whatever it says, it is read or refused; and nothing of it gets lost.
    #[test]
    fn no_request_is_too_strange(parameters in parameters()) {
        let keys = parameters.len();
        let named = ["_customer_number", "_phone_number", "_desired_time"];
        let named = named.iter().filter(|key| parameters.contains_key(**key)).count();
        if let Ok(new) = read_by("", parameters) {
            assert_eq!(new.user_data.len() + new.overrides.len() + named, keys);
            assert!(new.number.is_some_and(|it| it.written.as_str().len() <= 25));
        }
    }

    /// As seven digits or more, in a text or as a number, alone or among others.
    #[test]
    fn no_error_repeats_the_number(
        number in "[1-9][0-9]{6,30}",
        mark in "[a-z;@]{1,3}",
        others in parameters(),
    ) {
        let mut texts = vec![json!(format!("{number}{mark}")), json!([number]), json!(number)];
        texts.extend(serde_json::from_str::<Value>(&format!("{number}.5")));
        for written in texts {
            let mut parameters = others.clone();
            parameters.insert("_customer_number".to_owned(), written);
            if let Err(error) = read_by("", parameters) {
                let told = format!("{error} {error:?}");
                assert!(!told.contains(&number), "{told}");
            }
        }
    }
}
