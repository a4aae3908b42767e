//! The JSON form.

use serde_json::{Map, Value};

use super::draft::{Draft, Section};
use super::values::{kind, unknown};
use super::{CUSTOM, EventList, PARAMS, PROPERTIES, Told};

const EVENTS: &str = "events";

/// Reads `value` into `draft`.
pub fn read(value: &Map<String, Value>, draft: &mut Draft) {
    for (name, member) in value {
        match name.as_str() {
            PROPERTIES => {
                if let Some(section) = section(name, member, "an object of options", draft) {
                    draft.properties(&section);
                }
            }
            EVENTS => events(member, draft),
            _ => {
                let reason = unknown(name, &[PROPERTIES, EVENTS]);
                draft.wrong(name, None, &reason);
            }
        }
    }
}

fn events(value: &Value, draft: &mut Draft) {
    const ALLOWED: &str = "an object with notify_params and notify_custom";
    let Some(events) = value.as_object() else {
        draft.has_events = true;
        return draft.wrong(EVENTS, None, &kind(value, "an object of events"));
    };
    for (name, event) in events {
        draft.has_events = true;
        if let Some(section) = section(name, event, ALLOWED, draft) {
            draft.event(&section);
        }
    }
}

fn section(name: &str, value: &Value, allowed: &'static str, draft: &mut Draft) -> Option<Section> {
    let Some(options) = value.as_object() else {
        draft.wrong(name, None, &kind(value, allowed));
        return None;
    };
    let mut section = Section::named(name);
    section.options = options.clone().into_iter().collect();
    Some(section)
}

/// Own names; what is empty is left out.
pub fn write(list: &EventList) -> Value {
    let properties = list.properties.iter();
    let properties: Map<_, _> = properties
        .map(|(name, value)| ((*name).to_owned(), value.clone().into()))
        .collect();
    let events = list.events.iter();
    let events: Map<_, _> = events
        .map(|(event, told)| (event.as_str().to_owned(), options(told)))
        .collect();
    let mut members = Map::new();
    if !properties.is_empty() {
        members.insert(PROPERTIES.to_owned(), properties.into());
    }
    members.insert(EVENTS.to_owned(), events.into());
    members.into()
}

fn options(told: &Told) -> Value {
    let mut options = Map::new();
    if !told.params.is_empty() {
        options.insert(PARAMS.to_owned(), told.params.clone().into());
    }
    if !told.custom.is_empty() {
        options.insert(CUSTOM.to_owned(), told.custom.clone().into());
    }
    options.into()
}
