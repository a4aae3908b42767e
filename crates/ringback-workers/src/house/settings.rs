//! Settings as documents.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use ringback_core::access::ResourceGroup;
use ringback_core::calendar::OfficeHours;
use ringback_core::capacity::Capacity;
use ringback_core::event_list::EventList;
use ringback_core::ids::SubscriptionId;
use ringback_core::key::Key;
use ringback_core::service::Service;
use ringback_core::subscription::Subscription;
use ringback_core::time::Timestamp;
use ringback_core::timetable::Mistakes;
use ringback_ports::bus::Bus;
use ringback_ports::store::{Change, Document, Put, Store};

use serde::de::DeserializeOwned;

use super::pauses::StoredPause;
use super::{Committed, House, HouseError, decode, parse_service, pause_id};
use crate::settings::{
    Services, SettingKind, Settings, StoredList, StoredResource, StoredService, count_key,
};
use crate::watched::Chain;

/// The most settings of a kind.
pub const MOST_SETTINGS: usize = 1000;
/// How often a worker looks whether settings have changed.
const LOOK: Duration = Duration::from_secs(1);

/// A setting as it shall be.
pub struct NewSetting {
    /// What it says.
    pub body: Vec<u8>,
    /// When it ends by itself.
    pub alarm: Option<Timestamp>,
}

impl<S: Store, B: Bus> House<S, B> {
    /// Looks again and again whether settings have changed, until the house stops.
    pub async fn watch_settings(self) {
        let heartbeat = self.pulse.of("settings");
        while !self.stop.is_cancelled() {
            heartbeat.beat();
            if let Err(error) = self.refresh_settings().await {
                tracing::warn!(error = %Chain(&error), "settings cannot be read");
            }
            tokio::select! {
                () = self.stop.cancelled() => {}
                () = tokio::time::sleep(LOOK) => {}
            }
        }
    }

    /// The settings as they are now.
    ///
    /// # Errors
    /// When the store is away.
    pub async fn refresh_settings(&self) -> Result<Arc<Settings>, HouseError> {
        let known = self.settings.known().count;
        let count = self.store.get(&[count_key()]).await?.pop().flatten();
        // It only grows. Less than was known before it was asked for: what was written down since is lost.
        if count.as_ref().map_or(0, |count| count.version) < known {
            tracing::error!(
                known,
                "settings have gone back: what was saved is lost; reading what there is"
            );
            self.settings.forget();
        }
        self.settings_at(count.as_ref()).await
    }

    /// The settings at least as new as the count that was read.
    ///
    /// # Errors
    /// When the store is away.
    pub async fn settings_at(&self, count: Option<&Document>) -> Result<Arc<Settings>, HouseError> {
        let (known, count) = (
            self.settings.known(),
            count.map_or(0, |count| count.version),
        );
        if count <= known.count {
            return Ok(known);
        }
        let (lists, subscriptions, services, hours, capacities, paces, pauses, groups) = tokio::try_join!(
            self.all(SettingKind::EventList),
            self.all(SettingKind::Subscription),
            self.all(SettingKind::Service),
            self.all(SettingKind::OfficeHours),
            self.all(SettingKind::Capacity),
            self.all(SettingKind::Pace),
            self.all(SettingKind::Pause),
            self.all(SettingKind::ResourceGroup)
        )?;
        let mut settings = Settings {
            count,
            paces: paces.iter().filter_map(|it| it.0.parse().ok()).collect(),
            lists: read_each(SettingKind::EventList, lists, read_list),
            hours: read_each(
                SettingKind::OfficeHours,
                hours,
                read_resource(OfficeHours::parse),
            ),
            capacities: read_each(
                SettingKind::Capacity,
                capacities,
                read_resource(Capacity::parse),
            ),
            groups: read_each(
                SettingKind::ResourceGroup,
                groups,
                read_resource(ResourceGroup::parse),
            ),
            ..Settings::default()
        };
        let pauses = read_each(SettingKind::Pause, pauses, read_pause);
        let is_paused = |service: &Service| pauses.get(pause_id(service)).is_some_and(|it| **it);
        let mut known = Services::new();
        for service in read_each(SettingKind::Service, services, read_service).into_values() {
            let paused = is_paused(&service).then(|| service.name.clone());
            settings.paused.extend(paused);
            known.insert(service.name.clone(), service);
        }
        let mut settings = settings.with(known);
        for (name, found) in subscriptions {
            let key = SettingKind::Subscription.key(&name);
            let read = decode::<Subscription>(&key, &found.body);
            let subscription = self.readable(&key, found.version, read);
            settings.subscriptions.extend(subscription.map(Arc::new));
        }
        Ok(self.settings.learn(settings))
    }

    /// All settings of a kind by name.
    pub(crate) async fn all(
        &self,
        kind: SettingKind,
    ) -> Result<Vec<(String, Document)>, HouseError> {
        let listed = self
            .store
            .range(&kind.index(), i64::MIN, MOST_SETTINGS)
            .await?;
        let named = |id: &str| SettingKind::of(id).map(|(_, name)| name.to_owned());
        let names: Vec<String> = listed.iter().filter_map(|entry| named(&entry.id)).collect();
        let keys: Vec<Key> = names.iter().map(|name| kind.key(name)).collect();
        let documents = self.store.get(&keys).await?;
        let found = names.into_iter().zip(documents);
        Ok(found
            .filter_map(|(name, document)| Some((name, document?)))
            .collect())
    }

