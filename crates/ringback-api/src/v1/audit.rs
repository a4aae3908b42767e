//! Who has changed what.

use axum::extract::{RawQuery, State};
use axum::routing::get;
use axum::{Json, Router};
use ringback_core::audit::AuditEntry;
use ringback_ports::desk::{AuditQuery, Desk};
use serde_json::{Value, json};

use crate::filter;
use crate::refused::Problem;

/// How many entries are on a page that does not say, and at the most.
const PAGE: (usize, usize) = (50, 500);

pub fn routes<D: Desk>() -> Router<D> {
    Router::new().route("/audit", get(audit::<D>))
}

async fn audit<D: Desk>(
    State(desk): State<D>,
    RawQuery(query): RawQuery,
) -> Result<Json<Value>, Problem> {
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
    let entries: Vec<Value> = page.entries.iter().map(view).collect();
    Ok(Json(json!({ "entries": entries, "next": page.next })))
}

fn view(entry: &AuditEntry) -> Value {
    let outcome = entry.outcome.as_ref().map(|outcome| {
        json!({
            "at": outcome.at.to_string(),
            "status": outcome.status,
            "details": outcome.details,
        })
    });
    json!({
        "id": entry.id,
        "at": entry.at.to_string(),
        "who": entry.who,
        "role": entry.role,
        "what": entry.what,
        "object": entry.object,
        "outcome": outcome,
        "kept_until": entry.until.to_string(),
    })
}
