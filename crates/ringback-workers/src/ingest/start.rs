//! A request becomes a callback.

use std::sync::atomic::Ordering;
use std::time::Duration;

use futures_util::future::try_join_all;
use ringback_core::admission::{Quota, Reached, own_quotas, shared_quotas};
use ringback_core::callback::{Callback, Decision, Input, NUMBER_KEY, State, found_by_index};
use ringback_core::event::Event;
use ringback_core::ids::{CallbackId, ServiceName};
use ringback_core::key::IndexName;
use ringback_core::notify::Plan;
use ringback_core::request::{Fingerprint, fingerprint, read_start};
use ringback_core::service::{NOBODY_ASKED, Options, Service};
use ringback_core::time::Timestamp;
use ringback_ports::bus::Bus;
use ringback_ports::desk::{Refusal, RefusalKind, Start, Started};
use ringback_ports::store::Store;
use ringback_telemetry::{names, propagation};
use uuid::Uuid;

use super::FrontDesk;
use super::refusals::{key_came_before, refuse, refuse_store};
use crate::house::{Created, WRITING};

/// The longest idempotency key.
const LONGEST_KEY: usize = 255;
/// How many of those that count are looked at to say when somebody may come again.
const SAMPLE: usize = 200;
/// How long ago a request without a name of its own may have been accepted for the first time when it is delivered again.
const REDELIVERED: Duration = Duration::from_secs(86_400);

impl<S: Store, B: Bus> FrontDesk<S, B> {
    pub(super) async fn accept(&self, start: Start) -> Result<Started, Refusal> {
        let service = self.known_service(&start.service).await?;
        check_key(start.idempotency_key.as_deref())?;
        let is_repeatable = start.idempotency_key.is_some();
        let fingerprint = fingerprint(&start.parameters, &service);
        let mut id = None;
        let accepted = self.take(start, &service, &mut id).await;
        let (Err(refusal), Some(id)) = (&accepted, id.filter(|_| is_repeatable)) else {
            return accepted;
        };
        // What was accepted once is known, however late or full it is by now.
        match self.house.hold(&id).await {
            Ok(Some(held)) => self.known(&held.callback, &fingerprint),
            Ok(None) | Err(_) => Err(refusal.clone()),
        }
    }

    /// Accepts a request that the broker has delivered before and that has no name of its own: it may be there already.
    pub(super) async fn start_again(&self, start: Start) -> Result<Started, Refusal> {
        let (service, channel) = (start.service.clone(), start.channel);
        let started = self.accept_again(start).await;
        self.count_request(&service, channel, &started);
        started
    }

    async fn accept_again(&self, start: Start) -> Result<Started, Refusal> {
        let service = self.known_service(&start.service).await?;
        let now = self.house.clock.now();
        let (callback, _) = self.read(start.clone(), &service, &mut None, now).await?;
        let Some(index) = callback.found_by() else {
            return self.accept(start).await;
        };
        let found = self.house.store.range(&index, i64::MIN, SAMPLE).await;
        let found = found.map_err(refuse_store)?.into_iter();
        let ids: Vec<_> = found.map(|entry| CallbackId::new(entry.id)).collect();
        let held = self.house.hold_all(&ids).await.map_err(refuse)?;
        let is_it = |known: &Callback| {
            known.service == service.name
                && known.fingerprint == callback.fingerprint
                && now.since(known.created) < REDELIVERED
        };
        let mut known = held.into_iter().flatten().map(|held| held.callback);
        match known.find(is_it) {
            Some(known) => Ok(self.started(&known, Created::Known)),
            None => self.accept(start).await,
        }
    }

    /// The answer to a repeat.
    fn known(&self, callback: &Callback, request: &Fingerprint) -> Result<Started, Refusal> {
        if callback.differs_from(request) {
            return Err(key_came_before(&callback.id));
        }
        Ok(self.started(callback, Created::Known))
    }

    /// A repeat of a request that was accepted under the spelling of its number.
    async fn known_by_spelling(
        &self,
        callback: &Callback,
        key: Option<&str>,
    ) -> Result<Option<Callback>, Refusal> {
        let (Some(number), Some(key)) = (&callback.number, key) else {
            return Ok(None);
        };
        let id = self.id_of(&callback.service, number.as_str(), Some(key));
        if id == callback.id || !self.has_old_numbers().await? {
            return Ok(None);
        }
        let held = self.house.hold(&id).await.map_err(refuse)?;
        Ok(held.map(|held| held.callback))
    }

