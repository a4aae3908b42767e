//! Subscriptions.

use ringback_core::bulletin::read_bulletin;
use ringback_core::ids::{BulletinId, LaneId, SubscriptionId};
use ringback_core::key::Key;
use ringback_core::lane::Lane;
use ringback_core::subscription::{Subscription, read_subscription};
use ringback_core::time::Timestamp;
use ringback_ports::bus::Bus;
use ringback_ports::desk::{Refusal, RefusalKind};
use ringback_ports::store::{Change, Put, Store};
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::hint::Hint;
use crate::house::{HINT_TIME, MOST_SETTINGS, NewSetting, decode, encode};
use crate::ingest::FrontDesk;
use crate::settings::SettingKind;

const KIND: SettingKind = SettingKind::Subscription;

impl<S: Store, B: Bus> FrontDesk<S, B> {
    pub(super) async fn add_subscription(
        &self,
        body: Map<String, Value>,
    ) -> Result<Subscription, Refusal> {
        let now = self.house.clock.now();
        let new = read_subscription(body, now)
            .map_err(|error| Refusal::new(RefusalKind::Invalid, error.to_string()))?;
        self.check_recipient(&new.recipient)?;
        let known = self.house.refresh_settings().await?.subscriptions.len();
        let (key, mut written) = (KIND.key(new.id.as_str()), new.clone());
        self.house
            .set(KIND, new.id.as_str(), |found| {
                if found.is_none() && known >= MOST_SETTINGS {
                    let message =
                        format!("there are {known} subscriptions: allowed are {MOST_SETTINGS}");
                    return Err(Refusal::new(RefusalKind::Unavailable, message));
                }
                // Renewed: it goes on from where it began.
                if let Some(document) = found {
                    let old: Subscription = decode(&key, &document.body)?;
                    written.created = if old.expires > now { old.created } else { now };
                }
                let (body, alarm) = (encode(&key, &written)?, Some(written.expires));
                Ok(Some(NewSetting { body, alarm }))
            })
            .await?;
        Ok(written)
    }

    pub(super) async fn remove_subscription(&self, id: &SubscriptionId) -> Result<(), Refusal> {
        if self.house.unsubscribe(id).await? {
            return Ok(());
        }
        let id: String = id.as_str().chars().take(80).collect();
        Err(Refusal::new(
            RefusalKind::NotFound,
            format!("subscription '{id}' does not exist"),
        ))
    }

    pub(super) async fn all_subscriptions(&self) -> Result<Vec<Subscription>, Refusal> {
        let now = self.house.clock.now();
        let settings = self.house.refresh_settings().await?;
        let current = settings.subscriptions.iter().filter(|it| it.expires > now);
        Ok(current.map(|it| Subscription::clone(it)).collect())
    }

    /// One commit writes it with a lane for each subscription, so it goes to all of them or was never published.
    pub(super) async fn publish_bulletin(
        &self,
        body: Map<String, Value>,
    ) -> Result<(BulletinId, usize), Refusal> {
        let now = self.house.clock.now();
        let id = BulletinId::fresh(Uuid::now_v7(), self.house.shards);
        let mut bulletin = read_bulletin(body, id, now)
            .map_err(|error| Refusal::new(RefusalKind::Invalid, error.to_string()))?;
        let settings = self.house.refresh_settings().await?;
        let wants = settings
            .subscriptions
            .iter()
            .filter(|it| it.wants(&bulletin.tag, now));
        bulletin.to = wants.map(|it| it.id.clone()).collect();
        if bulletin.to.is_empty() {
            return Ok((bulletin.id, 0));
        }
        let lanes: Vec<_> = bulletin
            .to
            .iter()
            .map(|it| LaneId::of_bulletin(&bulletin.id, it))
            .collect();
        let key = bulletin.id.key();
        let body = encode(&key, &bulletin)?;
        let mut changes = vec![put(key, body.clone(), bulletin.alarm(), vec![body])];
        for lane in &lanes {
            let body = encode(&lane.key(), &Lane::new(lane.clone(), 0))?;
            changes.push(put(lane.key(), body, now + HINT_TIME, Vec::new()));
        }
        self.house.write(changes).await?;
        for lane in lanes {
            self.house.hints.send(Hint::Notify(lane));
        }
        Ok((bulletin.id, bulletin.to.len()))
    }
}

fn put(key: Key, body: Vec<u8>, alarm: Timestamp, log: Vec<Vec<u8>>) -> Change {
    Change::Put(Put {
        key,
        version: 0,
        body,
        alarm: Some(alarm),
        log,
        indexes: Vec::new(),
    })
}
