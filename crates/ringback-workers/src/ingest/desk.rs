//! Requests, records, cancels.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use ringback_core::callback::Callback;
use ringback_core::event::{Event, Reason};
use ringback_core::ids::{AgentId, CallbackId, ServiceName};
use ringback_core::record::record;
use ringback_core::service::Service;
use ringback_ports::bus::Bus;
use ringback_ports::desk::{
    AgentPage, Channel, Desk, FoundRecords, Operand, Refusal, RefusalKind, Start, Started, Timeline,
};
use ringback_ports::store::Store;
use serde_json::{Map, Value};

use super::live::Gallery;
use super::refusals::{no_callback, refuse, refuse_store};
use super::views::{due, event_view, waits_for};
use crate::house::{Held, House, decode};

/// The most events a timeline shows.
const MOST_EVENTS: usize = 1000;

/// Answers callers, over HTTP and over AMQP alike.
#[derive(Clone)]
pub struct FrontDesk<S, B> {
    pub(super) house: House<S, B>,
    pub(super) gallery: Gallery,
    /// Whether records of builds that compared spellings are known to be gone.
    pub(super) no_old_numbers: Arc<AtomicBool>,
}

impl<S: Store, B: Bus> FrontDesk<S, B> {
    /// The front desk of a house.
    pub fn new(house: House<S, B>) -> Self {
        let gallery = Gallery::default();
        let no_old_numbers = Arc::default();
        Self {
            house,
            gallery,
            no_old_numbers,
        }
    }

    pub(super) async fn known_service(&self, name: &ServiceName) -> Result<Arc<Service>, Refusal> {
        if let Some(service) = self.house.find_service(name).await.map_err(refuse)? {
            return Ok(service);
        }
        let services = self.house.services();
        let known = services.keys().map(ServiceName::as_str).take(20);
        let known: Vec<_> = known.collect();
        let name: String = name.as_str().chars().take(80).collect();
        let message = format!(
            "service '{name}' does not exist; known are: {}",
            known.join(", ")
        );
        Err(Refusal::new(RefusalKind::NotFound, message))
    }

    pub(super) async fn find(&self, id: &CallbackId) -> Result<Held, Refusal> {
        self.house
            .hold(id)
            .await
            .map_err(refuse)?
            .ok_or_else(|| no_callback(id))
    }

    /// A callback, and what happened to it after the first `after` events.
    async fn past(
        &self,
        id: &CallbackId,
        after: u64,
        limit: usize,
    ) -> Result<(Callback, Vec<Map<String, Value>>), Refusal> {
        let (key, store) = (id.key(), &self.house.store);
        let (held, log) = tokio::join!(self.find(id), store.log(&key, after, limit));
        let callback = held?.callback;
        let log = log.map_err(refuse_store)?;
        let events = log.iter().zip(1_u64..).filter_map(|(entry, place)| {
            let place = after.saturating_add(place);
            let read = decode::<Event>(&key, entry);
            let event = self.house.readable_entry(&key, place, read)?;
            let mut view = event_view(place, &event);
            self.house.keys.rebase(&mut view);
            Some(view)
        });
        Ok((callback, events.collect()))
    }

    /// Counts a request and its answer. A service that there is not is the caller's word, and no label.
    pub(super) fn count_request(
        &self,
        service: &ServiceName,
        channel: Channel,
        started: &Result<Started, Refusal>,
    ) {
        let counters = &self.house.counters;
        let Err(refusal) = started else {
            return counters.callbacks_accepted.add(1);
        };
        let known = self.house.service(service);
        let service = known.as_ref().map_or("unknown", |it| it.name.as_str());
        let (refused, reason) = (&counters.callbacks_refused, reason(refusal.kind));
        refused.add(service, channel.as_str(), reason);
    }

    pub(super) fn record_of(&self, callback: &Callback) -> Map<String, Value> {
        let mut record = record(callback, &self.house.options(callback));
        let service = self.house.service(&callback.service);
        self.house
            .keys
            .complete(&mut record, callback, service.as_deref());
        self.house.keys.rebase(&mut record);
        record
    }
}

/// What a refused request counts as.
const fn reason(kind: RefusalKind) -> &'static str {
    match kind {
        RefusalKind::Number => "number",
        RefusalKind::Availability => "availability",
        RefusalKind::Invalid => "invalid",
        RefusalKind::NotFound => "not-found",
        RefusalKind::Conflict | RefusalKind::Version => "conflict",
        RefusalKind::Limit => "rule",
        RefusalKind::Unavailable => "outage",
    }
}

impl<S: Store, B: Bus> Desk for FrontDesk<S, B> {
    async fn start(&self, start: Start) -> Result<Started, Refusal> {
        let (service, channel) = (start.service.clone(), start.channel);
        let started = self.accept(start).await;
        self.count_request(&service, channel, &started);
        started
    }

    async fn cancel(&self, service: &ServiceName, id: &CallbackId) -> Result<(), Refusal> {
        self.call_off(service, id, Reason::Cancelled).await
    }

    async fn update(
        &self,
        service: &ServiceName,
        id: &CallbackId,
        parameters: Map<String, Value>,
    ) -> Result<(), Refusal> {
        self.change_what_was_asked(service, id, parameters).await
    }

    async fn record(&self, id: &CallbackId) -> Result<Map<String, Value>, Refusal> {
        Ok(self.record_of(&self.find(id).await?.callback))
    }

    async fn query(
        &self,
        service: Option<&ServiceName>,
        conditions: Vec<(String, String)>,
        operand: Operand,
    ) -> Result<FoundRecords, Refusal> {
        self.look_up(service, &conditions, operand).await
    }

    async fn events(
        &self,
        id: &CallbackId,
        after: u64,
        limit: usize,
    ) -> Result<Vec<Map<String, Value>>, Refusal> {
        Ok(self.past(id, after, limit).await?.1)
    }

    async fn timeline(&self, id: &CallbackId) -> Result<Timeline, Refusal> {
        let (callback, events) = self.past(id, 0, MOST_EVENTS).await?;
        Ok(Timeline {
            record: self.record_of(&callback),
            attempts: callback.attempts,
            next: (events.len() == MOST_EVENTS).then_some(MOST_EVENTS as u64),
            events,
            due: due(&callback).map(|due| due.to_string()),
            waits_for: waits_for(&callback),
            deliveries: self.deliveries_of(&callback).await?,
            user_data: callback.user_data,
        })
    }

    async fn agents(&self, after: Option<AgentId>, limit: usize) -> Result<AgentPage, Refusal> {
        self.agents_after(after, limit).await
    }

    async fn agent(&self, id: &AgentId) -> Result<ringback_core::agent::Agent, Refusal> {
        self.find_agent(id).await
    }

    async fn put_agent(
        &self,
        id: AgentId,
        profile: ringback_core::agent::Profile,
    ) -> Result<ringback_core::agent::Agent, Refusal> {
        self.write_agent(id, profile).await
    }

    async fn delete_agent(&self, id: &AgentId) -> Result<(), Refusal> {
        self.remove_agent(id).await
    }

    async fn wish(
        &self,
        id: &AgentId,
        wish: ringback_core::agent::AgentWish,
    ) -> Result<ringback_core::agent::Agent, Refusal> {
        self.follow_wish(id, wish).await
    }
}
