//! Who has changed what.

use axum::Json;
use axum::extract::{RawQuery, State};
use ringback_core::audit::AuditEntry;
use ringback_ports::desk::{AuditQuery, Desk};
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::access::{Routes, Rule};
use crate::filter;
use crate::openapi::Reads;
use crate::refused::Problem;

/// How many entries are on a page that does not say, and at the most.
const PAGE: (usize, usize) = (50, 500);

pub fn routes<D: Desk>() -> Routes<D> {
    Routes::new().get("/audit", Rule::audit(), audit::<D>)
}

/// A page of the audit.
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AuditPage {
    entries: Vec<AuditView>,
    /// Where the next page begins; none on the last.
    #[schema(required)]
    next: Option<String>,
}

/// A change that somebody asked for.
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = AuditEntry)]
pub struct AuditView {
    id: String,
    /// When it was asked for.
    #[schema(format = DateTime)]
    at: String,
    /// The user or key.
    who: String,
    role: String,
    #[schema(example = "PUT /v1/services/{service}")]
    what: String,
    #[schema(example = "services/desk")]
    object: String,
    /// None while it has not ended, or when nobody saw the end.
    #[schema(required)]
    outcome: Option<OutcomeView>,
    #[schema(format = DateTime)]
    kept_until: String,
}

/// How a change ended.
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = AuditOutcome)]
pub struct OutcomeView {
    #[schema(format = DateTime)]
    at: String,
    /// The HTTP status.
    status: u16,
    /// What else is known of it.
    #[schema(value_type = Object)]
    details: Map<String, Value>,
}

/// Look at who has changed what
#[utoipa::path(
    get,
    path = "/audit",
    tag = "administration",
    params(
        ("object" = Option<String>, Query, description = "What was changed, e.g. `services/desk`"),
        ("who" = Option<String>, Query, description = "Changes by this user or key"),
        ("from" = Option<String>, Query, format = DateTime, description = "Those at this time or later (RFC 3339)"),
        ("to" = Option<String>, Query, format = DateTime, description = "Those before this time (RFC 3339)"),
        ("limit" = Option<u32>, Query, minimum = 1, maximum = 500, description = "At the most so many; 50 when absent"),
        ("after" = Option<String>, Query, description = "`next` of the page before")
    ),
    responses((status = 200, description = "A page", body = AuditPage), Reads)
)]
pub async fn audit<D: Desk>(
    State(desk): State<D>,
    RawQuery(query): RawQuery,
) -> Result<Json<AuditPage>, Problem> {
    let mut asked = AuditQuery {
        limit: PAGE.0,
        ..AuditQuery::default()
    };
    for (name, value) in filter::pairs(query.as_deref())? {
        match name.as_str() {
            "object" => asked.object = Some(value),
            "who" => asked.who = Some(value),
            "from" => asked.from = Some(filter::time(&name, &value)?),
            "to" => asked.until = Some(filter::time(&name, &value)?),
            "limit" => asked.limit = filter::count(&name, &value, PAGE.1)?,
            "after" => asked.after = Some(value),
            other => {
                let allowed = ["object", "who", "from", "to", "limit", "after"];
                return Err(filter::unknown(other, &allowed).into());
            }
        }
    }
    let page = desk.audit(asked).await?;
    let entries = page.entries.into_iter().map(AuditView::from).collect();
    let next = page.next;
    Ok(Json(AuditPage { entries, next }))
}

impl From<AuditEntry> for AuditView {
    fn from(entry: AuditEntry) -> Self {
        let outcome = entry.outcome.map(|outcome| OutcomeView {
            at: outcome.at.to_string(),
            status: outcome.status,
            details: outcome.details,
        });
        Self {
            id: entry.id.to_string(),
            at: entry.at.to_string(),
            who: entry.who,
            role: entry.role,
            what: entry.what,
            object: entry.object,
            outcome,
            kept_until: entry.until.to_string(),
        }
    }
}