    async fn take(
        &self,
        start: Start,
        service: &Service,
        id: &mut Option<CallbackId>,
    ) -> Result<Started, Refusal> {
        let now = self.house.clock.now();
        let key = start.idempotency_key.clone();
        let (mut callback, events) = self.read(start, service, id, now).await?;
        if let Some(known) = self.known_by_spelling(&callback, key.as_deref()).await? {
            return Ok(self.started(&known, Created::Known));
        }
        if self.house.can_expect(&self.house.options(&callback)) {
            callback.expect_wait(now);
        }
        self.invite(&mut callback).await?;
        let created = self.admit(&mut callback, &events, now).await?;
        tracing::debug!(callback.id = %callback.id, ?created, "callback accepted");
        if created == Created::Known {
            // What its customer was told is in the record that is there.
            let known = self.find(&callback.id).await?.callback;
            let is_repeat = |request: &Fingerprint| self.known(&known, request);
            let repeat = callback.fingerprint.as_ref().map(is_repeat);
            return repeat.unwrap_or_else(|| Ok(self.started(&known, created)));
        }
        Ok(self.started(&callback, created))
    }

    /// Whoever is to call at once is told where.
    async fn invite(&self, callback: &mut Callback) -> Result<(), Refusal> {
        let State::Arranging { agent: None, .. } = callback.state else {
            return Ok(());
        };
        let options = self.house.options(callback);
        let input = Input::Invite(self.draw_invitation(&options).await?);
        let now = self.house.clock.now();
        if let Decision::Step(step) = callback.step(input, &options, now) {
            *callback = step.callback;
        }
        Ok(())
    }

    fn started(&self, callback: &Callback, created: Created) -> Started {
        Started {
            id: callback.id.clone(),
            dialog: callback.dialog(self.house.clock.now(), &self.house.base),
            known: created == Created::Known,
        }
    }

    async fn read(
        &self,
        start: Start,
        service: &Service,
        id: &mut Option<CallbackId>,
        now: Timestamp,
    ) -> Result<(Callback, Vec<Event>), Refusal> {
        let Start {
            parameters,
            idempotency_key: key,
            trace,
            ..
        } = start;
        let name = |customer: &str| {
            let own = self.id_of(&service.name, customer, key.as_deref());
            names::about_callback(own.as_str());
            id.insert(own).clone()
        };
        let mut new = match read_start(parameters, name, service, now) {
            Ok(new) => new,
            Err(error) => {
                let Service { name, options, .. } = service;
                return Err(self.refuse_time(error, name, options).await);
            }
        };
        new.trace = propagation::current_traceparent().or(trace);
        let settings = self.house.settings.known();
        let list = service.options.notification.events_list.as_ref();
        let list = list.and_then(|name| settings.lists.get(name));
        let accepted = Callback::accept(new, service, list.map(|it| it.properties()), now)
            .map_err(|mistakes| Refusal::new(RefusalKind::Invalid, mistakes.to_string()))?;
        let plan = accepted.0.notify.as_ref();
        let told = plan.iter().flat_map(|plan| [&plan.own, &plan.push]);
        for recipient in told.flatten() {
            self.check_recipient(recipient)?;
        }
        check_asked(&self.house.options(&accepted.0), plan)?;
        Ok(accepted)
    }

    fn id_of(&self, service: &ServiceName, customer: &str, key: Option<&str>) -> CallbackId {
        let shards = self.house.shards;
        match key {
            None => CallbackId::fresh(Uuid::now_v7(), customer, shards),
            Some(key) => CallbackId::idempotent(service, key, customer, shards),
        }
    }

