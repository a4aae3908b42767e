//! Connections of callers: how many there are, and how long each may keep one.
//!
//! A connection costs memory and a file descriptor for as long as it is open, and anybody can open one and say nothing.
//! So a request's head must come in time, an idle connection ends, and whoever does not read its answer is cut off. When
//! there are as many as may be, the one that has been idle for longest gives way to a new one: silent ones cannot keep
//! others out.

mod connection;
mod descriptors;

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{ConnectInfo, Request};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio::time::{Instant, MissedTickBehavior};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower::ServiceExt;

use connection::{Answered, Connection, Watched};

/// How often it is looked whose time is over.
const LOOK: Duration = Duration::from_millis(250);
/// The longest head of a request, in bytes.
const LONGEST_HEAD: usize = 32 * 1024;
/// After a connection could not be accepted.
const AGAIN: Duration = Duration::from_millis(100);

/// What connections may take.
#[derive(Clone, Copy, Debug)]
pub struct ConnectionLimits {
    /// How many there are at a time.
    pub connections: usize,
    /// How long the head of a request may take, from the connection's begin or the head's first byte.
    pub head: Duration,
    /// How long a connection may stay without a request, after one.
    pub idle: Duration,
    /// How long the caller may read nothing of its answer.
    pub stalled: Duration,
}

impl ConnectionLimits {
    /// For probes, which are few.
    pub const PROBES: Self = Self {
        connections: 64,
        ..Self::DEFAULT
    };

    /// When nothing is said.
    pub const DEFAULT: Self = Self {
        connections: 1000,
        head: Duration::from_secs(10),
        idle: Duration::from_secs(75),
        stalled: Duration::from_secs(60),
    };
}

/// Serves until the stop, and then what is under way.
pub async fn serve(
    listener: TcpListener,
    routes: Router,
    limits: ConnectionLimits,
    stop: CancellationToken,
) {
    let limits = ConnectionLimits {
        connections: limits.connections.min(descriptors::for_connections()),
        ..limits
    };
    let (open, tasks) = (Arc::<Open>::default(), TaskTracker::new());
    let mut looks = tokio::time::interval(LOOK);
    looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = stop.cancelled() => break,
            _ = looks.tick() => open.close_overdue(limits, Instant::now()),
            accepted = listener.accept() => match accepted {
                Ok((stream, peer)) => {
                    let Some(connection) = open.admit(limits.connections) else {
                        continue;
                    };
                    let serving = one(stream, peer, routes.clone(), connection.clone(), stop.clone());
                    let open = open.clone();
                    tasks.spawn(async move {
                        serving.await;
                        open.forget(&connection);
                    });
                }
                Err(error) => {
                    tracing::warn!(%error, "a connection could not be accepted");
                    // Whoever has hung up meanwhile is no reason to wait; too few descriptors are one.
                    open.close_longest_idle();
                    tokio::time::sleep(AGAIN).await;
                }
            }
        }
    }
    drop(listener);
    tasks.close();
    let ended = tasks.wait();
    tokio::pin!(ended);
    loop {
        tokio::select! {
            () = &mut ended => return,
            _ = looks.tick() => open.close_overdue(limits, Instant::now()),
        }
    }
}

/// Serves one connection to its end.
async fn one(
    stream: TcpStream,
    peer: SocketAddr,
    routes: Router,
    connection: Arc<Connection>,
    stop: CancellationToken,
) {
    // Only slower without it.
    drop(stream.set_nodelay(true));
    let answering = connection.clone();
    let service = service_fn(move |request: hyper::Request<hyper::body::Incoming>| {
        let answered = Answered::begin(answering.clone());
        let mut request: Request = request.map(Body::new);
        request.extensions_mut().insert(ConnectInfo(peer));
        let answer = routes.clone().oneshot(request);
        async move { answer.await.map(|response| answered.with_body_of(response)) }
    });
    let io = TokioIo::new(Watched::new(stream, connection.clone()));
    let mut builder = http1::Builder::new();
    // Ours are by phase.
    builder.header_read_timeout(None).max_buf_size(LONGEST_HEAD);
    let serving = builder.serve_connection(io, service);
    tokio::pin!(serving);
    let mut ending = false;
    loop {
        tokio::select! {
            // How it ended is of no use to anybody but the caller.
            _ = serving.as_mut() => return,
            () = connection.closed() => return,
            () = stop.cancelled(), if !ending => {
                ending = true;
                serving.as_mut().graceful_shutdown();
            }
        }
    }
}

/// The connections that are open.
#[derive(Default)]
struct Open(Mutex<Vec<Arc<Connection>>>);

impl Open {
    fn all(&self) -> MutexGuard<'_, Vec<Arc<Connection>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A new one. `None` when there are as many as may be, and none of them is idle.
    fn admit(&self, most: usize) -> Option<Arc<Connection>> {
        let is_full = self.all().len() >= most;
        if is_full && !self.close_longest_idle() {
            return None;
        }
        let connection = Arc::new(Connection::new(Instant::now()));
        self.all().push(connection.clone());
        Some(connection)
    }

    /// Closes one that waits for a request; whether there was one.
    fn close_longest_idle(&self) -> bool {
        let mut all = self.all();
        let idle = all.iter().enumerate();
        let idle = idle.filter_map(|(at, it)| Some((it.idle_since()?, at)));
        let Some((_, at)) = idle.min() else {
            return false;
        };
        all.swap_remove(at).close();
        true
    }

    fn close_overdue(&self, limits: ConnectionLimits, now: Instant) {
        let is_over = |connection: &Arc<Connection>| connection.is_over(limits, now);
        self.all()
            .extract_if(.., |it| is_over(it))
            .for_each(|it| it.close());
    }

    fn forget(&self, connection: &Arc<Connection>) {
        self.all().retain(|it| !Arc::ptr_eq(it, connection));
    }
}

#[cfg(test)]
mod tests;
