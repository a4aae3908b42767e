//! The contract of what travels over AMQP: messages fit the document.

use jsonschema::{Registry, Validator};
use serde_json::{Value, json};

const DOCUMENT: &str = include_str!("../../crates/ringback-api/asyncapi.json");

/// The document of the messages.
pub fn asyncapi() -> Value {
    serde_json::from_str(DOCUMENT).unwrap()
}

/// What is wrong with the `part` (`payload` or `headers`) of a message, by the document.
pub fn wrong(message: &str, part: &str, value: &Value) -> Vec<String> {
    let validator = validator(message, part);
    let errors = validator.iter_errors(value);
    errors
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect()
}

/// Holds payload and headers of a message against the document.
pub fn holds(message: &str, payload: &Value, headers: &Value) {
    for (part, value) in [("payload", payload), ("headers", headers)] {
        let wrong = wrong(message, part, value);
        assert!(
            wrong.is_empty(),
            "{part} of {message}: {wrong:?} in {value}"
        );
    }
}

fn validator(message: &str, part: &str) -> Validator {
    let document = asyncapi();
    if document["components"]["messages"][message][part].is_null() {
        return jsonschema::validator_for(&json!(true)).unwrap();
    }
    // Both documents stand in one folder, so one names the other without a path.
    let registry = Registry::new()
        .add("ringback:/asyncapi.json", document)
        .and_then(|registry| registry.add("ringback:/openapi.json", ringback_api::openapi()))
        .and_then(|registry| registry.prepare())
        .unwrap();
    let place = format!("ringback:/asyncapi.json#/components/messages/{message}/{part}");
    let options = jsonschema::options()
        .with_registry(&registry)
        .should_validate_formats(true);
    options.build(&json!({ "$ref": place })).unwrap()
}
