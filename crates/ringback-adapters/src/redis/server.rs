//! One server, over one connection that is replaced when it fails.

use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use redis::aio::MultiplexedConnection;
use redis::{
    AsyncConnectionConfig, Client, Cmd, ConnectionAddr, ErrorKind, Pipeline, RedisError,
    ServerErrorKind, Value,
};
use tokio::sync::Mutex;

use super::primary::{self, Sentinels};
use super::writer::Writer;

/// How long a server may take to answer.
const ANSWER: Duration = Duration::from_secs(2);

/// How long a connection may take to be there.
const CONNECT: Duration = Duration::from_secs(2);

/// How long nobody tries again after nobody could connect.
pub(super) const PAUSE: Duration = Duration::from_millis(100);

/// Commands that wait to be written to one connection, before those who ask wait themselves.
const BUFFER: usize = 1024;

/// What is asked here may be asked twice: every script and read of this adapter bears it.
pub(super) struct Server {
    live: Arc<RwLock<Live>>,
    connector: Mutex<Connector>,
    writer: Option<Arc<Writer>>,
}

/// The connection in use, and which one it is.
#[derive(Default)]
pub(super) struct Live {
    number: u64,
    connection: Option<MultiplexedConnection>,
    /// Where it leads.
    place: Option<ConnectionAddr>,
}

impl Live {
    /// Where the connection in use leads, if there is one.
    pub(super) fn place(&self) -> Option<ConnectionAddr> {
        self.connection.as_ref().and(self.place.clone())
    }

    /// Gives the connection up; whoever comes next connects anew.
    pub(super) fn give_up(&mut self) {
        self.connection = None;
    }
}

struct Connector {
    route: Route,
    /// When nobody could connect, why, and for how long nobody tries again.
    failure: Option<(Instant, RedisError, Duration)>,
}

/// How the server is found.
pub(super) enum Route {
    Direct(Client),
    /// The sentinels know which one it is now.
    Sentinel(Sentinels),
}

impl Server {
    /// With `writer`, what is written waits for replicas.
    pub(super) fn new(route: Route, writer: Option<Arc<Writer>>) -> Self {
        let live = Arc::<RwLock<Live>>::default();
        if let Route::Sentinel(sentinels) = &route
            && let Ok(sentinels) = sentinels.again()
        {
            tokio::spawn(primary::watch(Arc::downgrade(&live), sentinels));
        }
        Self {
            writer,
            live,
            connector: Mutex::new(Connector {
                route,
                failure: None,
            }),
        }
    }

    /// What the server says to a commit, `mark` being a key of the same shard.
    pub(super) async fn write(&self, command: &Cmd, mark: &str) -> Result<Value, RedisError> {
        match &self.writer {
            Some(writer) => writer.write(command, mark).await,
            None => self.ask(command).await,
        }
    }

    /// Who writes here, when what is written waits for replicas.
    pub(super) fn writer(&self) -> Option<&Writer> {
        self.writer.as_deref()
    }

    /// What the server says to one command.
    pub(super) async fn ask(&self, command: &Cmd) -> Result<Value, RedisError> {
        match self.try_ask(command).await {
            Err(error) if is_worth_repeating(&error) => self.try_ask(command).await,
            answer => answer,
        }
    }

    async fn try_ask(&self, command: &Cmd) -> Result<Value, RedisError> {
        let (number, mut connection) = self.live().await?;
        let answer = connection.send_packed_command(command).await;
        let answer = answer.and_then(Value::extract_error);
        answer.inspect_err(|error| self.heed(error, number))
    }

    /// The same for several commands in one round trip.
    pub(super) async fn ask_all(&self, commands: &[&Cmd]) -> Vec<Result<Value, RedisError>> {
        let mut pipeline = Pipeline::with_capacity(commands.len());
        for command in commands {
            pipeline.add_command((*command).clone());
        }
        let answers = match self.try_ask_all(&pipeline).await {
            Err(error) if is_worth_repeating(&error) => self.try_ask_all(&pipeline).await,
            answers => answers,
        };
        match answers {
            Ok(values) => {
                let answers: Vec<_> = values.into_iter().map(Value::extract_error).collect();
                if answers.iter().any(|it| it.as_ref().is_err_and(is_lost)) {
                    self.give_up();
                }
                answers
            }
            Err(error) => commands.iter().map(|_| Err(error.clone())).collect(),
        }
    }

