//! Servers of a cluster, and what they say when another one is to be asked.

use redis::{ConnectionAddr, ConnectionInfo, ErrorKind, RedisError, ServerErrorKind};

use super::server::is_lost;

/// Host and port.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Place(pub(super) String, pub(super) u16);

impl Place {
    pub(super) fn of(server: &ConnectionInfo) -> Option<Self> {
        match server.addr() {
            ConnectionAddr::Tcp(host, port) | ConnectionAddr::TcpTls { host, port, .. } => {
                Some(Self(host.clone(), *port))
            }
            ConnectionAddr::Unix(_) | _ => None,
        }
    }

    /// Reads `host:port` as a redirection has it.
    fn parse(text: &str) -> Option<Self> {
        let (host, port) = text.rsplit_once(':')?;
        Some(Self(host.to_owned(), port.parse().ok()?))
    }

    /// A server that names no host means its own.
    pub(super) fn or_host_of(self, other: &Self) -> Self {
        if self.0.is_empty() {
            Self(other.0.clone(), self.1)
        } else {
            self
        }
    }

    /// How to talk to this server, when `sample` is how to talk to another of the same cluster.
    pub(super) fn info(&self, sample: ConnectionInfo) -> ConnectionInfo {
        let Self(host, port) = self.clone();
        let place = match sample.addr().clone() {
            ConnectionAddr::TcpTls {
                insecure,
                tls_params,
                ..
            } => ConnectionAddr::TcpTls {
                host,
                port,
                insecure,
                tls_params,
            },
            ConnectionAddr::Tcp(..) | ConnectionAddr::Unix(_) | _ => {
                ConnectionAddr::Tcp(host, port)
            }
        };
        sample.set_addr(place)
    }
}

/// Where an answer is to be had instead.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Detour {
    None,
    Moved(Place),
    Importing(Place),
    /// The same question may be answered in a moment, perhaps by another server.
    Wait,
}

impl Detour {
    pub(super) fn of(error: &RedisError) -> Self {
        let ErrorKind::Server(kind) = error.kind() else {
            let is_nobody = error.kind() == ErrorKind::ClusterConnectionNotFound;
            return if is_nobody || is_lost(error) {
                Self::Wait
            } else {
                Self::None
            };
        };
        let place = || Place::parse(error.redirect_node()?.0);
        let passes = matches!(
            kind,
            ServerErrorKind::TryAgain
                | ServerErrorKind::ClusterDown
                | ServerErrorKind::MasterDown
                | ServerErrorKind::BusyLoading
                | ServerErrorKind::ReadOnly
        );
        if kind == ServerErrorKind::Moved {
            place().map_or(Self::Wait, Self::Moved)
        } else if kind == ServerErrorKind::Ask {
            place().map_or(Self::Wait, Self::Importing)
        } else if passes {
            Self::Wait
        } else {
            Self::None
        }
    }
}

/// No server is known to ask.
pub(super) fn nobody() -> RedisError {
    (
        ErrorKind::ClusterConnectionNotFound,
        "no server has the slot",
    )
        .into()
}

#[cfg(test)]
mod tests {
    use redis::Value;

    use super::*;

    fn detour(reply: &str) -> Detour {
        let reply = redis::parse_redis_value(format!("-{reply}\r\n").as_bytes());
        Detour::of(&reply.and_then(Value::extract_error).unwrap_err())
    }

    #[test]
    fn goes_where_the_server_says() {
        let place = |host: &str| Place(host.to_owned(), 7001);
        assert_eq!(
            detour("MOVED 1528 10.0.0.2:7001"),
            Detour::Moved(place("10.0.0.2"))
        );
        assert_eq!(detour("MOVED 1528 ::1:7001"), Detour::Moved(place("::1")));
        assert_eq!(
            detour("ASK 1528 node.example:7001"),
            Detour::Importing(place("node.example"))
        );
        assert_eq!(detour("MOVED 1528 :7001"), Detour::Moved(place("")));
        assert_eq!(
            place("").or_host_of(&Place("asked".to_owned(), 1)),
            place("asked")
        );
    }

    #[test]
    fn waits_for_what_passes_and_for_nothing_else() {
        for reply in [
            "TRYAGAIN x",
            "CLUSTERDOWN x",
            "LOADING x",
            "READONLY x",
            "MOVED nonsense",
        ] {
            assert_eq!(detour(reply), Detour::Wait, "{reply}");
        }
        for reply in ["OOM x", "WRONGTYPE x", "NOSCRIPT x", "ERR x", "NOAUTH x"] {
            assert_eq!(detour(reply), Detour::None, "{reply}");
        }
        assert_eq!(Detour::of(&nobody()), Detour::Wait);
    }
}
