//! How long a document stays whose events are delivered.

use std::time::Duration;

use super::{Lane, LaneState};
use crate::time::Timestamp;

/// How long dead letters are kept when nobody says otherwise: over a weekend, and the week in which they are looked at.
pub const DEAD_KEPT: Duration = Duration::from_secs(7 * 86_400);

/// When it is looked at again whether a delivery has ended.
const AGAIN: Duration = Duration::from_secs(60);

impl Lane {
    /// Until when the document must stay whose events these are, `None` when nothing here keeps it: deliveries end first,
    /// and what was given up is kept for `dead_kept` to be looked at and delivered again. `undelivered` says that there is
    /// an event for somebody to whom it has not been sent, or is to be sent again.
    pub fn keeps_until(
        &self,
        undelivered: bool,
        dead_kept: Duration,
        now: Timestamp,
    ) -> Option<Timestamp> {
        let is_busy = match &self.state {
            LaneState::Held { .. } | LaneState::BackingOff { .. } => true,
            LaneState::Idle => undelivered,
            LaneState::Ended { .. } => false,
        };
        let busy = is_busy.then(|| self.alarm().unwrap_or(now).max(now) + AGAIN);
        let dead = self.dead.iter().map(|letter| letter.at + dead_kept);
        let dead = dead.max().filter(|until| *until > now);
        busy.max(dead)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::{CallbackId, WorkerId};
    use crate::lane::{Schedule, Wish};
    use crate::tests::sample::at;

    const KEPT: Duration = Duration::from_secs(1000);

    fn lane() -> Lane {
        Lane::head(&CallbackId::new("07-x"))
    }

    /// Until when it keeps its callback, looked at 100.
    fn check(lane: &Lane, undelivered: bool, until: Option<i64>) {
        let kept = lane.keeps_until(undelivered, KEPT, at(100));
        assert_eq!(kept, until.map(at), "{lane:?} {undelivered}");
    }

    #[test]
    fn purge_waits_for_every_delivery_to_end() {
        check(&lane(), false, None);
        check(&lane(), true, Some(160));
        let held = lane().hold(WorkerId::new("n"), at(90)).unwrap();
        check(&held, false, Some(180));
        let mut failed = held;
        assert!(failed.failed(
            &Schedule::default(),
            1.0,
            Wish {
                retry_after: Duration::from_secs(500),
                not_before: None
            },
            at(90)
        ));
        check(&failed, false, Some(650));
        let mut ended = lane();
        ended.end("gone", at(90));
        check(&ended, true, None);
    }

    #[test]
    fn dead_letters_have_a_retention_of_their_own() {
        let mut lane = lane();
        lane.give_up("a", "it took too long", "", at(-900));
        lane.give_up("b", "it took too long", "", at(50));
        check(&lane, false, Some(1050));
        lane.discard(Some(2));
        check(&lane, false, None);
    }
}
