//! A deliverer at work on one lane.

use std::time::Duration;

use ringback_core::lane::{Attempt, LaneState};
use ringback_ports::bus::Bus;
use ringback_ports::sender::Sender;
use ringback_ports::store::Store;
use tokio::time::Instant;

use super::Notifier;
use super::hand::{Found, News, Telling};
use super::post::{Posted, Verdict};
use crate::house::{HouseError, decode};

/// How many events are read at once.
pub(super) const PAGE: usize = 32;
/// How long a deliverer goes on before it writes down how far it is. That also renews its hold.
pub(super) const PROGRESS: Duration = Duration::from_millis(200);
/// How long a deliverer waits for its turn at a target with a rate.
const PATIENCE: Duration = Duration::from_secs(5);

/// How a deliverer goes on after an event.
enum Next {
    /// With the next event.
    On,
    /// The lane has to pause, or has ended.
    Stop,
    /// Somebody else has the lane now.
    Lost,
}

/// A lane that is held.
struct Hand {
    found: Found,
    /// As it was taken: whoever finds it otherwise has lost it.
    taken: LaneState,
    /// When it was last written down.
    written: Instant,
    /// Something happened after the log was read.
    behind: bool,
}

impl<S: Store, B: Bus, P: Sender> Notifier<S, B, P> {
    /// Delivers everything there is, unless another notifier is at it or the target backs off.
    pub(super) async fn work(&self, host: &str, found: Found) -> Result<(), HouseError> {
        let Some((mut hand, mut page)) = self.take(host, found).await? else {
            return Ok(());
        };
        loop {
            if let Next::Lost = self.deliver_all(host, &mut hand, page).await? {
                return Ok(());
            }
            // Something happened meanwhile, which is a new version: the lane goes on from there.
            if self.commit(&mut hand.found).await? {
                return Ok(());
            }
            if !self.catch_up(&mut hand).await? {
                return Ok(());
            }
            hand.behind = false;
            page = if hand.found.lane.is_held() {
                self.page(&hand.found).await?
            } else {
                Vec::new()
            };
        }
    }

    /// Takes the lane, and reads the first events. `None` when there is nothing to do with it now.
    async fn take(
        &self,
        host: &str,
        mut found: Found,
    ) -> Result<Option<(Hand, Vec<Vec<u8>>)>, HouseError> {
        loop {
            let now = self.house.clock.latest();
            if let Some(until) = self.targets.shut_until(host, now) {
                return self.fail_fast(found, until).await.map(|()| None);
            }
            let Some(lane) = found.lane.clone().hold(self.house.worker.clone(), now) else {
                self.is_to_deliver(&mut found).await?;
                return Ok(None);
            };
            let key = found.about.key();
            let log = self.house.store.log(&key, lane.cursor, PAGE);
            found.lane = lane;
            // Whatever happens after the lane was found is a new version of it.
            let (held, page) = tokio::join!(self.commit(&mut found), log);
            if held? {
                let page = page?;
                let taken = found.lane.state.clone();
                let hand = Hand {
                    found,
                    taken,
                    written: Instant::now(),
                    behind: false,
                };
                return Ok(Some((hand, page)));
            }
            match self.find(&found.lane.id).await? {
                Some(again) => found = again,
                None => return Ok(None),
            }
        }
    }

    /// Reads a held lane again. `false` when somebody else has taken it, or it is gone.
    async fn catch_up(&self, hand: &mut Hand) -> Result<bool, HouseError> {
        let key = hand.found.lane.key();
        let mut documents = self.house.store.get(std::slice::from_ref(&key)).await?;
        let Some(document) = documents.pop().flatten() else {
            return Ok(false);
        };
        let stored = decode(&key, &document.body)?;
        Ok(hand.found.catch_up(stored, document.version, &hand.taken))
    }

    pub(super) async fn page(&self, found: &Found) -> Result<Vec<Vec<u8>>, HouseError> {
        let key = found.about.key();
        Ok(self.house.store.log(&key, found.lane.cursor, PAGE).await?)
    }

    /// Leaves the lane at rest, backing off or ended.
    async fn deliver_all(
        &self,
        host: &str,
        hand: &mut Hand,
        mut page: Vec<Vec<u8>>,
    ) -> Result<Next, HouseError> {
        if !hand.found.lane.is_held() {
            return Ok(Next::Stop);
        }
        if let stop @ (Next::Stop | Next::Lost) = self.replay(host, hand).await? {
            return Ok(stop);
        }
        loop {
            for entry in &page {
                let (key, place) = (hand.found.about.key(), hand.found.lane.cursor);
                let read = hand.found.news(entry);
                let Some(news) = self.house.readable_entry(&key, place, read) else {
                    hand.found.lane.passed_over();
                    continue;
                };
                if let stop @ (Next::Stop | Next::Lost) = self.tell(host, hand, &news).await? {
                    return Ok(stop);
                }
            }
            if page.len() < PAGE && !hand.behind {
                hand.found.lane.rest();
                return Ok(Next::Stop);
            }
            hand.behind = false;
            page = self.page(&hand.found).await?;
        }
    }

