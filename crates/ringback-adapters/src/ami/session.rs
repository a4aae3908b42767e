//! The connection: logged in, read, tried, and opened again for as long as it takes.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use ringback_core::acd::Fact;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::{mpsc, oneshot};
use tokio::time::{Instant, timeout};

use super::facts::Reader;
use super::frames::{Decoder, FrameError, Message, action};
use super::{Action, Shared};

/// How long a connection may take to be made, to be logged in, and to be silent after a ping.
const PATIENCE: Duration = Duration::from_secs(5);
/// How often everything is read anew, in case something was told in an order that deceives.
const SNAPSHOT: Duration = Duration::from_secs(60);
/// How long after the first failure it is tried again; the pause doubles up to the longest.
const FIRST_PAUSE: Duration = Duration::from_millis(250);
const LONGEST_PAUSE: Duration = Duration::from_secs(15);
/// After wrong credentials: a fast retry helps nobody, and may have us shut out.
const REFUSED_PAUSE: Duration = Duration::from_secs(60);

/// Keeps the connection until the last user is gone.
pub(super) async fn keep(shared: Arc<Shared>, mut actions: mpsc::Receiver<Action>) {
    let mut pause = FIRST_PAUSE;
    loop {
        let (lost, was_there) = match Session::open(&shared).await {
            Ok(mut session) => (session.run(&mut actions).await, true),
            Err(error) => (error, false),
        };
        shared.apply(Fact::Lost);
        pause = match (&lost, was_there) {
            (SessionError::Login(_), _) => REFUSED_PAUSE,
            (_, true) => FIRST_PAUSE,
            (_, false) => (pause * 2).min(LONGEST_PAUSE),
        };
        let (name, wait_ms) = (&shared.address.name, pause.as_millis());
        tracing::warn!(acd = %name, %lost, wait_ms, "the ACD is away: none of its agents is known; connecting again");
        // Who asks for something meanwhile learns that it is away.
        let refuse = async {
            while let Some(action) = actions.recv().await {
                drop(action)
            }
        };
        timeout(pause, refuse).await.ok();
    }
}

struct Session<'a> {
    shared: &'a Shared,
    stream: TcpStream,
    decoder: Decoder,
    reader: Reader,
    /// Who waits for an answer.
    asked: HashMap<u64, oneshot::Sender<Result<(), String>>>,
    last_id: u64,
    /// Whether everything has to be read, as soon as nothing else is being done.
    wants_snapshot: bool,
    has_booted: bool,
}

impl<'a> Session<'a> {
    /// Connects and logs in.
    async fn open(shared: &'a Shared) -> Result<Self, SessionError> {
        let connected = timeout(PATIENCE, TcpStream::connect(&shared.address.place)).await;
        let stream = connected.map_err(|_| SessionError::Silent)??;
        stream.set_nodelay(true)?;
        let mut session = Self {
            shared,
            stream,
            decoder: Decoder::default(),
            reader: Reader::of(&shared.address.name),
            asked: HashMap::new(),
            last_id: 0,
            wants_snapshot: false,
            has_booted: false,
        };
        let (answer, mut answered) = oneshot::channel();
        let (user, password) = (&shared.address.user, &shared.address.password);
        let login = [("Username", user.as_str()), ("Secret", password.as_str())];
        session.send("Login", &login, Some(answer)).await?;
        let login = async {
            loop {
                session.receive().await?;
                match answered.try_recv() {
                    Ok(Ok(())) => return Ok(()),
                    Ok(Err(reason)) => return Err(SessionError::Login(reason)),
                    Err(_) => {}
                }
            }
        };
        timeout(PATIENCE, login)
            .await
            .map_err(|_| SessionError::Silent)??;
        Ok(session)
    }

