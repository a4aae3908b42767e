//! Who may call, and the span of each request.

mod about;
mod caller;
mod gatekeeper;
mod lockout;
mod roles;
mod turned;
mod users;

use std::collections::BTreeMap;
use std::net::SocketAddr;

use axum::extract::{ConnectInfo, MatchedPath, Request, State};
use axum::http::{HeaderMap, Method, StatusCode};
use axum::middleware::Next;
use axum::response::Response;
use ringback_ports::desk::Desk;
use ringback_telemetry::{names, propagation};
use tracing::Instrument;

use crate::refused::as_family;
use about::About;
pub use caller::Caller;
pub use gatekeeper::Gatekeeper;
pub use roles::{Role, RoleError};
pub use users::{UserError, Users, hash_password, new_key};

/// Lets in who may do what is asked; handlers find the [`Caller`] among the extensions.
pub async fn check<D: Desk>(
    State((gatekeeper, desk)): State<(Gatekeeper, D)>,
    mut request: Request,
    next: Next,
) -> Response {
    let from = request
        .extensions()
        .get::<ConnectInfo<SocketAddr>>()
        .map(|it| it.0.ip());
    let path = request.uri().path().to_owned();
    let about = About::read(&mut request).await;
    let known = gatekeeper.know(&desk, about, request.headers(), from).await;
    let caller = match known {
        Ok(caller) => caller,
        Err(turned) => return turned.answer(&path),
    };
    let need = roles::needed(request.method(), &path);
    if !caller.may(&need) {
        let (role, need) = (caller.role(), need.as_str());
        let message = format!("role {role} may not {need}");
        return as_family(&path, StatusCode::FORBIDDEN, "Forbidden", message);
    }
    let (method, route) = (request.method().clone(), route(&request));
    request.extensions_mut().insert(caller.clone());
    let response = next.run(request).await;
    audit(&caller, &method, &route, response.status());
    response
}

/// Every change, and by whom. Routes are told without their parameters, which may be phone numbers.
fn audit(caller: &Caller, method: &Method, route: &str, status: StatusCode) {
    let is_change = method != Method::GET && method != Method::HEAD;
    if is_change && status.is_success() && *caller != Caller::Anybody {
        let (user, role, status) = (caller.name(), caller.role(), status.as_u16());
        tracing::info!(target: "ringback::audit", user, role, %method, route, status, "a change");
    }
}

fn route(request: &Request) -> String {
    let matched = request.extensions().get::<MatchedPath>();
    matched.map_or("unknown", MatchedPath::as_str).to_owned()
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
