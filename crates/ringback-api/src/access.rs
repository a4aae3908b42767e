//! Who may call, and the span of each request.

mod about;
mod audit;
mod browser;
mod caller;
mod cookie;
mod gatekeeper;
mod lockout;
mod login;
mod password;
mod roles;
mod routes;
mod sessions;
mod slow;
#[cfg(test)]
mod tests;
mod turned;
mod users;

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::RequestExt;
use axum::body::HttpBody;
use axum::extract::{ConnectInfo, MatchedPath, RawPathParams, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;
use ringback_core::proxy::TrustedProxies;
use ringback_core::session::{SessionId, SessionLimits};
use ringback_ports::desk::Desk;
use ringback_telemetry::{names, propagation};
use tracing::Instrument;

use crate::refused::{as_family, refused};
use about::About;
use audit::Change;
pub use audit::{Tally, Told, object};
pub use browser::Browsers;
pub use caller::Caller;
use cookie::Transport;
use gatekeeper::{Gatekeeper, Shown};
pub use login::{LoggedIn, Login};
pub use password::{hash_password, verify_password};
use roles::Permission;
pub use roles::{Role, RoleError};
use routes::Scope;
pub use routes::{Routes, Rule, Rules, Stated};
pub use users::{UserError, Users, new_key};

/// Who may call, and what is known of it afterwards.
pub struct Access {
    /// The users and keys of the house.
    pub users: Users,
    /// How long changes are known.
    pub keep_audit: Duration,
    /// Whom to believe who calls.
    pub proxies: Proxies,
    /// What web pages may do here.
    pub browsers: Browsers,
    /// How long sessions hold.
    pub sessions: SessionLimits,
    /// How long the body of a request may take.
    pub body_timeout: Duration,
}

impl Default for Access {
    fn default() -> Self {
        Self {
            users: Users::default(),
            keep_audit: Duration::from_secs(90 * 24 * 3600),
            proxies: Proxies::default(),
            browsers: Browsers::default(),
            sessions: SessionLimits::default(),
            body_timeout: Duration::from_secs(30),
        }
    }
}

/// Proxies, and the header that they name callers in.
#[derive(Clone, Debug)]
pub struct Proxies {
    /// Those that are believed.
    pub trusted: TrustedProxies,
    /// Their header; no other is read.
    pub header: HeaderName,
}

impl Default for Proxies {
    fn default() -> Self {
        Self {
            trusted: TrustedProxies::default(),
            header: HeaderName::from_static("x-forwarded-for"),
        }
    }
}

/// What every request passes.
#[derive(Clone)]
pub struct Entrance<D> {
    gatekeeper: Gatekeeper,
    keep_audit: Duration,
    proxies: Proxies,
    browsers: Arc<Browsers>,
    sessions: SessionLimits,
    body_timeout: Duration,
    rules: Arc<Rules>,
    desk: D,
}

impl<D> Entrance<D> {
    pub fn new(access: Access, rules: Rules, desk: D) -> Self {
        let Access {
            users,
            keep_audit,
            proxies,
            browsers,
            sessions,
            body_timeout,
        } = access;
        Self {
            gatekeeper: Gatekeeper::new(users),
            keep_audit,
            proxies,
            browsers: Arc::new(browsers),
            sessions,
            body_timeout,
            rules: Arc::new(rules),
            desk,
        }
    }

    /// Why a request is not looked at further; `None` when it is.
    fn refuse(&self, request: &Request, is_session: bool) -> Option<String> {
        let refused = self.browsers.refuse(request);
        let forged = || cookie::refuse(request).filter(|_| is_session);
        refused.or_else(|| forged().map(str::to_owned))
    }

    fn login(&self, request: &Request, shown: Option<SessionId>) -> Login {
        Login {
            gatekeeper: self.gatekeeper.clone(),
            limits: self.sessions,
            from: address(request, &self.proxies),
            transport: Transport::of(request, &self.proxies),
            shown,
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
    let session = cookie::shown(&request);
    if let Some(message) = entrance.refuse(&request, session.is_some()) {
        return as_family(&path, StatusCode::FORBIDDEN, "Forbidden", message);
    }
    let Ok(asked) = Asked::read(&entrance.rules, &mut request).await else {
        tracing::error!(path, "a route states no rule: nobody is let in");
        let message = "this route states no permission".to_owned();
        return as_family(&path, StatusCode::FORBIDDEN, "Forbidden", message);
    };
    let late = asked.bound_body(entrance.body_timeout, &mut request);
    let response = admitted(entrance, asked, session, request, next).await;
    if late.load(Ordering::Relaxed) {
        return too_slow(&path);
    }
    response
}

/// Its body has not come in time: the connection is of no more use.
fn too_slow(path: &str) -> Response {
    let message = "the body of the request did not come in time".to_owned();
    let status = StatusCode::REQUEST_TIMEOUT;
    let mut response = as_family(path, status, "RequestTimeout", message);
    let close = HeaderValue::from_static("close");
    response.headers_mut().insert(header::CONNECTION, close);
    response
}

async fn admitted<D: Desk>(
    entrance: Entrance<D>,
    asked: Asked,
    session: Option<SessionId>,
    mut request: Request,
    next: Next,
) -> Response {
    if asked.route == login::ROUTE {
        let login = entrance.login(&request, session.clone());
        request.extensions_mut().insert(login);
    }
    if asked.permission() == Some(Permission::Everybody) {
        return next.run(request).await;
    }
    let path = request.uri().path().to_owned();
    let Entrance {
        gatekeeper,
        keep_audit,
        proxies,
        desk,
        ..
    } = entrance;
    let about = asked.about(request.uri().query());
    let (headers, from) = (request.headers(), address(&request, &proxies));
    let is_session = session.is_some();
    let shown = Shown::read(headers, session);
    let caller = match gatekeeper.know(&desk, about, shown, from).await {
        Ok(caller) => caller,
        Err(turned) => return turned.answer_to(&request),
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
    let happening = next.run(request);
    let mut response = match change {
        Some(change) => {
            let happened = change.happen(desk, &caller, keep_audit, happening).await;
            happened.unwrap_or_else(|refusal| refused(&path, refusal))
        }
        None => happening.await,
    };
    if is_session {
        let headers = response.headers_mut().entry(header::CACHE_CONTROL);
        headers.or_insert(HeaderValue::from_static("no-store"));
    }
    response
}

/// The address that a request comes from: who is connected, or whom a trusted proxy names.
fn address(request: &Request, proxies: &Proxies) -> Option<IpAddr> {
    let connected = request.extensions().get::<ConnectInfo<SocketAddr>>()?;
    let named = request.headers().get_all(&proxies.header).iter();
    let named: Vec<&str> = named.map(|it| it.to_str().unwrap_or_default()).collect();
    Some(proxies.trusted.client(connected.0.ip(), named.into_iter()))
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

    /// Has the body of the request come in time, unless its route reads it as it comes; whether it has not.
    fn bound_body(&self, limit: Duration, request: &mut Request) -> Arc<AtomicBool> {
        let body = request.body_mut();
        if self.rule.is_some_and(|rule| rule.streams) || body.is_end_stream() {
            return Arc::default();
        }
        let (timed, late) = slow::within(limit, std::mem::take(body));
        *body = timed;
        late
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
