//! One connection, kept up for as long as the bus lives.

use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::{Stream, StreamExt};
use lapin::{Channel, Connection, Event};
use tokio::sync::watch;
use tokio::task::JoinSet;

use super::ConnectError;
use super::backoff::Backoff;
use super::dialer::{Dialer, PATIENCE};
use super::topology::{self, Names};

/// How often the connection is looked at: not every loss is announced.
const LOOK: Duration = Duration::from_millis(500);

/// How often it is told that the broker is away.
const TOLD: Duration = Duration::from_secs(10);

/// A connection that is made again whenever it is lost. Dropping it closes it.
pub(super) struct Link {
    watcher: Watcher,
    _supervisor: JoinSet<()>,
}

/// A view of a [`Link`].
#[derive(Clone)]
pub(super) struct Watcher(watch::Receiver<State>);

#[derive(Clone)]
enum State {
    Down,
    /// Connected, but the broker is short of memory or disk and takes no messages.
    Blocked,
    Up(Arc<Connection>),
}

/// Why nothing can be done on a link now.
#[derive(Clone, Debug, thiserror::Error)]
pub(super) enum LinkError {
    #[error("not connected")]
    Down,
    #[error("the broker takes no messages now")]
    Blocked,
    #[error("the broker does not answer")]
    Silent,
    #[error("the broker refused the message")]
    Refused,
    #[error("the broker cancelled the consumer")]
    Cancelled,
    #[error(transparent)]
    Broker(#[from] lapin::Error),
}

impl Link {
    /// Connects for the first time and sees that everything is declared.
    pub(super) async fn connect(dialer: Dialer, names: &Names) -> Result<Self, ConnectError> {
        let refused = |reason: LinkError| ConnectError::Broker {
            place: dialer.place(),
            reason: reason.to_string(),
        };
        let connection = dialer.dial().await.map_err(|error| refused(error.into()))?;
        let connection = Arc::new(connection);
        declare_all(&connection, names).await.map_err(refused)?;
        Ok(Self::kept_up(dialer, names, Some(connection)))
    }

    /// Connects as soon as the broker is there.
    pub(super) fn open(dialer: Dialer, names: &Names) -> Self {
        Self::kept_up(dialer, names, None)
    }

    fn kept_up(dialer: Dialer, names: &Names, first: Option<Arc<Connection>>) -> Self {
        let begun = first.clone().map_or(State::Down, State::Up);
        let (state, watched) = watch::channel(begun);
        let mut supervisor = JoinSet::new();
        supervisor.spawn(supervise(dialer, names.clone(), first, state));
        Self {
            watcher: Watcher(watched),
            _supervisor: supervisor,
        }
    }

    pub(super) fn is_up(&self) -> bool {
        matches!(*self.watcher.0.borrow(), State::Up(_))
    }

    pub(super) fn watcher(&self) -> Watcher {
        self.watcher.clone()
    }
}

impl Watcher {
    /// A new channel.
    pub(super) async fn channel(&self) -> Result<Channel, LinkError> {
        let connection = match &*self.0.borrow() {
            State::Up(connection) => Arc::clone(connection),
            State::Blocked => return Err(LinkError::Blocked),
            State::Down => return Err(LinkError::Down),
        };
        bounded(async { Ok(connection.create_channel().await?) }).await
    }

    /// Returns once the link can be used, at once if it can.
    pub(super) async fn up(&mut self) {
        let is_up = |state: &State| matches!(state, State::Up(_));
        if self.0.wait_for(is_up).await.is_err() {
            // The bus is being dropped.
            std::future::pending::<()>().await;
        }
    }

    /// Returns once the link cannot be used any more, and says why.
    pub(super) async fn broken(&mut self) -> LinkError {
        let is_broken = |state: &State| !matches!(state, State::Up(_));
        match self.0.wait_for(is_broken).await.as_deref() {
            Ok(State::Blocked) => LinkError::Blocked,
            Ok(State::Down | State::Up(_)) | Err(_) => LinkError::Down,
        }
    }
}

async fn declare_all(connection: &Connection, names: &Names) -> Result<(), LinkError> {
    let declaring = async {
        let channel = connection.create_channel().await?;
        Ok(topology::declare_all(&channel, names).await?)
    };
    bounded(declaring).await
}

/// Gives up on a broker that does not answer.
pub(super) async fn bounded<T>(
    step: impl Future<Output = Result<T, LinkError>>,
) -> Result<T, LinkError> {
    tokio::time::timeout(PATIENCE * 2, step)
        .await
        .unwrap_or(Err(LinkError::Silent))
}

async fn supervise(
    dialer: Dialer,
    names: Names,
    first: Option<Arc<Connection>>,
    state: watch::Sender<State>,
) {
    let mut known = first;
    loop {
        if let Some(connection) = known.take() {
            let reason = watch_over(&connection, &state).await;
            drop(connection);
            state.send_replace(State::Down);
            tracing::warn!(connection = dialer.name(), reason, "the broker is lost");
        }
        let connection = Arc::new(redial(&dialer).await);
        // The broker may have come back empty. One queue that is not there yet must not hold up the others.
        if let Err(error) = declare_all(&connection, &names).await {
            tracing::warn!(connection = dialer.name(), %error, "not all queues could be declared");
        }
        state.send_replace(State::Up(Arc::clone(&connection)));
        known = Some(connection);
        tracing::info!(connection = dialer.name(), "the broker is there");
    }
}

/// Reports what the broker says until the connection is lost, and why it was.
async fn watch_over(connection: &Arc<Connection>, state: &watch::Sender<State>) -> String {
    let mut events = connection.events_listener();
    let mut look = tokio::time::interval(LOOK);
    let mut reason = String::new();
    while connection.status().connected() {
        // What was announced before anybody listened is known by looking.
        report(connection, state);
        tokio::select! {
            event = next(&mut events) => if let Event::Error(error) = event {
                reason = error.to_string();
            },
            _ = look.tick() => {}
        }
    }
    reason
}

async fn next(events: &mut (impl Stream<Item = Event> + Unpin)) -> Event {
    match events.next().await {
        Some(event) => event,
        None => std::future::pending().await,
    }
}

fn report(connection: &Arc<Connection>, state: &watch::Sender<State>) {
    let is_blocked = connection.status().blocked();
    state.send_if_modified(|state| {
        if matches!(state, State::Blocked) == is_blocked {
            return false;
        }
        tracing::warn!(is_blocked, "the broker changed whether it takes messages");
        *state = match is_blocked {
            true => State::Blocked,
            false => State::Up(Arc::clone(connection)),
        };
        true
    });
}

async fn redial(dialer: &Dialer) -> Connection {
    let (mut backoff, mut told) = (Backoff::default(), None);
    loop {
        tokio::time::sleep(backoff.pause()).await;
        let error = match dialer.dial().await {
            Ok(connection) => return connection,
            Err(error) => error,
        };
        if told.is_none_or(|at: Instant| at.elapsed() >= TOLD) {
            told = Some(Instant::now());
            let (connection, place) = (dialer.name(), dialer.place());
            tracing::warn!(connection, place, %error, "the broker is away, connecting again and again");
        }
    }
}
