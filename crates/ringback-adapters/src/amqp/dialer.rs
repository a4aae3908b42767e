//! Opens a connection, in bounded time.

use std::io;
use std::net::{Shutdown, TcpStream};
use std::os::fd::AsFd;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use lapin::tcp::{AsyncTcpStream, TLSConfig};
use lapin::uri::{AMQPScheme, AMQPUri};
use lapin::{Connection, ConnectionProperties};
use url::{Host, Url};

use super::ConnectError;

/// How long an attempt may take: the way to the broker, and its greeting.
pub(super) const PATIENCE: Duration = Duration::from_secs(5);

/// A peer that is silent for twice as long is lost, in seconds.
const HEARTBEAT: u16 = 10;

/// Where the broker is and who we are.
pub(super) struct Dialer {
    uri: AMQPUri,
    name: String,
}

impl Dialer {
    pub(super) fn new(address: &str, name: String) -> Result<Self, ConnectError> {
        let unusable = |why: &dyn ToString| ConnectError::Address(why.to_string());
        let url = Url::parse(address).map_err(|error| unusable(&error))?;
        if !url.has_host() {
            return Err(unusable(&"no host in it"));
        }
        let mut uri: AMQPUri = address.parse().map_err(|error: String| unusable(&error))?;
        // The parser of the library takes an IPv6 address for no host at all.
        if let Some(Host::Ipv6(host)) = url.host() {
            uri.authority.host = host.to_string();
        }
        if uri.vhost.is_empty() {
            "/".clone_into(&mut uri.vhost);
        }
        uri.query.heartbeat.get_or_insert(HEARTBEAT);
        Ok(Self { uri, name })
    }

    /// Host and port, for people.
    pub(super) fn place(&self) -> String {
        let authority = &self.uri.authority;
        if authority.host.contains(':') {
            return format!("[{}]:{}", authority.host, authority.port);
        }
        format!("{}:{}", authority.host, authority.port)
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    pub(super) async fn dial(&self) -> Result<Connection, lapin::Error> {
        let socket = Arc::new(Mutex::new(None));
        let kept = Arc::clone(&socket);
        let attempt = Connection::connector(
            self.uri.clone(),
            lapin::runtime::default_runtime()?,
            async move |uri, runtime| {
                let stream = async {
                    let authority = (uri.authority.host.as_str(), uri.authority.port);
                    let addresses: Vec<_> = tokio::net::lookup_host(authority).await?.collect();
                    let stream = AsyncTcpStream::connect(&runtime, addresses).await?;
                    if let AsyncTcpStream::Plain(plain) = &stream {
                        keep(&kept, plain.get_ref())?;
                    }
                    match uri.scheme {
                        AMQPScheme::AMQP => Ok(stream),
                        AMQPScheme::AMQPS => {
                            let host = &uri.authority.host;
                            stream.into_tls(host, TLSConfig::default()).await
                        }
                    }
                };
                bounded(stream).await.map_err(lapin::Error::from)
            },
            ConnectionProperties::default().with_connection_name(self.name.as_str().into()),
        );
        let outcome = tokio::time::timeout(PATIENCE * 2, attempt).await;
        let socket = socket.lock().unwrap_or_else(PoisonError::into_inner).take();
        match outcome {
            Ok(outcome) => outcome,
            Err(_) => {
                // The library would wait for a silent peer for ever, with a thread of its own.
                if let Some(socket) = socket {
                    socket.shutdown(Shutdown::Both).unwrap_or_default();
                }
                Err(io::Error::from(io::ErrorKind::TimedOut).into())
            }
        }
    }
}

/// Keeps a second handle of the socket, by which the connection can be broken from outside.
fn keep(kept: &Mutex<Option<TcpStream>>, stream: &impl AsFd) -> Result<(), io::Error> {
    let handle = TcpStream::from(stream.as_fd().try_clone_to_owned()?);
    kept.lock()
        .unwrap_or_else(PoisonError::into_inner)
        .replace(handle);
    Ok(())
}

async fn bounded<T>(step: impl Future<Output = Result<T, io::Error>>) -> Result<T, io::Error> {
    tokio::time::timeout(PATIENCE, step)
        .await
        .unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()))
}
