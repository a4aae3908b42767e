//! What services can be told.

use axum::Json;
use ringback_core::service::explained_options;
use ringback_ports::desk::Desk;
use serde::Serialize;
use utoipa::ToSchema;

use crate::access::{Routes, Rule};
use crate::body::{NoParameters, QueryOf};
use crate::openapi::Reads;

pub fn routes<D: Desk>() -> Routes<D> {
    Routes::new().get("/options", Rule::read(), options)
}

/// An option of a service.
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ServiceOption)]
pub struct OptionView {
    #[schema(example = "_ttl")]
    name: &'static str,
    #[schema(example = "General")]
    topic: &'static str,
    /// What it does.
    meaning: &'static str,
    /// What it takes, for people.
    #[schema(example = "seconds from 1 to 31622400")]
    takes: &'static str,
    /// What holds when neither the service nor its template says anything; empty for nothing.
    #[schema(example = "86400")]
    default: &'static str,
    /// What its numbers count; none where it takes something else than a span.
    #[schema(required, example = "s")]
    unit: Option<&'static str>,
}

/// List the options that a service can have
///
/// By topic: from the table that options are read by.
#[utoipa::path(
    get,
    path = "/options",
    tag = "services",
    responses((status = 200, description = "Every option", body = [OptionView]), Reads)
)]
pub async fn options(_: QueryOf<NoParameters>) -> Json<Vec<OptionView>> {
    let all = explained_options().map(|it| OptionView {
        name: it.name,
        topic: it.topic,
        meaning: it.meaning,
        takes: it.takes,
        default: it.default,
        unit: it.unit,
    });
    Json(all.collect())
}
