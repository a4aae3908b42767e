//! The phone network that an address names.

use std::sync::Arc;

use ringback_core::call::{CallCommand, CallId, CallStatus};
use ringback_core::trunk::TrunkLimits;
use ringback_ports::telephony::{PhoneError, PhoneEvent, Telephony};
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use url::form_urlencoded;

use crate::asterisk::{self, AsteriskHosts};
use crate::simulator::client::{self, SimulatorClient};
use crate::simulator::in_process::Simulator;
use crate::simulator::server::serve_network;
use crate::simulator::{Options, OptionsError};

/// What may be written instead.
const ALLOWED: &str = "sim:, sim:?speed=60&talk=5, sim:?listen=127.0.0.1:7070, sim://host:port, \
                       ari+http://user:password@host:port/app";

/// Any of the phone networks. Clones are the same dialer.
#[derive(Clone, Debug)]
pub enum AnyPhone {
    /// The simulated network in this process.
    InProcess(Simulator, Callers),
    /// The simulated network of another process.
    Remote(SimulatorClient),
    /// An Asterisk, or several.
    Asterisk(AsteriskHosts),
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
        if address.starts_with(asterisk::SCHEME) {
            return Ok(Self::Asterisk(AsteriskHosts::connect(address).await?));
        }
        let query = match address.split_once(':') {
            Some(("sim", "")) => "",
            Some(("sim", rest)) => rest.strip_prefix('?').ok_or_else(|| unknown(address))?,
            Some((scheme @ "ari+https", _)) => {
                return Err(AddressError::NotBuilt(scheme.to_owned()));
            }
            Some(_) | None => return Err(unknown(address)),
        };
        let (listen, options) = apart(query);
        let network = Simulator::in_process(Options::parse(&options)?);
        let callers = match listen {
            Some(place) => Callers::at(&place, &network).await?,
            None => Callers::default(),
        };
        Ok(Self::InProcess(network, callers))
    }
}

/// Those outside the process who may call somebody on its network. Served until the last clone is gone.
#[derive(Clone, Debug, Default)]
pub struct Callers {
    _door: Option<Arc<JoinSet<()>>>,
}

impl Callers {
    async fn at(place: &str, network: &Simulator) -> Result<Self, AddressError> {
        let listener = TcpListener::bind(place).await;
        let listener = listener.map_err(|error| AddressError::Listen(place.to_owned(), error))?;
        let mut door = JoinSet::new();
        let (network, forever) = (network.another_dialer(), std::future::pending());
        door.spawn(serve_network(listener, network, forever));
        Ok(Self {
            _door: Some(Arc::new(door)),
        })
    }
}

/// Where callers are heard, and the options that are left.
fn apart(query: &str) -> (Option<String>, String) {
    let (mut listen, mut options) = (None, form_urlencoded::Serializer::new(String::new()));
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        match name.as_ref() {
            "listen" => listen = Some(value.into_owned()),
            _ => drop(options.append_pair(&name, &value)),
        }
    }
    (listen, options.finish())
}

impl AnyPhone {
    /// What is missing for calls over these trunk groups, one line each; nobody is rung.
    ///
    /// # Errors
    /// When the network stops answering.
    pub async fn missing(&self, trunks: &[String]) -> Result<Vec<String>, String> {
        match self {
            Self::InProcess(..) | Self::Remote(_) => Ok(Vec::new()),
            Self::Asterisk(phone) => phone.missing(trunks).await,
        }
    }

    /// Whether several processes can use this network.
    pub const fn is_shared(&self) -> bool {
        match self {
            Self::InProcess(..) => false,
            Self::Remote(_) | Self::Asterisk(_) => true,
        }
    }
}

impl Telephony for AnyPhone {
    async fn send(&self, call: &CallId, command: CallCommand) -> Result<(), PhoneError> {
        match self {
            Self::InProcess(phone, _) => phone.send(call, command).await,
            Self::Remote(phone) => phone.send(call, command).await,
            Self::Asterisk(phone) => phone.send(call, command).await,
        }
    }

