//! What customers hear.

use serde_json::{Map, Value};

use crate::untrusted::check_value;

/// What the customer hears.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Treatments {
    /// `_treatment_customer_connect`: the greeting.
    pub greeting: Sound,
    /// `_treatment_waiting_for_agent`.
    pub waiting: Sound,
    /// `_treatment_find_agent_fail`: no agent could be found.
    pub no_agent: Sound,
    /// `_treatment_call_failure_answering_machine`: what is left on an answering machine.
    pub machine: Sound,
}

/// A sound.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sound {
    /// Its URI, or its name in the phone network; empty for none.
    pub file: String,
    /// What else the phone network is told of it.
    pub hints: Map<String, Value>,
}

impl Sound {
    /// Reads a URI, or JSON `{"file": …, "hints": {…}}`.
    pub(crate) fn read(text: &str) -> Option<Self> {
        if !text.starts_with('{') {
            return Some(Self {
                file: text.to_owned(),
                hints: Map::new(),
            });
        }
        let mut fields: Map<String, Value> = serde_json::from_str(text).ok()?;
        let file = fields.remove("file")?.as_str()?.to_owned();
        let hints = match fields.remove("hints") {
            None => Map::new(),
            Some(hints) if check_value("hints", &hints).is_err() => return None,
            Some(Value::Object(hints)) => hints,
            Some(_) => return None,
        };
        let legal = fields.is_empty() && !file.is_empty() && !file.chars().any(char::is_control);
        legal.then_some(Self { file, hints })
    }
}
