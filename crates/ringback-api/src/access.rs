//! Who may call, and the span of each request.

mod about;
mod audit;
mod caller;
mod gatekeeper;
mod lockout;
mod roles;
mod turned;
mod users;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::Duration;

use axum::extract::{ConnectInfo, MatchedPath, Request, State};
use axum::http::{HeaderMap, StatusCode};
use axum::middleware::Next;
use axum::response::Response;
use ringback_ports::desk::Desk;
use ringback_telemetry::{names, propagation};
use tracing::Instrument;

use crate::refused::{as_family, refused};
use about::About;
use audit::Change;
pub use audit::{Tally, Told, object};
pub use caller::Caller;
use gatekeeper::Gatekeeper;
pub use roles::{Role, RoleError};
pub use users::{UserError, Users, hash_password, new_key};

/// Who may call, and what is known of it afterwards.
pub struct Access {
    /// The users and keys of the house.
    pub users: Users,
    /// How long changes are known.
    pub keep_audit: Duration,
}

/// What every request passes.
#[derive(Clone)]
pub struct Entrance<D> {
    gatekeeper: Gatekeeper,
    keep_audit: Duration,
    desk: D,
}

impl<D> Entrance<D> {
    pub fn new(access: Access, desk: D) -> Self {
        let Access { users, keep_audit } = access;
        Self {
            gatekeeper: Gatekeeper::new(users),
            keep_audit,
            desk,
        }
    }
}

/// Lets in who may do what is asked; handlers find the [`Caller`] among the extensions.
pub async fn check<D: Desk>(
    State(entrance): State<Entrance<D>>,
    mut request: Request,
    next: Next,
) -> Response {
    let from = request
        .extensions()
        .get::<ConnectInfo<SocketAddr>>()
        .map(|it| it.0.ip());
    let path = request.uri().path().to_owned();
    let about = About::read(&mut request).await;
    let Entrance {
        gatekeeper,
        keep_audit,
        desk,
    } = entrance;
    let headers = request.headers();
    let caller = match gatekeeper.know(&desk, about, headers, from).await {
        Ok(caller) => caller,
        Err(turned) => return turned.answer(&path),
    };
    let need = roles::needed(request.method(), &path);
    if !caller.may(&need) {
        let (role, need) = (caller.role(), need.as_str());
        let message = format!("role {role} may not {need}");
        return as_family(&path, StatusCode::FORBIDDEN, "Forbidden", message);
    }
    let change = Change::read(&mut request).await;
    request.extensions_mut().insert(caller.clone());
    let Some(change) = change else {
        return next.run(request).await;
    };
    let happening = next.run(request);
    let happened = change.happen(desk, &caller, keep_audit, happening).await;
    happened.unwrap_or_else(|refusal| refused(&path, refusal))
}

/// One span a request, named by its route, in the caller's trace.
pub async fn trace(request: Request, next: Next) -> Response {
    let route = request
        .extensions()
        .get::<MatchedPath>()
        .map_or("unknown", MatchedPath::as_str);
    let span = names::http_span(request.method().as_str(), route);
    propagation::continue_from(&span, &trace_headers(request.headers()));
    next.run(request).instrument(span).await
}

/// The trace context among HTTP headers.
pub fn trace_headers(headers: &HeaderMap) -> BTreeMap<String, String> {
    let text = |name: &str| {
        Some((
            name.to_owned(),
            headers.get(name)?.to_str().ok()?.to_owned(),
        ))
    };
    ["traceparent", "tracestate"]
        .into_iter()
        .filter_map(text)
        .collect()
}
