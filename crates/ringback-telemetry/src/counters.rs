use std::sync::atomic::{AtomicU64, Ordering};

/// A number that only grows.
#[derive(Debug, Default)]
pub struct Counter(AtomicU64);

impl Counter {
    /// Counts `n` more.
    pub fn add(&self, n: u64) {
        self.0.fetch_add(n, Ordering::Relaxed);
    }

    /// What was counted so far.
    #[must_use]
    pub fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// What one process has done since it started. Shared behind an `Arc` by all who count.
#[derive(Debug, Default)]
pub struct Counters {
    /// Round trips to the store.
    pub store_calls: Counter,
    /// Messages the broker has confirmed.
    pub messages_published: Counter,
    /// Deliveries that were settled.
    pub messages_handled: Counter,
    /// Commits that found another version than the one they had read.
    pub commit_conflicts: Counter,
}

impl Counters {
    /// All of them in the Prometheus text format.
    #[must_use]
    pub fn render_prometheus(&self) -> String {
        let rows = [
            (
                "ringback_store_calls_total",
                "Round trips to the store.",
                &self.store_calls,
            ),
            (
                "ringback_messages_published_total",
                "Messages the broker has confirmed.",
                &self.messages_published,
            ),
            (
                "ringback_messages_handled_total",
                "Deliveries that were settled.",
                &self.messages_handled,
            ),
            (
                "ringback_commit_conflicts_total",
                "Commits that found another version than the one they had read.",
                &self.commit_conflicts,
            ),
        ];
        rows.iter()
            .map(|(name, help, counter)| {
                let value = counter.get();
                format!("# HELP {name} {help}\n# TYPE {name} counter\n{name} {value}\n")
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn renders_each_counter_with_help_and_type() {
        let counters = Counters::default();
        counters.store_calls.add(1);
        counters.store_calls.add(41);
        counters.messages_published.add(7);
        counters.messages_handled.add(u64::MAX);

        assert_eq!(
            counters.render_prometheus(),
            "# HELP ringback_store_calls_total Round trips to the store.\n\
             # TYPE ringback_store_calls_total counter\n\
             ringback_store_calls_total 42\n\
             # HELP ringback_messages_published_total Messages the broker has confirmed.\n\
             # TYPE ringback_messages_published_total counter\n\
             ringback_messages_published_total 7\n\
             # HELP ringback_messages_handled_total Deliveries that were settled.\n\
             # TYPE ringback_messages_handled_total counter\n\
             ringback_messages_handled_total 18446744073709551615\n\
             # HELP ringback_commit_conflicts_total Commits that found another version than the one they had read.\n\
             # TYPE ringback_commit_conflicts_total counter\n\
             ringback_commit_conflicts_total 0\n"
        );
    }
}