    async fn try_ask_all(&self, pipeline: &Pipeline) -> Result<Vec<Value>, RedisError> {
        let (number, mut connection) = self.live().await?;
        let answers = connection
            .send_packed_commands(pipeline, 0, pipeline.len())
            .await;
        answers.inspect_err(|error| self.heed(error, number))
    }

    /// The connection in use, or a new one. Those who come while somebody connects share what he gets.
    async fn live(&self) -> Result<(u64, MultiplexedConnection), RedisError> {
        if let Some(live) = self.current() {
            return Ok(live);
        }
        let mut connector = self.connector.lock().await;
        if let Some(live) = self.current() {
            return Ok(live);
        }
        let (connection, place) = connector.connect().await?;
        let mut live = self.live.write().unwrap_or_else(PoisonError::into_inner);
        live.number += 1;
        live.connection = Some(connection.clone());
        live.place = Some(place);
        Ok((live.number, connection))
    }

    fn current(&self) -> Option<(u64, MultiplexedConnection)> {
        let live = self.live.read().unwrap_or_else(PoisonError::into_inner);
        Some((live.number, live.connection.clone()?))
    }

    /// Connects anew for the next command.
    pub(super) fn give_up(&self) {
        let mut live = self.live.write().unwrap_or_else(PoisonError::into_inner);
        live.give_up();
    }

    /// Gives a connection up on which `error` came, unless somebody has replaced it already.
    fn heed(&self, error: &RedisError, number: u64) {
        if !is_lost(error) {
            return;
        }
        let mut live = self.live.write().unwrap_or_else(PoisonError::into_inner);
        if live.number == number {
            live.give_up();
        }
    }
}

/// A connection, and where it leads.
type Connected = (MultiplexedConnection, ConnectionAddr);

impl Connector {
    async fn connect(&mut self) -> Result<Connected, RedisError> {
        if let Some((at, error, pause)) = &self.failure
            && at.elapsed() < *pause
        {
            return Err(error.clone());
        }
        let begun = Instant::now();
        let attempt = tokio::time::timeout(CONNECT * 2, self.route.connect()).await;
        let connected = attempt
            .unwrap_or_else(|_| Err(std::io::Error::from(std::io::ErrorKind::TimedOut).into()));
        self.failure = connected
            .as_ref()
            .err()
            .map(|error| (Instant::now(), error.clone(), begun.elapsed().max(PAUSE)));
        connected
    }
}

impl Route {
    async fn connect(&mut self) -> Result<Connected, RedisError> {
        let config = AsyncConnectionConfig::new()
            .set_connection_timeout(Some(CONNECT))
            .set_response_timeout(Some(ANSWER))
            .set_pipeline_buffer_size(BUFFER);
        let client = match self {
            Self::Direct(client) => client.clone(),
            Self::Sentinel(sentinels) => sentinels.primary().await?,
        };
        let place = client.get_connection_info().addr().clone();
        let connection = client.get_multiplexed_async_connection_with_config(&config);
        Ok((connection.await?, place))
    }
}

/// Whether the connection is of no use any more: it broke, nobody answers on it, or the server on it is no longer the
/// one that takes writes.
pub(super) fn is_lost(error: &RedisError) -> bool {
    error.is_io_error()
        || error.is_unrecoverable_error()
        || error.kind() == ErrorKind::Server(ServerErrorKind::ReadOnly)
}

/// Whether another connection may bring the answer at once. Who has waited for an answer in vain waits no second time.
fn is_worth_repeating(error: &RedisError) -> bool {
    is_lost(error) && !error.is_timeout()
}
