//! What is sent, and what is made of an answer.

use super::server::values;
use super::*;

#[tokio::test]
async fn the_request_is_what_was_asked_for() {
    let mut server = Server::start(OK).await;
    let receipt = sender(&["127.0.0.0/8"])
        .post(post(&server.url("/hook?a=b")))
        .await
        .unwrap();
    let expected = Receipt {
        status: 200,
        retry_after: None,
        answer: "ok".to_owned(),
    };
    assert!(receipt == expected, "{receipt:?}");

    let request = server.request().await;
    let (head, body) = request.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("POST /hook?a=b HTTP/1.1\r\n"), "{head}");
    for (name, value) in [
        ("content-type", "application/json"),
        ("webhook-id", "07-1.1"),
        ("x-callback", "07-1"),
        ("user-agent", "ringback"),
        ("content-length", "7"),
    ] {
        assert_eq!(values(&request, name), [value], "{name} in {head}");
    }
    for unwanted in ["accept-encoding", "authorization", "webhook-signature"] {
        assert!(
            values(&request, unwanted).is_empty(),
            "{unwanted} in {head}"
        );
    }
    assert_eq!(body, "{\"a\":1}");
}

#[tokio::test]
async fn a_failing_target_is_reported_with_its_wish() {
    for (answer, status, seconds) in [
        ("HTTP/1.1 500 No\r\ncontent-length: 0\r\n\r\n", 500, None),
        ("HTTP/1.1 410 Gone\r\ncontent-length: 0\r\n\r\n", 410, None),
        (
            "HTTP/1.1 503 No\r\nretry-after: 120\r\ncontent-length: 0\r\n\r\n",
            503,
            Some(120),
        ),
        (
            "HTTP/1.1 429 No\r\nretry-after: 7\r\ncontent-length: 0\r\n\r\n",
            429,
            Some(7),
        ),
        (
            "HTTP/1.1 429 No\r\nretry-after: Fri, 31 Dec 1999 23:59:59 GMT\r\n\r\n",
            429,
            None,
        ),
        (
            "HTTP/1.1 503 No\r\ndate: Fri, 31 Dec 1999 23:59:50 GMT\r\nretry-after: Fri, 31 Dec 1999 23:59:59 GMT\r\n\r\n",
            503,
            Some(9),
        ),
        (
            "HTTP/1.1 429 No\r\ndate: Sunday, 06-Nov-94 08:49:30 GMT\r\nretry-after: Sun Nov  6 08:49:37 1994\r\n\r\n",
            429,
            Some(7),
        ),
        ("HTTP/1.1 429 No\r\nretry-after: -5\r\n\r\n", 429, None),
        (
            "HTTP/1.1 429 No\r\nretry-after: 99999999999999999999\r\n\r\n",
            429,
            None,
        ),
    ] {
        let server = Server::start(Answer::Text(answer)).await;
        let receipt = sender(&["127.0.0.1"])
            .post(post(&server.url("/")))
            .await
            .unwrap();
        assert_eq!(receipt.status, status);
        assert_eq!(receipt.retry_after, seconds.map(Duration::from_secs));
    }
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let mut elsewhere = Server::start(Answer::Text("HTTP/1.1 200 OK\r\n\r\n")).await;
    let to = format!(
        "HTTP/1.1 307 Go\r\nlocation: {}\r\ncontent-length: 0\r\n\r\n",
        elsewhere.url("/")
    );
    let metadata =
        "HTTP/1.1 302 Go\r\nlocation: http://169.254.169.254/\r\ncontent-length: 0\r\n\r\n";
    for (answer, status) in [(&*to.leak(), 307), (metadata, 302)] {
        let server = Server::start(Answer::Text(answer)).await;
        let receipt = sender(&["127.0.0.1"])
            .post(post(&server.url("/")))
            .await
            .unwrap();
        assert_eq!(receipt.status, status);
    }
    assert!(!elsewhere.has_request());
}

#[tokio::test]
async fn a_connection_is_used_again() {
    let server = Server::start(OK).await;
    let sender = sender(&["127.0.0.1"]);
    for _ in 0..20 {
        sender.post(post(&server.url("/"))).await.unwrap();
    }
    assert_eq!(server.connections(), 1);
}

#[tokio::test]
async fn what_is_no_http_request_is_forbidden() {
    for url in [
        "",
        "nonsense",
        "ftp://example.com/",
        "file:///etc/passwd",
        "http://",
        "javascript:alert(1)",
    ] {
        refusal(sender(&[]).post(post(url)).await);
    }
    for header in [("x-callback", "a\r\nhost: b"), ("x callback", "a")] {
        let mut split = post("http://example.com/");
        split.headers = vec![(header.0, header.1.to_owned())];
        let told = refusal(sender(&[]).post(split).await);
        assert!(told.contains(header.0), "{told}");
    }
    let mut split = post("http://example.com/");
    split.id = "a\nb".to_owned();
    let told = refusal(sender(&[]).post(split).await);
    assert!(told.contains("webhook-id"), "{told}");
}

/// The target closes a connection that was kept just when the next delivery goes out over it.
#[tokio::test]
async fn a_kept_connection_that_is_closed_costs_no_back_off() {
    const ONCE: &str = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";
    let mut server = Server::start(Answer::Once(ONCE)).await;
    let sender = sender(&["127.0.0.1"]);
    for connections in 1..=3 {
        let receipt = sender.post(post(&server.url("/"))).await.unwrap();
        assert_eq!((receipt.status, server.connections()), (200, connections));
    }
    let mut ids = Vec::new();
    while server.has_request() {
        ids.push(());
    }
    assert_eq!(ids.len(), 5, "the second and the third came twice");
}

/// A target that hangs up on a new connection is not asked once more.
#[tokio::test]
async fn a_target_that_hangs_up_is_asked_once() {
    let mut server = Server::start(Answer::HangUp).await;
    let error = sender(&["127.0.0.1"]).post(post(&server.url("/"))).await;
    assert_eq!(error.unwrap_err(), SendError::Failed(Failure::Broken));
    server.request().await;
    assert!(!server.has_request());
    assert_eq!(server.connections(), 1);
}
