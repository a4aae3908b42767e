//! The contract: every answer that a test gets fits the document of the API.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex};

use jsonschema::Validator;
use serde_json::{Value, json};

static CONTRACT: LazyLock<Contract> = LazyLock::new(|| Contract {
    document: ringback_api::openapi(),
    validators: Mutex::default(),
});

/// The document, and what of it was compiled.
struct Contract {
    document: Value,
    validators: Mutex<HashMap<String, Arc<Validator>>>,
}

/// An answer.
pub struct Answered<'a> {
    pub method: &'a str,
    pub path: &'a str,
    pub status: u16,
    /// The content type without its parameters.
    pub kind: &'a str,
    pub body: &'a [u8],
}

impl Answered<'_> {
    /// Panics where the answer is not as the document has it.
    pub fn holds(&self) {
        // The base path that some tests give it.
        let path = self.path.replacen("/gms/", "/genesys/", 1);
        let Some((template, item)) = CONTRACT.find(&path) else {
            assert!(self.status >= 400, "{self} has no place in the document");
            return;
        };
        let Some(operation) = item.get(self.method.to_ascii_lowercase()) else {
            assert_eq!(self.status, 405, "{self} has no place in the document");
            return;
        };
        let Some(answer) = operation["responses"].get(self.status.to_string()) else {
            panic!("{self}: the status is not in the document");
        };
        let content = &CONTRACT.follow(answer)["content"];
        if content.is_null() {
            return assert!(self.body.is_empty(), "{self}: the document has no body");
        }
        let Some(media) = content.get(self.kind).or_else(|| content.get("*/*")) else {
            panic!("{self}: the content type is not in the document");
        };
        let key = format!("{} {template} {}", self.method, self.status);
        for value in self.values() {
            let validator = CONTRACT.validator(key.clone(), &media["schema"]);
            let wrong = validator.iter_errors(&value);
            let wrong: Vec<_> = wrong
                .map(|it| format!("{}: {it}", it.instance_path()))
                .collect();
            assert!(wrong.is_empty(), "{self}: {wrong:?} in {value}");
        }
    }

    /// What has a schema: JSON, each line of it, or the data of each event.
    fn values(&self) -> Vec<Value> {
        let read = |text: &[u8]| serde_json::from_slice(text).unwrap();
        match self.kind {
            "application/json" | "application/problem+json" => vec![read(self.body)],
            "application/x-ndjson" => {
                let lines = self.body.split(|byte| *byte == b'\n');
                lines.filter(|line| !line.is_empty()).map(read).collect()
            }
            "text/event-stream" => {
                let lines = self.body.split(|byte| *byte == b'\n');
                let data = lines.filter_map(|line| line.strip_prefix(b"data:"));
                data.map(read).collect()
            }
            _ => Vec::new(),
        }
    }
}

impl std::fmt::Display for Answered<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self {
            method,
            path,
            status,
            kind,
            ..
        } = self;
        write!(f, "{method} {path} -> {status} {kind}")
    }
}

impl Contract {
    /// The path of the document that this one fits, the one with the fewest variables.
    fn find(&self, path: &str) -> Option<(&str, &Value)> {
        let paths = self.document["paths"].as_object()?;
        let fitting = paths.iter().filter(|(template, _)| fits(template, path));
        let (template, item) = fitting.min_by_key(|(template, _)| template.matches('{').count())?;
        Some((template, self.follow(item)))
    }

    fn follow<'a>(&'a self, value: &'a Value) -> &'a Value {
        match value.get("$ref").and_then(Value::as_str) {
            Some(reference) => self.document.pointer(&reference[1..]).unwrap(),
            None => value,
        }
    }

    fn validator(&self, key: String, schema: &Value) -> Arc<Validator> {
        let mut known = self.validators.lock().unwrap();
        let compile = || {
            let schema = json!({ "components": self.document["components"], "allOf": [schema] });
            let options = jsonschema::options().should_validate_formats(true);
            Arc::new(options.build(&schema).unwrap())
        };
        known.entry(key).or_insert_with(compile).clone()
    }
}

fn fits(template: &str, path: &str) -> bool {
    let (mut template, mut path) = (template.split('/'), path.split('/'));
    loop {
        match (template.next(), path.next()) {
            (None, None) => return true,
            (Some(one), Some(other)) if one == other || one.starts_with('{') => {}
            _ => return false,
        }
    }
}
