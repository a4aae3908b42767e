//! The end of callbacks and publications, which waits for what is still to be delivered of them.

use std::time::Duration;

use ringback_core::bulletin::Bulletin;
use ringback_core::callback::Callback;
use ringback_core::event::Event;
use ringback_core::ids::{BulletinId, LaneId, SubscriptionId};
use ringback_core::lane::{Lane, LaneState};
use ringback_core::time::Timestamp;
use ringback_ports::bus::Bus;
use ringback_ports::store::{Change, Put, Store};

use super::callbacks::put;
use super::{Committed, Held, House, HouseError, decode, encode};
use crate::hint::Hint;
use crate::notifier::{Telling, telling};
use crate::settings::Settings;

/// How many events are read at once.
const PAGE: usize = 64;

impl<S: Store, B: Bus> House<S, B> {
    /// Removes a callback whose time is over, as soon as all of it is delivered and its dead letters have been kept for
    /// `dead_kept`; until then it is looked at again.
    ///
    /// # Errors
    /// When the store is away.
    pub async fn retire(
        &self,
        held: &Held,
        dead_kept: Duration,
        now: Timestamp,
    ) -> Result<Committed, HouseError> {
        let lanes = self.lanes(&held.callback.id).await?;
        let settings = self.refresh_settings().await?;
        let mut until = None;
        for (lane, _) in &lanes {
            let undelivered = self.is_undelivered(&held.callback, lane, &settings).await?;
            self.wake(lane, undelivered);
            until = until.max(lane.keeps_until(undelivered, dead_kept, now));
        }
        let Some(until) = until else {
            return self.remove(held, lanes).await;
        };
        let options = self.options(&held.callback);
        let listed = held.callback.listings();
        let put = put(&held.callback, held.version, &listed, &[], &options)?;
        let alarm = Some(until);
        self.write(vec![Change::Put(Put { alarm, ..put })]).await
    }

    /// Removes a callback with everything that belongs to it, delivered or not.
    ///
    /// # Errors
    /// When the store is away.
    pub async fn purge(&self, held: &Held) -> Result<Committed, HouseError> {
        let lanes = self.lanes(&held.callback.id).await?;
        self.remove(held, lanes).await
    }

    /// With the lanes as they were read: one that has changed since is looked at once more.
    async fn remove(&self, held: &Held, lanes: Vec<(Lane, u64)>) -> Result<Committed, HouseError> {
        let indexes = held.callback.listings().into_iter();
        let mut changes = vec![Change::Delete {
            key: held.callback.id.key(),
            version: held.version,
            indexes: indexes.map(|(name, _)| name).collect(),
        }];
        let dropped = dead_letters(&lanes);
        changes.extend(lanes.into_iter().map(delete));
        changes.extend(self.room_of(&held.callback).await?);
        let committed = self.write(changes).await?;
        self.count_dropped(held.callback.id.as_str(), committed, dropped);
        Ok(committed)
    }

