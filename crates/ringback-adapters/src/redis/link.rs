//! The way to the servers.

use redis::sentinel::Sentinel;
use redis::{Client, Cmd, RedisError, Value};
use ringback_core::key::{Shard, Shards};

use super::address::Address;
use super::cluster::Cluster;
use super::server::{Route, Server};

pub(super) enum Link {
    Server(Box<Server>),
    Cluster(Cluster),
}

impl Link {
    pub(super) async fn connect(address: Address, shards: Shards) -> Result<Self, RedisError> {
        if address.uses_tls() {
            // Fails when the process has chosen one already, which is as good.
            drop(rustls::crypto::ring::default_provider().install_default());
        }
        let route = match address {
            Address::Server(server) => Route::Direct(Client::open(server)?),
            Address::Sentinel {
                sentinels,
                service,
                server,
            } => Route::Sentinel {
                sentinels: Sentinel::build(sentinels)?,
                service,
                server,
            },
            Address::Cluster(servers) => {
                return Ok(Self::Cluster(Cluster::connect(servers, shards).await?));
            }
        };
        Ok(Self::Server(Box::new(Server::new(route))))
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
