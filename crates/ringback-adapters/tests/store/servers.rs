//! The servers of the environment.

use std::io::Write;
use std::sync::atomic::{AtomicU32, Ordering};

use ringback_adapters::redis::RedisOptions;
use ringback_ports::clock::Clock;

/// A prefix that no other test uses on the same servers, now or on an earlier run.
pub fn options() -> RedisOptions {
    static TESTS: AtomicU32 = AtomicU32::new(0);
    let number = TESTS.fetch_add(1, Ordering::Relaxed);
    let now = Clock::system().now().as_millis();
    RedisOptions {
        prefix: format!("test-{}-{now}-{number}", std::process::id()),
        ..RedisOptions::default()
    }
}

/// What the variable `name` says; without it, its tests are left out.
#[expect(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "tests find their servers in the environment, and say so when there are none"
)]
pub fn address(name: &str) -> Option<String> {
    let address = std::env::var(name).ok();
    if address.is_none() {
        // Not by a macro, whose words the test runner keeps to itself when a test passes.
        let told = writeln!(std::io::stderr(), "left out: the store suite needs {name}");
        told.unwrap();
    }
    address
}