    /// Those of these publications that there are.
    pub(crate) async fn publications(
        &self,
        ids: &[BulletinId],
    ) -> Result<Vec<Option<Bulletin>>, HouseError> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let keys: Vec<_> = ids.iter().map(BulletinId::key).collect();
        let documents = self.store.get(&keys).await?;
        let found = keys.iter().zip(documents);
        let read = found.map(|(key, document)| {
            let document = document?;
            self.readable(key, document.version, decode(key, &document.body))
        });
        Ok(read.collect())
    }

    /// Removes a publication with its lanes when its time is over, as soon as all of it is delivered and its dead letters
    /// have been kept for `dead_kept`.
    ///
    /// # Errors
    /// When the store is away.
    pub async fn retire_bulletin(
        &self,
        id: &BulletinId,
        dead_kept: Duration,
        claimed: Timestamp,
    ) -> Result<(), HouseError> {
        loop {
            let key = id.key();
            let found = self.store.get(std::slice::from_ref(&key)).await?.pop();
            let Some(document) = found.flatten() else {
                return Ok(());
            };
            let bulletin: Bulletin = decode(&key, &document.body)?;
            let now = self.clock.at_least(claimed);
            if bulletin.alarm() > now {
                return Ok(());
            }
            let to = bulletin.to.iter();
            let lanes: Vec<_> = to.map(|it| LaneId::of_bulletin(id, it)).collect();
            let lanes = self.read_lanes(&lanes).await?;
            let settings = self.refresh_settings().await?;
            let mut until = None;
            for (lane, _) in &lanes {
                let subscription = lane.id.subscription();
                let has_reader = subscription.is_some_and(|id| is_subscribed(&settings, &id));
                let undelivered = has_reader && (lane.cursor == 0 || lane.to_replay().is_some());
                self.wake(lane, undelivered);
                until = until.max(lane.keeps_until(undelivered, dead_kept, now));
            }
            let version = document.version;
            let dropped = dead_letters(&lanes);
            let changes = if until.is_some() {
                vec![Change::Put(Put {
                    version,
                    body: encode(&key, &bulletin)?,
                    alarm: until,
                    log: Vec::new(),
                    indexes: Vec::new(),
                    key,
                })]
            } else {
                let indexes = Vec::new();
                let gone = Change::Delete {
                    key,
                    version,
                    indexes,
                };
                let lanes = lanes.into_iter().map(delete);
                std::iter::once(gone).chain(lanes).collect()
            };
            let committed = self.write(changes).await?;
            if until.is_none() {
                self.count_dropped(id.as_str(), committed, dropped);
            }
            if committed == Committed::Yes {
                return Ok(());
            }
        }
    }

    /// Whether something is still to be sent by this lane, or by one that it has not made yet.
    async fn is_undelivered(
        &self,
        callback: &Callback,
        lane: &Lane,
        settings: &Settings,
    ) -> Result<bool, HouseError> {
        let own = callback.notify.as_ref().and_then(|plan| plan.own.as_ref());
        let (reads, cursor) = match lane.id.subscription() {
            Some(id) => (is_subscribed(settings, &id), lane.cursor),
            None if own.is_some() => (true, lane.cursor.min(lane.fan.cursor)),
            None => (!settings.subscriptions.is_empty(), lane.fan.cursor),
        };
        if !reads
            || matches!(lane.state, LaneState::Ended { .. }) && lane.id.subscription().is_some()
        {
            return Ok(false);
        }
        if lane.to_replay().is_some() && (own.is_some() || lane.id.subscription().is_some()) {
            return Ok(true);
        }
        let key = callback.id.key();
        let (mut place, limit) = (cursor, PAGE);
        loop {
            let page = self.store.log(&key, place, limit).await?;
            for entry in &page {
                let event: Event = decode(&key, entry)?;
                if self.is_awaited(callback, lane, settings, (&event, place)) {
                    return Ok(true);
                }
                place += 1;
            }
            if page.len() < limit {
                return Ok(false);
            }
        }
    }

    /// Whether somebody waits for this event at this place of the log.
    fn is_awaited(
        &self,
        callback: &Callback,
        lane: &Lane,
        settings: &Settings,
        (event, place): (&Event, u64),
    ) -> bool {
        if matches!(telling(callback, settings, event), Telling::No) {
            return false;
        }
        let wants = |id: Option<&SubscriptionId>| {
            let subscriptions = settings.subscriptions.iter();
            let mut asked = subscriptions.filter(|it| id.is_none_or(|id| it.id == *id));
            asked.any(|it| it.wants(event.name.as_str(), event.at))
        };
        match lane.id.subscription() {
            Some(id) => wants(Some(&id)),
            None => {
                let own = callback.notify.as_ref().and_then(|plan| plan.own.as_ref());
                let is_told = own.is_none() || lane.is_ended() || place < lane.cursor;
                !is_told || place >= lane.fan.cursor && wants(None)
            }
        }
    }

    /// What is undelivered at the end of a callback's time has been forgotten by everybody else.
    fn wake(&self, lane: &Lane, undelivered: bool) {
        if undelivered && matches!(lane.state, LaneState::Idle) {
            self.hints.send(Hint::Notify(lane.id.clone()));
        }
    }

    fn count_dropped(&self, of: &str, committed: Committed, dropped: u64) {
        if committed == Committed::Yes && dropped > 0 {
            tracing::warn!(
                callback.id = of,
                dropped,
                "dead letters are not kept any longer"
            );
            self.counters.dead_letters_dropped.add(dropped);
        }
    }
}

fn is_subscribed(settings: &Settings, id: &SubscriptionId) -> bool {
    settings.subscriptions.iter().any(|it| it.id == *id)
}

fn dead_letters(lanes: &[(Lane, u64)]) -> u64 {
    lanes.iter().map(|(lane, _)| lane.dead.len() as u64).sum()
}

fn delete((lane, version): (Lane, u64)) -> Change {
    let indexes = lane.listings().into_iter().map(|(name, _)| name);
    Change::Delete {
        key: lane.key(),
        version,
        indexes: indexes.collect(),
    }
}
