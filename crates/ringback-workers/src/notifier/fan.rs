//! Subscriptions: each callback's own lane hands new events to theirs.
//!
//! It does so whatever its own target does, so a target that fails holds nobody else up.

use std::collections::BTreeMap;

use ringback_core::event::{Event, EventName};
use ringback_core::ids::{LaneId, SubscriptionId};
use ringback_core::lane::Lane;
use ringback_ports::bus::Bus;
use ringback_ports::sender::Sender;
use ringback_ports::store::{Change, Put, Store};

use super::Notifier;
use super::hand::{Found, Telling, telling};
use crate::hint::Hint;
use crate::house::{Committed, HINT_TIME, HouseError, decode, encode};

/// How many events are read at once.
const PAGE: usize = 64;

impl<S: Store, B: Bus, P: Sender> Notifier<S, B, P> {
    /// Hands what is new to the lanes of subscriptions. `false` when the callback is gone.
    pub(super) async fn fan_out(&self, found: &mut Found) -> Result<bool, HouseError> {
        loop {
            if !found.hands_on() {
                return Ok(true);
            }
            let wanted = self.wanted(found).await?;
            if wanted.is_empty() {
                return Ok(true);
            }
            if self.hand_over(found, &wanted).await? {
                return Ok(true);
            }
            match self.find(&found.lane.id).await? {
                Some(again) => *found = again,
                None => return Ok(false),
            }
        }
    }

    /// The subscriptions that want something of what is new, with the place of the first such event. The fan's cursor
    /// goes to the end of the log, and is written down with whatever is written next.
    async fn wanted(&self, found: &mut Found) -> Result<BTreeMap<SubscriptionId, u64>, HouseError> {
        let key = found.about.key();
        let Some(callback) = found.about.callback() else {
            return Ok(BTreeMap::new());
        };
        let mut wanted = BTreeMap::new();
        loop {
            let page = self
                .house
                .store
                .log(&key, found.lane.fan.cursor, PAGE)
                .await?;
            for entry in &page {
                let (cursor, read) = (found.lane.fan.cursor, decode(&key, entry));
                let Some(event) = self.house.readable_entry::<Event>(&key, cursor, read) else {
                    found.lane.fan.cursor += 1;
                    continue;
                };
                let has_push = callback.notify.as_ref().is_some_and(|it| it.push.is_some());
                if has_push && event.name == EventName::UserConfirm {
                    let push = SubscriptionId::push();
                    wanted.entry(push).or_insert(found.lane.fan.cursor);
                }
                if !matches!(telling(callback, &found.settings, &event), Telling::No) {
                    let name = event.name.as_str();
                    for subscription in found
                        .settings
                        .subscriptions
                        .iter()
                        .filter(|it| it.wants(name, event.at))
                    {
                        wanted
                            .entry(subscription.id.clone())
                            .or_insert(found.lane.fan.cursor);
                    }
                }
                found.lane.fan.cursor += 1;
            }
            if page.len() < PAGE {
                return Ok(wanted);
            }
        }
    }

    /// `false` when somebody was faster.
    async fn hand_over(
        &self,
        found: &mut Found,
        wanted: &BTreeMap<SubscriptionId, u64>,
    ) -> Result<bool, HouseError> {
        let (callback, at) = (found.lane.id.callback(), self.house.clock.now() + HINT_TIME);
        let mut changes = Vec::with_capacity(wanted.len() + 1);
        for (subscription, cursor) in wanted {
            let id = LaneId::of(&callback, subscription);
            let key = id.key();
            if found.lane.fan.subscriptions.contains(subscription) {
                changes.push(Change::Wake { key, at });
                continue;
            }
            found.lane.fan.subscriptions.push(subscription.clone());
            changes.push(Change::Put(Put {
                version: 0,
                body: encode(&key, &Lane::new(id, *cursor))?,
                alarm: Some(at),
                log: Vec::new(),
                indexes: Vec::new(),
                key,
            }));
        }
        // Its own events are still to be told: the alarm stays.
        changes.push(Change::Put(found.put(Some(at))?));
        if self.house.write(changes).await? == Committed::Conflict {
            return Ok(false);
        }
        found.written();
        for subscription in wanted.keys() {
            self.house
                .hints
                .send(Hint::Notify(LaneId::of(&callback, subscription)));
        }
        Ok(true)
    }
}
