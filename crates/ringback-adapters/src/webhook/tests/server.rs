//! A server that takes requests and answers as it is told.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufStream};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio_rustls::TlsAcceptor;

pub(super) const OK: Answer = Answer::Text("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok");

/// What every request is answered with.
#[derive(Clone, Copy)]
pub(super) enum Answer {
    /// The connection stays open when there is a content-length in it.
    Text(&'static str),
    Bytes(&'static [u8]),
    /// The first, and then the second without end.
    Endless(&'static str, &'static str),
    /// The first, and then the second without end, a byte now and then.
    Dripping(&'static str, &'static str),
    Nothing,
    HangUp,
    /// To the first request of a connection; at the second it ends.
    Once(&'static str),
}

pub(super) struct Server {
    pub(super) port: u16,
    /// Each as it came: head and body.
    pub(super) requests: mpsc::UnboundedReceiver<String>,
    connections: Arc<AtomicUsize>,
}

impl Server {
    pub(super) async fn start(answer: Answer) -> Self {
        Self::start_at("127.0.0.1:0", answer, None).await
    }

    pub(super) async fn start_tls(answer: Answer, tls: TlsAcceptor) -> Self {
        Self::start_at("127.0.0.1:0", answer, Some(tls)).await
    }

    pub(super) async fn start_at(place: &str, answer: Answer, tls: Option<TlsAcceptor>) -> Self {
        let listener = TcpListener::bind(place).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let (seen, requests) = mpsc::unbounded_channel();
        let connections = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&connections);
        tokio::spawn(async move {
            loop {
                let (socket, _) = listener.accept().await.unwrap();
                count.fetch_add(1, Ordering::SeqCst);
                tokio::spawn(take(socket, answer, tls.clone(), seen.clone()));
            }
        });
        Self {
            port,
            requests,
            connections,
        }
    }

    pub(super) fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    pub(super) fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }

    /// The next request, which has been made.
    pub(super) async fn request(&mut self) -> String {
        tokio::time::timeout(super::PATIENCE, self.requests.recv())
            .await
            .expect("no request came")
            .unwrap()
    }

    /// A request that has not been made.
    pub(super) fn has_request(&mut self) -> bool {
        self.requests.try_recv().is_ok()
    }
}

/// The values of a header in a request.
pub(super) fn values(request: &str, name: &str) -> Vec<String> {
    let (head, _) = request.split_once("\r\n\r\n").unwrap();
    let value = |line: &str| {
        let (key, value) = line.split_once(": ")?;
        key.eq_ignore_ascii_case(name).then(|| value.to_owned())
    };
    head.lines().filter_map(value).collect()
}

/// Head and body of a request; none when the connection ends.
pub(super) async fn read_request(socket: &mut (impl AsyncBufReadExt + Unpin)) -> Option<String> {
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

async fn take(
    socket: TcpStream,
    answer: Answer,
    tls: Option<TlsAcceptor>,
    seen: mpsc::UnboundedSender<String>,
) {
    let Some(tls) = tls else {
        return serve(socket, answer, seen).await;
    };
    if let Ok(socket) = tls.accept(socket).await {
        serve(socket, answer, seen).await;
    }
}

async fn serve(
    socket: impl AsyncRead + AsyncWrite + Unpin,
    answer: Answer,
    seen: mpsc::UnboundedSender<String>,
) {
    let mut socket = BufStream::new(socket);
    let mut answered = false;
    while let Some(request) = read_request(&mut socket).await {
        seen.send(request).unwrap_or_default();
        let is_open = match answer {
            Answer::Text(text) => {
                write(&mut socket, text.as_bytes()).await && text.contains("content-length")
            }
            Answer::Bytes(bytes) => {
                write(&mut socket, bytes).await;
                false
            }
            Answer::Endless(head, more) => {
                let mut is_open = write(&mut socket, head.as_bytes()).await;
                while is_open {
                    is_open = write(&mut socket, more.as_bytes()).await;
                }
                false
            }
            Answer::Dripping(head, more) => {
                let mut is_open = write(&mut socket, head.as_bytes()).await;
                let mut drops = more.bytes().cycle();
                let mut pause = tokio::time::interval(Duration::from_millis(5));
                while is_open {
                    pause.tick().await;
                    is_open = write(&mut socket, &[drops.next().unwrap()]).await;
                }
                false
            }
            Answer::Nothing => std::future::pending().await,
            Answer::HangUp => false,
            Answer::Once(text) if !answered => write(&mut socket, text.as_bytes()).await,
            Answer::Once(_) => false,
        };
        answered = true;
        if !is_open {
            // As a rule, a peer that is still there is told.
            socket.shutdown().await.unwrap_or_default();
            return;
        }
    }
}

/// `false` when the other side is gone.
async fn write(socket: &mut (impl AsyncWrite + Unpin), bytes: &[u8]) -> bool {
    socket.write_all(bytes).await.is_ok() && socket.flush().await.is_ok()
}
