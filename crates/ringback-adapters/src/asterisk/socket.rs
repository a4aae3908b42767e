//! The event socket: read, told to the tasks of calls, and opened again for as long as it takes.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use futures_util::StreamExt;
use ringback_ports::telephony::PhoneEvent;
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::{self, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};

use super::event::{Line, TYPES};
use super::{Shared, arrivals};

/// How long after a failure it is opened again.
const PAUSE: Duration = Duration::from_secs(1);

/// How long an idle socket may be silent before it is tried: a connection that was cut without a word looks like that.
const SILENCE: Duration = Duration::from_secs(10);

pub(super) type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// Opens the socket and says what it shall carry.
pub(super) async fn open(shared: &Shared) -> Result<Socket, SocketError> {
    let url = shared.ari.socket();
    let opening = tokio_tungstenite::connect_async(url.as_str());
    let opened = tokio::time::timeout(SILENCE, opening).await;
    let (socket, _) = opened
        .map_err(|_| SocketError::Silent)?
        .map_err(SocketError::from)?;
    shared
        .ari
        .filter(&TYPES)
        .await
        .map_err(|error| SocketError::Filter(error.to_string()))?;
    shared.is_connected.store(true, Ordering::Relaxed);
    Ok(socket)
}

/// Reads until the last clone of the dialer is gone. After a loss every call has to be asked for: Asterisk keeps no events.
pub(super) async fn keep(shared: Arc<Shared>, mut socket: Option<Socket>) {
    loop {
        if let Some(mut there) = socket.take() {
            let lost = read(&shared, &mut there).await;
            shared.is_connected.store(false, Ordering::Relaxed);
            tracing::warn!(%lost, "the event socket of Asterisk is lost; opening it again");
        }
        socket = loop {
            tokio::time::sleep(PAUSE).await;
            match open(&shared).await {
                Ok(socket) => break Some(socket),
                Err(error) => tracing::debug!(%error, "the event socket cannot be opened"),
            }
        };
        tracing::info!("the event socket of Asterisk is back");
        shared.mark_stale();
        shared.inbox.push(PhoneEvent::Gap);
    }
}

async fn read(shared: &Arc<Shared>, socket: &mut Socket) -> SocketError {
    let mut malformed = 0_u64;
    let mut was_silent = false;
    loop {
        let next = match tokio::time::timeout(SILENCE, socket.next()).await {
            Ok(next) => next,
            Err(_) if was_silent => return SocketError::Silent,
            Err(_) => {
                was_silent = true;
                let ping = Message::Ping(tungstenite::Bytes::new());
                if let Err(error) = futures_util::SinkExt::send(socket, ping).await {
                    return error.into();
                }
                continue;
            }
        };
        was_silent = false;
        let text = match next {
            Some(Ok(Message::Text(text))) => text,
            Some(Ok(Message::Close(_))) | None => return SocketError::Closed,
            Some(Ok(_)) => continue,
            Some(Err(error)) => return error.into(),
        };
        match Line::read(&text) {
            Ok(Line::Channel(channel, event)) => shared.tell(&channel, event).await,
            Ok(Line::Offered(offer)) => {
                tokio::spawn(arrivals::offered(shared.clone(), offer));
            }
            Ok(Line::Replaced) => return SocketError::Replaced,
            Ok(Line::Other) => {}
            Err(error) => {
                if malformed == 0 {
                    tracing::warn!(%error, "Asterisk sent something that is no event; further ones are not logged");
                }
                malformed += 1;
            }
        }
    }
}

/// There is no socket.
#[derive(Debug, thiserror::Error)]
pub(super) enum SocketError {
    #[error("it does not answer")]
    Silent,
    #[error("it was closed")]
    Closed,
    #[error("another socket has taken this application")]
    Replaced,
    #[error("events cannot be filtered: {0}")]
    Filter(String),
    /// The error of the library may show the address, which holds the password.
    #[error("{0}")]
    Broken(&'static str),
}

#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "the other kinds of error of the library say nothing that an operator could act on"
)]
impl From<tungstenite::Error> for SocketError {
    fn from(error: tungstenite::Error) -> Self {
        Self::Broken(match error {
            tungstenite::Error::Http(_) => "it is refused: user, password or address are wrong",
            tungstenite::Error::Io(_) => "the connection is broken or refused",
            tungstenite::Error::Protocol(_) => "what answers speaks another protocol",
            _ => "it is broken",
        })
    }
}
