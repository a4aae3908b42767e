//! The network as a process of its own: it outlives the dialers, so what it counted is known after they are gone.
//!
//! Each connection is one dialer. Reports of a call go to the connection that dialed it or asked for it last; when that
//! is gone they are dropped, and whoever takes over learns how the call stands by asking.

use std::future::Future;
use std::time::Duration;

use ringback_core::call::CallStatus;
use ringback_ports::telephony::{PhoneError, PhoneEvent, Telephony};
use tokio::io::AsyncWriteExt;
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use super::Options;
use super::in_process::Simulator;
use super::wire::{Answer, Ask, BATCH, Frame, LineError, Lines, PROTOCOL, Request, write_line};

/// How many dialers are connected at a time; others wait.
pub const MAX_CONNECTIONS: usize = 256;

/// How many answers wait for a client that does not read them before no more of its requests are taken.
const ANSWERS: usize = 1024;

/// How long a client may take to read before it counts as gone.
const WRITE_TIME: Duration = Duration::from_secs(10);

/// The pause after the system refused a connection, e.g. for want of file descriptors.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Serves dialers on a network of its own until `shutdown`; then every connection is closed.
pub async fn serve(listener: TcpListener, options: Options, shutdown: impl Future<Output = ()>) {
    serve_network(listener, Simulator::in_process(options), shutdown).await;
}

/// The same on a network that is there already.
pub async fn serve_network(
    listener: TcpListener,
    network: Simulator,
    shutdown: impl Future<Output = ()>,
) {
    let mut connections = JoinSet::new();
    let mut shutdown = std::pin::pin!(shutdown);
    loop {
        tokio::select! {
            biased;
            () = &mut shutdown => return,
            Some(ended) = connections.join_next() => {
                if let Err(error) = ended {
                    tracing::error!(%error, "a connection of the phone network ended unexpectedly");
                }
            }
            accepted = listener.accept(), if connections.len() < MAX_CONNECTIONS => match accepted {
                Ok((stream, _)) => {
                    connections.spawn(converse(stream, network.another_dialer()));
                }
                Err(error) => {
                    tracing::warn!(%error, "the phone network cannot accept a connection");
                    sleep(ACCEPT_PAUSE).await;
                }
            },
        }
    }
}

/// Reading stops at the end of the requests, writing after the last answer; the connection ends with its writing.
async fn converse(stream: TcpStream, dialer: Simulator) {
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "a dialer was gone at once");
        return;
    }
    let (reader, writer) = stream.into_split();
    let (answers, waiting) = mpsc::channel(ANSWERS);
    let reading = async {
        take_requests(Lines::new(reader), &dialer, answers).await;
        std::future::pending().await
    };
    let ended = tokio::select! {
        ended = write_frames(writer, &dialer, waiting) => ended,
        never = reading => never,
    };
    if let Err(error) = ended {
        tracing::debug!(%error, "a dialer was lost");
    }
}

async fn take_requests(
    mut lines: Lines<OwnedReadHalf>,
    dialer: &Simulator,
    answers: mpsc::Sender<Frame>,
) {
    loop {
        let frame = match lines.next::<Request>().await {
            Ok(Some(Request { id, ask })) => Frame::Answer {
                id,
                answer: answer(dialer, ask).await,
            },
            Ok(None) => return,
            Err(error) => Frame::Bye {
                reason: error.to_string(),
            },
        };
        let last = matches!(frame, Frame::Bye { .. });
        if answers.send(frame).await.is_err() || last {
            return;
        }
    }
}

async fn answer(dialer: &Simulator, ask: Ask) -> Answer {
    match ask {
        Ask::Send { call, command } => taken(dialer.send(&call, command).await),
        Ask::Inspect { call } => status(dialer.inspect(&call).await),
        Ask::Listen => {
            dialer.listen();
            Answer::Taken
        }
        Ask::CallIn { call, arrival } => taken(dialer.call_in(&call, arrival.into())),
        Ask::Dialed { call } => Answer::Dialed(dialer.dialed(&call)),
        Ask::DialedNumber { number } => Answer::DialedNumber(dialer.dialed_number(&number)),
        Ask::Tally => Answer::Tally(dialer.tally()),
        Ask::Ping => Answer::Pong,
    }
}

fn taken(outcome: Result<(), PhoneError>) -> Answer {
    outcome.map_or_else(refused, |()| Answer::Taken)
}

fn status(outcome: Result<CallStatus, PhoneError>) -> Answer {
    outcome.map_or_else(refused, Answer::Status)
}

fn refused(error: PhoneError) -> Answer {
    let reason = match error {
        PhoneError::Refused(reason) => reason,
        PhoneError::Unavailable(_) => error.to_string(),
    };
    Answer::Refused { reason }
}

/// What was reported before a question is written before its answer.
async fn write_frames(
    mut writer: OwnedWriteHalf,
    dialer: &Simulator,
    mut answers: mpsc::Receiver<Frame>,
) -> Result<(), LineError> {
    let mut buffer = Vec::with_capacity(BATCH);
    let mut next = Some(Frame::Hello { protocol: PROTOCOL });
    while let Some(frame) = next {
        write_line(&mut buffer, &frame)?;
        while buffer.len() < BATCH
            && let Some(frame) = ready(dialer, &mut answers)
        {
            write_line(&mut buffer, &frame)?;
        }
        timeout(WRITE_TIME, writer.write_all(&buffer))
            .await
            .map_err(|_| LineError::Stalled)?
            .map_err(LineError::Io)?;
        buffer.clear();
        next = tokio::select! {
            biased;
            event = dialer.next_news() => Some(news(event)),
            answer = answers.recv() => answer,
        };
    }
    Ok(())
}

fn ready(dialer: &Simulator, answers: &mut mpsc::Receiver<Frame>) -> Option<Frame> {
    let event = dialer.poll_event().map(news);
    event.or_else(|| answers.try_recv().ok())
}

fn news(event: PhoneEvent) -> Frame {
    match event {
        PhoneEvent::Call { call, report } => Frame::Report { call, report },
        PhoneEvent::Arrived { call, arrival } => Frame::Arrived {
            call,
            arrival: arrival.into(),
        },
        PhoneEvent::Gap => Frame::Gap,
    }
}
