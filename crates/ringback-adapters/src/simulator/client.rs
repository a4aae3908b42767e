//! A dialer's connection to a phone network that runs elsewhere.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use ringback_core::access::Arrival;
use ringback_core::call::{CallCommand, CallId, CallStatus};
use ringback_core::phone::PhoneNumber;
use ringback_ports::telephony::{PhoneError, PhoneEvent, Telephony};
use tokio::task::JoinSet;

use self::link::{Link, LinkError};
use super::network::ledger::{Dialed, Tally};
use super::wire::{Answer, Ask};

mod connection;
mod link;

/// What every address of a phone network begins with.
pub(crate) const SCHEME: &str = "sim://";

/// One dialer's access to a network served by [`serve`](super::server::serve). It holds one connection, on which orders
/// follow each other without waiting, and renews it for as long as it takes. Clones are the same dialer.
#[derive(Clone)]
pub struct SimulatorClient {
    link: Arc<Link>,
    /// Holds the connection; ends with the last clone.
    _keeper: Arc<JoinSet<()>>,
}

impl SimulatorClient {
    /// Connects to `sim://host:port`.
    ///
    /// # Errors
    /// When the address cannot be read, or no phone network answers there now.
    pub async fn connect(address: &str) -> Result<Self, ConnectError> {
        let place: Place = address.parse()?;
        let connection =
            connection::open(&place)
                .await
                .map_err(|reason| ConnectError::Unreachable {
                    place: place.clone(),
                    reason: reason.to_string(),
                })?;
        let link = Arc::new(Link::default());
        let questions = link.raise();
        let mut keeper = JoinSet::new();
        keeper.spawn(connection::keep(place, connection, questions, link.clone()));
        Ok(Self {
            link,
            _keeper: Arc::new(keeper),
        })
    }

    /// How often a call id was dialed, and what became of it. Unlike [`Telephony::inspect`] it changes nothing.
    ///
    /// # Errors
    /// When the network cannot be reached.
    pub async fn dialed(&self, call: &CallId) -> Result<Dialed, PhoneError> {
        let ask = Ask::Dialed { call: call.clone() };
        let answer = self.link.ask(ask).await?;
        let Answer::Dialed(dialed) = answer else {
            return Err(unexpected(answer));
        };
        Ok(dialed)
    }

    /// How often a number was rung, under whatever call ids.
    ///
    /// # Errors
    /// When the network cannot be reached.
    pub async fn dialed_number(&self, number: &PhoneNumber) -> Result<u64, PhoneError> {
        let ask = Ask::DialedNumber {
            number: number.clone(),
        };
        let answer = self.link.ask(ask).await?;
        let Answer::DialedNumber(times) = answer else {
            return Err(unexpected(answer));
        };
        Ok(times)
    }

    /// A customer calls.
    ///
    /// # Errors
    /// When the network cannot be reached, or does not take the call.
    pub async fn call_in(&self, call: &CallId, arrival: Arrival) -> Result<(), PhoneError> {
        let (call, arrival) = (call.clone(), arrival.into());
        let answer = self.link.ask(Ask::CallIn { call, arrival }).await?;
        let Answer::Taken = answer else {
            return Err(unexpected(answer));
        };
        Ok(())
    }

    /// Totals since the network was started.
    ///
    /// # Errors
    /// When the network cannot be reached.
    pub async fn tally(&self) -> Result<Tally, PhoneError> {
        let answer = self.link.ask(Ask::Tally).await?;
        let Answer::Tally(tally) = answer else {
            return Err(unexpected(answer));
        };
        Ok(tally)
    }
}

impl Telephony for SimulatorClient {
    async fn send(&self, call: &CallId, command: CallCommand) -> Result<(), PhoneError> {
        let call = call.clone();
        let answer = self.link.ask(Ask::Send { call, command }).await?;
        let Answer::Taken = answer else {
            return Err(unexpected(answer));
        };
        Ok(())
    }

    async fn inspect(&self, call: &CallId) -> Result<CallStatus, PhoneError> {
        let ask = Ask::Inspect { call: call.clone() };
        let answer = self.link.ask(ask).await?;
        let Answer::Status(status) = answer else {
            return Err(unexpected(answer));
        };
        Ok(status)
    }

    async fn next_event(&self) -> PhoneEvent {
        let inbox = &self.link.inbox;
        inbox.listen();
        // Again, where a try before was given up; the network takes it as often as it is said.
        if !inbox.is_announced() {
            // Whoever is not connected listens as soon as it is.
            if let Err(error) = self.link.ask(Ask::Listen).await {
                tracing::debug!(%error, "the phone network does not hear yet who listens");
            }
            inbox.announced();
        }
        inbox.next().await
    }

    fn is_ready(&self) -> bool {
        self.link.is_up()
    }
}

impl fmt::Debug for SimulatorClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SimulatorClient").finish_non_exhaustive()
    }
}

fn unexpected(answer: Answer) -> PhoneError {
    match answer {
        Answer::Refused { reason } => PhoneError::Refused(reason),
        Answer::Taken
        | Answer::Status(_)
        | Answer::Dialed(_)
        | Answer::DialedNumber(_)
        | Answer::Tally(_)
        | Answer::Pong => PhoneError::Unavailable(LinkError::Unexpected.into()),
    }
}

/// An address as it may be shown.
pub(crate) fn without_credentials(address: &str) -> String {
    let hidden = address
        .split_once("://")
        .and_then(|(scheme, rest)| Some((scheme, rest.rsplit_once('@')?.1)))
        .map(|(scheme, place)| format!("{scheme}://…@{place}"));
    let shown = hidden.as_deref().unwrap_or(address);
    shown.chars().take(80).collect()
}

/// Where a phone network listens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place(String);

impl FromStr for Place {
    type Err = ConnectError;

    fn from_str(address: &str) -> Result<Self, ConnectError> {
        let unreadable = || ConnectError::Address(without_credentials(address));
        let place = address.strip_prefix(SCHEME).ok_or_else(unreadable)?;
        let (host, port) = place.rsplit_once(':').ok_or_else(unreadable)?;
        let bracketed = host.starts_with('[') && host.ends_with(']');
        let plain = !host.is_empty() && !host.contains([':', '/', '?', '#', '@']);
        let port_is_legal = port.parse::<u16>().is_ok_and(|port| port > 0);
        match (bracketed || plain) && port_is_legal {
            true => Ok(Self(place.to_owned())),
            false => Err(unreadable()),
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// There is no phone network to use.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConnectError {
    /// Not an address.
    #[error(
        "'{0}' is not the address of a phone network: write sim://host:port, its options belong to the phone network"
    )]
    Address(String),
    /// Nobody there, or somebody else.
    #[error("cannot reach the phone network at {place}: {reason}")]
    Unreachable {
        /// Where it should be.
        place: Place,
        /// What was found instead.
        reason: String,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_addresses() {
        for address in [
            "sim://127.0.0.1:7000",
            "sim://phones.example:1",
            "sim://[::1]:7000",
        ] {
            let place: Place = address.parse().unwrap();
            assert_eq!(format!("{SCHEME}{place}"), address);
        }
    }

    #[test]
    fn names_what_is_not_an_address() {
        for address in [
            "sim://",
            "sim://host",
            "sim://:7000",
            "sim://host:0",
            "sim://host:99999",
            "sim://host:7000?speed=60",
            "sim://…@host:7000",
            "sim://::1:7000",
            "http://host:7000",
        ] {
            let error = address.parse::<Place>().unwrap_err().to_string();
            assert!(
                error.contains(address) && error.contains("sim://host:port"),
                "{error}"
            );
        }
    }
}
