//! The phone network that an address names.

use ringback_core::call::{CallCommand, CallId, CallStatus};
use ringback_ports::telephony::{PhoneError, PhoneEvent, Telephony};

use crate::simulator::client::{self, SimulatorClient};
use crate::simulator::in_process::Simulator;
use crate::simulator::{Options, OptionsError};

/// What may be written instead.
const ALLOWED: &str = "sim:, sim:?speed=60&talk=5, sim://host:port";

/// Any of the phone networks. Clones are the same dialer.
#[derive(Clone, Debug)]
pub enum AnyPhone {
    /// The simulated network in this process.
    InProcess(Simulator),
    /// The simulated network of another process.
    Remote(SimulatorClient),
}

impl AnyPhone {
    /// Connects to the network at `address`: `sim:…` for one in this process, `sim://host:port` for one elsewhere.
    ///
    /// # Errors
    /// When the address is not one of these, or nobody answers there now.
    pub async fn connect(address: &str) -> Result<Self, AddressError> {
        if address.starts_with(client::SCHEME) {
            return Ok(Self::Remote(SimulatorClient::connect(address).await?));
        }
        let options = match address.split_once(':') {
            Some(("sim", "")) => Options::default(),
            Some(("sim", rest)) => {
                let query = rest.strip_prefix('?').ok_or_else(|| unknown(address))?;
                Options::parse(query)?
            }
            Some((scheme @ ("ari+http" | "ari+https"), _)) => {
                return Err(AddressError::NotBuilt(scheme.to_owned()));
            }
            Some(_) | None => return Err(unknown(address)),
        };
        Ok(Self::InProcess(Simulator::in_process(options)))
    }
}

impl AnyPhone {
    /// Whether several processes can use this network.
    pub const fn is_shared(&self) -> bool {
        match self {
            Self::InProcess(_) => false,
            Self::Remote(_) => true,
        }
    }
}

impl Telephony for AnyPhone {
    async fn send(&self, call: &CallId, command: CallCommand) -> Result<(), PhoneError> {
        match self {
            Self::InProcess(phone) => phone.send(call, command).await,
            Self::Remote(phone) => phone.send(call, command).await,
        }
    }

    async fn inspect(&self, call: &CallId) -> Result<CallStatus, PhoneError> {
        match self {
            Self::InProcess(phone) => phone.inspect(call).await,
            Self::Remote(phone) => phone.inspect(call).await,
        }
    }

    async fn next_event(&self) -> PhoneEvent {
        match self {
            Self::InProcess(phone) => phone.next_event().await,
            Self::Remote(phone) => phone.next_event().await,
        }
    }

    fn is_ready(&self) -> bool {
        match self {
            Self::InProcess(phone) => phone.is_ready(),
            Self::Remote(phone) => phone.is_ready(),
        }
    }
}

fn unknown(address: &str) -> AddressError {
    AddressError::Unknown(client::without_credentials(address))
}

/// No phone network can be used under this address.
#[derive(Debug, thiserror::Error)]
pub enum AddressError {
    /// Not an address of a phone network.
    #[error("telephony is '{0}', allowed are {ALLOWED}")]
    Unknown(String),
    /// A network that cannot be used yet.
    #[error("telephony is '{0}:…', which is not built yet; allowed are {ALLOWED}")]
    NotBuilt(String),
    /// The options after `sim:?`.
    #[error("telephony: {0}")]
    Options(#[from] OptionsError),
    /// The network of another process.
    #[error("telephony: {0}")]
    Remote(#[from] client::ConnectError),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn an_address_without_a_host_is_this_process() {
        for address in ["sim:", "sim:?", "sim:?speed=60&talk=5", "sim:?instant=true"] {
            let phone = AnyPhone::connect(address).await.unwrap();
            assert!(matches!(phone, AnyPhone::InProcess(_)), "{address}");
            assert!(phone.is_ready());
        }
    }

    #[tokio::test]
    async fn names_what_is_wrong_and_what_is_allowed() {
        for (address, named) in [
            ("", "telephony is ''"),
            ("sim", "telephony is 'sim'"),
            ("sim:60", "telephony is 'sim:60'"),
            ("sip:5115", "telephony is 'sip:5115'"),
            (
                "ari+http://host:8088/app",
                "'ari+http:…', which is not built yet",
            ),
        ] {
            let error = AnyPhone::connect(address).await.unwrap_err().to_string();
            assert!(
                error.contains(named) && error.contains("sim://host:port"),
                "{error}"
            );
        }
        let error = AnyPhone::connect("sim:?speed=x").await.unwrap_err();
        assert!(error.to_string().contains("speed is 'x'"), "{error}");
        let error = AnyPhone::connect("sim://nowhere").await.unwrap_err();
        assert!(error.to_string().contains("'sim://nowhere'"), "{error}");
    }

    #[tokio::test]
    async fn credentials_are_never_shown() {
        for address in [
            "ari+https://rita:hunter2@host:8088/app",
            "wss://rita:hunter2@host/app",
            "wss://rita:hun@ter2@host/app",
            "sim://rita:hunter2@host:7000",
        ] {
            let error = AnyPhone::connect(address).await.unwrap_err().to_string();
            assert!(!error.contains("ter2"), "{error}");
        }
    }
}
