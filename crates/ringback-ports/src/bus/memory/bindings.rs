//! Which queues get what is published to an exchange.

/// Bindings as of a topic exchange.
#[derive(Default)]
pub(super) struct Bindings(Vec<Binding>);

struct Binding {
    exchange: String,
    pattern: String,
    queue: String,
}

impl Bindings {
    pub(super) fn add(&mut self, exchange: &str, pattern: &str, queue: &str) {
        self.0.push(Binding {
            exchange: exchange.to_owned(),
            pattern: pattern.to_owned(),
            queue: queue.to_owned(),
        });
    }

    pub(super) fn remove(&mut self, queue: &str) {
        self.0.retain(|binding| binding.queue != queue);
    }

    pub(super) fn queues(&self, exchange: &str, key: &str) -> Vec<String> {
        let words: Vec<_> = key.split('.').collect();
        let gets_it = |binding: &&Binding| {
            let pattern: Vec<_> = binding.pattern.split('.').collect();
            binding.exchange == exchange && matches(&pattern, &words)
        };
        let bindings = self.0.iter().filter(gets_it);
        bindings.map(|binding| binding.queue.clone()).collect()
    }
}

fn matches(pattern: &[&str], key: &[&str]) -> bool {
    match (pattern, key) {
        ([], _) => key.is_empty(),
        (["#"], _) => true,
        (["#", rest @ ..], [_, others @ ..]) => matches(rest, key) || matches(pattern, others),
        ([word, rest @ ..], [first, others @ ..]) => {
            (*word == "*" || word == first) && matches(rest, others)
        }
        ([word, rest @ ..], []) => *word == "#" && matches(rest, key),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_is_a_word_and_a_hash_any_number_of_them() {
        for (pattern, key, expected) in [
            ("_cbe_on_dial_init", "_cbe_on_dial_init", true),
            ("*", "_cbe_on_dial_init", true),
            ("*", "a.b", false),
            ("#", "a.b", true),
            ("#", "", true),
            ("a.#", "a", true),
            ("a.#.d", "a.b.c.d", true),
            ("a.#.d", "a.b.c", false),
            ("#.a.#.b", "x.a.y.b", true),
            ("a.*.c", "a.c", false),
            // A star stands for a whole word only, on every broker.
            ("_cbe_on_dial_*", "_cbe_on_dial_init", false),
        ] {
            let words = |text: &'static str| text.split('.').collect::<Vec<_>>();
            let matched = matches(&words(pattern), &words(key));
            assert_eq!(matched, expected, "{pattern} and {key}");
        }
    }
}
