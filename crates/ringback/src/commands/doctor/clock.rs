//! The clocks: this machine's, and the store's, which decides.

use std::time::Duration;

use ringback_adapters::store::AnyStore;
use ringback_core::time::Timestamp;
use ringback_ports::clock::Clock;
use ringback_ports::store::Store;

/// 2025-01-01: a clock before it was never set.
const PLAUSIBLE: Timestamp = Timestamp::from_millis(1_735_689_600_000);

/// How far the two may be apart. Calls are due by the store's clock, wherever the workers are; but who chooses a time reads
/// it from clocks like this machine's, and logs of several machines are read side by side.
const APART: Duration = Duration::from_secs(1);

/// The store's time, if it is about this machine's.
pub(super) async fn check(address: &str) -> anyhow::Result<String> {
    let machine = Clock::system().now();
    anyhow::ensure!(machine > PLAUSIBLE, "the clock stands before 2025: set it");
    let store = AnyStore::open(address, Clock::system()).await?;
    // The second question goes over a connection that is there, and tells more closely.
    for _ in 0..2 {
        store.time().await?;
    }
    compare(store.clock().now(), store.clock().machine_ahead())
}

fn compare(now: Timestamp, ahead: i64) -> anyhow::Result<String> {
    anyhow::ensure!(
        now > PLAUSIBLE,
        "the clock of the store stands before 2025: set it"
    );
    let apart = Duration::from_millis(ahead.unsigned_abs());
    let side = if ahead < 0 { "behind" } else { "ahead of" };
    anyhow::ensure!(
        apart <= APART,
        "this machine's clock is {apart:?} {side} the store's, which decides: set both by NTP"
    );
    let ahead = format!("{apart:?} {side} the store's");
    Ok(format!("{now}, this machine's is {ahead}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clocks_that_are_apart_are_told() {
        let now = Timestamp::from_millis(1_800_000_000_000);
        assert!(compare(now, 1000).is_ok() && compare(now, -1000).is_ok());
        let ahead = compare(now, 61_000).unwrap_err().to_string();
        assert!(ahead.contains("61s ahead of the store's"), "{ahead}");
        let behind = compare(now, -1500).unwrap_err().to_string();
        assert!(behind.contains("1.5s behind the store's"), "{behind}");
        let unset = compare(Timestamp::from_millis(5), 0).unwrap_err();
        assert!(unset.to_string().contains("before 2025"));
    }
}