    /// Reads and sends until it is lost.
    async fn run(&mut self, actions: &mut mpsc::Receiver<Action>) -> SessionError {
        let mut snapshot = Instant::now() + SNAPSHOT;
        let mut is_tried = false;
        loop {
            if std::mem::take(&mut self.wants_snapshot) {
                snapshot = Instant::now() + SNAPSHOT;
                if let Err(error) = self.snapshot().await {
                    return error;
                }
            }
            let due = if self.has_booted {
                snapshot
            } else {
                Instant::now() + SNAPSHOT
            };
            let done = tokio::select! {
                read = timeout(PATIENCE, self.receive()) => match read {
                    Ok(done) => {
                        is_tried = false;
                        done
                    }
                    Err(_) if is_tried => return SessionError::Silent,
                    Err(_) => {
                        is_tried = true;
                        self.send("Ping", &[], None).await
                    }
                },
                Some(action) = actions.recv() => {
                    let fields: Vec<_> = action.fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
                    self.send(action.name, &fields, Some(action.answer)).await
                }
                () = tokio::time::sleep_until(due) => {
                    self.wants_snapshot = self.has_booted;
                    Ok(())
                }
            };
            if let Err(error) = done {
                return error;
            }
        }
    }

    /// Reads what has come, and takes it in.
    ///
    /// Cancel-safe: what was read is taken in before anything else is waited for.
    async fn receive(&mut self) -> Result<(), SessionError> {
        let mut bytes = [0; 8 * 1024];
        let count = self.stream.read(&mut bytes).await?;
        if count == 0 {
            return Err(SessionError::Closed);
        }
        let read = bytes.get(..count).unwrap_or_default();
        for message in self.decoder.push(read)? {
            self.take_in(&message)?;
        }
        self.shared.apply(Fact::Alive);
        Ok(())
    }

    fn take_in(&mut self, message: &Message) -> Result<(), SessionError> {
        if let Some(response) = message.get("Response") {
            let waiting = message
                .number("ActionID")
                .and_then(|id: u64| self.asked.remove(&id));
            if let Some(waiting) = waiting {
                let reason = || {
                    message
                        .get("Message")
                        .unwrap_or("no reason given")
                        .to_owned()
                };
                let answer = if response == "Success" {
                    Ok(())
                } else {
                    Err(reason())
                };
                // Who has asked may have gone.
                waiting.send(answer).ok();
            }
            return Ok(());
        }
        match message.event() {
            // Before that, a list of agents is empty.
            "FullyBooted" => (self.has_booted, self.wants_snapshot) = (true, true),
            "Shutdown" => return Err(SessionError::Closed),
            _ => {
                let now = self.shared.clock.now();
                if let Some(fact) = self.reader.read(message, now) {
                    self.shared.apply(fact);
                }
            }
        }
        Ok(())
    }

    async fn snapshot(&mut self) -> Result<(), SessionError> {
        self.shared.apply(Fact::SnapshotBegins);
        self.send("QueueStatus", &[], None).await
    }

    async fn send(
        &mut self,
        name: &str,
        fields: &[(&str, &str)],
        answer: Option<oneshot::Sender<Result<(), String>>>,
    ) -> Result<(), SessionError> {
        self.last_id += 1;
        self.asked.retain(|_, waiting| !waiting.is_closed());
        if let Some(answer) = answer {
            self.asked.insert(self.last_id, answer);
        }
        let text = action(name, self.last_id, fields);
        let sent = timeout(PATIENCE, self.stream.write_all(text.as_bytes())).await;
        Ok(sent.map_err(|_| SessionError::Silent)??)
    }
}

/// There is no connection.
#[derive(Debug, thiserror::Error)]
enum SessionError {
    #[error("it does not answer")]
    Silent,
    #[error("it was closed")]
    Closed,
    #[error("the login is refused: {0}")]
    Login(String),
    #[error("what answers speaks another protocol: {0}")]
    Frame(#[from] FrameError),
    #[error("{0}")]
    Io(#[from] std::io::Error),
}
