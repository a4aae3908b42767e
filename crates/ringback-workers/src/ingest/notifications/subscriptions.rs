//! Subscriptions.

use ringback_core::ids::SubscriptionId;
use ringback_core::subscription::{Subscription, read_subscription};
use ringback_ports::bus::Bus;
use ringback_ports::desk::{Refusal, RefusalKind};
use ringback_ports::store::Store;
use serde_json::{Map, Value};

use crate::house::{MOST_SETTINGS, NewSetting, decode, encode};
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
}
