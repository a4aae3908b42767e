//! Logging in with a browser, and out.

use std::net::IpAddr;

use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;
use ringback_core::session::{Session, SessionId, SessionLimits};
use ringback_ports::desk::Desk;

use super::caller::Caller;
use super::cookie::{self, Transport};
use super::gatekeeper::Gatekeeper;
use super::roles::Role;
use crate::refused::{as_family, refused};

/// Where one logs in and out.
pub(super) const ROUTE: &str = "/v1/session";

/// What the login needs to know of a request; among the extensions of those that come there.
#[derive(Clone)]
pub struct Login {
    pub(super) gatekeeper: Gatekeeper,
    pub(super) limits: SessionLimits,
    pub(super) from: Option<IpAddr>,
    pub(super) transport: Transport,
    /// The session that the request shows.
    pub(super) shown: Option<SessionId>,
}

/// Somebody who has logged in.
pub struct LoggedIn {
    /// Who.
    pub caller: Caller,
    /// Its session, with the cookie that shows it; `None` in a house without users, where nobody needs one.
    pub session: Option<(Session, HeaderValue)>,
}

impl Login {
    /// The session that the request shows.
    pub const fn shown(&self) -> Option<&SessionId> {
        self.shown.as_ref()
    }

    /// Lets a user in who shows the password. A session that the browser had before ends.
    ///
    /// # Errors
    /// With the answer to who is not let in.
    pub async fn enter<D: Desk>(
        &self,
        desk: &D,
        name: String,
        password: String,
    ) -> Result<LoggedIn, Response> {
        let known = self.gatekeeper.log_in(name, password, self.from).await;
        let caller = known.map_err(|turned| turned.answer_to_script(ROUTE))?;
        let Caller::User { name, role } = &caller else {
            let session = None;
            return Ok(LoggedIn { caller, session });
        };
        if *role == Role::Ivr {
            return Err(forbidden(
                "role ivr must not log in: it is for programs, which show their credentials with each request",
            ));
        }
        let is_secure = match self.transport {
            Transport::Secure => true,
            Transport::Local => false,
            Transport::Open => {
                return Err(forbidden(
                    "this connection must be HTTPS: put TLS in front and name that proxy in --trusted-proxies, so that its \
                     X-Forwarded-Proto counts; on the computer itself http://localhost will do",
                ));
            }
        };
        let Some((cookie, id)) = cookie::fresh(is_secure, self.limits.longest) else {
            let message = "the machine gives no random numbers: try again later".to_owned();
            let status = StatusCode::SERVICE_UNAVAILABLE;
            return Err(as_family(ROUTE, status, "ServiceUnavailable", message));
        };
        let session = Session::begin(name.clone(), self.limits, desk.now());
        let opened = desk.open_session(&id, session.clone()).await;
        opened.map_err(|refusal| refused(ROUTE, refusal))?;
        self.leave(desk).await?;
        let user = name.as_str();
        tracing::info!(target: "ringback::audit", user, role = role.as_str(), "logged in");
        let session = Some((session, cookie));
        Ok(LoggedIn { caller, session })
    }

    /// Ends the session that the request shows, if it does.
    ///
    /// # Errors
    /// With the answer when the store is away.
    pub async fn leave<D: Desk>(&self, desk: &D) -> Result<(), Response> {
        let Some(id) = &self.shown else {
            return Ok(());
        };
        self.gatekeeper.forget(id);
        let closed = desk.close_session(id).await;
        closed.map_err(|refusal| refused(ROUTE, refusal))
    }

    /// The cookies that make a browser forget its own.
    pub fn forgotten() -> impl Iterator<Item = HeaderValue> {
        cookie::forgotten()
    }
}

fn forbidden(message: &str) -> Response {
    as_family(
        ROUTE,
        StatusCode::FORBIDDEN,
        "Forbidden",
        message.to_owned(),
    )
}
