//! The conformance suite on every store.

use ringback_adapters::redis::RedisStore;
use ringback_adapters::sqlite::SqliteStore;
use ringback_core::key::Shards;
use ringback_core::time::Timestamp;
use ringback_ports::clock::Clock;
use tempfile::TempDir;

use crate::servers::{address, options};

async fn open_redis(name: &str) -> Option<(RedisStore, Clock, ())> {
    let url = address(name)?;
    let store = RedisStore::connect(&url, options()).await;
    let store = store.expect("the server of the environment answers");
    Some((store, Clock::system(), ()))
}

mod sqlite {
    use super::*;

    async fn open() -> Option<(SqliteStore, Clock, TempDir)> {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let clock = Clock::manual(Timestamp::from_millis(1_800_000_000_000));
        let path = folder.path().join("store.db");
        let store = SqliteStore::open(path, clock.clone(), Shards::DEFAULT).await;
        Some((store.expect("a new file"), clock, folder))
    }

    ringback_ports::store_conformance!(open);
}

mod one_server {
    use super::*;

    async fn open() -> Option<(RedisStore, Clock, ())> {
        open_redis("RINGBACK_TEST_REDIS").await
    }

    ringback_ports::store_conformance!(open);
}

mod cluster {
    use super::*;

    async fn open() -> Option<(RedisStore, Clock, ())> {
        open_redis("RINGBACK_TEST_REDIS_CLUSTER").await
    }

    ringback_ports::store_conformance!(open);
}
