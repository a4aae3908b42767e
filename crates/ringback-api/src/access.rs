//! Who may call, and the span of each request.

mod about;
mod audit;
mod caller;
mod gatekeeper;
mod lockout;
mod roles;
mod routes;
#[cfg(test)]
mod tests;
mod turned;
mod users;

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use axum::RequestExt;
use axum::extract::{ConnectInfo, MatchedPath, RawPathParams, Request, State};
use axum::http::{HeaderMap, Method, StatusCode};
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
use roles::Permission;
pub use roles::{Role, RoleError};
use routes::Scope;
pub use routes::{Routes, Rule, Rules, Stated};
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
    rules: Arc<Rules>,
    desk: D,
}

impl<D> Entrance<D> {
    pub fn new(access: Access, rules: Rules, desk: D) -> Self {
        let Access { users, keep_audit } = access;
        Self {
            gatekeeper: Gatekeeper::new(users),
            keep_audit,
            rules: Arc::new(rules),
            desk,
        }
    }
}

/// Lets in who may do what is asked; handlers find the [`Caller`] among the extensions. A route that states no rule
/// takes nobody.
pub async fn check<D: Desk>(
    State(entrance): State<Entrance<D>>,
    mut request: Request,
    next: Next,
) -> Response {
    let path = request.uri().path().to_owned();
    let Ok(asked) = Asked::read(&entrance.rules, &mut request).await else {
        tracing::error!(path, "a route states no rule: nobody is let in");
        let message = "this route states no permission".to_owned();
        return as_family(&path, StatusCode::FORBIDDEN, "Forbidden", message);
    };
    if asked.permission() == Some(Permission::Everybody) {
        return next.run(request).await;
    }
    let Entrance {
        gatekeeper,
        keep_audit,
        desk,
        ..
    } = entrance;
    let about = asked.about(request.uri().query());
    let (headers, from) = (request.headers(), address(&request));
    let caller = match gatekeeper.know(&desk, about, headers, from).await {
        Ok(caller) => caller,
        Err(turned) => return turned.answer(&path),
    };
    if let Some(permission) = asked.permission()
        && !caller.may(permission, asked.first())
    {
        let (role, may) = (caller.role(), permission.as_str());
        let message = format!("role {role} may not {may}");
        return as_family(&path, StatusCode::FORBIDDEN, "Forbidden", message);
    }
    let change = asked.change(request.method());
    request.extensions_mut().insert(caller.clone());
    let Some(change) = change else {
        return next.run(request).await;
    };
    let happening = next.run(request);
    let happened = change.happen(desk, &caller, keep_audit, happening).await;
    happened.unwrap_or_else(|refusal| refused(&path, refusal))
}

/// The address that a request comes from.
fn address(request: &Request) -> Option<IpAddr> {
    let connected = request.extensions().get::<ConnectInfo<SocketAddr>>();
    connected.map(|it| it.0.ip())
}

/// A request, as the route sees it that takes it.
struct Asked {
    /// None when no route takes it: it will not be found, or its method not be allowed.
    rule: Option<Rule>,
    route: String,
    /// The first parameter of the path, by its name.
    first: Option<(String, String)>,
}

/// A route takes the request, and states no rule.
struct Unruled;

impl Asked {
    async fn read(rules: &Rules, request: &mut Request) -> Result<Self, Unruled> {
        let route = request.extensions().get::<MatchedPath>().cloned();
        let route = route.as_ref().map_or("", MatchedPath::as_str);
        if !route.is_empty() && !rules.has(route) {
            return Err(Unruled);
        }
        let parameters = request.extract_parts::<RawPathParams>().await.ok();
        let first = parameters.as_ref().and_then(|them| them.iter().next());
        Ok(Self {
            rule: rules.rule(route, request.method()),
            route: route.to_owned(),
            first: first.map(|(name, value)| (name.to_owned(), value.to_owned())),
        })
    }

    fn permission(&self) -> Option<Permission> {
        self.rule.map(|rule| rule.permission)
    }

    fn first(&self) -> Option<&str> {
        self.first.as_ref().map(|(_, value)| value.as_str())
    }

    fn about(&self, query: Option<&str>) -> About {
        let scope = self.rule.map_or(Scope::Nothing, |rule| rule.scope);
        About::of(scope, self.first(), query)
    }

    fn change(&self, method: &Method) -> Option<Change> {
        let kind = self.rule?.change?;
        let what = format!("{method} {}", self.route);
        Some(Change::new(kind, what, self.first.as_ref()))
    }
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
