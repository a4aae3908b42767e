use std::collections::BTreeSet;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use crate::{Labelled, Refusals, Throttle, Unreadable};

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

/// A number that is set.
#[derive(Debug, Default)]
pub struct Gauge(AtomicI64);

impl Gauge {
    /// It is this from now on.
    pub fn set(&self, value: i64) {
        self.0.store(value, Ordering::Relaxed);
    }

    /// What it is.
    #[must_use]
    pub fn get(&self) -> i64 {
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
    /// Notifications that were delivered.
    pub notifications_delivered: Counter,
    /// Attempts to deliver one that failed.
    pub deliveries_failed: Counter,
    /// Notifications that were given up.
    pub notifications_dead: Counter,
    /// Notifications that were given up and are not kept any more.
    pub dead_letters_dropped: Counter,
    /// Questions that the store did not answer.
    pub store_failures: Counter,
    /// How often the store came back without what was in it.
    pub store_losses: Counter,
    /// Requests for a callback that were accepted; a repeat counts again.
    pub callbacks_accepted: Counter,
    /// Those that were refused, by service, channel and reason.
    pub callbacks_refused: Refusals,
    /// Messages that could not be processed, by reason.
    pub dead_letters: Labelled,
    /// What has been logged lately, so that a thousand of one cause are not a thousand lines.
    pub lines: Throttle,
    /// Tasks that met a bug and were ended, by what they did.
    pub panics: Labelled,
    /// Agents that were made not ready because they did not answer.
    pub agents_not_answering: Counter,
    /// By how many ms the machine's clock is ahead of the store's, which decides.
    pub clock_ahead: Gauge,
    /// Dials that were held back: the office was closed, or the customer in another call.
    pub dials_held: Counter,
    /// What is stored and could not be read.
    pub unreadable: Unreadable,
    /// Target hosts that are left alone because they fail.
    pub breakers: Breakers,
}

/// The target hosts that are left alone.
#[derive(Debug, Default)]
pub struct Breakers(Mutex<BTreeSet<String>>);

/// How many of them are named.
const NAMED: usize = 50;

impl Breakers {
    /// A host is left alone from now on, or no longer.
    pub fn note(&self, host: &str, is_open: bool) {
        let mut open = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if !is_open {
            open.remove(host);
        } else if open.len() < NAMED {
            open.insert(host.to_owned());
        }
    }

    fn render(&self) -> String {
        let name = "ringback_notifier_breaker_open";
        let open = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let rows = open
            .iter()
            .map(|host| format!("{name}{{host=\"{}\"}} 1\n", host.escape_default()));
        let head = format!(
            "# HELP {name} Target hosts left alone because they fail, {NAMED} at the most.\n# TYPE {name} gauge\n"
        );
        std::iter::once(head).chain(rows).collect()
    }
}

impl Counters {
    /// All of them in the Prometheus text format.
    #[must_use]
    pub fn render_prometheus(&self) -> String {
        let rows = self.plain().into_iter().chain(self.outgoing());
        let rows = rows.map(|(name, help, counter)| {
            let value = counter.get();
            format!("# HELP {name} {help}\n# TYPE {name} counter\n{name} {value}\n")
        });
        let ahead = (
            "ringback_clock_ahead_of_store_milliseconds",
            "By how much the machine's clock is ahead of the store's, which decides.",
            self.clock_ahead.get(),
        );
        let gauges = [ahead].map(|(name, help, value)| {
            format!("# HELP {name} {help}\n# TYPE {name} gauge\n{name} {value}\n")
        });
        rows.chain(gauges).chain(self.labelled()).collect()
    }

    /// Those without a label, each with its name and what it counts.
    fn plain(&self) -> Vec<(&'static str, &'static str, &Counter)> {
        vec![
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
                "ringback_store_failures_total",
                "Questions that the store did not answer.",
                &self.store_failures,
            ),
            (
                "ringback_store_losses_total",
                "How often the store came back without what was in it.",
                &self.store_losses,
            ),
            (
                "ringback_callbacks_accepted_total",
                "Requests for a callback that were accepted.",
                &self.callbacks_accepted,
            ),
            (
                "ringback_commit_conflicts_total",
                "Commits that found another version than the one they had read.",
                &self.commit_conflicts,
            ),
        ]
    }

    /// Those of what leaves, and of who does not answer.
    fn outgoing(&self) -> Vec<(&'static str, &'static str, &Counter)> {
        vec![
            (
                "ringback_notifications_delivered_total",
                "Notifications that were delivered.",
                &self.notifications_delivered,
            ),
            (
                "ringback_deliveries_failed_total",
                "Attempts to deliver a notification that failed.",
                &self.deliveries_failed,
            ),
            (
                "ringback_notifications_dead_total",
                "Notifications that were given up.",
                &self.notifications_dead,
            ),
            (
                "ringback_dead_letters_dropped_total",
                "Notifications given up that are not kept any more: their time was over, or their customer was erased.",
                &self.dead_letters_dropped,
            ),
            (
                "ringback_agents_not_answering_total",
                "Agents made not ready because they did not answer.",
                &self.agents_not_answering,
            ),
            (
                "ringback_dials_held_total",
                "Dials held back: the office was closed, or the customer in another call.",
                &self.dials_held,
            ),
        ]
    }

    /// Those that are counted apart by a label.
    fn labelled(&self) -> [String; 5] {
        let dead = self.dead_letters.render(
            "ringback_dead_letters_total",
            "reason",
            "Messages that could not be processed and went to ringback.dead.",
        );
        let panics = self.panics.render(
            "ringback_panics_total",
            "task",
            "Tasks that met a bug and were ended; each is one to report.",
        );
        [
            self.callbacks_refused.render(),
            dead,
            panics,
            self.unreadable.render(),
            self.breakers.render(),
        ]
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

        let text = counters.render_prometheus();
        for (name, help, value) in [
            (
                "ringback_store_calls_total",
                "Round trips to the store.",
                42,
            ),
            (
                "ringback_messages_published_total",
                "Messages the broker has confirmed.",
                7,
            ),
            (
                "ringback_messages_handled_total",
                "Deliveries that were settled.",
                u64::MAX,
            ),
            (
                "ringback_notifications_dead_total",
                "Notifications that were given up.",
                0,
            ),
        ] {
            let row = format!("# HELP {name} {help}\n# TYPE {name} counter\n{name} {value}\n");
            assert!(text.contains(&row), "{row} is missing in {text}");
        }
    }

    #[test]
    fn names_the_hosts_that_are_left_alone() {
        let counters = Counters::default();
        let row = "ringback_notifier_breaker_open{host=\"http://dead.example\"} 1\n";
        counters.breakers.note("http://dead.example", true);
        assert!(counters.render_prometheus().ends_with(row));
        counters.breakers.note("http://dead.example", false);
        assert!(!counters.render_prometheus().contains(row));
    }
}
