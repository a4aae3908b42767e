use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// How many services are counted apart.
const SERVICES: usize = 200;
/// What the others are counted under.
const OTHER: &str = "other";

/// Requests for a callback that were refused, by service, by the channel they came through, and by reason. Channels and
/// reasons stand in the code; of services the first 200 are counted apart.
#[derive(Debug, Default)]
pub struct Refusals(Mutex<BTreeMap<String, Counts>>);

/// Of one service, by channel and reason.
type Counts = BTreeMap<(&'static str, &'static str), u64>;

impl Refusals {
    /// Counts one more.
    pub fn add(&self, service: &str, channel: &'static str, reason: &'static str) {
        let mut services = self.services();
        let is_full = services.len() >= SERVICES && !services.contains_key(service);
        let service = if is_full { OTHER } else { service };
        let counts = services.entry(service.to_owned()).or_default();
        let count = counts.entry((channel, reason)).or_default();
        *count = count.saturating_add(1);
    }

    /// In the Prometheus text format.
    pub(crate) fn render(&self) -> String {
        let name = "ringback_callbacks_refused_total";
        let head = format!(
            "# HELP {name} Requests for a callback that were refused: by a rule of the service, or for what is wrong; \
             {SERVICES} services are named, the rest is '{OTHER}'.\n# TYPE {name} counter\n"
        );
        let services = self.services();
        let rows = services.iter().flat_map(|(service, counts)| {
            let service = service.escape_default();
            counts.iter().map(move |((channel, reason), count)| {
                format!(
                    "{name}{{service=\"{service}\",channel=\"{channel}\",reason=\"{reason}\"}} {count}\n"
                )
            })
        });
        std::iter::once(head).chain(rows).collect()
    }

    fn services(&self) -> MutexGuard<'_, BTreeMap<String, Counts>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refusals_are_counted_by_service_channel_and_reason() {
        let refusals = Refusals::default();
        for _ in 0..2 {
            refusals.add("desk", "http", "rule");
        }
        refusals.add("desk", "amqp", "invalid");
        let text = refusals.render();
        let row = |channel: &str, reason: &str, count: u64| {
            format!(
                "\nringback_callbacks_refused_total{{service=\"desk\",channel=\"{channel}\",reason=\"{reason}\"}} {count}\n"
            )
        };
        assert!(text.contains(&row("http", "rule", 2)), "{text}");
        assert!(text.contains(&row("amqp", "invalid", 1)), "{text}");
    }

    #[test]
    fn the_services_that_are_named_are_bounded() {
        let refusals = Refusals::default();
        for number in 0..SERVICES + 50 {
            refusals.add(&format!("service-{number}"), "http", "rule");
        }
        let text = refusals.render();
        let rows = text.lines().filter(|line| !line.starts_with('#'));
        assert_eq!(rows.count(), SERVICES + 1);
        assert!(
            text.contains("service=\"other\",channel=\"http\",reason=\"rule\"} 50\n"),
            "{text}"
        );
    }
}
