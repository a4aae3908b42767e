//! What a web page may make a browser do here.
//!
//! A browser reaches what its user reaches, a Ringback on its own computer for one, and shows the credentials that it
//! has remembered. So a page of somebody else must not act through it: not by a name that leads here (DNS rebinding),
//! and not by a form or a script that posts from another site.

use std::net::IpAddr;

use axum::extract::Request;
use axum::http::{HeaderMap, Method};

/// How much of a wrong value is shown, in characters.
const SHOWN: usize = 80;

/// Which names lead here, and which pages may act here.
#[derive(Clone, Debug, Default)]
pub struct Browsers {
    /// Names that this API is called by, without a port; `None` when any name does. Addresses and `localhost` always do.
    pub hosts: Option<Vec<String>>,
    /// Origins besides its own whose pages may change something, such as `https://desk.example`.
    pub origins: Vec<String>,
}

impl Browsers {
    /// Why a request is not answered; `None` when it is.
    pub(super) fn refuse(&self, request: &Request) -> Option<String> {
        let headers = request.headers();
        if headers.get_all("host").iter().count() > 1 {
            return Some("host must be said once".to_owned());
        }
        let host = request.uri().authority().map(|it| it.as_str());
        let host = host.or_else(|| text(headers, "host"));
        if let Some(host) = host
            && !self.answers_to(host)
        {
            let shown = short(host);
            return Some(format!(
                "host '{shown}' must be an address, localhost, or a name among --allowed-hosts"
            ));
        }
        let safe = [Method::GET, Method::HEAD, Method::OPTIONS];
        if safe.contains(request.method()) {
            return None;
        }
        let origin = text(headers, "origin");
        if origin.is_some_and(|origin| self.origins.iter().any(|it| it == origin)) {
            return None;
        }
        let is_own = match (text(headers, "sec-fetch-site"), origin) {
            (Some(site), _) => ["same-origin", "none"].contains(&site),
            (None, Some(origin)) => host.is_some_and(|host| is_at(origin, host)),
            // No browser.
            (None, None) => true,
        };
        let shown = short(origin.unwrap_or("unknown"));
        (!is_own).then(|| {
            format!("origin '{shown}' must be this API's own, or one among --allowed-origins")
        })
    }

    fn answers_to(&self, host: &str) -> bool {
        let Some(hosts) = &self.hosts else {
            return true;
        };
        let name = name_of(host);
        is_localhost(&name)
            || is_address(&name)
            || hosts.iter().any(|it| it.eq_ignore_ascii_case(&name))
    }
}

fn name_of(host: &str) -> String {
    let name = without_port(host).trim_end_matches('.');
    name.to_ascii_lowercase()
}

fn is_localhost(name: &str) -> bool {
    name == "localhost" || name.ends_with(".localhost")
}

/// Whether a host is this computer by a name that no other has.
pub(super) fn is_local_name(host: &str) -> bool {
    let name = name_of(host);
    let bare = name.strip_prefix('[').and_then(|it| it.strip_suffix(']'));
    let address = bare.unwrap_or(&name).parse::<IpAddr>();
    is_localhost(&name) || address.is_ok_and(|it| it.is_loopback())
}

/// No page is found by an address that it does not come from.
fn is_address(name: &str) -> bool {
    let bare = name.strip_prefix('[').and_then(|it| it.strip_suffix(']'));
    bare.unwrap_or(name).parse::<IpAddr>().is_ok()
}

fn without_port(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|it| it.is_ascii_digit()) && !name.is_empty() => {
            let is_bare_v6 = name.contains(':') && !name.starts_with('[');
            if is_bare_v6 { host } else { name }
        }
        _ => host,
    }
}

/// Whether pages of the origin stand at this host and port.
pub(super) fn is_at(origin: &str, host: &str) -> bool {
    let Some((scheme, place)) = origin.split_once("://") else {
        return false;
    };
    let port = match scheme {
        "http" => ":80",
        "https" => ":443",
        _ => return false,
    };
    let (place, host) = (place.trim_end_matches(port), host.trim_end_matches(port));
    place.eq_ignore_ascii_case(host)
}

/// A header that can be read; one that cannot is one nobody wrote by chance.
fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let value = headers.get(name)?;
    Some(value.to_str().unwrap_or("?"))
}

fn short(text: &str) -> String {
    text.chars().take(SHOWN).collect()
}

#[cfg(test)]
mod tests {
    use axum::body::Body;

    use super::*;

    fn refuses(browsers: &Browsers, method: &str, headers: &[(&str, &str)]) -> bool {
        let mut request = Request::builder().method(method).uri("/v1/agents");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(Body::empty()).unwrap();
        browsers.refuse(&request).is_some()
    }

    #[test]
    fn a_name_that_is_led_here_is_not_answered() {
        let browsers = Browsers {
            hosts: Some(vec!["desk.example".to_owned()]),
            ..Browsers::default()
        };
        for (host, refused) in [
            ("127.0.0.1:8080", false),
            ("[::1]:8080", false),
            ("10.0.0.7", false),
            ("localhost:8080", false),
            ("ringback.localhost", false),
            ("Desk.Example:443", false),
            ("desk.example.", false),
            ("evil.example:8080", true),
            ("desk.example.evil.example", true),
            ("127.0.0.1.evil.example", true),
            ("localhost.evil.example", true),
            ("", true),
        ] {
            for method in ["GET", "POST"] {
                let found = refuses(&browsers, method, &[("host", host)]);
                assert_eq!(found, refused, "{method} {host}");
            }
            assert!(!refuses(&Browsers::default(), "GET", &[("host", host)]));
        }
        let absolute = Request::get("http://evil.example/").body(Body::empty());
        assert!(browsers.refuse(&absolute.unwrap()).is_some());
    }

    #[test]
    fn a_page_of_another_site_changes_nothing() {
        let browsers = Browsers {
            hosts: None,
            origins: vec!["https://desk.example".to_owned()],
        };
        let here = ("host", "ring.example:8080");
        for (headers, refused) in [
            (&[][..], false),
            (&[("origin", "http://ring.example:8080")], false),
            (&[("origin", "https://desk.example")], false),
            (&[("origin", "http://ring.example:9090")], true),
            (&[("origin", "https://evil.example")], true),
            (&[("origin", "null")], true),
            (&[("sec-fetch-site", "same-origin")], false),
            (&[("sec-fetch-site", "none")], false),
            (&[("sec-fetch-site", "same-site")], true),
            (&[("sec-fetch-site", "cross-site")], true),
            (
                &[
                    ("sec-fetch-site", "cross-site"),
                    ("origin", "https://desk.example"),
                ],
                false,
            ),
            // A proxy in front calls it by another name than the browser does.
            (
                &[
                    ("sec-fetch-site", "same-origin"),
                    ("origin", "https://public.example"),
                ],
                false,
            ),
        ] {
            let headers: Vec<_> = headers.iter().copied().chain([here]).collect();
            for method in ["POST", "PUT", "DELETE"] {
                let found = refuses(&browsers, method, &headers);
                assert_eq!(found, refused, "{method} {headers:?}");
            }
            assert!(!refuses(&browsers, "GET", &headers), "{headers:?}");
        }
        let standard = [
            ("host", "ring.example"),
            ("origin", "https://ring.example:443"),
        ];
        assert!(!refuses(&browsers, "POST", &standard));
    }
}
