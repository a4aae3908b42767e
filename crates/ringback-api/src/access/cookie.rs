//! The cookie of a session, and what a request must show that comes with it.
//!
//! A browser sends a cookie along whoever made it ask. So whatever changes something must show that a page of this
//! origin asked for it: by `Sec-Fetch-Site`, which every current browser sends and no script can write, or by `Origin`.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use axum::extract::{ConnectInfo, Request};
use axum::http::{HeaderMap, HeaderValue, Method, header};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ringback_core::session::SessionId;
use sha2::{Digest, Sha256};

use super::Proxies;
use super::browser::{is_at, is_local_name};
use crate::body::content_type;

/// Its name over HTTPS: no other host, no other path and no plain page can set it.
const SECURE: &str = "__Host-ringback";
/// Its name over plain HTTP, which never leaves the computer.
const LOCAL: &str = "ringback";
/// The length of a token, in bytes.
const TOKEN: usize = 32;
/// Where sessions count.
const COUNTS_UNDER: &str = "/v1/";
/// Bodies that a page of another site can send without being asked whether it may.
const FORMS: [&str; 3] = [
    "application/x-www-form-urlencoded",
    "multipart/form-data",
    "text/plain",
];

/// The way that a request has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Transport {
    /// Over HTTPS, as a proxy says that is believed.
    Secure,
    /// Over plain HTTP, from this computer to itself.
    Local,
    /// Over plain HTTP from elsewhere, or by way of something that is not believed.
    Open,
}

impl Transport {
    /// Of a request.
    pub fn of(request: &Request, proxies: &Proxies) -> Self {
        let headers = request.headers();
        let peer = request.extensions().get::<ConnectInfo<SocketAddr>>();
        let Some(peer) = peer.map(|it| it.0.ip().to_canonical()) else {
            return Self::Open;
        };
        let scheme = text(headers, "x-forwarded-proto");
        if proxies.trusted.trusts(peer) && scheme.is_some_and(|it| it.trim() == "https") {
            return Self::Secure;
        }
        let is_to_itself = text(headers, "host").is_some_and(is_local_name);
        if peer.is_loopback() && is_to_itself && scheme.is_none() {
            Self::Local
        } else {
            Self::Open
        }
    }
}

/// A session that a request shows: under `/v1`, where no other credentials are shown.
pub(super) fn shown(request: &Request) -> Option<SessionId> {
    let headers = request.headers();
    let counts = request.uri().path().starts_with(COUNTS_UNDER);
    if !counts || headers.contains_key(header::AUTHORIZATION) {
        return None;
    }
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>();
    let is_local = peer.is_some_and(|it| is_loopback(it.0.ip()));
    let lines = headers.get_all(header::COOKIE).iter();
    let cookies = lines.filter_map(|it| it.to_str().ok());
    let cookies = cookies.flat_map(|line| line.split(';')).map(str::trim);
    let tokens = cookies.filter_map(|cookie| {
        let (name, token) = cookie.split_once('=')?;
        (name == SECURE || name == LOCAL && is_local).then_some(token)
    });
    tokens.filter_map(session).next()
}

fn is_loopback(address: IpAddr) -> bool {
    address.to_canonical().is_loopback()
}

fn session(token: &str) -> Option<SessionId> {
    let bytes = URL_SAFE_NO_PAD.decode(token).ok()?;
    (bytes.len() == TOKEN).then(|| of_token(&bytes))
}

fn of_token(bytes: &[u8]) -> SessionId {
    SessionId::of(&Sha256::digest(bytes).into())
}

/// Why a request that comes with a session is not answered; `None` when it is.
pub(super) fn refuse(request: &Request) -> Option<&'static str> {
    if [Method::GET, Method::HEAD].contains(request.method()) {
        return None;
    }
    let headers = request.headers();
    let is_own = match text(headers, "sec-fetch-site") {
        Some(site) => site == "same-origin",
        None => {
            let host = text(headers, "host").zip(text(headers, "origin"));
            host.is_some_and(|(host, origin)| is_at(origin, host))
        }
    };
    if !is_own {
        return Some("sec-fetch-site must be same-origin, or origin be this host");
    }
    let kind = content_type(headers);
    let is_form = kind.is_some_and(|kind| FORMS.contains(&kind.as_str()));
    is_form.then_some("content-type must not be that of a form where a session is shown")
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

/// A new token, as the cookie that a browser keeps, and the session that it shows. `None` when the machine gives no random
/// numbers.
pub(super) fn fresh(is_secure: bool, longest: Duration) -> Option<(HeaderValue, SessionId)> {
    let mut token = [0; TOKEN];
    getrandom::fill(&mut token).ok()?;
    let text = URL_SAFE_NO_PAD.encode(token);
    Some((cookie(is_secure, &text, longest)?, of_token(&token)))
}

/// The cookies that make a browser forget its own.
pub(super) fn forgotten() -> impl Iterator<Item = HeaderValue> {
    let gone = |is_secure| cookie(is_secure, "", Duration::ZERO);
    [true, false].into_iter().filter_map(gone)
}

fn cookie(is_secure: bool, token: &str, age: Duration) -> Option<HeaderValue> {
    let (name, secure) = if is_secure {
        (SECURE, "; Secure")
    } else {
        (LOCAL, "")
    };
    let age = age.as_secs();
    let cookie =
        format!("{name}={token}; Path=/; HttpOnly; SameSite=Strict; Max-Age={age}{secure}");
    HeaderValue::from_str(&cookie).ok()
}

#[cfg(test)]
mod tests;
