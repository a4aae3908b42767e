//! What a request said, short enough to be kept with its callback: whether a repeat is one.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use uuid::Uuid;

/// The uuid namespace of fingerprints.
const NAMESPACE: Uuid = Uuid::from_u128(0x0b3d_6f0e_58a4_4c6e_9a3b_2f7c_11d5_84e9);

/// A digest of the parameters of a start request, whatever their order. It tells requests apart that somebody may take
/// for one another; it is no secret, and proves nothing against who makes two of the same digest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Fingerprint(String);

impl Fingerprint {
    /// That of these parameters.
    pub fn of(parameters: &Map<String, Value>) -> Self {
        let mut canonical = String::new();
        write_object(parameters, &mut canonical);
        let (digest, _) = Uuid::new_v5(&NAMESPACE, canonical.as_bytes()).as_u64_pair();
        Self(format!("{digest:016x}"))
    }
}

fn write_object(object: &Map<String, Value>, out: &mut String) {
    let mut members: Vec<_> = object.iter().collect();
    members.sort_unstable_by_key(|(key, _)| *key);
    out.push('{');
    for (key, value) in members {
        out.push_str(&Value::from(key.as_str()).to_string());
        out.push(':');
        write_value(value, out);
        out.push(',');
    }
    out.push('}');
}

fn write_value(value: &Value, out: &mut String) {
    match value {
        Value::Object(object) => write_object(object, out),
        Value::Array(values) => {
            out.push('[');
            for value in values {
                write_value(value, out);
                out.push(',');
            }
            out.push(']');
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {
            out.push_str(&value.to_string());
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::tests::sample::object;

    fn of(parameters: Value) -> Fingerprint {
        Fingerprint::of(&object(parameters))
    }

    #[test]
    fn it_tells_requests_apart_and_not_their_order() {
        let read = |text: &str| Fingerprint::of(&serde_json::from_str(text).unwrap());
        let one = read(r#"{"a":"1","b":{"c":[1,2],"d":null}}"#);
        assert_eq!(one, read(r#"{"b":{"d":null,"c":[1,2]},"a":"1"}"#));
        for other in [
            json!({"a": "1", "b": {"c": [2, 1], "d": null}}),
            json!({"a": 1, "b": {"c": [1, 2], "d": null}}),
            json!({"a": "1", "b": {"c": [1, 2]}, "d": null}),
            json!({"a": "1"}),
        ] {
            assert_ne!(one, of(other));
        }
        assert_ne!(
            of(json!({"a": "b\",\"c\":\"d"})),
            of(json!({"a": "b", "c": "d"}))
        );
    }
}
