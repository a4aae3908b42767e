//! Everything through one door.

use std::collections::BTreeSet;
use std::sync::Mutex;

use tokio::io::{AsyncWriteExt, BufStream, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};

use super::server::{read_request, values};
use super::tls::Authority;
use super::*;

/// A proxy that finds everything on this machine.
struct Door {
    port: u16,
    /// The heads of what it was asked for.
    heads: Arc<Mutex<Vec<String>>>,
}

impl Door {
    async fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let heads = Arc::new(Mutex::new(Vec::new()));
        let seen = Arc::clone(&heads);
        tokio::spawn(async move {
            loop {
                let (socket, _) = listener.accept().await.unwrap();
                tokio::spawn(pass(BufStream::new(socket), Arc::clone(&seen)));
            }
        });
        Self { port, heads }
    }

    fn provider(&self) -> Provider {
        let url = format!("http://me:hunter2@127.0.0.1:{}", self.port);
        Provider {
            proxy: Some(Url::parse(&url).unwrap()),
            ..Provider::default()
        }
    }

    fn heads(&self) -> Vec<String> {
        std::mem::take(&mut self.heads.lock().unwrap())
    }
}

/// Takes one request and what follows it.
async fn pass(mut client: BufStream<TcpStream>, seen: Arc<Mutex<Vec<String>>>) {
    let Some(request) = read_request(&mut client).await else {
        return;
    };
    seen.lock().unwrap().push(request.clone());
    let (line, rest) = request.split_once("\r\n").unwrap();
    let mut words = line.split(' ');
    let (method, target) = (words.next().unwrap(), words.next().unwrap());
    let is_tunnel = method == "CONNECT";
    let authority = match is_tunnel {
        true => target,
        false => target
            .strip_prefix("http://")
            .unwrap()
            .split('/')
            .next()
            .unwrap(),
    };
    let (_, port) = authority.rsplit_once(':').unwrap();
    let mut server = TcpStream::connect(format!("127.0.0.1:{port}"))
        .await
        .unwrap();
    if is_tunnel {
        client.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await.unwrap();
        client.flush().await.unwrap();
    } else {
        let direct = format!("{method} / HTTP/1.1\r\n{rest}");
        server.write_all(direct.as_bytes()).await.unwrap();
    }
    copy_bidirectional(&mut client, &mut server)
        .await
        .unwrap_or_default();
}

#[tokio::test]
async fn a_post_takes_the_way_of_its_provider() {
    let door = Door::open().await;
    let mut server = Server::start(OK).await;
    let lookup = names(&[("hooks.example", "8.8.8.8")]);
    let sender = with_provider(&[], door.provider(), &lookup).unwrap();
    let url = format!("http://hooks.example:{}/a", server.port);
    assert_eq!(
        sender.post(post_by_provider(&url)).await.unwrap().status,
        200
    );

    let heads = door.heads();
    assert!(
        heads[0].starts_with(&format!("POST {url} HTTP/1.1\r\n")),
        "{heads:?}"
    );
    let credentials = values(&heads[0], "proxy-authorization");
    assert_eq!(credentials, ["Basic bWU6aHVudGVyMg=="]);
    let request = server.request().await;
    assert!(request.ends_with("{\"a\":1}"), "{request}");
}

#[tokio::test]
async fn a_secure_post_goes_through_a_tunnel() {
    let door = Door::open().await;
    let authority = Authority::new();
    let tls = authority.server("hooks.example", None);
    let mut server = Server::start_tls(OK, tls).await;
    let provider = Provider {
        ca: Some(authority.pem()),
        ..door.provider()
    };
    let lookup = names(&[("hooks.example", "8.8.8.8")]);
    let sender = with_provider(&[], provider, &lookup).unwrap();
    let place = format!("hooks.example:{}", server.port);
    let url = format!("https://{place}/");
    assert_eq!(
        sender.post(post_by_provider(&url)).await.unwrap().status,
        200
    );

    let heads = door.heads();
    assert!(
        heads[0].starts_with(&format!("CONNECT {place} HTTP/1.1\r\n")),
        "{heads:?}"
    );
    let request = server.request().await;
    assert!(values(&request, "proxy-authorization").is_empty());
}

#[tokio::test]
async fn what_a_proxy_would_be_asked_for_is_looked_at_first() {
    let door = Door::open().await;
    let server = Server::start(OK).await;
    let lookup = names(&[
        ("inside.example", "10.0.0.1"),
        ("outside.example", "8.8.8.8"),
    ]);
    let sender = with_provider(&[], door.provider(), &lookup).unwrap();
    for closed in [
        format!("http://inside.example:{}/", server.port),
        format!("https://inside.example:{}/", server.port),
        server.url("/"),
        "http://169.254.169.254/latest/meta-data".to_owned(),
        format!("http://localhost:{}/", server.port),
        // The proxy itself is a way, no target.
        format!("http://127.0.0.1:{}/", door.port),
    ] {
        refusal(sender.post(post_by_provider(&closed)).await);
    }
    let unknown = format!("http://unknown.example:{}/", server.port);
    let outcome = sender.post(post_by_provider(&unknown)).await;
    assert_eq!(outcome, Err(SendError::Failed(Failure::Connect)));
    assert_eq!(door.heads(), Vec::<String>::new());

    // What is allowed by name need not be known here.
    let sender = with_provider(&["unknown.example"], door.provider(), &lookup).unwrap();
    let receipt = sender.post(post_by_provider(&unknown)).await.unwrap();
    assert_eq!(receipt.status, 200);
    assert_eq!(door.heads().len(), 1);
}

#[tokio::test]
async fn a_proxy_is_found_by_its_name() {
    let door = Door::open().await;
    let server = Server::start(OK).await;
    let mut provider = door.provider();
    provider.proxy = provider.proxy.map(|mut url| {
        url.set_host(Some("proxy.example")).unwrap();
        url
    });
    let asked = Arc::new(Mutex::new(BTreeSet::new()));
    let names = Arc::clone(&asked);
    let lookup = Lookup::new(move |name| {
        let address = match name.as_str() {
            "proxy.example" => [127, 0, 0, 1],
            _ => [8, 8, 8, 8],
        };
        names.lock().unwrap().insert(name);
        Box::pin(async move { Ok(vec![SocketAddr::from((address, 0))]) })
    });
    let sender = with_provider(&[], provider, &lookup).unwrap();
    let url = format!("http://hooks.example:{}/", server.port);
    assert_eq!(
        sender.post(post_by_provider(&url)).await.unwrap().status,
        200
    );
    let expected = ["hooks.example", "proxy.example"].map(str::to_owned);
    assert_eq!(*asked.lock().unwrap(), BTreeSet::from(expected));

    // As a target it is what it leads to.
    let itself = format!("http://proxy.example:{}/", door.port);
    refusal(sender.post(post_by_provider(&itself)).await);
}
