//! The conformance suite on every store.

use std::sync::atomic::{AtomicU32, Ordering};

use ringback_adapters::redis::{RedisOptions, RedisStore};
use ringback_ports::clock::Clock;

/// A prefix that no other test uses on the same servers, now or on an earlier run.
fn options() -> RedisOptions {
    static TESTS: AtomicU32 = AtomicU32::new(0);
    let number = TESTS.fetch_add(1, Ordering::Relaxed);
    let now = Clock::system().now().as_millis();
    RedisOptions {
        prefix: format!("test-{}-{now}-{number}", std::process::id()),
        ..RedisOptions::default()
    }
}

#[expect(
    clippy::disallowed_methods,
    clippy::print_stderr,
    reason = "tests find their servers in the environment, and say so when there are none"
)]
fn address(name: &str) -> Option<String> {
    let address = std::env::var(name).ok();
    if address.is_none() {
        eprintln!("left out: the store suite needs {name}");
    }
    address
}

async fn open_redis(name: &str) -> Option<(RedisStore, Clock, ())> {
    let url = address(name)?;
    let store = RedisStore::connect(&url, options()).await;
    let store = store.expect("the server of the environment answers");
    Some((store, Clock::system(), ()))
}

mod redis_server {
    use super::*;

    async fn open() -> Option<(RedisStore, Clock, ())> {
        open_redis("RINGBACK_TEST_REDIS").await
    }

    ringback_ports::store_conformance!(open);
}

mod redis_cluster {
    use super::*;

    async fn open() -> Option<(RedisStore, Clock, ())> {
        open_redis("RINGBACK_TEST_REDIS_CLUSTER").await
    }

    ringback_ports::store_conformance!(open);
}
