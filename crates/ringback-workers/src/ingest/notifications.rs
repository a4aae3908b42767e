//! Event lists, subscriptions and deliveries, as people manage them.

mod deliveries;
mod lists;
mod subscriptions;

use ringback_core::ids::{BulletinId, SubscriptionId};
use ringback_core::notify::Recipient;
use ringback_core::subscription::Subscription;
use ringback_ports::bus::Bus;
use ringback_ports::desk::{
    DeadLetterAction, DeadLetters, Deliveries, DeliveryQuery, Done, EventListForm, EventListView,
    NotificationDesk, Refusal, RefusalKind,
};
use ringback_ports::store::Store;
use serde_json::{Map, Value};

use super::FrontDesk;

impl<S: Store, B: Bus> FrontDesk<S, B> {
    /// Whether messages can be sent to a recipient, as far as that can be told before.
    pub(super) fn check_recipient(&self, recipient: &Recipient) -> Result<(), Refusal> {
        let (providers, allow) = (&self.house.providers, &self.house.allow);
        let checked = recipient.check(providers, allow);
        checked.map_err(|problem| Refusal::new(RefusalKind::Invalid, problem))
    }
}

impl<S: Store, B: Bus> NotificationDesk for FrontDesk<S, B> {
    async fn event_lists(&self) -> Result<Vec<EventListView>, Refusal> {
        self.all_lists().await
    }

    async fn event_list(&self, name: &str) -> Result<EventListView, Refusal> {
        self.find_list(name).await
    }

    async fn put_event_list(
        &self,
        name: &str,
        form: EventListForm,
        version: Option<u64>,
    ) -> Result<EventListView, Refusal> {
        self.save_list(name, &form, version).await
    }

    async fn delete_event_list(&self, name: &str, version: Option<u64>) -> Result<(), Refusal> {
        self.remove_list(name, version).await
    }

    async fn subscribe(&self, body: Map<String, Value>) -> Result<Subscription, Refusal> {
        self.add_subscription(body).await
    }

    async fn unsubscribe(&self, id: &SubscriptionId) -> Result<(), Refusal> {
        self.remove_subscription(id).await
    }

    async fn subscriptions(&self) -> Result<Vec<Subscription>, Refusal> {
        self.all_subscriptions().await
    }

    async fn publish(&self, body: Map<String, Value>) -> Result<(BulletinId, usize), Refusal> {
        self.publish_bulletin(body).await
    }

    async fn deliveries(&self, query: DeliveryQuery) -> Result<Deliveries, Refusal> {
        self.find_deliveries(query).await
    }

    async fn settle_dead_letters(
        &self,
        which: DeadLetters,
        action: DeadLetterAction,
    ) -> Result<Done, Refusal> {
        self.settle_letters(which, action).await
    }
}
