//! What every answer of the console says.

use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::response::Parts;
use axum::response::Response;
use tower::ServiceExt;

use super::*;

async fn ask(path: &str, headers: &[(&str, &str)]) -> (Parts, Vec<u8>) {
    let (router, _) = routes::<()>().into_parts();
    let mut request = Request::get(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let request = request.body(Body::empty()).unwrap();
    let response: Response = router.oneshot(request).await.unwrap();
    let (parts, body) = response.into_parts();
    let body = to_bytes(body, usize::MAX).await.unwrap();
    (parts, body.to_vec())
}

fn header<'a>(parts: &'a Parts, name: &str) -> &'a str {
    let value = parts.headers.get(name);
    value.map_or("", |it| it.to_str().unwrap())
}

/// A script that the page names.
async fn script() -> String {
    let (_, page) = ask("/console/", &[]).await;
    let page = String::from_utf8(page).unwrap();
    let script = page.split("src=\"./").nth(1).unwrap();
    script.split('"').next().unwrap().to_owned()
}

#[tokio::test]
async fn the_page_is_asked_for_anew_and_its_files_are_kept() {
    let (page, body) = ask("/console/", &[]).await;
    assert_eq!(page.status, StatusCode::OK);
    assert_eq!(header(&page, "content-type"), "text/html; charset=utf-8");
    assert_eq!(header(&page, "cache-control"), "no-cache");
    let body = String::from_utf8(body).unwrap();
    assert!(body.contains("<title>"), "{body}");
    assert!(
        !body.contains("<style") && !body.contains("style="),
        "{body}"
    );
    let (parts, _) = ask(&format!("/console/{}", script().await), &[]).await;
    assert_eq!(parts.status, StatusCode::OK);
    assert!(header(&parts, "cache-control").contains("immutable"));
    let (parts, _) = ask("/console", &[]).await;
    assert_eq!(parts.status, StatusCode::PERMANENT_REDIRECT);
    assert_eq!(header(&parts, "location"), "console/");
}

#[tokio::test]
async fn every_answer_carries_the_policy() {
    for path in ["/console/", "/console/nothing.js"] {
        let (parts, _) = ask(path, &[]).await;
        let policy = header(&parts, "content-security-policy");
        for word in [
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "require-trusted-types-for 'script'",
            "frame-ancestors 'none'",
        ] {
            assert!(policy.contains(word), "{path}: {policy}");
        }
        assert!(!policy.contains("unsafe"), "{policy}");
        assert_eq!(header(&parts, "x-content-type-options"), "nosniff");
        assert_eq!(header(&parts, "referrer-policy"), "no-referrer");
        assert_eq!(header(&parts, "cross-origin-opener-policy"), "same-origin");
    }
}

#[tokio::test]
async fn what_is_not_there_is_not_found_and_nothing_leads_out_of_the_folder() {
    for path in [
        "/console/nothing.js",
        "/console/..%2Fpackage.json",
        "/console/..",
        "/console/%2e%2e%2f%2e%2e%2fCargo.toml",
        "/console/index.html%00",
        "/console/a/b",
    ] {
        let (parts, _) = ask(path, &[]).await;
        assert_eq!(parts.status, StatusCode::NOT_FOUND, "{path}");
    }
}

#[tokio::test]
async fn a_file_is_packed_for_who_takes_that_and_known_by_its_tag() {
    let path = format!("/console/{}", script().await);
    let (plain, body) = ask(&path, &[]).await;
    assert_eq!(header(&plain, "content-encoding"), "");
    assert_eq!(header(&plain, "vary"), "accept-encoding");
    let (parts, packed) = ask(&path, &[("accept-encoding", "br, gzip;q=0.5")]).await;
    assert_eq!(header(&parts, "content-encoding"), "gzip");
    assert!(packed.len() < body.len() && packed.starts_with(&[0x1F, 0x8B]));
    let (parts, _) = ask(&path, &[("accept-encoding", "gzip;q=0")]).await;
    assert_eq!(header(&parts, "content-encoding"), "");
    let tag = header(&plain, "etag");
    assert!(tag.len() > 10, "{tag}");
    for known in [tag.to_owned(), format!("\"x\", W/{tag}"), "*".to_owned()] {
        let (parts, body) = ask(&path, &[("if-none-match", &known)]).await;
        assert_eq!(parts.status, StatusCode::NOT_MODIFIED, "{known}");
        assert!(body.is_empty());
    }
    let (parts, _) = ask(&path, &[("if-none-match", "\"other\"")]).await;
    assert_eq!(parts.status, StatusCode::OK);
}
