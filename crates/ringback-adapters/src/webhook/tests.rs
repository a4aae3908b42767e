//! Against servers on real sockets.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use ringback_core::outbound::Allow;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufStream};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;

use super::*;

#[tokio::test]
async fn the_request_is_what_was_asked_for() {
    let mut server = Server::start(Answer::Text(
        "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok",
    ))
    .await;
    let receipt = sender(&["127.0.0.0/8"])
        .post(post(&server.url("/hook?a=b")))
        .await
        .unwrap();
    assert_eq!(
        receipt,
        Receipt {
            status: 200,
            retry_after: None,
            answer: String::new(),
        }
    );

    let request = server.requests.recv().await.unwrap();
    let (head, body) = request.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("POST /hook?a=b HTTP/1.1\r\n"), "{head}");
    for line in [
        "content-type: application/json",
        "x-callback: 07-1",
        "user-agent: ringback",
    ] {
        assert!(head.lines().any(|it| it == line), "{line} is not in {head}");
    }
    assert_eq!(body, "{\"a\":1}");
}

#[tokio::test]
async fn a_failing_target_is_reported_with_its_wish() {
    for (answer, status, seconds) in [
        ("HTTP/1.1 500 No\r\ncontent-length: 0\r\n\r\n", 500, None),
        (
            "HTTP/1.1 503 No\r\nretry-after: 120\r\ncontent-length: 0\r\n\r\n",
            503,
            Some(120),
        ),
        (
            "HTTP/1.1 429 No\r\nretry-after: Fri, 31 Dec 1999 23:59:59 GMT\r\n\r\n",
            429,
            None,
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
    let server = Server::start(Answer::Text(to.leak())).await;
    let receipt = sender(&["127.0.0.1"])
        .post(post(&server.url("/")))
        .await
        .unwrap();
    assert_eq!(receipt.status, 307);
    assert!(elsewhere.requests.try_recv().is_err());
}

#[tokio::test]
async fn a_connection_is_used_again() {
    let server = Server::start(Answer::Text(
        "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok",
    ))
    .await;
    let sender = sender(&["127.0.0.1"]);
    for _ in 0..20 {
        sender.post(post(&server.url("/"))).await.unwrap();
    }
    assert_eq!(server.connections.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn a_silent_target_is_given_up() {
    let server = Server::start(Answer::Nothing).await;
    let outcome = impatient().post(post(&server.url("/"))).await;
    assert_eq!(outcome, Err(SendError::Failed("it took too long")));
}

#[tokio::test]
async fn an_endless_answer_is_cut_off() {
    let server = Server::start(Answer::Endless).await;
    let sender = with_total(Duration::from_secs(3600));
    let receiving = sender.post(post(&server.url("/")));
    let receipt = tokio::time::timeout(Duration::from_secs(60), receiving).await;
    assert_eq!(receipt.expect("it reads on").unwrap().status, 200);
}

#[tokio::test]
async fn an_answer_that_breaks_off_counts_all_the_same() {
    let half = "HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf";
    let server = Server::start(Answer::Text(half)).await;
    let receipt = impatient().post(post(&server.url("/"))).await.unwrap();
    assert_eq!(receipt.status, 200);
}

#[tokio::test]
async fn a_target_that_is_not_there_or_breaks_off_has_failed() {
    let server = Server::start(Answer::HangUp).await;
    let outcome = sender(&["127.0.0.1"]).post(post(&server.url("/"))).await;
    assert_eq!(outcome, Err(SendError::Failed("it broke off")));

    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    drop(listener);
    let outcome = sender(&["127.0.0.1"]).post(post(&url)).await;
    assert_eq!(outcome, Err(SendError::Failed("it cannot be reached")));
}

#[tokio::test]
async fn every_spelling_of_a_closed_address_is_forbidden() {
    let mut server = Server::start(Answer::Text("HTTP/1.1 200 OK\r\n\r\n")).await;
    let port = server.port;
    for host in [
        "127.0.0.1",
        "127.1",
        "2130706433",
        "0x7f000001",
        "0177.0.0.1",
        "0",
        "127.0.0.1.",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "\u{ff11}27.0.0.1",
        "user:pw@127.0.0.1",
        "localhost",
        "LOCALHOST",
    ] {
        let outcome = sender(&["10.0.0.0/8"])
            .post(post(&format!("http://{host}:{port}/")))
            .await;
        assert!(
            matches!(outcome, Err(SendError::Forbidden(_))),
            "{host}: {outcome:?}"
        );
    }
    assert!(server.requests.try_recv().is_err());
}

#[tokio::test]
async fn a_name_can_be_allowed_by_itself_or_by_where_it_leads() {
    let server = Server::start(Answer::Text("HTTP/1.1 200 OK\r\n\r\n")).await;
    let url = format!("http://localhost:{}/", server.port);
    for allow in [&["localhost"][..], &["127.0.0.0/8", "::1"]] {
        assert_eq!(sender(allow).post(post(&url)).await.unwrap().status, 200);
    }
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
        let outcome = sender(&[]).post(post(url)).await;
        assert!(
            matches!(outcome, Err(SendError::Forbidden(_))),
            "{url}: {outcome:?}"
        );
    }
    let mut split = post("http://example.com/");
    split.headers = vec![("x-callback", "a\r\nhost: b".to_owned())];
    let outcome = sender(&[]).post(split).await;
    assert!(
        matches!(outcome, Err(SendError::Forbidden(_))),
        "{outcome:?}"
    );
}

fn sender(allow: &[&str]) -> WebhookSender {
    let parse = |text: &&str| Allow::parse(text).unwrap();
    WebhookSender::new(WebhookOptions {
        allow: allow.iter().map(parse).collect(),
        ..WebhookOptions::default()
    })
    .unwrap()
}

fn impatient() -> WebhookSender {
    with_total(Duration::from_millis(300))
}

fn with_total(total_timeout: Duration) -> WebhookSender {
    WebhookSender::new(WebhookOptions {
        allow: vec![Allow::parse("127.0.0.1").unwrap()],
        total_timeout,
        ..WebhookOptions::default()
    })
    .unwrap()
}

fn post(url: &str) -> Post {
    Post {
        provider: None,
        url: url.to_owned(),
        id: "07-1.1".to_owned(),
        content_type: "application/json",
        headers: vec![("x-callback", "07-1".to_owned())],
        body: b"{\"a\":1}".to_vec(),
    }
}

#[derive(Clone, Copy)]
enum Answer {
    Text(&'static str),
    Nothing,
    Endless,
    HangUp,
}

struct Server {
    port: u16,
    requests: mpsc::UnboundedReceiver<String>,
    connections: Arc<AtomicUsize>,
}

impl Server {
    async fn start(answer: Answer) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let (seen, requests) = mpsc::unbounded_channel();
        let connections = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&connections);
        tokio::spawn(async move {
            loop {
                let (socket, _) = listener.accept().await.unwrap();
                count.fetch_add(1, Ordering::SeqCst);
                tokio::spawn(serve(socket, answer, seen.clone()));
            }
        });
        Self {
            port,
            requests,
            connections,
        }
    }

    fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }
}

async fn serve(socket: TcpStream, answer: Answer, seen: mpsc::UnboundedSender<String>) {
    let mut socket = BufStream::new(socket);
    while let Some(request) = read_request(&mut socket).await {
        seen.send(request).unwrap_or_default();
        match answer {
            Answer::Text(text) => {
                socket.write_all(text.as_bytes()).await.unwrap();
                socket.flush().await.unwrap();
                if !text.contains("content-length") {
                    return;
                }
            }
            Answer::Nothing => std::future::pending().await,
            Answer::Endless => {
                let head = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";
                socket.write_all(head).await.unwrap();
                while socket.write_all(b"4\r\nmore\r\n").await.is_ok() {}
                return;
            }
            Answer::HangUp => return,
        }
    }
}

async fn read_request(socket: &mut BufStream<TcpStream>) -> Option<String> {
    let mut head = String::new();
    let mut length = 0;
    while !head.ends_with("\r\n\r\n") {
        if socket.read_line(&mut head).await.ok()? == 0 {
            return None;
        }
        let last = head.lines().next_back()?;
        if let Some(value) = last.strip_prefix("content-length: ") {
            length = value.parse().unwrap();
        }
    }
    let mut body = vec![0; length];
    socket.read_exact(&mut body).await.ok()?;
    Some(head + &String::from_utf8(body).unwrap())
}
