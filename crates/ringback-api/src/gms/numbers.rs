//! What is known about a phone number.

use axum::Json;
use ringback_core::phone::{Country, PlanNumber};
use ringback_ports::desk::{Refusal, RefusalKind};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::Answer;
use crate::body::QueryOf;
use crate::filter::invalid;
use crate::openapi::GmsReads;

/// The longest text that is read as a number.
const LONGEST: usize = 64;

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Asked {
    /// Its digits, or `+` with the country code before them.
    #[param(
        required,
        min_length = 1,
        max_length = 64,
        example = "+358 9 4243 0456"
    )]
    number: Option<String>,
    /// Two letters (ISO 3166-1); where a number without `+` is dialed. US when absent.
    #[param(pattern = "^[A-Za-z]{2}$", example = "FI")]
    country: Option<String>,
}

/// What its numbering plan says about a number.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct NumberFacts {
    #[serde(rename = "number-E164")]
    #[schema(example = "+358942430456")]
    e164: String,
    number_national: String,
    number_international: String,
    number_type: &'static str,
    is_valid_number: bool,
    is_possible_number: bool,
    is_premium: bool,
    /// Two letters (ISO 3166-1); none when the number belongs to no country alone.
    #[schema(required)]
    region_code: Option<String>,
    country_code: i32,
    time_zone: Vec<&'static str>,
}

/// Ask what a number's numbering plan says
#[utoipa::path(
    get,
    path = "/phonenumber",
    tag = "numbers",
    params(Asked),
    responses((status = 200, description = "What is known", body = NumberFacts), GmsReads)
)]
pub async fn phone_number(QueryOf(asked): QueryOf<Asked>) -> Answer<NumberFacts> {
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
    Ok(Json(NumberFacts {
        e164: number.e164(),
        number_national: number.national(),
        number_international: number.international(),
        number_type: number.kind(),
        is_valid_number: number.is_valid(),
        is_possible_number: number.is_possible(),
        is_premium: number.is_premium(),
        region_code: number.region(),
        country_code: number.country_code(),
        time_zone: number.zones(),
    }))
}
