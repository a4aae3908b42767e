//! The customer of a start request: a number, or what else the service knows its customers by.

use serde_json::{Map, Value};

use super::{Fingerprint, RequestError, scalar};
use crate::callback::{NUMBER_KEY, lookup_text};
use crate::phone::{Country, CustomerNumber, NumberError};
use crate::service::options::{Direction, Media};
use crate::service::{Options, Service};

const DEFAULT_COUNTRY: &str = "_default_country";
/// Its own name, and its alias.
const NAMES: [&str; 2] = [NUMBER_KEY, "_phone_number"];

/// Takes the number out, by its own name before its alias; `None` where the service knows its customers by something else.
pub(super) fn take(
    parameters: &mut Map<String, Value>,
    service: &Service,
) -> Result<Option<CustomerNumber>, RequestError> {
    let mut written = None;
    for key in NAMES {
        let Some(value) = parameters.remove(key) else {
            continue;
        };
        let text = number_text(key, &value)?;
        written = written.or((!text.trim().is_empty()).then_some(text));
    }
    let Some(written) = written else {
        let is_mandatory = mandatory(service).any(|key| key == NUMBER_KEY);
        let missing = RequestError::Missing(NUMBER_KEY.to_owned());
        return if is_mandatory { Err(missing) } else { Ok(None) };
    };
    let number = CustomerNumber::read(written.parse()?, country(parameters, service))?;
    Ok(Some(number))
}

/// The sign and the point of a JSON number are no separators as in a text.
pub(super) fn number_text(key: &str, value: &Value) -> Result<String, RequestError> {
    if value.is_number() && !value.is_u64() {
        return Err(NumberError.into());
    }
    scalar(key, value)
}

/// Where numbers without `+` are: `_default_country`, which the request may set where the service lets it.
fn country(parameters: &Map<String, Value>, service: &Service) -> Country {
    let numbers = &service.options.admission.numbers;
    let given = parameters.get(DEFAULT_COUNTRY).and_then(Value::as_str);
    let given = given.filter(|_| service.lets_requests_set(DEFAULT_COUNTRY));
    // A wrong one is refused with the other options.
    given
        .and_then(|it| it.parse().ok())
        .unwrap_or(numbers.country)
}

fn mandatory(service: &Service) -> impl Iterator<Item = &str> {
    let keys = service.options.general.mandatory_keys.iter();
    keys.map(String::as_str)
}

/// Whose request it is, as one text: the number, or the keys that the service makes mandatory instead.
pub(super) fn whose(
    number: Option<&CustomerNumber>,
    parameters: &Map<String, Value>,
    service: &Service,
) -> String {
    if let Some(number) = number {
        return number.canonical.as_str().to_owned();
    }
    let said = mandatory(service).filter_map(|key| Some((key, lookup_text(parameters.get(key)?)?)));
    let said: Vec<_> = said.map(|(key, value)| format!("{key}={value}")).collect();
    said.join("\n")
}

/// Whether the customer can be called, or need not be.
pub(super) fn check(
    number: Option<&CustomerNumber>,
    options: &Options,
) -> Result<(), RequestError> {
    let Some(CustomerNumber { canonical, .. }) = number else {
        let scenario = &options.scenario;
        let is_called =
            scenario.media == Media::Voice && scenario.direction == Direction::UserTerminated;
        return if is_called {
            Err(RequestError::NobodyToCall)
        } else {
            Ok(())
        };
    };
    let numbers = &options.admission.numbers;
    canonical.dialed(&options.dialing.prefix, numbers.country)?;
    Ok(numbers.check(canonical)?)
}

/// What a request says, to be compared with a repeat, in which the number may be written otherwise.
pub fn fingerprint(parameters: &Map<String, Value>, service: &Service) -> Fingerprint {
    let mut parameters = parameters.clone();
    if let Ok(Some(number)) = take(&mut parameters, service) {
        let canonical = number.canonical.as_str().into();
        parameters.insert(NUMBER_KEY.to_owned(), canonical);
    }
    Fingerprint::of(&parameters)
}