    /// Writes it down with the place that it needs, if no limit is reached.
    async fn admit(
        &self,
        callback: &mut Callback,
        events: &[Event],
        now: Timestamp,
    ) -> Result<Created, Refusal> {
        let options = self.house.options(callback);
        self.check_pace(callback).await?;
        let own = own_quotas(callback, &options, now);
        if self.has_old_numbers().await? {
            // Some may be on another shard than where the commit counts, or still be listed by their spelling.
            let old = own
                .iter()
                .map(|quota| self.check_spellings(quota, callback, now));
            try_join_all(old).await?;
        }
        let shared = shared_quotas(callback, &options, now);
        try_join_all(shared.iter().map(|quota| self.check(quota, now))).await?;
        let (place, created) = loop {
            let place = self.book(callback, &options, callback.desired).await?;
            callback.place = place.as_ref().map(|place| place.slot.clone());
            let created = self.house.create(callback, events, &own);
            // Taking too long, it begins anew: its place is not held for ever.
            if let Ok(created) = tokio::time::timeout(WRITING, created).await {
                break (place, created.map_err(refuse)?);
            }
        };
        let over = match created {
            Created::Over(over) => over,
            created @ (Created::New | Created::Known) => return Ok(created),
        };
        if let Some(place) = place {
            self.house.return_place(&place, &callback.id).await;
        }
        Err(self.reached(&own[over], now).await?)
    }

    async fn has_old_numbers(&self) -> Result<bool, Refusal> {
        if self.no_old_numbers.load(Ordering::Relaxed) {
            return Ok(false);
        }
        let has = self.house.has_old_numbers().await.map_err(refuse)?;
        self.no_old_numbers.store(!has, Ordering::Relaxed);
        Ok(has)
    }

    async fn check(&self, quota: &Quota, now: Timestamp) -> Result<(), Refusal> {
        let entries = self.count(&quota.index, quota).await?;
        if entries < quota.most {
            return Ok(());
        }
        Err(self.reached(quota, now).await?)
    }

    /// Checks a limit on the number of a callback on every shard, under all ways to write it.
    pub(super) async fn check_spellings(
        &self,
        quota: &Quota,
        callback: &Callback,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        let country = self.house.options(callback).admission.numbers.country;
        let spellings = callback.customer().map(|it| it.spellings(country));
        let indexes = spellings.iter().flatten();
        let indexes = indexes.map(|it| found_by_index(NUMBER_KEY, it));
        let mut entries = 0;
        for index in indexes {
            entries += self.count(&index, quota).await?;
        }
        if entries < quota.most {
            return Ok(());
        }
        Err(self.reached(quota, now).await?)
    }

    async fn count(&self, index: &IndexName, quota: &Quota) -> Result<u64, Refusal> {
        let mut entries = 0;
        for scores in &quota.scores {
            let (start, end) = (scores.start, scores.end);
            let count = self.house.store.count_of_reachable(index, start, end);
            entries += count.await.map_err(refuse_store)?.estimated();
        }
        Ok(entries)
    }

    async fn reached(&self, quota: &Quota, now: Timestamp) -> Result<Refusal, Refusal> {
        let told = quota.reached.to_string();
        if matches!(quota.reached, Reached::InQueue { .. }) {
            // Coming again does not help: the customer will be called anyway.
            return Ok(Refusal::new(RefusalKind::Conflict, told));
        }
        let mut found = Vec::new();
        for scores in &quota.scores {
            let store = &self.house.store;
            let entries = store.range_of_reachable(&quota.index, scores.start, SAMPLE);
            let entries = entries.await.map_err(refuse_store)?.found.into_iter();
            found.extend(
                entries
                    .map(|it| it.score)
                    .filter(|score| scores.contains(score)),
            );
        }
        let wait = quota.come_again(found.into_iter(), now);
        Ok(Refusal::new(RefusalKind::Limit, told).come_again(wait))
    }
}

/// Whoever is to confirm is asked: nobody is promised a call that depends on a question that is never put.
fn check_asked(options: &Options, plan: Option<&Plan>) -> Result<(), Refusal> {
    if !options.scenario.confirm.wanted {
        return Ok(());
    }
    let invalid = |message: String| Refusal::new(RefusalKind::Invalid, message);
    let plan = plan.filter(|plan| plan.can_ask());
    let plan = plan.ok_or_else(|| invalid(NOBODY_ASKED.to_owned()))?;
    if plan.needs_device() {
        let key = Plan::device_key();
        return Err(invalid(format!(
            "mandatory parameter '{key}' is missing: the customer's device is asked to confirm"
        )));
    }
    Ok(())
}

fn check_key(key: Option<&str>) -> Result<(), Refusal> {
    match key {
        Some(key) if !(1..=LONGEST_KEY).contains(&key.len()) => Err(Refusal::new(
            RefusalKind::Invalid,
            format!(
                "the idempotency key has {} bytes: allowed are 1 to {LONGEST_KEY}",
                key.len()
            ),
        )),
        Some(_) | None => Ok(()),
    }
}