    /// Dead letters that somebody wants to be delivered again come first.
    async fn replay(&self, host: &str, hand: &mut Hand) -> Result<Next, HouseError> {
        while let Some(letter) = hand.found.lane.to_replay().cloned() {
            let key = hand.found.about.key();
            let Some(entry) = self.house.store.log(&key, letter.index, 1).await?.pop() else {
                hand.found.lane.discard(Some(letter.sequence));
                continue;
            };
            let read = hand.found.news(&entry);
            let Some(news) = self.house.readable_entry(&key, letter.index, read) else {
                hand.found.lane.discard(Some(letter.sequence));
                continue;
            };
            let place = (letter.index, letter.sequence);
            let Some(posted) = self.send(host, hand, &news, place).await? else {
                return Ok(Next::Stop);
            };
            let now = self.house.clock.now();
            match posted.verdict {
                Verdict::Delivered => hand.found.lane.revived(letter.sequence),
                Verdict::Failed(wish) if self.tries_again(&mut hand.found, wish) => {
                    return Ok(Next::Stop);
                }
                ref verdict @ (Verdict::Failed(_) | Verdict::Hopeless | Verdict::Gone) => {
                    let why = posted.reason();
                    let lane = &mut hand.found.lane;
                    lane.dead_again(letter.sequence, &why, &posted.answer, now);
                    if matches!(verdict, Verdict::Gone) {
                        self.gone(&mut hand.found, &why).await?;
                        return Ok(Next::Stop);
                    }
                }
            }
        }
        Ok(Next::On)
    }

    async fn tell(&self, host: &str, hand: &mut Hand, news: &News) -> Result<Next, HouseError> {
        if let Telling::No = hand.found.telling(news) {
            hand.found.lane.passed_over();
            return Ok(Next::On);
        }
        if hand.written.elapsed() > PROGRESS && !self.write_progress(hand).await? {
            return Ok(Next::Lost);
        }
        let sequence = hand.found.lane.sequence();
        let place = (hand.found.lane.cursor, sequence);
        let Some(posted) = self.send(host, hand, news, place).await? else {
            return Ok(Next::Stop);
        };
        match posted.verdict {
            Verdict::Delivered => {
                hand.found.lane.delivered();
                Ok(Next::On)
            }
            Verdict::Failed(wish) if self.tries_again(&mut hand.found, wish) => {
                tracing::info!(
                    lane = %hand.found.lane.id, sequence, failures = hand.found.lane.failures,
                    reason = posted.reason(), "a notification failed and is tried again"
                );
                Ok(Next::Stop)
            }
            Verdict::Failed(_) | Verdict::Hopeless => {
                self.give_up(&mut hand.found, news, &posted.reason(), &posted.answer);
                Ok(Next::On)
            }
            Verdict::Gone => {
                self.give_up(&mut hand.found, news, &posted.reason(), &posted.answer);
                self.gone(&mut hand.found, &posted.reason()).await?;
                Ok(Next::Stop)
            }
        }
    }

    /// Sends one event when it is its turn. `None` when that is too far away.
    async fn send(
        &self,
        host: &str,
        hand: &mut Hand,
        news: &News,
        (index, sequence): (u64, u64),
    ) -> Result<Option<Posted>, HouseError> {
        let now = self.house.clock.now();
        match self.targets.turn(host, PATIENCE, now) {
            Ok(turn) if turn > now => tokio::time::sleep(turn.since(now)).await,
            Ok(_) => {}
            Err(turn) => {
                hand.found.lane.put_off(turn);
                return Ok(None);
            }
        }
        // Whoever was stopped for a while may find that somebody else delivers now, in order, what comes next.
        let latest = self.house.clock.latest();
        if !hand.found.lane.is_safe_for(&self.house.worker, latest)
            && !self.write_progress(hand).await?
        {
            return Ok(None);
        }
        let at = self.house.clock.now();
        let Some(letter) = self.letter(&hand.found, news, (index, sequence)) else {
            return Ok(None);
        };
        let posted = self.post(letter).await;
        let now = self.house.clock.now();
        if let Some(answers) = posted.answers {
            self.targets.told(host, answers, now);
        }
        let millis = u64::try_from(now.since(at).as_millis()).unwrap_or(u64::MAX);
        let outcome = posted.outcome.clone();
        self.count(&outcome);
        hand.found.attempts.push(Attempt {
            sequence,
            at,
            millis,
            outcome,
        });
        Ok(Some(posted))
    }

    /// Writes down how far it is. `false` when the lane is somebody else's now.
    async fn write_progress(&self, hand: &mut Hand) -> Result<bool, HouseError> {
        loop {
            hand.found.lane.renew(self.house.clock.now());
            if self.commit(&mut hand.found).await? {
                (hand.taken, hand.written) = (hand.found.lane.state.clone(), Instant::now());
                return Ok(true);
            }
            if !self.catch_up(hand).await? {
                return Ok(false);
            }
            hand.behind = true;
        }
    }
}
