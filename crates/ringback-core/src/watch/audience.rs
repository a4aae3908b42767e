//! Whether somebody listens, as far as a publisher knows.

use std::time::Duration;

/// How long nothing is said after something that nobody heard.
pub const SILENCE: Duration = Duration::from_secs(1);

/// What a publisher knows of its audience, so that it costs nothing to speak to nobody.
///
/// The silence counts from when the unheard word was sent, and it was sent before anybody began to listen. So whoever
/// begins to listen misses nothing that is said [`SILENCE`] later. Times are counted from any fixed moment, by a clock
/// that is never set back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Audience {
    unheard: Option<Duration>,
}

impl Audience {
    /// Whether it is worth to say something now.
    pub fn may_listen(&self, now: Duration) -> bool {
        self.unheard.is_none_or(|at| now >= at + SILENCE)
    }

    /// Somebody has heard what was said.
    pub const fn heard(&mut self) {
        self.unheard = None;
    }

    /// Nobody has heard what was sent at that time.
    pub const fn unheard(&mut self, sent: Duration) {
        self.unheard = Some(sent);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const fn ms(millis: u64) -> Duration {
        Duration::from_millis(millis)
    }

    #[test]
    fn nobody_is_spoken_to_again_a_second_later() {
        let mut audience = Audience::default();
        assert!(audience.may_listen(ms(0)), "at first, to find out");
        audience.unheard(ms(5));
        for (now, may_listen) in [
            (5, false),
            (6, false),
            (1004, false),
            (1005, true),
            (9999, true),
        ] {
            assert_eq!(audience.may_listen(ms(now)), may_listen, "{now}");
        }
        audience.heard();
        assert!(audience.may_listen(ms(6)));
        audience.unheard(ms(2000));
        assert!(!audience.may_listen(ms(2999)));
    }

    proptest! {
        /// A word is sent whenever it may be, and its fate is known some time later; somebody listens from a moment on.
        #[test]
        fn whoever_listens_misses_nothing_a_second_later(
            words in proptest::collection::vec((1..400_u64, 0..400_u64), 1..60),
            listens in 0..6_000_u64,
        ) {
            let (mut audience, mut now) = (Audience::default(), 0);
            for (pause, travel) in words {
                now += pause;
                if !audience.may_listen(ms(now)) {
                    prop_assert!(now < listens + 1000, "silent at {now}");
                    continue;
                }
                let sent = now;
                // The broker looks who listens at any moment before the publisher knows.
                match sent + travel / 2 >= listens {
                    true => audience.heard(),
                    false => audience.unheard(ms(sent)),
                }
                now += travel;
            }
        }

        #[test]
        fn nobody_is_spoken_to_once_a_second(pauses in proptest::collection::vec(0..300_u64, 1..200)) {
            let (mut audience, mut now, mut said) = (Audience::default(), 0, 0_u64);
            for pause in pauses {
                now += pause;
                if audience.may_listen(ms(now)) {
                    audience.unheard(ms(now));
                    said += 1;
                }
            }
            prop_assert!(said <= 1 + now / 1000, "{said} times in {now} ms");
        }
    }
}
