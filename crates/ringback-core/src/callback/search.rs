//! Looking callbacks up by their properties: what can be asked for, and which callbacks fit.
//!
//! Whatever is not understood is an error that names it: a misspelt key must not be answered with "there is none".

#[cfg(test)]
mod tests;

use std::ops::Range;

use serde_json::Value;

use super::{
    Callback, NUMBER_KEY, begun_index, found_by_index, lookup_text, service_index, stands_at,
};
use crate::event::{CallbackState, Reason};
use crate::ids::{CallbackId, ServiceName};
use crate::key::IndexName;
use crate::phone::{CanonicalNumber, Country, NumberRules, PhoneNumber};
use crate::service::{OptionSpec, Service, shorten};

/// The keys that can always be asked for.
pub const SEARCH_KEYS: [&str; 9] = [
    "_id",
    "_service_name",
    NUMBER_KEY,
    "_phone_number",
    "_callback_state",
    "_callback_reason",
    "_vq",
    "_request_ewt_service",
    "_request_queue_time_stat",
];

/// How conditions combine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operand {
    /// All hold.
    And,
    /// One holds.
    Or,
}

/// What a callback must say.
#[derive(Clone, PartialEq)]
pub enum Condition {
    /// `_id` or `_service_id`.
    Id(CallbackId),
    /// `_service_name`.
    Service(ServiceName),
    /// `_customer_number` or `_phone_number`, and whose it can be: see [`Condition::in_countries`].
    Number(PhoneNumber, Vec<CanonicalNumber>),
    /// `_callback_state`: one of these; `!STATE` is every other.
    State(Vec<CallbackState>),
    /// `_callback_reason`.
    Reason(Reason),
    /// `_vq` or `_urs_virtual_queue`: the virtual queue.
    Queue(String),
    /// An option that holds for the callback.
    Option(&'static str, String),
    /// A lookup key of its service.
    Data(String, String),
}

/// A condition that cannot be answered.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SearchError {
    /// The key is none that callbacks can be found by.
    #[error("parameter '{key}' cannot be searched by: must be one of {allowed}")]
    Key {
        /// As written, shortened.
        key: String,
        /// What can.
        allowed: String,
    },
    /// The value is none of the key's.
    #[error("{key} '{value}': must be one of {allowed}")]
    Value {
        /// The key.
        key: &'static str,
        /// As written, shortened.
        value: String,
        /// What it takes.
        allowed: String,
    },
    /// The number is none. It is not repeated: it may be a person's.
    #[error("{0} is no phone number: must be digits, with a '+' before a country code")]
    Number(String),
    /// No index leads to what is asked for.
    #[error(
        "{asked} can only be searched by together with a lookup key, e.g. _customer_number, or with a service"
    )]
    TooWide {
        /// The keys.
        asked: String,
    },
}

impl Condition {
    /// Reads one. `lookup_keys` are those of the services that are asked.
    ///
    /// # Errors
    /// When there is no such key, or it does not take the value.
    pub fn read(key: &str, value: &str, lookup_keys: &[String]) -> Result<Self, SearchError> {
        Ok(match key {
            "_id" | "_service_id" => Self::Id(CallbackId::new(value)),
            "_service_name" => Self::Service(ServiceName::new(value)),
            NUMBER_KEY | "_phone_number" => {
                let number = value.parse::<PhoneNumber>();
                let number = number.map_err(|_| SearchError::Number(key.to_owned()))?;
                let written = CanonicalNumber::as_written(&number);
                Self::Number(number, vec![written])
            }
            "_callback_state" => Self::State(states(value)?),
            "_callback_reason" => Self::Reason(Reason::find(value).ok_or_else(|| {
                let all: Vec<_> = Reason::all().map(Reason::as_str).collect();
                unfit("_callback_reason", value, &all)
            })?),
            "_vq" | "_urs_virtual_queue" => Self::Queue(value.to_owned()),
            "_request_ewt_service" => Self::Option("_request_ewt_service", value.to_owned()),
            "_request_queue_time_stat" => {
                Self::Option("_request_queue_time_stat", value.to_owned())
            }
            _ if lookup_keys.iter().any(|known| known == key) => {
                Self::Data(key.to_owned(), value.to_owned())
            }
            _ => return Err(unknown_key(key, lookup_keys)),
        })
    }

    /// The same where services are in these countries: each reads a number as the people there do.
    #[must_use]
    pub fn in_countries(mut self, countries: &[Country]) -> Self {
        if let Self::Number(number, whose) = &mut self {
            let read = countries
                .iter()
                .map(|it| CanonicalNumber::read(number, *it));
            whose.extend(read.filter_map(Result::ok));
            whose.sort_unstable();
            whose.dedup();
        }
        self
    }

    const fn service(&self) -> Option<&ServiceName> {
        if let Self::Service(name) = self {
            return Some(name);
        }
        None
    }

    fn key(&self) -> &str {
        match self {
            Self::Id(_) => "_id",
            Self::Service(_) => "_service_name",
            Self::Number(..) => NUMBER_KEY,
            Self::State(_) => "_callback_state",
            Self::Reason(_) => "_callback_reason",
            Self::Queue(_) => "_vq",
            Self::Option(name, _) => name,
            Self::Data(key, _) => key,
        }
    }

