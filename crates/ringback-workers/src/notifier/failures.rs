//! What cannot be delivered: tried again, given up, or left for later.

use std::time::Duration;

use ringback_core::lane::{Attempt, Outcome, Wish};
use ringback_core::time::Timestamp;
use ringback_ports::bus::Bus;
use ringback_ports::sender::Sender;
use ringback_ports::store::Store;

use super::Notifier;
use super::deliver::PAGE;
use super::hand::{Found, News, Telling};
use crate::house::HouseError;

/// How far lanes that wait for a target that is left alone come back after one another, at the most.
const SPREAD: Duration = Duration::from_secs(5);

impl<S: Store, B: Bus, P: Sender> Notifier<S, B, P> {
    /// Whether a failed event is tried again; then the lane backs off.
    pub(super) fn tries_again(&self, found: &mut Found, wish: Wish) -> bool {
        let schedule = self.schedule(found);
        found
            .lane
            .failed(&schedule, random(), wish, self.house.clock.now())
    }

    pub(super) fn give_up(&self, found: &mut Found, news: &News, reason: &str, answer: &str) {
        let sequence = found.lane.sequence();
        tracing::warn!(lane = %found.lane.id, sequence, reason, "a notification is given up");
        self.house.counters.notifications_dead.add(1);
        found
            .lane
            .give_up(news.tag(), reason, answer, self.house.clock.now());
    }

    /// The target will never take anything again: its lane ends, and so does the subscription it is for.
    pub(super) async fn gone(&self, found: &mut Found, why: &str) -> Result<(), HouseError> {
        found.lane.end(why, self.house.clock.now());
        if let Some(subscription) = found.lane.id.subscription()
            && !found.lane.id.is_push()
        {
            tracing::warn!(%subscription, "a subscription is removed: its target is gone");
            self.house.unsubscribe(&subscription).await?;
        }
        Ok(())
    }

    pub(super) fn count(&self, outcome: &Outcome) {
        let counters = &self.house.counters;
        let counter = if outcome.is_good() {
            &counters.notifications_delivered
        } else {
            &counters.deliveries_failed
        };
        counter.add(1);
    }

    /// The target is left alone until then. That counts as a failed delivery of the next event, so that what waits for a
    /// target that never comes back is given up in its time.
    pub(super) async fn fail_fast(
        &self,
        mut found: Found,
        until: Timestamp,
    ) -> Result<(), HouseError> {
        let back = until + SPREAD.mul_f64(random());
        if found.lane.to_replay().is_some() {
            found.lane.put_off(back);
        } else if let Some(news) = self.pass_over(&mut found).await? {
            let outcome = Outcome::Word("left alone".to_owned());
            let (sequence, at) = (found.lane.sequence(), self.house.clock.now());
            found.attempts.push(Attempt {
                sequence,
                at,
                millis: 0,
                outcome,
            });
            let wish = Wish {
                not_before: Some(back),
                ..Wish::default()
            };
            if !self.tries_again(&mut found, wish) {
                self.give_up(&mut found, &news, "the target does not answer", "");
                found.lane.put_off(back);
            }
        } else {
            found.lane.rest();
        }
        // On a conflict there is a newer event, whose hint follows.
        self.commit(&mut found).await?;
        Ok(())
    }

    /// Nothing can be sent to the recipient, e.g. because its provider is no longer configured.
    pub(super) async fn nowhere_to_go(&self, found: &mut Found) -> Result<(), HouseError> {
        let why = found
            .no_destination()
            .map(ToString::to_string)
            .unwrap_or_default();
        while let Some(news) = self.pass_over(found).await? {
            self.give_up(found, &news, &why, "");
        }
        found.lane.rest();
        self.commit(found).await?;
        Ok(())
    }

    /// Goes to the next event that is for the target.
    async fn pass_over(&self, found: &mut Found) -> Result<Option<News>, HouseError> {
        loop {
            let page = self.page(found).await?;
            for entry in &page {
                let news = found.news(entry)?;
                match found.telling(&news) {
                    Telling::No => found.lane.passed_over(),
                    Telling::Default | Telling::As(_) => return Ok(Some(news)),
                }
            }
            if page.len() < PAGE {
                return Ok(None);
            }
        }
    }
}

/// Evenly spread over 0..1.
fn random() -> f64 {
    const STEPS: u32 = 1 << 16;
    let (_, low) = uuid::Uuid::now_v7().as_u64_pair();
    let drawn = u32::try_from(low % u64::from(STEPS)).unwrap_or(0);
    f64::from(drawn) / f64::from(STEPS)
}
