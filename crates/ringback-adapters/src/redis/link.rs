//! The way to the servers.

use redis::{Client, Cmd, RedisError, Value};
use ringback_core::key::{Shard, Shards};

use super::address::Address;
use super::cluster::Cluster;
use super::detour::nobody;
use super::primary::Sentinels;
use super::server::{Route, Server};
use super::writer::Writer;

pub(super) enum Link {
    Server(Box<Server>),
    Cluster(Cluster),
}

impl Link {
    /// Connects; commits wait for so many replicas.
    pub(super) async fn connect(
        address: Address,
        shards: Shards,
        replicas: u32,
    ) -> Result<Self, RedisError> {
        if address.uses_tls() {
            // Fails when the process has chosen one already, which is as good.
            drop(rustls::crypto::ring::default_provider().install_default());
        }
        if let Address::Cluster(servers) = address {
            let cluster = Cluster::connect(servers, shards, replicas).await?;
            return Ok(Self::Cluster(cluster));
        }
        let writer = match replicas {
            0 => None,
            replicas => Some(Writer::new(route(&address)?, replicas)),
        };
        let server = Server::new(route(&address)?, writer);
        Ok(Self::Server(Box::new(server)))
    }

    /// What is said to a commit on keys of `shard`, `mark` among them, when as many replicas have it as are asked for.
    pub(super) async fn write(
        &self,
        shard: Shard,
        command: &Cmd,
        mark: &str,
    ) -> Result<Value, RedisError> {
        match self {
            Self::Server(server) => server.write(command, mark).await,
            Self::Cluster(cluster) => cluster.write(shard, command, mark).await,
        }
    }

    /// What is said to a command on keys of `shard`.
    pub(super) async fn ask(&self, shard: Shard, command: &Cmd) -> Result<Value, RedisError> {
        match self {
            Self::Server(server) => server.ask(command).await,
            Self::Cluster(cluster) => cluster.ask(shard, command).await,
        }
    }

    /// The same for several commands at once: in one round trip to each server.
    pub(super) async fn ask_all(
        &self,
        commands: &[(Shard, Cmd)],
    ) -> Vec<Result<Value, RedisError>> {
        match (self, commands) {
            (_, []) => Vec::new(),
            (_, [(shard, command)]) => vec![self.ask(*shard, command).await],
            (Self::Server(server), _) => {
                let commands: Vec<&Cmd> = commands.iter().map(|(_, command)| command).collect();
                server.ask_all(&commands).await
            }
            (Self::Cluster(cluster), _) => cluster.ask_all(commands).await,
        }
    }
}

/// The way to the one server of an address.
fn route(address: &Address) -> Result<Route, RedisError> {
    match address {
        Address::Server(server) => Ok(Route::Direct(Client::open(server.clone())?)),
        Address::Sentinel {
            sentinels,
            service,
            server,
        } => {
            let (service, server) = (service.clone(), server.clone());
            let sentinels = Sentinels::new(sentinels.clone(), service, server)?;
            Ok(Route::Sentinel(sentinels))
        }
        Address::Cluster(_) => Err(nobody()),
    }
}
