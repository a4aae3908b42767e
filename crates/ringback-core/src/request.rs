//! What an IVR asks for, read once for HTTP and AMQP alike.

mod fingerprint;
mod number;
mod reserved;
#[cfg(test)]
mod tests;
mod tokens;
mod update;

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::callback::{NUMBER_KEY, NewCallback};
use crate::ids::CallbackId;
use crate::phone::{Ambiguous, NumberError, NumberRefusal};
use crate::reporting::sent_keys;
use crate::service::{Mistake, Mistakes, OptionSpec, Options, Service, by_own_names};
use crate::time::{TimeError, Timestamp};
use crate::untrusted::{self, TooMuch};
pub use fingerprint::Fingerprint;
pub use number::fingerprint;
pub use reserved::{Row, is_reserved, read_exported};
pub use update::read_update;

/// What a caller may change.
const CHANGEABLE: &str = "_new_desired_time, _callback_state, _customer_number, _urs_virtual_queue, _urs_vq_priority with its \
                          increment and interval, and user data";
const DESIRED_TIME: &str = "_desired_time";

/// What is wrong with a request.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RequestError {
    /// A mandatory key is missing.
    #[error("mandatory parameter '{0}' is missing")]
    Missing(String),
    /// There is no number, and the customer is to be called.
    #[error(
        "mandatory parameter '_customer_number' is missing: the customer is called (_media_type is voice, _call_direction is \
         USERTERMINATED)"
    )]
    NobodyToCall,
    /// The number cannot be dialed.
    #[error("_customer_number is {0}")]
    Number(#[from] NumberError),
    /// The number is not called.
    #[error("_customer_number is {0}")]
    Refused(#[from] NumberRefusal),
    /// The number can be two.
    #[error("_customer_number is {0}")]
    Ambiguous(#[from] Ambiguous),
    /// A time that is none.
    #[error("{key}: {problem}")]
    Time {
        /// The parameter.
        key: &'static str,
        /// What is wrong with it.
        problem: TimeError,
    },
    /// A time that has passed.
    #[error("{key} {desired} has passed: allowed are times from now on, {now}")]
    Past {
        /// The parameter.
        key: &'static str,
        /// What was asked for.
        desired: Timestamp,
        /// The present time.
        now: Timestamp,
    },
    /// A time so long ago that the callback would be over as soon as it is accepted.
    #[error(
        "{key} {desired} is too long ago: the callback would be over at once; it must be later than {earliest} (_ttl)"
    )]
    Expired {
        /// The parameter.
        key: &'static str,
        /// What was asked for.
        desired: Timestamp,
        /// What it must be later than.
        earliest: Timestamp,
    },
    /// A time too far ahead.
    #[error("{key} {desired} is too far ahead: allowed is up to {latest}")]
    TooFar {
        /// The parameter.
        key: &'static str,
        /// What was asked for.
        desired: Timestamp,
        /// The last time that is taken.
        latest: Timestamp,
    },
    /// A value of the wrong JSON type.
    #[error("parameter '{key}' is {found}: allowed is {allowed}")]
    Type {
        /// The parameter.
        key: String,
        /// What it is.
        found: &'static str,
        /// What it may be.
        allowed: &'static str,
    },
    /// An option that only the service may set.
    #[error(
        "option '{0}' cannot be set by a request: it belongs to the service; allowed are its _overwritable_options"
    )]
    NotOverwritable(&'static str),
    /// A value that an option of the service needs.
    #[error(
        "mandatory parameter '{token}' is missing: option '{option}' of the service has ${token}$ in it"
    )]
    Token {
        /// The option.
        option: &'static str,
        /// The parameter.
        token: String,
    },
    /// A name that is not the caller's to give.
    #[error(
        "parameter '{0}' must not be sent: names of records and events (_id, _callback_state, c_*, _CB_*) are Ringback's own; \
         of _CB_* must be one of {sent}", sent = sent_keys()
    )]
    Reserved(String),
    /// Options with wrong values.
    #[error("{0}")]
    Options(#[from] Mistakes),
    /// What holds from the acceptance on.
    #[error("'{0}' cannot be changed: allowed are {CHANGEABLE}")]
    Fixed(String),
    /// A state that nobody can ask for.
    #[error("_callback_state '{0}' cannot be set: allowed is COMPLETED")]
    State(String),
    /// A time for something that shall be over.
    #[error("_new_desired_time and _callback_state exclude each other: allowed is one of them")]
    MovedAndOver,
    /// A change that changes nothing.
    #[error("there is nothing to change: allowed are {CHANGEABLE}")]
    Nothing,
    /// Too much of it.
    #[error(transparent)]
    TooMuch(#[from] TooMuch),
}

/// Reads the parameters of a start request; `name` gives it its id, as soon as it is known whose it is. Every known option is
/// an option, `_customer_number` and `_desired_time` are what they say, everything else is user data.
///
/// # Errors
/// With the parameter, its value and what is allowed. A wrong number is not repeated: it may be a person's.
pub fn read_start(
    mut parameters: Map<String, Value>,
    name: impl FnOnce(&str) -> CallbackId,
    service: &Service,
    now: Timestamp,
) -> Result<NewCallback, RequestError> {
    untrusted::check_parameters(&parameters)?;
    let fingerprint = fingerprint(&parameters, service);
    check_mandatory(&parameters, service)?;
    let filled = tokens::filled(&parameters, service)?;
    let number = number::take(&mut parameters, service)?;
    let id = name(&number::whose(number.as_ref(), &parameters, service));
    let mut desired = None;
    let (mut given, mut user_data) = (BTreeMap::new(), Map::new());
    for (key, value) in parameters {
        match key.as_str() {
            DESIRED_TIME => desired = read_time(DESIRED_TIME, &value)?,
            _ => match OptionSpec::find(&key) {
                Some(spec) if service.lets_requests_set(spec.name) => {
                    let text = scalar(&key, &value)?;
                    given.insert(key, text);
                }
                Some(spec) => return Err(RequestError::NotOverwritable(spec.name)),
                None if is_reserved(&key) => return Err(RequestError::Reserved(key)),
                None => {
                    user_data.insert(key, value);
                }
            },
        }
    }
    let mut overrides = own_names(given, service)?;
    overrides.extend(filled);
    let options = service.options_with(&overrides)?;
    check_supported(service, &options, &overrides)?;
    number::check(number.as_ref(), &options)?;
    if let Some(desired) = desired {
        check_time(DESIRED_TIME, desired, &options, now)?;
    }
    Ok(NewCallback {
        id,
        number,
        desired,
        overrides,
        user_data,
        trace: None,
        fingerprint: Some(fingerprint),
    })
}

/// By the options' own names; each once.
fn own_names(
    given: BTreeMap<String, String>,
    service: &Service,
) -> Result<BTreeMap<String, String>, Mistakes> {
    let (own, mistakes) = by_own_names(given);
    if mistakes.is_empty() {
        return Ok(own);
    }
    let service = service.name.to_string();
    Err(Mistakes { service, mistakes })
}

/// What the request itself asks for is done, or refused; what its service does is checked when that is saved.
fn check_supported(
    service: &Service,
    options: &Options,
    overrides: &BTreeMap<String, String>,
) -> Result<(), Mistakes> {
    let own = |mistake: &Mistake| {
        mistake
            .option()
            .is_some_and(|it| overrides.contains_key(it))
    };
    let mistakes: Vec<_> = options.unsupported().into_iter().filter(own).collect();
    if mistakes.is_empty() {
        return Ok(());
    }
    let service = service.name.to_string();
    Err(Mistakes { service, mistakes })
}

/// The service's own mandatory keys. The number has two names, and is missed by whoever reads it.
fn check_mandatory(parameters: &Map<String, Value>, service: &Service) -> Result<(), RequestError> {
    let is_said = |key: &str| match parameters.get(key) {
        None | Some(Value::Null) => false,
        Some(Value::String(text)) => !text.trim().is_empty(),
        Some(_) => true,
    };
    let mut keys = service.options.general.mandatory_keys.iter();
    match keys.find(|key| *key != NUMBER_KEY && !is_said(key)) {
        Some(key) => Err(RequestError::Missing(key.clone())),
        None => Ok(()),
    }
}

fn read_time(key: &'static str, value: &Value) -> Result<Option<Timestamp>, RequestError> {
    let text = scalar(key, value)?;
    if text.trim().is_empty() {
        return Ok(None);
    }
    let time = Timestamp::parse(text.trim());
    time.map(Some)
        .map_err(|problem| RequestError::Time { key, problem })
}

/// Within `_reject_past_desired_time`, `_ttl` and `_reject_future_desired_time`.
fn check_time(
    key: &'static str,
    desired: Timestamp,
    options: &Options,
    now: Timestamp,
) -> Result<(), RequestError> {
    if desired < now && options.reject_past_desired_time {
        return Err(RequestError::Past { key, desired, now });
    }
    if desired + options.ttl <= now {
        let earliest = now - options.ttl;
        return Err(RequestError::Expired {
            key,
            desired,
            earliest,
        });
    }
    let latest = options.scheduled.horizon.map(|span| span.after(now));
    if let Some(latest) = latest.filter(|latest| desired > *latest) {
        return Err(RequestError::TooFar {
            key,
            desired,
            latest,
        });
    }
    Ok(())
}

fn scalar(key: &str, value: &Value) -> Result<String, RequestError> {
    let found = match value {
        Value::String(text) => return Ok(text.clone()),
        Value::Number(number) => return Ok(number.to_string()),
        Value::Bool(flag) => return Ok(flag.to_string()),
        Value::Null => "null",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    };
    Err(RequestError::Type {
        key: key.to_owned(),
        found,
        allowed: "a text, a number, true or false",
    })
}
