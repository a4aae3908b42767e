//! Event lists: which events of a callback are told, and what of each. The original keeps them as "Transaction Lists" and
//! exports them as `.cfg` files; both that form and a JSON one are read and written here.

mod cfg;
mod draft;
mod json;
mod mistakes;
#[cfg(test)]
mod tests;
mod values;

use std::collections::BTreeMap;
use std::fmt;

use serde_json::{Map, Value};

use crate::event::EventName;
use crate::service::legal_name;
use draft::Draft;
use mistakes::Reason;
pub use mistakes::{ListMistake, ListMistakes};
use values::kind;

/// The most bytes of a list, as `.cfg` text and as compact JSON.
pub const MAX_LIST: usize = 64 * 1024;

/// The options that a list may set, below the service and the request.
pub const LIST_PROPERTIES: [&str; 7] = [
    "_enable_status_notification",
    "_status_notification_provider",
    "_status_notification_type",
    "_status_notification_target",
    "_status_notification_debug",
    "_status_notification_language",
    "_status_notification_envelope",
];

/// What a list says of these options, by their own names.
pub type Properties = BTreeMap<&'static str, String>;

/// The section of the options, beside those of the events.
const PROPERTIES: &str = "properties";
/// What is told of an event, by name.
const PARAMS: &str = "notify_params";
/// What is told of an event, word by word.
const CUSTOM: &str = "notify_custom";

/// A list of events, with options for whoever is told.
#[derive(Clone, PartialEq, Eq)]
pub struct EventList {
    properties: Properties,
    events: BTreeMap<EventName, Told>,
}

/// What is told of an event beside what every message tells.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Told {
    /// `notify_params`: names of record keys, options, attributes or user data.
    pub params: Vec<String>,
    /// `notify_custom`: told as it stands.
    pub custom: Map<String, Value>,
}

impl EventList {
    /// Reads the `.cfg` form: `[properties]`, then a section for each event with `notify_params` and `notify_custom`.
    ///
    /// # Errors
    /// Everything wrong with it, by section and option.
    pub fn parse_cfg(text: &str) -> Result<Self, ListMistakes> {
        if text.len() > MAX_LIST {
            return Err(Reason::TooLong(text.len(), MAX_LIST).into());
        }
        let mut draft = Draft::default();
        cfg::read(text, &mut draft);
        draft.finish()
    }

    /// Reads the JSON form: `{"properties": {option: value}, "events": {event: {"notify_params": [name], "notify_custom":
    /// {…}}}}`. The names may be a comma-separated text as well.
    ///
    /// # Errors
    /// Everything wrong with it, by section and option.
    pub fn parse_json(value: &Value) -> Result<Self, ListMistakes> {
        let Some(members) = value.as_object() else {
            return Err(kind(value, "an object with 'properties' and 'events'").into());
        };
        let mut draft = Draft::default();
        json::read(members, &mut draft);
        draft.finish()
    }

    /// The `.cfg` form; it reads back as the same list.
    pub fn to_cfg(&self) -> String {
        cfg::write(self)
    }

    /// The JSON form; it reads back as the same list.
    pub fn to_json(&self) -> Value {
        json::write(self)
    }

    /// The options it sets, by their own names. None is blank.
    pub const fn properties(&self) -> &Properties {
        &self.properties
    }

    /// The value it sets an option to.
    pub fn property(&self, name: &str) -> Option<&str> {
        self.properties.get(name).map(String::as_str)
    }

    /// The events that are told, and what of them.
    pub const fn events(&self) -> &BTreeMap<EventName, Told> {
        &self.events
    }

    /// What is told of an event, if it is.
    pub fn told(&self, event: EventName) -> Option<&Told> {
        self.events.get(&event)
    }
}

/// Shows what is set and told, and no value, which may carry credentials.
impl fmt::Debug for EventList {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let properties: Vec<_> = self.properties.keys().collect();
        let events: Vec<_> = self.events.keys().map(|event| event.as_str()).collect();
        write!(f, "EventList({properties:?} {events:?})")
    }
}

/// Shows how much is told, and nothing of it.
impl fmt::Debug for Told {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (params, custom) = (self.params.len(), self.custom.len());
        write!(f, "Told({params} params, {custom} custom)")
    }
}

/// Whether a list may have that name: 1 to 64 letters, digits, `_`, `-` and `.`.
pub fn legal_list_name(name: &str) -> bool {
    legal_name(name)
}
