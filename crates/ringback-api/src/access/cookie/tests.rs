//! Which requests count as those of a session.

use axum::body::Body;
use ringback_core::proxy::TrustedProxies;

use super::*;

fn request(method: &str, path: &str, peer: &str, headers: &[(&str, &str)]) -> Request {
    let mut request = Request::builder().method(method).uri(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let mut request = request.body(Body::empty()).unwrap();
    let peer: SocketAddr = peer.parse().unwrap();
    request.extensions_mut().insert(ConnectInfo(peer));
    request
}

const HERE: &str = "127.0.0.1:5000";
const ELSEWHERE: &str = "10.0.0.9:5000";

/// A cookie, as a browser sends it back.
fn kept(is_secure: bool) -> (String, SessionId) {
    let (cookie, id) = fresh(is_secure, Duration::from_secs(60)).unwrap();
    let cookie = cookie.to_str().unwrap();
    (cookie.split(';').next().unwrap().to_owned(), id)
}

#[test]
fn a_cookie_is_out_of_reach_of_scripts_and_other_sites() {
    let (secure, _) = fresh(true, Duration::from_secs(60)).unwrap();
    let secure = secure.to_str().unwrap();
    assert!(secure.starts_with("__Host-ringback="), "{secure}");
    for word in [
        "Secure",
        "HttpOnly",
        "SameSite=Strict",
        "Path=/",
        "Max-Age=60",
    ] {
        assert!(secure.contains(word), "{secure}");
    }
    let (local, _) = fresh(false, Duration::from_secs(60)).unwrap();
    assert!(!local.to_str().unwrap().contains("Secure"));
    assert_eq!(forgotten().count(), 2);
    let tokens = [kept(true), kept(true)].map(|it| it.0);
    assert_ne!(tokens[0], tokens[1]);
}

#[test]
fn a_session_counts_under_v1_and_where_nothing_else_is_shown() {
    let (cookie, id) = kept(true);
    let others = format!("theme=dark; {cookie}; x");
    let with = ("cookie", others.as_str());
    for (path, more, counts) in [
        ("/v1/agents", None, true),
        ("/v1/session", None, true),
        ("/genesys/1/service/x", None, false),
        ("/chat/x/y", None, false),
        ("/v1/agents", Some(("authorization", "Basic eA==")), false),
    ] {
        let headers: Vec<_> = [with].into_iter().chain(more).collect();
        let found = shown(&request("GET", path, ELSEWHERE, &headers));
        assert_eq!(found, counts.then(|| id.clone()), "{path}");
    }
    let (cookie, id) = kept(false);
    let found = |peer| shown(&request("GET", "/v1/agents", peer, &[("cookie", &cookie)]));
    assert_eq!(found(HERE), Some(id));
    assert_eq!(found(ELSEWHERE), None, "it never leaves the computer");
    for nonsense in ["ringback=", "ringback=x", "ringback", "", "ringback=%%"] {
        let request = request("GET", "/v1/agents", HERE, &[("cookie", nonsense)]);
        assert_eq!(shown(&request), None, "{nonsense}");
    }
}

#[test]
fn what_changes_something_comes_from_a_page_of_ours() {
    let (host, json) = (
        ("host", "ring.example"),
        ("content-type", "application/json"),
    );
    for (headers, refused) in [
        (&[("sec-fetch-site", "same-origin")][..], false),
        (&[("sec-fetch-site", "same-site")], true),
        (&[("sec-fetch-site", "cross-site")], true),
        (&[("sec-fetch-site", "none")], true),
        (
            &[
                ("sec-fetch-site", "cross-site"),
                ("origin", "https://ring.example"),
            ],
            true,
        ),
        (&[("origin", "https://ring.example")], false),
        (&[("origin", "https://evil.example")], true),
        (&[("origin", "null")], true),
        (&[], true),
    ] {
        for method in ["POST", "PUT", "DELETE", "PATCH"] {
            let headers: Vec<_> = headers.iter().copied().chain([host, json]).collect();
            let found = refuse(&request(method, "/v1/x", ELSEWHERE, &headers));
            assert_eq!(found.is_some(), refused, "{method} {headers:?}");
        }
        let get = request("GET", "/v1/x", ELSEWHERE, headers);
        assert_eq!(refuse(&get), None, "{headers:?}");
    }
    for (kind, refused) in [
        ("application/x-www-form-urlencoded", true),
        ("multipart/form-data; boundary=x", true),
        ("text/plain;charset=utf-8", true),
        ("text/csv", false),
        ("application/x-ndjson", false),
    ] {
        let headers = [("sec-fetch-site", "same-origin"), ("content-type", kind)];
        let found = refuse(&request("POST", "/v1/x", ELSEWHERE, &headers));
        assert_eq!(found.is_some(), refused, "{kind}");
    }
}

#[test]
fn one_logs_in_over_https_or_on_this_computer() {
    let trusted = Proxies {
        trusted: TrustedProxies::parse("10.0.0.9").unwrap(),
        ..Proxies::default()
    };
    let (nobody, https) = (Proxies::default(), ("x-forwarded-proto", "https"));
    let (local, name) = (("host", "localhost:8080"), ("host", "ring.example"));
    for (proxies, peer, headers, transport) in [
        (&trusted, ELSEWHERE, &[https, name][..], Transport::Secure),
        (&nobody, ELSEWHERE, &[https, name], Transport::Open),
        (&trusted, ELSEWHERE, &[name], Transport::Open),
        (&nobody, HERE, &[local], Transport::Local),
        (&nobody, HERE, &[("host", "[::1]:8080")], Transport::Local),
        (&nobody, HERE, &[name], Transport::Open),
        (&nobody, HERE, &[local, https], Transport::Open),
        (&nobody, ELSEWHERE, &[local], Transport::Open),
    ] {
        let request = request("POST", "/v1/session", peer, headers);
        let found = Transport::of(&request, proxies);
        assert_eq!(found, transport, "{peer} {headers:?}");
    }
}
