//! Which server is the primary now, as the Sentinels say.
//!
//! A primary that was demoted, or cut off from the others, goes on answering reads: without anything to write, nothing
//! would tell that another one has taken its place. So the Sentinels are asked now and then.

use std::sync::{PoisonError, RwLock, Weak};
use std::time::Duration;

use redis::sentinel::{Sentinel, SentinelNodeConnectionInfo};
use redis::{Client, ConnectionInfo, RedisError};

use super::server::Live;

/// How often the Sentinels are asked.
const EVERY: Duration = Duration::from_secs(2);

/// How long they may take.
const ANSWER: Duration = Duration::from_secs(4);

/// The Sentinels of an address, and what they are asked for.
pub(super) struct Sentinels {
    addresses: Vec<ConnectionInfo>,
    open: Sentinel,
    service: String,
    server: SentinelNodeConnectionInfo,
}

impl Sentinels {
    pub(super) fn new(
        addresses: Vec<ConnectionInfo>,
        service: String,
        server: SentinelNodeConnectionInfo,
    ) -> Result<Self, RedisError> {
        Ok(Self {
            open: Sentinel::build(addresses.clone())?,
            addresses,
            service,
            server,
        })
    }

    /// The same, over connections of its own.
    pub(super) fn again(&self) -> Result<Self, RedisError> {
        let (service, server) = (self.service.clone(), self.server.clone());
        Self::new(self.addresses.clone(), service, server)
    }

    /// The server that is the primary, by its own word too.
    pub(super) async fn primary(&mut self) -> Result<Client, RedisError> {
        let service = &self.service;
        self.open
            .async_master_for(service, Some(&self.server))
            .await
    }
}

/// Gives a connection up that does not lead to the primary any more, as long as it is somebody's.
pub(super) async fn watch(live: Weak<RwLock<Live>>, mut sentinels: Sentinels) {
    loop {
        tokio::time::sleep(EVERY).await;
        let Some(connected) = live.upgrade() else {
            return;
        };
        let place =
            |live: &RwLock<Live>| live.read().unwrap_or_else(PoisonError::into_inner).place();
        let Some(found) = place(&connected) else {
            continue;
        };
        // When no Sentinel answers, the connection is as good as any.
        let Ok(Ok(primary)) = tokio::time::timeout(ANSWER, sentinels.primary()).await else {
            continue;
        };
        let primary = primary.get_connection_info().addr();
        if *primary == found {
            continue;
        }
        tracing::warn!(from = %found, to = %primary, "the primary of the store is another server now");
        let mut live = connected.write().unwrap_or_else(PoisonError::into_inner);
        // Unless somebody has connected anew meanwhile.
        if live.place() == Some(found) {
            live.give_up();
        }
    }
}
