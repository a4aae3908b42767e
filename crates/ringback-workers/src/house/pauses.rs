//! Pauses: services whose callbacks keep their places.
//!
//! A pause is a setting by the name of `_paused_services_id`, or of the service where that is empty, so services with one such
//! id are paused together. Its alarm, set with every change, has a scheduler look at the callbacks concerned: each is a
//! document that is paused, or goes on, by a commit of its own.

use std::collections::HashSet;

use futures_util::{StreamExt, TryStreamExt, stream};
use ringback_core::callback::{Decision, Input, begun_index, stands_at};
use ringback_core::event::CallbackState;
use ringback_core::ids::{CallbackId, ServiceName};
use ringback_core::service::Service;
use ringback_core::time::Timestamp;
use ringback_ports::bus::Bus;
use ringback_ports::store::{Document, Entry, Store};
use serde::{Deserialize, Serialize};

use super::{Committed, House, HouseError, NewSetting, decode, encode};
use crate::settings::SettingKind;

const KIND: SettingKind = SettingKind::Pause;
/// How many callbacks are looked at in one go.
const BATCH: usize = 256;
/// How many of them at a time.
const AT_A_TIME: usize = 32;

/// A pause as it is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct StoredPause {
    /// Whether it holds; one that does not is being lifted.
    pub paused: bool,
}

/// The name under which a service is paused.
pub(crate) fn pause_id(service: &Service) -> &str {
    let id = service.options.general.paused_services.as_deref();
    id.unwrap_or_else(|| service.name.as_str())
}

impl<S: Store, B: Bus> House<S, B> {
    /// Pauses every service of that id, or lets them go on.
    ///
    /// # Errors
    /// When the store is away.
    pub async fn pause(&self, id: &str, paused: bool) -> Result<(), HouseError> {
        let key = KIND.key(id);
        let alarm = Some(self.clock.now());
        self.set(KIND, id, |found| {
            let known = found.map(|found| decode::<StoredPause>(&key, &found.body));
            let known = known.transpose()?.unwrap_or(StoredPause { paused: false });
            if known.paused == paused {
                return kept(found, alarm);
            }
            let body = encode(&key, &StoredPause { paused })?;
            Ok(Some(NewSetting { body, alarm }))
        })
        .await
        .map(drop)
    }

    /// Forgets a pause that no service has any more.
    ///
    /// # Errors
    /// When the store is away.
    pub async fn forget_pause(&self, id: &str) -> Result<(), HouseError> {
        let settings = self.refresh_settings().await?;
        if settings.services.values().any(|it| pause_id(it) == id) {
            return Ok(());
        }
        self.set(KIND, id, |_| Ok::<_, HouseError>(None))
            .await
            .map(drop)
    }

    /// The alarm of a pause: whoever it concerns is looked at, and one that was lifted goes.
    pub(super) async fn look_at_pause(
        &self,
        id: &str,
        claimed: Timestamp,
    ) -> Result<(), HouseError> {
        let Some(found) = self.setting(KIND, id).await? else {
            return Ok(());
        };
        let StoredPause { paused } = decode(&KIND.key(id), &found.body)?;
        let settings = self.refresh_settings().await?;
        let concerned = settings.services.values().filter(|it| pause_id(it) == id);
        let from = if paused {
            CallbackState::Queued
        } else {
            CallbackState::Paused
        };
        for service in concerned {
            self.look_at_all(&service.name, from, claimed).await?;
        }
        let alarm = Some(self.clock.now());
        self.set(KIND, id, |now| match now {
            Some(now) if now.version == found.version && paused => kept(Some(now), None),
            Some(now) if now.version == found.version => Ok(None),
            // Changed meanwhile: that is seen to next.
            other => kept(other, alarm),
        })
        .await
        .map(drop)
    }

    /// Looks at every callback of a service that stands there.
    async fn look_at_all(
        &self,
        service: &ServiceName,
        state: CallbackState,
        claimed: Timestamp,
    ) -> Result<(), HouseError> {
        let index = begun_index(service.as_str());
        let Some(place) = stands_at(state) else {
            return Ok(());
        };
        // Whoever is being called stays where it is.
        let mut seen = HashSet::new();
        loop {
            let found = self.store.range(&index, place, seen.len() + BATCH).await?;
            let fresh = |entry: &Entry| entry.score == place && seen.insert(entry.id.clone());
            let fresh: Vec<Entry> = found.into_iter().filter(fresh).collect();
            if fresh.is_empty() {
                return Ok(());
            }
            let looks = fresh
                .into_iter()
                .map(|entry| self.look_at_one(entry.id, claimed));
            let mut looks = stream::iter(looks).buffer_unordered(AT_A_TIME);
            while looks.try_next().await?.is_some() {}
        }
    }

    async fn look_at_one(&self, id: String, claimed: Timestamp) -> Result<(), HouseError> {
        let id = CallbackId::new(id);
        loop {
            let Some(mut held) = self.hold(&id).await? else {
                return Ok(());
            };
            let options = self.options(&held.callback);
            let now = self.clock.at_least(claimed);
            let Decision::Step(step) = held.callback.step(Input::Look, &options, now) else {
                return Ok(());
            };
            if self.commit(&mut held, &step).await? == Committed::Yes {
                return self.perform(&id, step.effects).await;
            }
        }
    }
}

/// A setting as it is.
fn kept(
    found: Option<&Document>,
    alarm: Option<Timestamp>,
) -> Result<Option<NewSetting>, HouseError> {
    let body = found.map(|found| found.body.clone());
    Ok(body.map(|body| NewSetting { body, alarm }))
}
