//! Over real sockets.

use axum::body::Bytes;
use axum::routing::get;
use futures_util::{StreamExt, stream};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::*;

const LIMITS: ConnectionLimits = ConnectionLimits {
    connections: 20,
    head: Duration::from_millis(300),
    idle: Duration::from_millis(300),
    stalled: Duration::from_millis(300),
};

struct Server {
    address: SocketAddr,
    stop: CancellationToken,
    task: tokio::task::JoinHandle<()>,
}

async fn server(limits: ConnectionLimits) -> Server {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let endless = || async {
        let piece = || Ok::<_, std::io::Error>(Bytes::from_static(&[b'x'; 65536]));
        Body::from_stream(stream::repeat_with(piece))
    };
    let routes = Router::new()
        .route("/", get(|| async { "here" }))
        .route("/endless", get(endless));
    let stop = CancellationToken::new();
    let task = tokio::spawn(serve(listener, routes, limits, stop.clone()));
    Server {
        address,
        stop,
        task,
    }
}

async fn says(stream: &mut TcpStream, text: &str) {
    stream.write_all(text.as_bytes()).await.unwrap();
}

/// All that is answered until the connection ends, which it does.
async fn rest(stream: &mut TcpStream) -> String {
    let mut answer = Vec::new();
    // Whoever is cut off may find it reset.
    drop(stream.read_to_end(&mut answer).await);
    String::from_utf8_lossy(&answer).into_owned()
}

const ASK: &str = "GET / HTTP/1.1\r\nhost: x\r\n\r\n";

#[tokio::test]
async fn a_connection_that_says_nothing_ends() {
    let server = server(LIMITS).await;
    let mut silent = TcpStream::connect(server.address).await.unwrap();
    let mut slow = TcpStream::connect(server.address).await.unwrap();
    says(&mut slow, "GET / HT").await;
    let mut idle = TcpStream::connect(server.address).await.unwrap();
    says(&mut idle, ASK).await;
    assert_eq!(rest(&mut silent).await, "");
    assert_eq!(rest(&mut slow).await, "");
    assert!(rest(&mut idle).await.ends_with("here"));
}

#[tokio::test]
async fn whoever_does_not_read_its_answer_is_cut_off() {
    let server = server(LIMITS).await;
    let mut caller = TcpStream::connect(server.address).await.unwrap();
    says(&mut caller, "GET /endless HTTP/1.1\r\nhost: x\r\n\r\n").await;
    let mut answer = [0; 12];
    caller.read_exact(&mut answer).await.unwrap();
    assert_eq!(&answer, b"HTTP/1.1 200");
    // All connections have ended once the server has, which waits for what is under way.
    server.stop.cancel();
    server.task.await.unwrap();
}

/// However many say nothing, others are answered meanwhile, and the silent ones end.
#[tokio::test]
async fn silent_connections_keep_nobody_out() {
    let limits = ConnectionLimits {
        head: Duration::from_secs(3600),
        ..LIMITS
    };
    let server = server(limits).await;
    let mut silent = Vec::new();
    for _ in 0..300 {
        silent.push(TcpStream::connect(server.address).await.unwrap());
    }
    for _ in 0..50 {
        let mut caller = TcpStream::connect(server.address).await.unwrap();
        says(
            &mut caller,
            &ASK.replace("\r\n\r\n", "\r\nconnection: close\r\n\r\n"),
        )
        .await;
        assert!(rest(&mut caller).await.ends_with("here"));
    }
    // Whichever they are: as many end as there were too many.
    let ends = silent
        .into_iter()
        .map(|mut it| async move { rest(&mut it).await });
    let ended = stream::iter(ends).buffer_unordered(300).take(280);
    assert!(ended.all(|said| async move { said.is_empty() }).await);
}

/// A request that is under way gives way to nobody.
#[tokio::test]
async fn a_stop_ends_idle_connections_and_no_request() {
    let server = server(LIMITS).await;
    let mut idle = TcpStream::connect(server.address).await.unwrap();
    says(&mut idle, ASK).await;
    let mut answer = [0; 12];
    idle.read_exact(&mut answer).await.unwrap();
    assert_eq!(&answer, b"HTTP/1.1 200");
    server.stop.cancel();
    assert!(rest(&mut idle).await.ends_with("here"));
    server.task.await.unwrap();
}
