//! Who may call, and the span of each request.

mod lockout;
mod roles;
mod users;

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::extract::{ConnectInfo, MatchedPath, Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;
use ringback_telemetry::{names, propagation};
use tracing::Instrument;

use crate::refused::as_family;
use lockout::Lockout;
pub use roles::{Role, RoleError};
pub use users::{Caller, UserError, Users, hash_password, new_key};

/// Asks everybody who they are.
#[derive(Clone)]
pub struct Gatekeeper(Arc<Inner>);

struct Inner {
    users: Users,
    lockout: Lockout,
}

/// Why somebody is turned away.
enum Turned {
    /// It has not shown who it is.
    Unknown,
    /// It has failed too often.
    Wait(Duration),
}

/// What somebody shows: HTTP Basic (RFC 7617) or a bearer key (RFC 6750).
enum Shown {
    Password(String, String),
    Key(String),
}

impl Gatekeeper {
    /// For these users and keys.
    pub fn new(users: Users) -> Self {
        let lockout = Lockout::default();
        Self(Arc::new(Inner { users, lockout }))
    }

    async fn know(&self, headers: &HeaderMap, from: Option<IpAddr>) -> Result<Caller, Turned> {
        let shown = read(headers).ok_or(Turned::Unknown)?;
        let claimed = match &shown {
            Shown::Password(name, _) => name.chars().take(80).collect(),
            Shown::Key(_) => String::new(),
        };
        let (guesser, Inner { users, lockout }) = ((claimed, from), &*self.0);
        if let Some(wait) = lockout.wait(&guesser, Instant::now()) {
            return Err(Turned::Wait(wait));
        }
        let caller = match &shown {
            Shown::Password(name, password) => users.by_password(name, password).await,
            Shown::Key(key) => users.by_key(key),
        };
        match caller {
            Some(caller) => {
                lockout.succeeded(&guesser);
                Ok(caller)
            }
            None => {
                lockout.failed(guesser, Instant::now());
                Err(Turned::Unknown)
            }
        }
    }
}

fn read(headers: &HeaderMap) -> Option<Shown> {
    let (scheme, credentials) = headers
        .get(header::AUTHORIZATION)?
        .to_str()
        .ok()?
        .split_once(' ')?;
    if scheme.eq_ignore_ascii_case("bearer") {
        return Some(Shown::Key(credentials.trim().to_owned()));
    }
    let (name, password) =
        users::read_basic(credentials.trim()).filter(|_| scheme.eq_ignore_ascii_case("basic"))?;
    Some(Shown::Password(name, password))
}

pub async fn check(State(gatekeeper): State<Gatekeeper>, request: Request, next: Next) -> Response {
    let from = request
        .extensions()
        .get::<ConnectInfo<SocketAddr>>()
        .map(|it| it.0.ip());
    let path = request.uri().path().to_owned();
    let caller = match gatekeeper.know(request.headers(), from).await {
        Ok(caller) => caller,
        Err(turned) => return turn_away(&path, &turned),
    };
    let need = roles::needed(request.method(), &path);
    if !caller.role.may(&need, &caller.name) {
        let (role, need) = (caller.role.as_str(), need.as_str());
        let message = format!("role {role} may not {need}");
        return as_family(&path, StatusCode::FORBIDDEN, "Forbidden", message);
    }
    let (method, route) = (request.method().clone(), route(&request));
    let response = next.run(request).await;
    audit(&caller, &method, &route, response.status());
    response
}

/// Every change, and by whom. Routes are told without their parameters, which may be phone numbers.
fn audit(caller: &Caller, method: &Method, route: &str, status: StatusCode) {
    if method != Method::GET && method != Method::HEAD && status.is_success() {
        let (user, role, status) = (caller.name.as_str(), caller.role.as_str(), status.as_u16());
        tracing::info!(target: "ringback::audit", user, role, %method, route, status, "a change");
    }
}

fn route(request: &Request) -> String {
    let matched = request.extensions().get::<MatchedPath>();
    matched.map_or("unknown", MatchedPath::as_str).to_owned()
}

fn turn_away(path: &str, turned: &Turned) -> Response {
    let (status, exception, message) = match turned {
        Turned::Unknown => (
            StatusCode::UNAUTHORIZED,
            "Unauthorized",
            "credentials are missing or wrong: HTTP Basic or a bearer key is asked for",
        ),
        Turned::Wait(_) => (
            StatusCode::TOO_MANY_REQUESTS,
            "TooManyRequests",
            "credentials were wrong too often: try again later",
        ),
    };
    let mut response = as_family(path, status, exception, message.to_owned());
    let headers = response.headers_mut();
    match turned {
        Turned::Unknown => {
            for challenge in ["Basic realm=\"ringback\"", "Bearer realm=\"ringback\""] {
                headers.append(
                    header::WWW_AUTHENTICATE,
                    HeaderValue::from_static(challenge),
                );
            }
        }
        Turned::Wait(wait) => {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(wait.as_secs() + 1));
        }
    }
    response
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
