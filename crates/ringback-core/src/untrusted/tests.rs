//! What is taken can be read again; what is not is told by name.

use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::{MAX_DEPTH, MAX_KEY, MAX_KEYS, MAX_SHAPE_DEPTH, MAX_VALUES};
use super::{check_parameters, check_value, read_object};

fn nested(levels: usize) -> Value {
    (0..levels).fold(json!(1), |inner, _| json!([inner]))
}

/// The request that stopped a trunk group for good.
fn poison(levels: usize) -> String {
    format!(
        r#"{{"_customer_number":"5115","a":{}1{}}}"#,
        "[".repeat(levels),
        "]".repeat(levels)
    )
}

fn read(text: &str) -> Result<Map<String, Value>, String> {
    read_object(text.as_bytes(), MAX_DEPTH).map_err(|error| error.to_string())
}

#[test]
fn user_data_nested_too_deep_is_refused_by_name_depth_and_what_must_hold() {
    read(&poison(MAX_DEPTH)).unwrap();
    for levels in [MAX_DEPTH + 1, 64, 126] {
        let expected = format!("'a' is nested {levels} levels deep: must be at most 16");
        assert_eq!(read(&poison(levels)).unwrap_err(), expected);
    }
    for levels in [127, 5000] {
        let expected = format!(
            "it is nested {} levels deep: must be at most 16 for each value",
            levels + 1
        );
        assert_eq!(read(&poison(levels)).unwrap_err(), expected);
    }
    for wrong in ["[1]", "", r#"{"a":1,"a":2}"#] {
        assert!(read(wrong).is_err(), "{wrong}");
    }
    let brackets = format!(r#"{{"a":"{}\"{}"}}"#, "[".repeat(300), "{".repeat(300));
    read(&brackets).unwrap();
}

#[test]
fn what_is_too_much_is_told_by_name() {
    let of = |value: Value| {
        let Value::Object(parameters) = value else {
            panic!("{value} is no object");
        };
        check_parameters(&parameters).map_err(|error| error.to_string())
    };
    let many = |count: usize| {
        let members = (0..count).map(|n| (format!("k{n}"), json!(n)));
        Value::Object(members.collect())
    };
    of(many(MAX_KEYS)).unwrap();
    for (wrong, expected) in [
        (many(65), "there are 65 parameters: must be at most 64"),
        (
            json!({"": 1}),
            "a parameter has a name of 0 bytes: must be 1 to 128",
        ),
        (
            json!({"k".repeat(129): 1}),
            "a parameter has a name of 129 bytes: must be 1 to 128",
        ),
        (
            json!({"a": nested(17)}),
            "'a' is nested 17 levels deep: must be at most 16",
        ),
        (
            json!({"a": {"k".repeat(129): 1}}),
            "'a' has a key of 129 bytes within: must be at most 128",
        ),
        (
            json!({"a": vec![0; MAX_VALUES + 1]}),
            "'a' has 4097 values within: must be at most 4096",
        ),
    ] {
        assert_eq!(of(wrong).unwrap_err(), expected);
    }
}

/// A depth that no text has: nothing here recurses. It is taken apart by hand, for dropping it would.
#[test]
fn no_depth_exhausts_the_stack() {
    let mut deep = json!(1);
    for _ in 0..100_000 {
        // Not `json!`, which would write the value anew at every level.
        deep = Value::Array(vec![deep]);
    }
    assert!(check_value("a", &deep).is_err());
    while let Value::Array(mut items) = deep {
        deep = items.pop().unwrap();
    }
}

fn any_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,8}".prop_map(Value::from),
    ];
    leaf.prop_recursive(24, 48, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
            prop::collection::hash_map(".{0,140}", inner, 0..3)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

proptest! {
    /// Whatever is taken is the same when it is read back from within a record, an event, a message and an answer.
    #[test]
    fn what_is_taken_can_be_read_again(value in any_value(), wraps in 0..MAX_SHAPE_DEPTH * 2) {
        if check_value("a", &value).is_ok() {
            let wrapped = (0..wraps).fold(value, |inner, _| json!({"data": inner}));
            let text = wrapped.to_string();
            prop_assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), wrapped);
        }
    }

    #[test]
    fn a_key_that_is_taken_is_short(length in 0..MAX_KEY * 2) {
        let value = json!({"k".repeat(length): 1});
        prop_assert_eq!(check_value("a", &value).is_ok(), length <= MAX_KEY);
    }
}
