//! The connection itself: opened, used until it breaks, opened again.

use std::collections::HashMap;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use ringback_ports::telephony::PhoneEvent;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::sync::{mpsc, oneshot};
use tokio::time::{MissedTickBehavior, interval, sleep, timeout};

use super::super::inbox::Inbox;
use super::super::wire::{
    Answer, Ask, BATCH, Frame, HEARTBEAT, LineError, Lines, PROTOCOL, Request, write_line,
};
use super::Place;
use super::link::{Link, Question};

/// How long it may take until the network greets.
const OPEN_TIME: Duration = Duration::from_secs(5);

const FIRST_PAUSE: Duration = Duration::from_millis(50);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// How many questions are unanswered at a time; one more is given up at once.
const UNANSWERED: usize = 65_536;

pub(super) struct Connection {
    lines: Lines<OwnedReadHalf>,
    writer: OwnedWriteHalf,
}

/// Those who wait for an answer, by the id of their question. When it goes, all of them learn that it is lost.
#[derive(Default)]
struct Waiting(Mutex<HashMap<u64, oneshot::Sender<Answer>>>);

impl Waiting {
    fn lock(&self) -> MutexGuard<'_, HashMap<u64, oneshot::Sender<Answer>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Connects once.
pub(super) async fn open(place: &Place) -> Result<Connection, OpenError> {
    timeout(OPEN_TIME, greet(place))
        .await
        .unwrap_or(Err(OpenError::Slow))
}

async fn greet(place: &Place) -> Result<Connection, OpenError> {
    let stream = TcpStream::connect(&place.0).await?;
    stream.set_nodelay(true)?;
    let (reader, writer) = stream.into_split();
    let mut lines = Lines::new(reader);
    match lines.next().await {
        Ok(Some(Frame::Hello { protocol: PROTOCOL })) => Ok(Connection { lines, writer }),
        Ok(Some(Frame::Hello { protocol })) => Err(OpenError::Protocol(protocol)),
        Ok(Some(_)) | Ok(None) | Err(_) => Err(OpenError::Stranger),
    }
}

/// Uses one connection after the other, for ever.
pub(super) async fn keep(
    place: Place,
    mut connection: Connection,
    mut questions: mpsc::Receiver<Question>,
    link: Arc<Link>,
) {
    loop {
        let error = converse(connection, questions, &link.inbox).await;
        link.cut();
        tracing::warn!(%place, %error, "the phone network is lost, connecting again");
        connection = reopen(&place).await;
        questions = link.raise();
        link.inbox.push(PhoneEvent::Gap);
        tracing::info!(%place, "the phone network is back");
    }
}

async fn reopen(place: &Place) -> Connection {
    let mut pause = FIRST_PAUSE;
    loop {
        sleep(jittered(pause)).await;
        match open(place).await {
            Ok(connection) => return connection,
            Err(error) => tracing::debug!(%place, %error, "the phone network is still away"),
        }
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}

/// Between half of `pause` and all of it, so that many dialers do not come back at once.
fn jittered(pause: Duration) -> Duration {
    let random = getrandom::u32().unwrap_or(u32::MAX);
    pause / 2 + (pause / 2).mul_f64(f64::from(random) / f64::from(u32::MAX))
}

async fn converse(
    connection: Connection,
    questions: mpsc::Receiver<Question>,
    inbox: &Inbox,
) -> LineError {
    let waiting = Waiting::default();
    tokio::select! {
        error = take_frames(connection.lines, &waiting, inbox) => error,
        error = write_questions(connection.writer, questions, &waiting, inbox.listens()) => error,
    }
}

async fn take_frames(
    mut lines: Lines<OwnedReadHalf>,
    waiting: &Waiting,
    inbox: &Inbox,
) -> LineError {
    loop {
        match lines.next().await {
            Ok(Some(Frame::Answer { id, answer })) => {
                let asker = waiting.lock().remove(&id);
                if asker.is_none_or(|asker| asker.send(answer).is_err()) {
                    tracing::trace!(id, "nobody waits for this answer any more");
                }
            }
            Ok(Some(Frame::Report { call, report })) => {
                inbox.push(PhoneEvent::Call { call, report });
            }
            Ok(Some(Frame::Arrived { call, arrival })) => inbox.push(PhoneEvent::Arrived {
                call,
                arrival: arrival.into(),
            }),
            Ok(Some(Frame::Gap)) => inbox.push(PhoneEvent::Gap),
            Ok(Some(Frame::Bye { reason })) => return LineError::Bye(reason),
            Ok(Some(Frame::Hello { .. })) => return LineError::Bye("it greeted twice".to_owned()),
            Ok(None) => return LineError::Io(io::ErrorKind::UnexpectedEof.into()),
            Err(error) => return error,
        }
    }
}

async fn write_questions(
    mut writer: OwnedWriteHalf,
    mut questions: mpsc::Receiver<Question>,
    waiting: &Waiting,
    listens: bool,
) -> LineError {
    let mut heartbeat = interval(HEARTBEAT);
    heartbeat.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut buffer = Vec::with_capacity(BATCH);
    if listens && let Err(error) = write_line(&mut buffer, &unasked(Ask::Listen)) {
        return error;
    }
    loop {
        tokio::select! {
            Some(question) = questions.recv() => register(question, waiting, &mut buffer),
            _ = heartbeat.tick() => {
                if let Err(error) = write_line(&mut buffer, &unasked(Ask::Ping)) {
                    return error;
                }
            }
        }
        while buffer.len() < BATCH
            && let Ok(question) = questions.try_recv()
        {
            register(question, waiting, &mut buffer);
        }
        if let Err(error) = writer.write_all(&buffer).await {
            return LineError::Io(error);
        }
        buffer.clear();
    }
}

/// What nobody waits for the answer of.
const fn unasked(ask: Ask) -> Request {
    Request { id: u64::MAX, ask }
}

fn register(question: Question, waiting: &Waiting, buffer: &mut Vec<u8>) {
    let mut waiting = waiting.lock();
    if question.answer.is_closed() || waiting.len() >= UNANSWERED {
        return;
    }
    buffer.extend_from_slice(&question.line);
    waiting.insert(question.id, question.answer);
}

/// No phone network greeted.
#[derive(Debug, thiserror::Error)]
pub(super) enum OpenError {
    #[error(transparent)]
    Io(#[from] io::Error),
    #[error("no greeting within {} s", OPEN_TIME.as_secs())]
    Slow,
    #[error("what answers there is not a phone network")]
    Stranger,
    #[error("it speaks protocol {0}, this is {PROTOCOL}")]
    Protocol(u32),
}
