//! Where nothing is sent to.

use std::sync::atomic::{AtomicUsize, Ordering};

use super::*;

#[tokio::test]
async fn every_spelling_of_a_closed_address_is_forbidden() {
    let mut server = Server::start(OK).await;
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
        "a.localhost",
    ] {
        let url = format!("http://{host}:{port}/");
        refusal(sender(&["10.0.0.0/8"]).post(post(&url)).await);
    }
    assert_eq!(server.connections(), 0);
    assert!(!server.has_request());
}

#[tokio::test]
async fn a_name_can_be_allowed_by_itself_or_by_where_it_leads() {
    let server = Server::start(OK).await;
    let url = format!("http://localhost:{}/", server.port);
    for allow in [&["localhost"][..], &["127.0.0.0/8", "::1"]] {
        assert_eq!(sender(allow).post(post(&url)).await.unwrap().status, 200);
    }
}

#[tokio::test]
async fn a_name_that_leads_inside_is_forbidden() {
    for inside in [
        "127.0.0.1",
        "10.0.0.1",
        "169.254.169.254",
        "fd00::1",
        "::ffff:10.0.0.1",
    ] {
        let lookup = names(&[("hooks.example", inside)]);
        let sender = with_provider(&[], Provider::default(), &lookup).unwrap();
        let outcome = sender.post(post("http://hooks.example/")).await;
        let told = refusal(outcome);
        assert!(told.contains("'hooks.example' leads to"), "{told}");
    }
}

/// A name that leads to an open address while it is looked at, and to a closed one as soon as that is over.
#[tokio::test]
async fn what_was_looked_at_is_what_is_connected_to() {
    // Without a content-length each post needs a connection of its own, and so asks again.
    let answer = Answer::Text("HTTP/1.1 200 OK\r\n\r\n");
    let open = Server::start_at("127.0.0.2:0", answer, None).await;
    let closed = format!("127.0.0.1:{}", open.port);
    let closed = Server::start_at(&closed, answer, None).await;
    let asked = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&asked);
    let lookup = Lookup::new(move |name| {
        assert_eq!(name, "rebind.example");
        let first = count.fetch_add(1, Ordering::SeqCst) == 0;
        let address = if first {
            [127, 0, 0, 2]
        } else {
            [127, 0, 0, 1]
        };
        Box::pin(async move { Ok(vec![SocketAddr::from((address, 0))]) })
    });
    let sender = with_provider(&["127.0.0.2"], Provider::default(), &lookup).unwrap();
    let url = format!("http://rebind.example:{}/", open.port);

    let receipt = sender.post(post(&url)).await.unwrap();
    assert_eq!(receipt.status, 200);
    assert_eq!(asked.load(Ordering::SeqCst), 1);
    assert_eq!((open.connections(), closed.connections()), (1, 0));

    let told = refusal(sender.post(post(&url)).await);
    assert!(told.contains("leads to 127.0.0.1"), "{told}");
    assert_eq!(asked.load(Ordering::SeqCst), 2);
    assert_eq!((open.connections(), closed.connections()), (1, 0));
}

#[tokio::test]
async fn a_name_that_nobody_knows_cannot_be_reached() {
    let sender = with_provider(&[], Provider::default(), &names(&[])).unwrap();
    let outcome = sender.post(post("http://hooks.example/")).await;
    assert_eq!(outcome, Err(SendError::Failed(Failure::Connect)));
}
