//! The document in the repository is the one that is served.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::Value;

use super::openapi;

/// Set it to write the document anew; what has changed is then to be read in the difference.
const WRITE: &str = "RINGBACK_WRITE_SNAPSHOTS";

#[test]
#[expect(
    clippy::disallowed_methods,
    reason = "whoever runs the tests says that the document shall be written"
)]
fn it_is_the_one_in_the_repository() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("openapi.json");
    let document = format!("{:#}\n", openapi());
    if std::env::var_os(WRITE).is_some() {
        std::fs::write(&path, &document).unwrap();
    }
    let kept = std::fs::read_to_string(&path).unwrap();
    let same = kept == document;
    assert!(
        same,
        "openapi.json differs from what is served: run this test with {WRITE}=1"
    );
}

#[test]
fn every_operation_has_a_summary_a_tag_and_a_name_of_its_own() {
    let (document, mut names) = (openapi(), BTreeSet::new());
    let mut count = 0;
    for (path, item) in document["paths"].as_object().unwrap() {
        if item.get("$ref").is_some() {
            continue;
        }
        for (method, operation) in item.as_object().unwrap() {
            count += 1;
            let text = |key: &str| operation[key].as_str().unwrap_or_default().to_owned();
            assert!(!text("summary").is_empty(), "{method} {path}");
            assert!(operation["tags"][0].is_string(), "{method} {path}");
            let parameters = operation.get("parameters");
            assert!(parameters.is_none_or(Value::is_array), "{method} {path}");
            assert!(
                names.insert(text("operationId")),
                "{method} {path}: {}",
                text("operationId")
            );
        }
    }
    assert!(count > 40, "{count}");
}

#[test]
fn every_reference_leads_somewhere() {
    let document = openapi();
    let mut references = Vec::new();
    collect(&document, &mut references);
    assert!(references.len() > 100);
    for reference in references {
        let pointer = reference.strip_prefix('#').unwrap();
        assert!(document.pointer(pointer).is_some(), "{reference}");
    }
}

fn collect(value: &Value, references: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            if let Some(Value::String(reference)) = members.get("$ref") {
                references.push(reference.clone());
            }
            members
                .values()
                .for_each(|member| collect(member, references));
        }
        Value::Array(items) => items.iter().for_each(|item| collect(item, references)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}
