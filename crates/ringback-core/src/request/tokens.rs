//! Values for the `$token$` variables of a service's options.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::{RequestError, scalar};
use crate::service::{OptionSpec, Service, fill};

/// The service's options with tokens, filled; those that the request sets itself are left out.
pub(super) fn filled(
    parameters: &Map<String, Value>,
    service: &Service,
) -> Result<BTreeMap<String, String>, RequestError> {
    let mut filled = BTreeMap::new();
    for (spec, value) in service.with_tokens() {
        let is_it = |key: &String| OptionSpec::find(key).is_some_and(|it| it.name == spec.name);
        if parameters.keys().any(is_it) {
            continue;
        }
        let value = fill(value, |token| match parameters.get(token) {
            Some(value) => scalar(token, value),
            None => Err(RequestError::Token {
                option: spec.name,
                token: token.to_owned(),
            }),
        })?;
        filled.insert(spec.name.to_owned(), value);
    }
    Ok(filled)
}
