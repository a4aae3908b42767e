//! Where the servers are.

use std::fmt;
use std::str::FromStr;

use redis::io::tcp::TcpSettings;
use redis::sentinel::SentinelNodeConnectionInfo;
use redis::{ConnectionAddr, ConnectionInfo, IntoConnectionInfo, ProtocolVersion, TlsMode};

use crate::open_error::StoreOpenError;

pub(super) enum Address {
    Server(ConnectionInfo),
    Cluster(Vec<ConnectionInfo>),
    Sentinel {
        sentinels: Vec<ConnectionInfo>,
        service: String,
        /// How to talk to the server that the sentinels name.
        server: SentinelNodeConnectionInfo,
    },
}

/// The most replicas that commits wait for.
const MOST_REPLICAS: u32 = 10;

/// Takes `?replicas=N` off an address: how many replicas commits wait for, 0 without it.
pub(super) fn replicas(url: &str) -> Result<(&str, u32), StoreOpenError> {
    let Some((rest, number)) = url.rsplit_once("?replicas=") else {
        return Ok((url, 0));
    };
    match number.parse() {
        Ok(replicas) if replicas <= MOST_REPLICAS => Ok((rest, replicas)),
        _ => Err(StoreOpenError::Address(
            "replicas must be 0 to 10, as in redis+sentinel://…/SERVICE?replicas=1",
        )),
    }
}

impl Address {
    pub(super) fn uses_tls(&self) -> bool {
        self.servers().iter().any(is_tls)
    }

    fn servers(&self) -> &[ConnectionInfo] {
        match self {
            Self::Server(server) => std::slice::from_ref(server),
            Self::Cluster(servers) => servers,
            Self::Sentinel { sentinels, .. } => sentinels,
        }
    }
}

/// The hosts and ports alone: a URL may hold a password.
impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, server) in self.servers().iter().enumerate() {
            let comma = if number == 0 { "" } else { "," };
            write!(f, "{comma}{}", server.addr())?;
        }
        if let Self::Sentinel { service, .. } = self {
            write!(f, "/{service}")?;
        }
        Ok(())
    }
}

impl FromStr for Address {
    type Err = StoreOpenError;

    fn from_str(url: &str) -> Result<Self, StoreOpenError> {
        let (scheme, rest) = url.split_once("://").unwrap_or((url, ""));
        match scheme {
            "redis" | "rediss" => Ok(Self::Server(connection(scheme, "", rest)?)),
            "redis+cluster" => Ok(Self::Cluster(Hosts::parse("redis", rest).servers()?)),
            "rediss+cluster" => Ok(Self::Cluster(Hosts::parse("rediss", rest).servers()?)),
            "redis+sentinel" => sentinel(Hosts::parse("redis", rest)),
            "rediss+sentinel" => sentinel(Hosts::parse("rediss", rest)),
            _ => Err(StoreOpenError::unknown(url)),
        }
    }
}

/// `[user:password@]host:port,host:port[/path]`
struct Hosts<'a> {
    scheme: &'a str,
    credentials: &'a str,
    hosts: &'a str,
    path: &'a str,
}

impl<'a> Hosts<'a> {
    fn parse(scheme: &'a str, rest: &'a str) -> Self {
        let (credentials, places) = match rest.rfind('@') {
            Some(at) => rest.split_at(at + 1),
            None => ("", rest),
        };
        let (hosts, path) = places.split_once('/').unwrap_or((places, ""));
        Self {
            scheme,
            credentials,
            hosts,
            path,
        }
    }

    fn servers(&self) -> Result<Vec<ConnectionInfo>, StoreOpenError> {
        let hosts = self.hosts.split(',');
        hosts
            .map(|host| connection(self.scheme, self.credentials, host))
            .collect()
    }
}

