//! What is known about a phone number.

use axum::Json;
use ringback_core::phone::{Country, PlanNumber};
use ringback_ports::desk::{Refusal, RefusalKind};
use serde::Deserialize;
use serde_json::json;

use super::Answer;
use crate::body::QueryOf;
use crate::filter::invalid;

/// The longest text that is read as a number.
const LONGEST: usize = 64;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Asked {
    number: Option<String>,
    country: Option<String>,
}

pub async fn phone_number(QueryOf(asked): QueryOf<Asked>) -> Answer {
    let number = asked.number.filter(|it| !it.trim().is_empty());
    let number = number.ok_or_else(|| invalid("mandatory parameter 'number' is missing"))?;
    let country = match asked.country.filter(|it| !it.is_empty()) {
        Some(country) => country
            .parse()
            .map_err(|error| invalid(format!("country {error}")))?,
        None => Country::DEFAULT,
    };
    let read = Some(number).filter(|it| it.len() <= LONGEST);
    let read = read.and_then(|it| PlanNumber::read(&it, country));
    let number = read.ok_or_else(|| {
        let message = format!(
            "number cannot be read in country {country}: write its digits, or '+' with the country code before them"
        );
        Refusal::new(RefusalKind::Number, message)
    })?;
    Ok(Json(json!({
        "number-E164": number.e164(),
        "number-national": number.national(),
        "number-international": number.international(),
        "number-type": number.kind(),
        "is-valid-number": number.is_valid(),
        "is-possible-number": number.is_possible(),
        "is-premium": number.is_premium(),
        "region-code": number.region(),
        "country-code": number.country_code(),
        "time-zone": number.zones(),
    })))
}
