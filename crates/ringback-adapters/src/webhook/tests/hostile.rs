//! Receivers that mean harm, or are broken.

use tokio::net::{TcpListener, TcpSocket, TcpStream};

use super::*;

async fn ends(sender: WebhookSender, server: &Server) -> Result<Receipt, SendError> {
    let posting = sender.post(post(&server.url("/")));
    tokio::time::timeout(PATIENCE, posting)
        .await
        .expect("it does not end")
}

/// It may take as long as it wants, so only the limit of the size ends it.
async fn ends_by_size(server: &Server) -> Result<Receipt, SendError> {
    ends(with_total(Duration::from_secs(3600)), server).await
}

#[tokio::test]
async fn a_silent_target_is_given_up() {
    let server = Server::start(Answer::Nothing).await;
    let error = ends(impatient(), &server).await.unwrap_err();
    assert_eq!(error, SendError::Failed(Failure::Timeout));
    assert_eq!(error.class(), "timeout");
}

#[tokio::test]
async fn a_target_that_takes_no_connection_is_given_up() {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let listener = socket.listen(1).unwrap();
    let address = listener.local_addr().unwrap();
    // Nobody takes what waits in this line: when it is full, a connection is neither made nor refused.
    let mut line = Vec::new();
    let patience = Duration::from_millis(500);
    while let Ok(connection) = tokio::time::timeout(patience, TcpStream::connect(address)).await {
        line.push(connection.unwrap());
    }
    let sender = WebhookSender::new(WebhookOptions {
        allow: allowing(&["127.0.0.1"]),
        connect_timeout: Duration::from_millis(300),
        total_timeout: Duration::from_secs(3600),
        ..WebhookOptions::default()
    })
    .unwrap();
    let url = format!("http://{address}/");
    let outcome = tokio::time::timeout(PATIENCE, sender.post(post(&url))).await;
    let outcome = outcome.expect("it does not end");
    assert_eq!(outcome, Err(SendError::Failed(Failure::Timeout)));
}

#[tokio::test]
async fn an_endless_answer_is_cut_off() {
    for (head, more) in [
        (
            "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n",
            "4\r\nmore\r\n",
        ),
        ("HTTP/1.1 200 OK\r\n\r\n", "more"),
        (
            "HTTP/1.1 200 OK\r\ncontent-length: 999999999999\r\n\r\n",
            "more",
        ),
    ] {
        let server = Server::start(Answer::Endless(head, more)).await;
        let receipt = ends_by_size(&server).await.unwrap();
        assert_eq!(receipt.status, 200);
        assert_eq!(receipt.answer, "more".repeat(128));
    }
}

#[tokio::test]
async fn an_answer_in_drops_is_cut_off_by_the_clock() {
    let body = "HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n";
    let server = Server::start(Answer::Dripping(body, "x")).await;
    let sender = with_total(Duration::from_secs(2));
    let receipt = ends(sender, &server).await.unwrap();
    assert_eq!(receipt.status, 200);
    assert!(receipt.answer.bytes().all(|byte| byte == b'x'));

    let head = "HTTP/1.1 200 OK\r\n";
    let server = Server::start(Answer::Dripping(head, "x-a: b\r\n")).await;
    let outcome = ends(impatient(), &server).await;
    assert_eq!(outcome, Err(SendError::Failed(Failure::Timeout)));
}

#[tokio::test]
async fn a_compressed_answer_is_left_as_it_is() {
    // "decoded", eight times over.
    let gzip = b"HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\n\r\n\
        \x1f\x8b\x08\x00\x00\x00\x00\x00\x02\x03\x4b\x49\x4d\xce\x4f\x49\x4d\x51\x48\x21\x93\x06\x00\x8b\xee\xcc\x1e\x40\x00\x00\x00";
    let server = Server::start(Answer::Bytes(gzip)).await;
    let receipt = ends_by_size(&server).await.unwrap();
    assert_eq!(receipt.status, 200);
    assert!(!receipt.answer.contains("decoded"), "{}", receipt.answer);
    assert!(
        receipt.answer.contains("KIM\u{fffd}OIMQH!"),
        "{}",
        receipt.answer
    );

    // What arrives is counted, whatever it would become.
    let head = "HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\n\r\n";
    let server = Server::start(Answer::Endless(head, "more")).await;
    assert_eq!(ends_by_size(&server).await.unwrap().status, 200);
}

#[tokio::test]
async fn headers_without_end_are_cut_off() {
    let many = ("HTTP/1.1 200 OK\r\n", "x-a: b\r\n");
    let long = ("HTTP/1.1 200 OK\r\nx-a: ", "bbbbbbbb");
    let status = ("HTTP/1.1 200 ", "OKOKOKOK");
    for (head, more) in [many, long, status] {
        let server = Server::start(Answer::Endless(head, more)).await;
        let error = ends_by_size(&server).await.unwrap_err();
        assert_eq!(error, SendError::Failed(Failure::Broken), "{head}");
        assert_eq!(error.class(), "broken");
    }
}

#[tokio::test]
async fn what_is_no_http_has_failed() {
    for answer in [
        "SSH-2.0-OpenSSH_9.6\r\n",
        "\r\n\r\n",
        "HTTP/1.1 abc\r\n\r\n",
        "HTTP/1.1 200 OK\r\ncontent-length: -1\r\n\r\n",
        "HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nxx",
        "HTTP/1.1 101 Switching Protocols\r\nupgrade: nonsense",
    ] {
        let server = Server::start(Answer::Text(answer)).await;
        let outcome = ends_by_size(&server).await;
        assert_eq!(outcome, Err(SendError::Failed(Failure::Broken)), "{answer}");
    }
}

#[tokio::test]
async fn an_answer_that_breaks_off_counts_all_the_same() {
    for half in [
        &b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf"[..],
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n4\r\nhalf\r\n",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n4\r\nhalf\r\nnonsense",
    ] {
        let server = Server::start(Answer::Bytes(half)).await;
        let receipt = ends_by_size(&server).await.unwrap();
        assert_eq!((receipt.status, &*receipt.answer), (200, "half"));
    }
}

#[tokio::test]
async fn an_answer_that_is_no_text_is_kept_as_far_as_it_is() {
    let answer =
        b"HTTP/1.1 500 No\r\ncontent-length: 13\r\n\r\n\xff\xfeno\x00 \xc3\xbc\r\n\xe2\x82x";
    let server = Server::start(Answer::Bytes(answer)).await;
    let receipt = ends_by_size(&server).await.unwrap();
    assert_eq!(receipt.answer, "\u{fffd}\u{fffd}no  \u{fc}  \u{fffd}x");
}

#[tokio::test]
async fn a_target_that_is_not_there_or_breaks_off_has_failed() {
    let server = Server::start(Answer::HangUp).await;
    let outcome = sender(&["127.0.0.1"]).post(post(&server.url("/"))).await;
    assert_eq!(outcome, Err(SendError::Failed(Failure::Broken)));

    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    drop(listener);
    let error = sender(&["127.0.0.1"]).post(post(&url)).await.unwrap_err();
    assert_eq!(error, SendError::Failed(Failure::Connect));
    assert_eq!(error.class(), "connect");
}