/// `…/service[/database]`: user and password are the servers', the sentinels are asked without.
fn sentinel(hosts: Hosts<'_>) -> Result<Address, StoreOpenError> {
    let (service, database) = hosts.path.split_once('/').unwrap_or((hosts.path, ""));
    if service.is_empty() {
        return Err(StoreOpenError::Address(
            "name the service: redis+sentinel://host:port,…/service",
        ));
    }
    let sample = connection(
        hosts.scheme,
        hosts.credentials,
        &format!("server/{database}"),
    )?;
    let mut server = SentinelNodeConnectionInfo::default()
        .set_redis_connection_info(sample.redis_settings().clone())
        .set_tcp_settings(sample.tcp_settings().clone());
    if is_tls(&sample) {
        server = server.set_tls_mode(TlsMode::Secure);
    }
    Ok(Address::Sentinel {
        sentinels: Hosts {
            credentials: "",
            ..hosts
        }
        .servers()?,
        service: service.to_owned(),
        server,
    })
}

fn connection(
    scheme: &str,
    credentials: &str,
    place: &str,
) -> Result<ConnectionInfo, StoreOpenError> {
    let url = format!("{scheme}://{credentials}{place}");
    let parsed = url.into_connection_info();
    // The reason may quote the URL, which may hold a password.
    let info = parsed.map_err(|_| {
        StoreOpenError::Address("write redis://[user:password@]host:port[/database]")
    })?;
    let settings = info
        .redis_settings()
        .clone()
        .set_protocol(ProtocolVersion::RESP2);
    Ok(info
        .set_redis_settings(settings)
        .set_tcp_settings(TcpSettings::default().set_nodelay(true)))
}

fn is_tls(server: &ConnectionInfo) -> bool {
    matches!(server.addr(), ConnectionAddr::TcpTls { .. })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(url: &str) -> String {
        match url.parse::<Address>() {
            Ok(address) => address.to_string(),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn reads_how_many_replicas_are_waited_for() {
        for (url, expected) in [
            ("redis://a:1", Some(("redis://a:1", 0))),
            ("redis://a:1/3?replicas=2", Some(("redis://a:1/3", 2))),
            (
                "redis+sentinel://a:1/main?replicas=0",
                Some(("redis+sentinel://a:1/main", 0)),
            ),
            ("redis://a:1?replicas=", None),
            ("redis://a:1?replicas=-1", None),
            ("redis://a:1?replicas=11", None),
        ] {
            assert_eq!(replicas(url).ok(), expected, "{url}");
        }
    }

    #[test]
    fn names_hosts_and_never_credentials() {
        for (url, expected) in [
            ("redis://127.0.0.1:7001", "127.0.0.1:7001"),
            ("redis://me:secret@cache/3", "cache:6379"),
            ("rediss://:secret@cache:1", "cache:1"),
            ("redis+cluster://me:s@cret@a:1,b:2", "a:1,b:2"),
            ("rediss+cluster://a:1", "a:1"),
            ("redis+sentinel://me:secret@a:1,b:2/main/4", "a:1,b:2/main"),
        ] {
            assert_eq!(place(url), expected, "{url}");
        }
    }

    #[test]
    fn refuses_what_it_cannot_read() {
        for url in [
            "redis://",
            "redis://me:secret@host:port",
            "redis+cluster://a:1,,b:2",
            "redis+sentinel://a:1",
            "redis://me:secret@a/x",
            "redis2://me:secret@a",
        ] {
            let error = place(url);
            assert!(error.contains("redis"), "{url}: {error}");
            assert!(!error.contains("secret"), "{error}");
        }
    }

    #[test]
    fn knows_which_are_encrypted() {
        let encrypted = |url: &str| url.parse::<Address>().unwrap().uses_tls();
        assert!(
            encrypted("rediss://a")
                && encrypted("rediss+sentinel://a/main")
                && encrypted("rediss+cluster://a")
        );
        assert!(!encrypted("redis://a") && !encrypted("redis+sentinel://a/main"));
    }
}
