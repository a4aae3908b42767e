//! Customers: all that is known of one is what was requested for its number.

use axum::extract::{Path, State};
use axum::{Extension, Json};
use ringback_core::phone::{NumberError, PhoneNumber};
use ringback_ports::desk::{Desk, Refusal, RefusalKind};
use serde::Serialize;
use serde_json::Map;
use utoipa::ToSchema;

use crate::access::{Routes, Rule, Told};
use crate::openapi::Writes;
use crate::refused::Problem;

pub fn routes<D: Desk>() -> Routes<D> {
    let change = Rule::erase().changes("customers");
    Routes::new().delete("/customers/{number}", change, erase::<D>)
}

/// How many records are gone.
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Erased {
    erased: u64,
}

/// Erase a customer
///
/// Calls off what is pending and removes every record of the number with all that belongs to it.
#[utoipa::path(
    delete,
    path = "/customers/{number}",
    tag = "many callbacks",
    params(("number" = String, Path, pattern = r"^[ ./()-]*\+?[0-9 ./()-]*[0-9][0-9 ./()-]*$", description = "Its number")),
    responses((status = 200, description = "Nothing is left", body = Erased), Writes)
)]
pub async fn erase<D: Desk>(
    State(desk): State<D>,
    Path(number): Path<String>,
) -> Result<(Extension<Told>, Json<Erased>), Problem> {
    let number: PhoneNumber = number.parse().map_err(|error: NumberError| {
        Refusal::new(RefusalKind::Number, format!("number is {error}"))
    })?;
    let erased = desk.erase(&number).await?;
    let told = Told {
        details: Map::from_iter([("erased".to_owned(), erased.into())]),
        ..Told::default()
    };
    Ok((Extension(told), Json(Erased { erased })))
}