    async fn inspect(&self, call: &CallId) -> Result<CallStatus, PhoneError> {
        match self {
            Self::InProcess(phone, _) => phone.inspect(call).await,
            Self::Remote(phone) => phone.inspect(call).await,
            Self::Asterisk(phone) => phone.inspect(call).await,
        }
    }

    async fn next_event(&self) -> PhoneEvent {
        match self {
            Self::InProcess(phone, _) => phone.next_event().await,
            Self::Remote(phone) => phone.next_event().await,
            Self::Asterisk(phone) => phone.next_event().await,
        }
    }

    fn is_ready(&self) -> bool {
        match self {
            Self::InProcess(phone, _) => phone.is_ready(),
            Self::Remote(phone) => phone.is_ready(),
            Self::Asterisk(phone) => phone.is_ready(),
        }
    }

    fn trunk_limits(&self) -> TrunkLimits {
        match self {
            Self::InProcess(phone, _) => phone.trunk_limits(),
            Self::Remote(phone) => phone.trunk_limits(),
            Self::Asterisk(phone) => phone.trunk_limits(),
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
    /// Callers cannot be heard there.
    #[error("telephony: listen is '{0}', which cannot be used: allowed is a free host:port")]
    Listen(String, #[source] std::io::Error),
    /// The options after `sim:?`.
    #[error("telephony: {0}")]
    Options(#[from] OptionsError),
    /// The network of another process.
    #[error("telephony: {0}")]
    Remote(#[from] client::ConnectError),
    /// An Asterisk.
    #[error("telephony: {0}")]
    Asterisk(#[from] asterisk::ConnectError),
}

impl AddressError {
    /// Whether it may be there later.
    pub const fn is_away(&self) -> bool {
        matches!(
            self,
            Self::Remote(client::ConnectError::Unreachable { .. })
                | Self::Asterisk(asterisk::ConnectError::Unreachable { .. })
        )
    }
}

#[cfg(test)]
mod tests {
    use ringback_core::access::Arrival;

    use super::*;

    #[tokio::test]
    async fn an_address_without_a_host_is_this_process() {
        for address in ["sim:", "sim:?", "sim:?speed=60&talk=5", "sim:?instant=true"] {
            let phone = AnyPhone::connect(address).await.unwrap();
            assert!(matches!(phone, AnyPhone::InProcess(..)), "{address}");
            assert!(phone.is_ready());
        }
    }

    /// A customer calls from outside.
    #[tokio::test]
    async fn a_network_in_this_process_can_be_called() {
        let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let place = free.local_addr().unwrap();
        drop(free);
        let address = format!("sim:?instant=true&listen={place}");
        let phone = AnyPhone::connect(&address).await.unwrap();
        let caller = SimulatorClient::connect(&format!("sim://{place}")).await;
        let arrival = Arrival {
            to: "8005550101".parse().unwrap(),
            from: None,
            code: None,
        };
        let call = CallId::from_wire("800-1");
        let called = async { caller.unwrap().call_in(&call, arrival.clone()).await };
        let (called, heard) = tokio::join!(called, phone.next_event());
        called.unwrap();
        let (call, arrival) = (call.clone(), arrival.clone());
        assert_eq!(heard, PhoneEvent::Arrived { call, arrival });
        let error = AnyPhone::connect("sim:?listen=nowhere").await.unwrap_err();
        assert!(error.to_string().contains("listen is 'nowhere'"), "{error}");
    }

    #[tokio::test]
    async fn names_what_is_wrong_and_what_is_allowed() {
        for (address, named) in [
            ("", "telephony is ''"),
            ("sim", "telephony is 'sim'"),
            ("sim:60", "telephony is 'sim:60'"),
            ("sip:5115", "telephony is 'sip:5115'"),
            (
                "ari+https://host:8088/app",
                "'ari+https:…', which is not built yet",
            ),
        ] {
            let error = AnyPhone::connect(address).await.unwrap_err().to_string();
            assert!(
                error.contains(named) && error.contains("sim://host:port"),
                "{error}"
            );
        }
        let error = AnyPhone::connect("ari+http://host:8088/app").await;
        let error = error.unwrap_err().to_string();
        assert!(
            error.contains("must be ari+http://user:password@host:port/app"),
            "{error}"
        );
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