    /// Whether it holds; `service` is that of the callback, while it is configured.
    pub fn holds(&self, callback: &Callback, service: Option<&Service>) -> bool {
        match self {
            Self::Id(id) => callback.id == *id,
            Self::Service(name) => callback.service == *name,
            Self::Number(number, _) => {
                let rules = service.map(|it| &it.options.admission.numbers);
                callback.is_of(number, rules.unwrap_or(&NumberRules::default()))
            }
            Self::State(states) => states.contains(&callback.callback_state()),
            Self::Reason(reason) => callback.reason() == Some(*reason),
            Self::Queue(queue) => callback.route.virtual_queue == *queue,
            Self::Option(name, wanted) => {
                let value = OptionSpec::find(name)
                    .and_then(|spec| service?.option_text(spec.name, &callback.overrides));
                value.unwrap_or_default() == *wanted
            }
            Self::Data(key, wanted) => callback
                .user_data
                .get(key)
                .is_some_and(|value| says(value, wanted)),
        }
    }

    /// The most direct way to every callback that it holds for; the lower the number, the shorter the way.
    fn way(&self, service: Option<&ServiceName>) -> Option<(u8, Vec<Way>)> {
        let whole = |index| Way::Index(index, i64::MIN..i64::MAX);
        let of = |it: &CanonicalNumber| whole(found_by_index(NUMBER_KEY, it.as_str()));
        match self {
            Self::Id(id) => Some((0, vec![Way::Id(id.clone())])),
            Self::Number(_, whose) => Some((1, whose.iter().map(of).collect())),
            Self::Data(key, value) => Some((2, vec![whole(found_by_index(key, value))])),
            Self::State(states) => {
                let places: Option<Vec<i64>> = states.iter().map(|it| stands_at(*it)).collect();
                let (places, service) = (places?, service?);
                let (first, last) = (places.iter().min()?, places.iter().max()?);
                let index = begun_index(service.as_str());
                Some((3, vec![Way::Index(index, *first..last.saturating_add(1))]))
            }
            Self::Service(name) => Some((4, vec![whole(service_index(name.as_str()))])),
            Self::Reason(_) | Self::Queue(_) | Self::Option(..) => None,
        }
    }
}

/// Where to look.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Way {
    /// At this one.
    Id(CallbackId),
    /// Along an index, within these scores.
    Index(IndexName, Range<i64>),
}

/// The ways that lead to every callback the conditions can hold for. `service` is that in whose name it is asked.
///
/// # Errors
/// When there is none but through everything.
pub fn ways(
    service: Option<&ServiceName>,
    conditions: &[Condition],
    operand: Operand,
) -> Result<Vec<Way>, SearchError> {
    let named = conditions.iter().filter_map(Condition::service);
    let named = (operand == Operand::And)
        .then_some(named)
        .and_then(|mut it| it.next());
    let service = service.or(named);
    let own = service.map(|name| {
        let index = service_index(name.as_str());
        Way::Index(index, i64::MIN..i64::MAX)
    });
    let found: Vec<_> = conditions.iter().map(|it| it.way(service)).collect();
    if operand == Operand::Or && !conditions.is_empty() {
        let all: Option<Vec<_>> = found.iter().cloned().collect();
        if let Some(all) = all {
            return Ok(all.into_iter().flat_map(|(_, ways)| ways).collect());
        }
        return own.map(|way| vec![way]).ok_or_else(|| {
            let without = conditions
                .iter()
                .zip(&found)
                .filter(|(_, way)| way.is_none());
            too_wide(without.map(|(condition, _)| condition))
        });
    }
    let best = found
        .into_iter()
        .flatten()
        .min_by_key(|(length, _)| *length);
    let best = best.map(|(_, ways)| ways);
    best.or_else(|| own.map(|way| vec![way]))
        .ok_or_else(|| too_wide(conditions.iter()))
}

/// Whether the conditions hold for a callback.
pub fn fits(
    conditions: &[Condition],
    operand: Operand,
    callback: &Callback,
    service: Option<&Service>,
) -> bool {
    let mut held = conditions.iter().map(|it| it.holds(callback, service));
    match operand {
        Operand::And => held.all(|holds| holds),
        Operand::Or => conditions.is_empty() || held.any(|holds| holds),
    }
}

/// Whether a value of user data is the text that is looked for: digits may have come as a number.
pub fn says(value: &Value, wanted: &str) -> bool {
    lookup_text(value).is_some_and(|text| text == wanted)
}

/// A state, or with a `!` before it every other.
fn states(value: &str) -> Result<Vec<CallbackState>, SearchError> {
    let (unwanted, name) = match value.strip_prefix('!') {
        Some(name) => (true, name),
        None => (false, value),
    };
    let known = CallbackState::ALL.iter().any(|it| it.as_str() == name);
    if !known {
        let all = CallbackState::ALL.map(CallbackState::as_str);
        return Err(unfit("_callback_state", value, &all));
    }
    let wanted = |state: &CallbackState| (state.as_str() == name) != unwanted;
    Ok(CallbackState::ALL.into_iter().filter(wanted).collect())
}

/// A key that callbacks cannot be found by.
pub fn unknown_key(key: &str, lookup_keys: &[String]) -> SearchError {
    let known = SEARCH_KEYS.into_iter();
    let more = lookup_keys.iter().map(String::as_str);
    let more = more.filter(|key| !SEARCH_KEYS.contains(key));
    let all: Vec<_> = known.chain(more).collect();
    SearchError::Key {
        key: shorten(key),
        allowed: all.join(", "),
    }
}

fn unfit(key: &'static str, value: &str, allowed: &[&str]) -> SearchError {
    SearchError::Value {
        key,
        value: shorten(value),
        allowed: allowed.join(", "),
    }
}

fn too_wide<'a>(conditions: impl Iterator<Item = &'a Condition>) -> SearchError {
    let keys: Vec<_> = conditions.map(Condition::key).collect();
    let asked = if keys.is_empty() {
        "everything".to_owned()
    } else {
        shorten(&keys.join(", "))
    };
    SearchError::TooWide { asked }
}

/// Shows which keys, no values: they may be a person's.
impl std::fmt::Debug for Condition {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Condition({})", self.key())
    }
}