    /// One setting.
    ///
    /// # Errors
    /// When the store is away.
    pub async fn setting(
        &self,
        kind: SettingKind,
        name: &str,
    ) -> Result<Option<Document>, HouseError> {
        Ok(self.store.get(&[kind.key(name)]).await?.pop().flatten())
    }

    /// Changes a setting: `decide` says from what is stored what shall be, `None` to remove it. The new version.
    ///
    /// # Errors
    /// When the store is away, and whatever `decide` says.
    pub async fn set<E: From<HouseError>>(
        &self,
        kind: SettingKind,
        name: &str,
        mut decide: impl FnMut(Option<&Document>) -> Result<Option<NewSetting>, E>,
    ) -> Result<u64, E> {
        loop {
            let keys = [kind.key(name), count_key()];
            let mut documents = self.store.get(&keys).await.map_err(HouseError::from)?;
            let (count, found) = (documents.pop().flatten(), documents.pop().flatten());
            let new = decide(found.as_ref())?;
            let version = found.map_or(0, |found| found.version);
            let [key, count_key] = keys;
            let change = match new {
                Some(new) => Change::Put(Put {
                    version,
                    body: new.body,
                    alarm: new.alarm,
                    log: Vec::new(),
                    indexes: vec![(kind.index(), Some(self.clock.now().as_millis()))],
                    key,
                }),
                None if version == 0 => return Ok(0),
                None => Change::Delete {
                    key,
                    version,
                    indexes: vec![kind.index()],
                },
            };
            let counted = Change::Put(Put {
                key: count_key,
                version: count.map_or(0, |count| count.version),
                body: b"{}".to_vec(),
                alarm: None,
                log: Vec::new(),
                indexes: Vec::new(),
            });
            if self.write(vec![change, counted]).await? == Committed::Yes {
                self.refresh_settings().await?;
                return Ok(version + 1);
            }
        }
    }

    /// Removes a subscription. Whether there was one.
    ///
    /// # Errors
    /// When the store is away.
    pub async fn unsubscribe(&self, id: &SubscriptionId) -> Result<bool, HouseError> {
        let removed = self
            .set(SettingKind::Subscription, id.as_str(), |_| {
                Ok::<_, HouseError>(None)
            })
            .await?;
        Ok(removed > 0)
    }

    /// The alarm of a setting: what has expired goes.
    ///
    /// # Errors
    /// When the store is away.
    pub async fn look_at_setting(&self, id: &str, claimed: Timestamp) -> Result<(), HouseError> {
        let name = match SettingKind::of(id) {
            Some((SettingKind::Subscription, name)) => name,
            Some((SettingKind::Pace, name)) => return self.look_at_pace(name).await,
            Some((SettingKind::Pause, name)) => return self.look_at_pause(name, claimed).await,
            Some((
                SettingKind::EventList
                | SettingKind::Service
                | SettingKind::OfficeHours
                | SettingKind::Capacity
                | SettingKind::ResourceGroup,
                _,
            ))
            | None => return Ok(()),
        };
        let Some(document) = self.setting(SettingKind::Subscription, name).await? else {
            return Ok(());
        };
        let subscription: Subscription =
            decode(&SettingKind::Subscription.key(name), &document.body)?;
        if subscription.expires <= self.clock.at_least(claimed) {
            self.unsubscribe(&subscription.id).await?;
        }
        Ok(())
    }
}

/// Reads settings of a kind. One that cannot be read any more is told and left out, so that the others still hold.
fn read_each<T>(
    kind: SettingKind,
    found: Vec<(String, Document)>,
    read: impl Fn(&str, &[u8]) -> Result<T, String>,
) -> BTreeMap<String, Arc<T>> {
    let read = found
        .into_iter()
        .filter_map(|(name, document)| match read(&name, &document.body) {
            Ok(good) => Some((name, Arc::new(good))),
            Err(error) => {
                let kind = kind.words().0;
                tracing::error!(kind, name, error, "a stored setting cannot be read");
                None
            }
        });
    read.collect()
}

fn read_list(name: &str, body: &[u8]) -> Result<EventList, String> {
    let stored: StoredList = stored(SettingKind::EventList, name, body)?;
    EventList::parse_cfg(&stored.text).map_err(|mistakes| mistakes.to_string())
}

fn read_service(name: &str, body: &[u8]) -> Result<Service, String> {
    let stored: StoredService = stored(SettingKind::Service, name, body)?;
    parse_service(name, &stored)
}

fn read_pause(name: &str, body: &[u8]) -> Result<bool, String> {
    stored(SettingKind::Pause, name, body).map(|StoredPause { paused }| paused)
}

fn read_resource<T>(
    parse: impl Fn(&str, &BTreeMap<String, String>) -> Result<T, Mistakes>,
) -> impl Fn(&str, &[u8]) -> Result<T, String> {
    move |name, body| {
        let stored: StoredResource = stored(SettingKind::OfficeHours, name, body)?;
        parse(name, &stored.options).map_err(|mistakes| mistakes.to_string())
    }
}

fn stored<T: DeserializeOwned>(kind: SettingKind, name: &str, body: &[u8]) -> Result<T, String> {
    decode(&kind.key(name), body).map_err(|error| Chain(&error).to_string())
}
