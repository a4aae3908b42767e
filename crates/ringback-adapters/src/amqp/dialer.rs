//! Opens a connection, in bounded time.

use std::io;
use std::net::{Shutdown, TcpStream};
use std::os::fd::AsFd;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
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

/// The largest frame that is published, in bytes: above the 32 KiB that the headers of a message may have.
const PUBLISHED_FRAME: u32 = 48 * 1024;

/// Where the broker is and who we are.
pub(super) struct Dialer {
    uri: AMQPUri,
    name: String,
    patience: Duration,
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
        Ok(Self {
            uri,
            name,
            patience: PATIENCE,
        })
    }

    /// For a connection that only publishes. Buffers for 32 frames each way are set aside for every connection: 8 MiB with
    /// the largest that brokers offer. Ours hold any head of ours, and longer bodies take several; whoever consumes has to
    /// take the largest heads of others as well.
    pub(super) fn publishing(mut self) -> Self {
        self.uri.query.frame_max.get_or_insert(PUBLISHED_FRAME);
        self
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
        let leash = Leash::default();
        let kept = leash.clone();
        let patience = self.patience;
        let attempt = Connection::connector(
            self.uri.clone(),
            lapin::runtime::default_runtime()?,
            async move |uri, runtime| {
                let stream = async {
                    let authority = (uri.authority.host.as_str(), uri.authority.port);
                    let addresses: Vec<_> = tokio::net::lookup_host(authority).await?.collect();
                    let stream = AsyncTcpStream::connect(&runtime, addresses).await?;
                    if let AsyncTcpStream::Plain(plain) = &stream {
                        kept.hold(plain.get_ref())?;
                    }
                    match uri.scheme {
                        AMQPScheme::AMQP => Ok(stream),
                        AMQPScheme::AMQPS => {
                            stream.into_tls(authority.0, TLSConfig::default()).await
                        }
                    }
                };
                within(patience, stream).await
            },
            ConnectionProperties::default().with_connection_name(self.name.as_str().into()),
        );
        let connection = within(patience * 2, attempt).await?;
        leash.release();
        Ok(connection)
    }
}

/// A second handle of the socket. Dropping it breaks an unfinished attempt: the library would wait for a silent peer for
/// ever, with a thread of its own.
#[derive(Clone, Default)]
struct Leash(Arc<Mutex<Option<TcpStream>>>);

impl Leash {
    fn hold(&self, stream: &impl AsFd) -> Result<(), io::Error> {
        let handle = stream.as_fd().try_clone_to_owned()?;
        self.handle().replace(handle.into());
        Ok(())
    }

    fn release(&self) {
        self.handle().take();
    }

    fn handle(&self) -> MutexGuard<'_, Option<TcpStream>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Leash {
    fn drop(&mut self) {
        if let Some(socket) = self.handle().take() {
            // A socket that is closed already is what is wanted.
            socket.shutdown(Shutdown::Both).unwrap_or_default();
        }
    }
}

async fn within<T, E>(
    patience: Duration,
    step: impl Future<Output = Result<T, E>>,
) -> Result<T, lapin::Error>
where
    lapin::Error: From<E>,
{
    match tokio::time::timeout(patience, step).await {
        Ok(outcome) => Ok(outcome?),
        Err(_) => Err(io::Error::from(io::ErrorKind::TimedOut).into()),
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;

    use super::*;

    fn dialer(address: &str) -> Dialer {
        Dialer::new(address, "test".to_owned()).unwrap()
    }

    #[test]
    fn the_place_is_read_from_the_address() {
        for (address, place) in [
            ("amqp://localhost", "localhost:5672"),
            ("amqps://u:p@broker.example/", "broker.example:5671"),
            ("amqp://u:p@127.0.0.1:15672/%2f", "127.0.0.1:15672"),
            ("amqp://u:p@[::1]:1234", "[::1]:1234"),
        ] {
            assert_eq!(dialer(address).place(), place);
            assert_eq!(dialer(address).uri.vhost, "/");
        }
        assert_eq!(dialer("amqp://h/calls").uri.vhost, "calls");
    }

    #[test]
    fn an_unusable_address_is_refused_without_its_credentials() {
        for address in [
            "",
            "nonsense",
            "amqp:",
            "amqp:user:secret",
            "http://user:secret@host",
            "amqp://user:secret@host:99999",
            "amqp://user:secret@host?heartbeat=secret",
        ] {
            let error = Dialer::new(address, String::new())
                .err()
                .unwrap()
                .to_string();
            assert!(error.contains("amqp://user:password@host"), "{error}");
            assert!(!error.contains("secret"), "{error}");
        }
    }

    #[tokio::test]
    async fn a_silent_peer_is_given_up_and_let_go() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("amqp://{}", listener.local_addr().unwrap());
        let mut dialer = dialer(&address);
        dialer.patience = Duration::from_millis(300);
        let peer = async {
            let (mut socket, _) = listener.accept().await.unwrap();
            let mut greeting = Vec::new();
            socket.read_to_end(&mut greeting).await.unwrap();
            greeting
        };
        let (outcome, greeting) = tokio::join!(dialer.dial(), peer);
        assert!(outcome.is_err());
        assert!(greeting.starts_with(b"AMQP"));
    }

    #[tokio::test]
    async fn amqps_greets_with_tls_and_with_nothing_else() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("amqps://{}", listener.local_addr().unwrap());
        let dialer = dialer(&address);
        let peer = async {
            let (mut socket, _) = listener.accept().await.unwrap();
            let mut first = [0; 1];
            socket.read_exact(&mut first).await.unwrap();
            socket.shutdown().await.unwrap();
            first
        };
        let (outcome, first) = tokio::join!(dialer.dial(), peer);
        assert!(outcome.is_err());
        // A handshake record.
        assert_eq!(first, [22]);
    }
}
