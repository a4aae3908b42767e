//! One connection, by what its caller does.

use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};

use axum::body::{Body, Bytes, HttpBody};
use axum::response::Response;
use hyper::body::{Frame, SizeHint};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::ConnectionLimits;

/// What is known of a connection.
pub struct Connection {
    state: Mutex<State>,
    close: CancellationToken,
}

struct State {
    phase: Phase,
    /// Since when the caller has read nothing of what is sent.
    stalled: Option<Instant>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// The head of a request is awaited since then: of the first one, or of one that has begun.
    Head(Instant),
    /// There was a request, and nothing since then.
    Idle(Instant),
    /// A request is being answered.
    Answering,
}

impl Connection {
    /// One that has begun.
    pub fn new(now: Instant) -> Self {
        Self {
            state: Mutex::new(State {
                phase: Phase::Head(now),
                stalled: None,
            }),
            close: CancellationToken::new(),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Since when it has waited for a request.
    pub fn idle_since(&self) -> Option<Instant> {
        match self.state().phase {
            Phase::Head(since) | Phase::Idle(since) => Some(since),
            Phase::Answering => None,
        }
    }

    /// Whether its time is over.
    pub fn is_over(&self, limits: ConnectionLimits, now: Instant) -> bool {
        let state = self.state();
        let is_late = match state.phase {
            Phase::Head(since) => now - since >= limits.head,
            Phase::Idle(since) => now - since >= limits.idle,
            Phase::Answering => false,
        };
        is_late
            || state
                .stalled
                .is_some_and(|since| now - since >= limits.stalled)
    }

    /// Ends it.
    pub fn close(&self) {
        self.close.cancel();
    }

    /// Once it is to end.
    pub async fn closed(&self) {
        self.close.cancelled().await;
    }

    /// Bytes have come.
    fn heard(&self) {
        let mut state = self.state();
        if let Phase::Idle(_) = state.phase {
            state.phase = Phase::Head(Instant::now());
        }
    }

    /// Whether what is to be sent went.
    fn sent(&self, went: bool) {
        let mut state = self.state();
        if went {
            state.stalled = None;
        } else {
            state.stalled.get_or_insert_with(Instant::now);
        }
    }
}

/// A request is being answered, until this is dropped.
pub struct Answered(Arc<Connection>);

impl Answered {
    /// From now on.
    pub fn begin(connection: Arc<Connection>) -> Self {
        connection.state().phase = Phase::Answering;
        Self(connection)
    }

    /// Until the body of the response is sent.
    pub fn with_body_of(self, response: Response) -> Response {
        response.map(|body| Body::new(AnsweredBody { body, _until: self }))
    }
}

impl Drop for Answered {
    fn drop(&mut self) {
        self.0.state().phase = Phase::Idle(Instant::now());
    }
}

struct AnsweredBody {
    body: Body,
    _until: Answered,
}

impl HttpBody for AnsweredBody {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// A stream that tells its connection what goes over it.
pub struct Watched {
    stream: TcpStream,
    connection: Arc<Connection>,
}

impl Watched {
    /// For this connection.
    pub const fn new(stream: TcpStream, connection: Arc<Connection>) -> Self {
        Self { stream, connection }
    }

    fn sent<T>(&self, polled: Poll<T>) -> Poll<T> {
        self.connection.sent(polled.is_ready());
        polled
    }
}

impl AsyncRead for Watched {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let polled = Pin::new(&mut self.stream).poll_read(context, buffer);
        if polled.is_ready() {
            self.connection.heard();
        }
        polled
    }
}

impl AsyncWrite for Watched {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let polled = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.sent(polled)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let polled = Pin::new(&mut self.stream).poll_write_vectored(context, bytes);
        self.sent(polled)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    const LIMITS: ConnectionLimits = ConnectionLimits::DEFAULT;
    const MOMENT: Duration = Duration::from_millis(1);

    #[tokio::test(start_paused = true)]
    async fn each_phase_has_its_time() {
        let connection = Arc::new(Connection::new(Instant::now()));
        let over_after = |limit: Duration| {
            let now = Instant::now();
            assert!(!connection.is_over(LIMITS, now + limit - MOMENT));
            assert!(connection.is_over(LIMITS, now + limit));
        };
        over_after(LIMITS.head);
        tokio::time::advance(MOMENT).await;
        connection.heard();
        over_after(LIMITS.head - MOMENT);

        let answered = Answered::begin(connection.clone());
        assert!(!connection.is_over(LIMITS, Instant::now() + LIMITS.idle * 100));
        assert_eq!(connection.idle_since(), None);
        connection.heard();
        connection.sent(false);
        tokio::time::advance(MOMENT).await;
        connection.sent(false);
        over_after(LIMITS.stalled - MOMENT);
        connection.sent(true);
        assert!(!connection.is_over(LIMITS, Instant::now() + LIMITS.idle * 100));

        drop(answered);
        over_after(LIMITS.idle);
        connection.heard();
        over_after(LIMITS.head);
    }
}
