//! What goes over the wire: one JSON value per line, in both directions.
//!
//! The network greets first. Then each request is answered under its id, in any order, with reports in between.

use std::io;
use std::time::Duration;

use ringback_core::access::{AccessCode, Arrival};
use ringback_core::call::{CallCommand, CallId, CallStatus, Report};
use ringback_core::phone::PhoneNumber;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, BufReader};

use super::network::ledger::{Dialed, Tally};

/// Since the second, customers call as well.
pub(super) const PROTOCOL: u32 = 2;

/// The longest line, its end included.
pub(super) const MAX_LINE: usize = 64 * 1024;

/// How much is gathered before it is written.
pub(super) const BATCH: usize = 32 * 1024;

/// How often a client shows that it is there.
pub(super) const HEARTBEAT: Duration = Duration::from_secs(10);

/// The silence after which the other side counts as gone.
pub(super) const SILENCE: Duration = Duration::from_secs(45);

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Request {
    pub id: u64,
    pub ask: Ask,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Ask {
    Send {
        call: CallId,
        command: CallCommand,
    },
    Inspect {
        call: CallId,
    },
    /// Calls that arrive are for this client, among others.
    Listen,
    CallIn {
        call: CallId,
        arrival: Arriving,
    },
    Dialed {
        call: CallId,
    },
    DialedNumber {
        number: PhoneNumber,
    },
    Tally,
    Ping,
}

/// An arrival as it is written.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Arriving {
    to: PhoneNumber,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    from: Option<PhoneNumber>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    code: Option<AccessCode>,
}

impl From<Arrival> for Arriving {
    fn from(Arrival { to, from, code }: Arrival) -> Self {
        Self { to, from, code }
    }
}

impl From<Arriving> for Arrival {
    fn from(Arriving { to, from, code }: Arriving) -> Self {
        Self { to, from, code }
    }
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Frame {
    /// The first line.
    Hello { protocol: u32 },
    /// The answer to a request.
    Answer { id: u64, answer: Answer },
    /// News of a call.
    Report { call: CallId, report: Report },
    /// A customer has called.
    Arrived { call: CallId, arrival: Arriving },
    /// Reports were left out because the client did not take them in time.
    Gap,
    /// The last line: why the connection ends.
    Bye { reason: String },
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Answer {
    Taken,
    Refused { reason: String },
    Status(CallStatus),
    Dialed(Dialed),
    DialedNumber(u64),
    Tally(Tally),
    Pong,
}

/// Adds `value` as a line.
pub(super) fn write_line(buffer: &mut Vec<u8>, value: &impl Serialize) -> Result<(), LineError> {
    let start = buffer.len();
    serde_json::to_writer(&mut *buffer, value).map_err(|error| LineError::Json(error.column()))?;
    buffer.push(b'\n');
    let length = buffer.len() - start;
    if length > MAX_LINE {
        buffer.truncate(start);
        return Err(LineError::TooLong);
    }
    Ok(())
}

/// Reads lines of bounded length.
#[derive(Debug)]
pub(super) struct Lines<R> {
    reader: BufReader<R>,
    line: Vec<u8>,
}

impl<R: AsyncRead + Unpin> Lines<R> {
    pub fn new(reader: R) -> Self {
        Self {
            reader: BufReader::with_capacity(BATCH, reader),
            line: Vec::new(),
        }
    }

    /// The next line, or `None` at the end; an unfinished last line is left out. To give up waiting is to give up reading.
    pub async fn next<T: DeserializeOwned>(&mut self) -> Result<Option<T>, LineError> {
        self.line.clear();
        let most = u64::try_from(MAX_LINE).unwrap_or(u64::MAX);
        let mut bounded = (&mut self.reader).take(most);
        tokio::time::timeout(SILENCE, bounded.read_until(b'\n', &mut self.line))
            .await
            .map_err(|_| LineError::Silence)?
            .map_err(LineError::Io)?;
        match self.line.last() {
            Some(b'\n') => serde_json::from_slice(&self.line)
                .map(Some)
                .map_err(|error| LineError::Json(error.column())),
            Some(_) if self.line.len() == MAX_LINE => Err(LineError::TooLong),
            Some(_) | None => Ok(None),
        }
    }
}

/// A line could not be read or written. It never shows what the line says.
#[derive(Debug, thiserror::Error)]
pub(super) enum LineError {
    #[error("the connection broke")]
    Io(#[source] io::Error),
    #[error("nothing was heard for {} s", SILENCE.as_secs())]
    Silence,
    #[error("the other side does not read")]
    Stalled,
    #[error("a line has more than {MAX_LINE} bytes")]
    TooLong,
    #[error("a line is not understood at column {0}")]
    Json(usize),
    #[error("the other side ended it: {0}")]
    Bye(String),
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn read(bytes: &[u8]) -> Result<Option<Request>, LineError> {
        Lines::new(bytes).next().await
    }

    #[tokio::test]
    async fn reads_what_it_writes() {
        let asked = Request {
            id: 7,
            ask: Ask::Inspect {
                call: CallId::from_wire("07-x-c-001"),
            },
        };
        let mut line = Vec::new();
        write_line(&mut line, &asked).unwrap();
        assert_eq!(
            String::from_utf8_lossy(&line),
            "{\"id\":7,\"ask\":{\"inspect\":{\"call\":\"07-x-c-001\"}}}\n"
        );
        let read = read(&line).await.unwrap().unwrap();
        assert!(matches!(read.ask, Ask::Inspect { call } if call.as_str() == "07-x-c-001"));
    }

    #[tokio::test]
    async fn lines_are_bounded() {
        let fits = |length: usize| {
            let mut line = br#"{"id":1,"ask":"tally"}"#.to_vec();
            line.resize(length - 1, b' ');
            line.push(b'\n');
            line
        };
        assert!(read(&fits(MAX_LINE)).await.unwrap().is_some());
        let error = read(&fits(MAX_LINE + 1)).await.unwrap_err();
        assert!(matches!(error, LineError::TooLong), "{error}");

        let mut buffer = b"before".to_vec();
        let long = "x".repeat(MAX_LINE);
        assert!(write_line(&mut buffer, &long).is_err());
        assert_eq!(buffer, b"before");
    }

    #[tokio::test]
    async fn an_unfinished_line_is_the_end() {
        assert!(read(b"").await.unwrap().is_none());
        assert!(read(br#"{"id":1"#).await.unwrap().is_none());
    }

    #[tokio::test]
    async fn what_is_wrong_is_told_without_the_line() {
        let number = br#"{"id":1,"ask":{"dialed_number":{"number":"+1650555x"}}}"#;
        let mut line = number.to_vec();
        line.push(b'\n');
        let error = read(&line).await.unwrap_err();
        assert!(error.to_string().starts_with("a line is not understood"));
        assert!(!format!("{error:?}").contains("1650"));
    }
}
