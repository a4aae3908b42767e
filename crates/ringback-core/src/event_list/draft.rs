//! An event list while it is read, whatever its form.

use std::collections::{BTreeMap, BTreeSet};
use std::mem;

use serde_json::Value;

use super::mistakes::{Found, Reason, WHOLE};
use super::values::{custom, kind, params, unknown};
use super::{CUSTOM, EventList, LIST_PROPERTIES, ListMistakes, MAX_LIST, PARAMS, PROPERTIES, Told};
use crate::event::EventName;
use crate::nearest::nearest;
use crate::service::{OptionSpec, Options, Template};

const TARGET: &str = "_status_notification_target";

/// A section as it is written.
pub struct Section {
    pub name: String,
    pub options: Vec<(String, Value)>,
}

impl Section {
    pub fn named(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            options: Vec::new(),
        }
    }
}

/// What was read of a list, right and wrong.
pub struct Draft {
    list: EventList,
    /// What the properties mean.
    options: Options,
    has_properties: bool,
    /// Whether there was any section of an event, right or wrong.
    pub has_events: bool,
    found: Found,
}

impl Default for Draft {
    fn default() -> Self {
        Self {
            list: EventList {
                properties: BTreeMap::new(),
                events: BTreeMap::new(),
            },
            options: Options::of(Template::UserTerminatedImmediate),
            has_properties: false,
            has_events: false,
            found: Found::default(),
        }
    }
}

impl Draft {
    pub fn wrong(&mut self, section: &str, option: Option<&str>, reason: &Reason) {
        self.found.add(section, option, reason);
    }

    pub fn finish(mut self) -> Result<EventList, ListMistakes> {
        if !self.has_events {
            self.wrong(WHOLE, None, &Reason::NoEvents);
        }
        if self.found.is_empty() {
            let (cfg, json) = (self.list.to_cfg(), self.list.to_json().to_string());
            let size = cfg.len().max(json.len());
            if size > MAX_LIST {
                self.wrong(WHOLE, None, &Reason::TooLong(size, MAX_LIST));
            }
        }
        if self.found.is_empty() {
            Ok(self.list)
        } else {
            Err(self.found.into_mistakes())
        }
    }

    pub fn properties(&mut self, section: &Section) {
        if mem::replace(&mut self.has_properties, true) {
            self.wrong(PROPERTIES, None, &Reason::Twice);
        }
        let mut seen = BTreeSet::new();
        for (name, value) in &section.options {
            let read = match property(name) {
                Some(spec) if !seen.insert(spec.name) => Err(Reason::Twice),
                Some(spec) => self.set(spec, value),
                None => Err(unknown(name, &LIST_PROPERTIES)),
            };
            if let Err(reason) = read {
                self.wrong(PROPERTIES, Some(name), &reason);
            }
        }
        if self.options.nobody_to_tell().is_some() && !self.is_wrong(TARGET) {
            self.wrong(PROPERTIES, Some(TARGET), &Reason::NoTarget);
        }
    }

    pub fn event(&mut self, section: &Section) {
        self.has_events = true;
        let event = EventName::find(&section.name);
        if event.is_none() {
            let events = EventName::ALL.map(EventName::as_str).into_iter();
            let others = events.chain(
                [PROPERTIES]
                    .into_iter()
                    .filter(|name| *name != section.name),
            );
            let nearest = nearest(&section.name, others);
            self.wrong(&section.name, None, &Reason::UnknownEvent(nearest));
        }
        let told = self.told(section);
        if let Some(event) = event
            && self.list.events.insert(event, told).is_some()
        {
            self.wrong(&section.name, None, &Reason::Twice);
        }
    }

    fn set(&mut self, spec: &OptionSpec, value: &Value) -> Result<(), Reason> {
        let text = match value {
            Value::String(text) if text.contains('\n') => return Err(Reason::Wrapped),
            Value::String(text) => text.trim(),
            Value::Bool(true) => "true",
            Value::Bool(false) => "false",
            Value::Null | Value::Number(_) | Value::Array(_) | Value::Object(_) => {
                return Err(kind(value, "a text, true or false"));
            }
        };
        if text.is_empty() {
            return Ok(());
        }
        if (spec.set)(&mut self.options, text).is_none() {
            return Err(Reason::Value {
                value: spec.shown(text),
                allowed: spec.allowed,
            });
        }
        self.list.properties.insert(spec.name, text.to_owned());
        Ok(())
    }

    fn is_wrong(&self, property_name: &str) -> bool {
        let here = self
            .found
            .iter()
            .filter(|found| found.section == PROPERTIES);
        here.filter_map(|found| property(found.option.as_deref()?))
            .any(|spec| spec.name == property_name)
    }

    fn told(&mut self, section: &Section) -> Told {
        let (mut told, mut seen) = (Told::default(), BTreeSet::new());
        for (name, value) in &section.options {
            let read = match name.as_str() {
                known @ (PARAMS | CUSTOM) if !seen.insert(known) => Err(Reason::Twice),
                PARAMS => params(value).map(|params| told.params = params),
                CUSTOM => custom(value).map(|custom| told.custom = custom),
                _ => Err(unknown(name, &[PARAMS, CUSTOM])),
            };
            if let Err(reason) = read {
                self.wrong(&section.name, Some(name), &reason);
            }
        }
        told
    }
}

/// The option of that name or alias, if a list may set it; the `_` that it begins with may be left out, as the original's
/// screens do.
fn property(name: &str) -> Option<&'static OptionSpec> {
    OptionSpec::find(name)
        .or_else(|| OptionSpec::find(&format!("_{name}")))
        .filter(|spec| LIST_PROPERTIES.contains(&spec.name))
}
