//! Commits that are answered when replicas have them too.
//!
//! `WAIT` blocks its connection, so commits have one of their own. What comes while others wait is written together: the
//! commits in one pipeline, then one `WAIT` for all of them. So a commit costs the way to a replica once or twice, however
//! many there are at a time. `WAIT` speaks of the connection's own writes; a repeated commit may write nothing, so a group
//! ends with a write of its own.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use redis::{Cmd, RedisError, Value};
use tokio::sync::{OwnedMutexGuard, oneshot};

use super::server::{Route, Server, is_lost};

/// How many commits wait for replicas together at the most.
const GROUP: usize = 128;

/// How long replicas may take, in ms: less than an answer may.
const PATIENCE: u64 = 1500;

/// Writes a little in any case, also when the server is full: the first of the two takes no memory.
const MARK: &str = "redis.call('HDEL', KEYS[1], '') return redis.call('HINCRBY', KEYS[1], 'n', 1)";

pub(super) struct Writer {
    server: Server,
    replicas: u32,
    waiting: Mutex<Vec<Waiting>>,
    turn: Arc<tokio::sync::Mutex<()>>,
}

/// A commit, and who waits for the answer.
struct Waiting {
    command: Cmd,
    /// A key of the same shard.
    mark: String,
    answer: oneshot::Sender<Result<Value, RedisError>>,
}

impl Writer {
    pub(super) fn new(route: Route, replicas: u32) -> Arc<Self> {
        Arc::new(Self {
            server: Server::new(route, None),
            replicas,
            waiting: Mutex::default(),
            turn: Arc::default(),
        })
    }

    /// The `WAIT` for as many replicas as are asked for.
    pub(super) fn wait(&self) -> Cmd {
        redis::cmd("WAIT").arg(self.replicas).arg(PATIENCE).take()
    }

    /// Fails when an answer to `WAIT` names too few.
    pub(super) fn check(
        &self,
        waited: Option<Result<Value, RedisError>>,
    ) -> Result<(), RedisError> {
        let had: u32 = match waited {
            Some(waited) => redis::from_redis_value(waited?)?,
            None => 0,
        };
        if had >= self.replicas {
            return Ok(());
        }
        let few = format!(
            "written, but {had} of {} replicas had it in time",
            self.replicas
        );
        Err(std::io::Error::new(std::io::ErrorKind::TimedOut, few).into())
    }

    /// What the server says to a commit, when replicas have it. Whoever stops waiting stops nobody else.
    pub(super) async fn write(
        self: &Arc<Self>,
        command: &Cmd,
        mark: &str,
    ) -> Result<Value, RedisError> {
        let (answer, answered) = oneshot::channel();
        self.lock().push(Waiting {
            command: command.clone(),
            mark: mark.to_owned(),
            answer,
        });
        if let Ok(turn) = Arc::clone(&self.turn).try_lock_owned() {
            tokio::spawn(Arc::clone(self).serve(turn));
        }
        let ended = || std::io::Error::other("the process is ending");
        answered.await.unwrap_or_else(|_| Err(ended().into()))
    }

    /// Writes one group after another until nobody waits.
    async fn serve(self: Arc<Self>, mut turn: OwnedMutexGuard<()>) {
        loop {
            while let Some(group) = self.group() {
                self.write_group(group).await;
            }
            drop(turn);
            if self.lock().is_empty() {
                return;
            }
            // Somebody came between the look and the end of the turn.
            turn = match Arc::clone(&self.turn).try_lock_owned() {
                Ok(turn) => turn,
                Err(_) => return,
            };
        }
    }

    fn group(&self) -> Option<Vec<Waiting>> {
        let mut waiting = self.lock();
        let count = waiting.len().min(GROUP);
        let group: Vec<Waiting> = waiting.drain(..count).collect();
        (!group.is_empty()).then_some(group)
    }

    async fn write_group(&self, group: Vec<Waiting>) {
        let mark = group.first().map(|first| &first.mark);
        let mark = redis::cmd("EVAL").arg(MARK).arg(1).arg(mark).take();
        let wait = self.wait();
        let commands = group.iter().map(|waiting| &waiting.command);
        let commands: Vec<&Cmd> = commands.chain([&mark, &wait]).collect();
        let mut answers = self.server.ask_all(&commands).await;
        let waited = self.check(answers.pop());
        let marked = answers.pop().unwrap_or(Ok(Value::Nil));
        let durable = marked.map(drop).and(waited);
        if durable.as_ref().is_err_and(is_lost) {
            // Perhaps it is the primary no longer: the sentinels are asked again.
            self.server.give_up();
        }
        for (waiting, answer) in group.into_iter().zip(answers) {
            let answer = answer.and_then(|value| durable.clone().map(|()| value));
            // Nobody waits any more when the task that asked was ended.
            drop(waiting.answer.send(answer));
        }
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Waiting>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
