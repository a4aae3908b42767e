//! Receives notifications, as cheaply as can be: it shares the machine with what is measured.

use std::collections::HashMap;
use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use ringback_core::ids::CallbackId;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;
use tokio::task::JoinSet;
use tokio_util::task::AbortOnDropHandle;

/// The longest request.
const LONGEST: usize = 64 * 1024;
const TAKEN: &[u8] = b"HTTP/1.1 204 No Content\r\n\r\n";
const WRONG: &[u8] = b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n";

pub struct Receiver {
    /// Where notifications are posted to.
    pub url: String,
    inbox: Arc<Inbox>,
    _accepting: AbortOnDropHandle<()>,
}

#[derive(Default)]
struct Inbox {
    came: Mutex<Came>,
    enough: Notify,
}

#[derive(Default)]
struct Came {
    /// When the notifications of each callback came for the first time, in order.
    told: HashMap<String, Vec<Instant>>,
    seen: Seen,
    /// How many somebody waits for.
    goal: usize,
}

/// What came.
#[derive(Clone, Copy, Debug, Default)]
pub struct Seen {
    /// How many since the count began.
    pub count: usize,
    /// The first and last of them.
    pub between: Option<(Instant, Instant)>,
    /// How many came again.
    pub duplicates: u64,
    /// How many came before one that goes ahead of them, or said another number than their id.
    pub disordered: u64,
}

impl Receiver {
    pub async fn start() -> anyhow::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let url = format!("http://{}/test", listener.local_addr()?);
        let inbox = Arc::<Inbox>::default();
        let accepting = tokio::spawn(accept(listener, inbox.clone()));
        Ok(Self {
            url,
            inbox,
            _accepting: AbortOnDropHandle::new(accepting),
        })
    }

    /// Counts from here.
    pub fn begin(&self) {
        let mut came = self.inbox.lock();
        (came.seen.count, came.seen.between) = (0, None);
    }

    /// Until so many have come since the count began.
    pub async fn until(&self, count: usize) {
        loop {
            let enough = self.inbox.enough.notified();
            {
                let mut came = self.inbox.lock();
                if came.seen.count >= count {
                    return;
                }
                came.goal = count;
            }
            enough.await;
        }
    }

    pub fn seen(&self) -> Seen {
        self.inbox.lock().seen
    }

    /// When the notifications of a callback came, in order.
    pub fn told(&self, callback: &CallbackId) -> Vec<Instant> {
        let came = self.inbox.lock();
        came.told
            .get(callback.as_str())
            .cloned()
            .unwrap_or_default()
    }
}

impl Inbox {
    fn lock(&self) -> MutexGuard<'_, Came> {
        self.came.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn take(&self, letter: Letter) {
        let Letter { callback, sequence } = letter;
        let now = Instant::now();
        let mut came = self.lock();
        let Came { told, seen, goal } = &mut *came;
        let times = told.entry(callback).or_default();
        let next = times.len() + 1;
        if sequence > next {
            seen.disordered += 1;
            return;
        }
        if sequence < next {
            seen.duplicates += 1;
            return;
        }
        times.push(now);
        seen.count += 1;
        seen.between = Some((seen.between.map_or(now, |(first, _)| first), now));
        if seen.count == *goal {
            self.enough.notify_waiters();
        }
    }
}

async fn accept(listener: TcpListener, inbox: Arc<Inbox>) {
    let mut connections = JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        while connections.try_join_next().is_some() {}
        connections.spawn(serve(stream, inbox.clone()));
    }
}

/// Answers the requests of one connection until it ends or something else than a short HTTP/1.1 request comes.
async fn serve(mut stream: TcpStream, inbox: Arc<Inbox>) -> Option<()> {
    stream.set_nodelay(true).ok()?;
    let mut buffer = Vec::with_capacity(4096);
    loop {
        let (body, head) = loop {
            if let Some(end) = end_of_head(&buffer) {
                break (end, Head::read(buffer.get(..end)?)?);
            }
            read_more(&mut stream, &mut buffer).await?;
        };
        let end = body.checked_add(head.length)?;
        while buffer.len() < end {
            read_more(&mut stream, &mut buffer).await?;
        }
        let answer = match head.letter {
            Some(letter) => {
                inbox.take(letter);
                TAKEN
            }
            None => WRONG,
        };
        stream.write_all(answer).await.ok()?;
        buffer.drain(..end);
    }
}

async fn read_more(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> Option<()> {
    let read = stream.read_buf(buffer).await.ok()?;
    (read > 0 && buffer.len() <= LONGEST).then_some(())
}

fn end_of_head(buffer: &[u8]) -> Option<usize> {
    let place = buffer.windows(4).position(|four| four == b"\r\n\r\n")?;
    Some(place + 4)
}

/// What of a request's head counts here.
struct Head {
    /// Of the body.
    length: usize,
    letter: Option<Letter>,
}

/// A notification.
struct Letter {
    callback: String,
    /// Its number among those to this receiver.
    sequence: usize,
}

impl Head {
    fn read(head: &[u8]) -> Option<Self> {
        let (mut length, mut callback, mut sequence) = (0, None, None);
        for line in std::str::from_utf8(head).ok()?.lines().skip(1) {
            let Some((name, value)) = line.split_once(':') else {
                continue;
            };
            let value = value.trim();
            if name.eq_ignore_ascii_case("content-length") {
                length = value.parse().ok().filter(|length| *length <= LONGEST)?;
            } else if name.eq_ignore_ascii_case("webhook-id") {
                callback = value.rsplit_once('/').map(|(callback, _)| callback);
            } else if name.eq_ignore_ascii_case("ringback-sequence") {
                sequence = value.parse().ok();
            }
        }
        let letter = callback.zip(sequence).map(|(callback, sequence)| Letter {
            callback: callback.to_owned(),
            sequence,
        });
        Some(Self { length, letter })
    }
}
