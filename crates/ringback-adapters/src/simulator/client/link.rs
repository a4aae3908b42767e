//! Between those who ask and the connection that carries it.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use ringback_ports::telephony::PhoneError;
use tokio::sync::{mpsc, oneshot};
use tokio::time::timeout;

use super::super::inbox::Inbox;
use super::super::wire::{Answer, Ask, LineError, Request, write_line};

/// How many questions wait to be written before those who ask have to wait.
const WINDOW: usize = 4096;

/// How long an answer may take.
const ANSWER_TIME: Duration = Duration::from_secs(10);

/// A request on its way, and who waits for the answer.
pub(super) struct Question {
    pub id: u64,
    pub line: Vec<u8>,
    pub answer: oneshot::Sender<Answer>,
}

/// The way to the connection of the moment, if there is one.
#[derive(Default)]
pub(super) struct Link {
    pub inbox: Inbox,
    way: Mutex<Option<mpsc::Sender<Question>>>,
    asked: AtomicU64,
}

impl Link {
    /// Opens the way to a new connection, which takes the questions.
    pub fn raise(&self) -> mpsc::Receiver<Question> {
        let (way, questions) = mpsc::channel(WINDOW);
        *self.lock() = Some(way);
        questions
    }

    /// The connection is lost: who asks now is told at once.
    pub fn cut(&self) {
        *self.lock() = None;
    }

    pub fn is_up(&self) -> bool {
        self.lock().is_some()
    }

    pub async fn ask(&self, ask: Ask) -> Result<Answer, PhoneError> {
        let id = self.asked.fetch_add(1, Ordering::Relaxed);
        let mut line = Vec::new();
        write_line(&mut line, &Request { id, ask }).map_err(refused)?;
        let way = self.lock().clone();
        let way = way.ok_or(LinkError::NotConnected).map_err(unavailable)?;
        let asking = async {
            let (answer, answered) = oneshot::channel();
            let question = Question { id, line, answer };
            way.send(question).await.map_err(|_| LinkError::Lost)?;
            drop(way);
            answered.await.map_err(|_| LinkError::Lost)
        };
        timeout(ANSWER_TIME, asking)
            .await
            .map_err(|_| unavailable(LinkError::Slow))?
            .map_err(unavailable)
    }

    fn lock(&self) -> MutexGuard<'_, Option<mpsc::Sender<Question>>> {
        self.way.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn refused(error: LineError) -> PhoneError {
    PhoneError::Refused(error.to_string())
}

fn unavailable(error: LinkError) -> PhoneError {
    PhoneError::Unavailable(error.into())
}

/// Nothing was answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum LinkError {
    #[error("not connected")]
    NotConnected,
    #[error("the connection was lost before the answer")]
    Lost,
    #[error("no answer within {} s", ANSWER_TIME.as_secs())]
    Slow,
    #[error("the answer is not one to this question")]
    Unexpected,
}
