//! Customers: all that is known of one is what was requested for its number.

use axum::extract::{Path, State};
use axum::routing::delete;
use axum::{Extension, Json, Router};
use ringback_core::phone::{NumberError, PhoneNumber};
use ringback_ports::desk::{Desk, Refusal, RefusalKind};
use serde_json::{Map, Value, json};

use crate::access::Told;
use crate::refused::Problem;

pub fn routes<D: Desk>() -> Router<D> {
    Router::new().route("/customers/{number}", delete(erase::<D>))
}

async fn erase<D: Desk>(
    State(desk): State<D>,
    Path(number): Path<String>,
) -> Result<(Extension<Told>, Json<Value>), Problem> {
    let number: PhoneNumber = number.parse().map_err(|error: NumberError| {
        Refusal::new(RefusalKind::Number, format!("number is {error}"))
    })?;
    let erased = desk.erase(&number).await?;
    let told = Told {
        details: Map::from_iter([("erased".to_owned(), erased.into())]),
        ..Told::default()
    };
    Ok((Extension(told), Json(json!({ "erased": erased }))))
}
