//! Which times are let in, and the places that they take.

use std::collections::BTreeMap;
use std::sync::Arc;

use ringback_core::availability::{
    OpenSlot, Query, Refusal as TimeRefusal, Rules, SlotView, answer, proposals, slots_around,
    slots_to_ask, v1_json,
};
use ringback_core::calendar::OfficeHours;
use ringback_core::callback::Callback;
use ringback_core::capacity::Capacity;
use ringback_core::ids::ServiceName;
use ringback_core::request::RequestError;
use ringback_core::service::Options;
use ringback_core::slots::{LATEST, Owner, Slot, SlotId};
use ringback_core::time::Timestamp;
use ringback_ports::bus::Bus;
use ringback_ports::desk::{Refusal, RefusalKind};
use ringback_ports::store::Store;

use super::FrontDesk;
use super::refusals::refuse_request;
use crate::house::Place;

/// How many times are proposed in place of one that is refused.
const PROPOSED: usize = 10;
/// What a service says of its times.
pub(super) struct Times<'a> {
    service: &'a ServiceName,
    options: &'a Options,
    hours: Option<Arc<OfficeHours>>,
    capacity: Option<Arc<Capacity>>,
    now: Timestamp,
}

impl Times<'_> {
    pub(super) fn rules(&self) -> Rules<'_> {
        let scheduled = &self.options.scheduled;
        let latest = scheduled
            .horizon
            .map_or(LATEST, |span| span.after(self.now));
        Rules {
            bucket: scheduled.bucket,
            places: scheduled.per_bucket,
            hours: self.hours.as_deref(),
            capacity: self.capacity.as_deref(),
            earliest: self.now,
            latest: latest.min(LATEST),
        }
    }

    fn owner(&self) -> Owner<'_> {
        let capacity = self.capacity.as_deref();
        capacity.map_or(Owner::Service(self.service), |it| {
            Owner::Capacity(it.name())
        })
    }
}

impl<S: Store, B: Bus> FrontDesk<S, B> {
    /// Reads what a service says of its times.
    pub(super) async fn times<'a>(
        &self,
        service: &'a ServiceName,
        options: &'a Options,
    ) -> Result<Times<'a>, Refusal> {
        let general = &options.general;
        let (hours, capacity) = (general.business_hours.as_ref(), general.capacity.as_ref());
        let mut known = self.house.settings.known();
        let is_unknown = hours.is_some_and(|name| !known.hours.contains_key(name))
            || capacity.is_some_and(|name| !known.capacities.contains_key(name));
        if is_unknown {
            known = self.house.refresh_settings().await?;
        }
        let hours = hours.map(|name| {
            let found = known.hours.get(name).cloned();
            found.ok_or_else(|| not_there(service, "_business_hours_service", name))
        });
        let capacity = capacity.map(|name| {
            let found = known.capacities.get(name).cloned();
            found.ok_or_else(|| not_there(service, "_capacity_service", name))
        });
        Ok(Times {
            service,
            options,
            hours: hours.transpose()?,
            capacity: capacity.transpose()?,
            now: self.house.clock.now(),
        })
    }

    /// Takes the place that a callback needs once it is wanted at `desired`. One that is wanted now needs none, only somebody
    /// who is there, if its service says so.
    pub(super) async fn book(
        &self,
        callback: &Callback,
        options: &Options,
        desired: Option<Timestamp>,
    ) -> Result<Option<Place>, Refusal> {
        let now = self.house.clock.now();
        if let Some(desired) = desired.filter(|desired| *desired > now) {
            return self.book_at(callback, options, desired).await.map(Some);
        }
        if options.admission.refuse_out_of_office {
            let times = self.times(&callback.service, options).await?;
            if times
                .hours
                .as_ref()
                .is_some_and(|hours| !hours.is_open(now))
            {
                let refusal = closed(&times, now);
                return Err(self.with_proposals(refusal, &times, now).await);
            }
        }
        Ok(None)
    }

    async fn book_at(
        &self,
        callback: &Callback,
        options: &Options,
        desired: Timestamp,
    ) -> Result<Place, Refusal> {
        let times = self.times(&callback.service, options).await?;
        let OpenSlot { slot, total, .. } = match times.rules().admit(desired) {
            Ok(open) => open,
            Err(error) => return Err(self.with_proposals(of_time(&error), &times, desired).await),
        };
        let slot = SlotId::new(times.owner(), slot);
        if callback.holds() == Some(&slot) {
            return Ok(Place::own(slot));
        }
        if let Some(place) = self.house.take_place(&slot, &callback.id, total).await? {
            return Ok(place);
        }
        let full = TimeRefusal::Full { at: desired, total };
        Err(self.with_proposals(of_time(&full), &times, desired).await)
    }

    /// What is wrong with a request, with other times when it is the time.
    pub(super) async fn refuse_time(
        &self,
        error: RequestError,
        service: &ServiceName,
        options: &Options,
    ) -> Refusal {
        let (RequestError::Past { desired, .. }
        | RequestError::Expired { desired, .. }
        | RequestError::TooFar { desired, .. }) = error
        else {
            return refuse_request(error);
        };
        let refusal = refuse_request(error);
        match self.times(service, options).await {
            Ok(times) => self.with_proposals(refusal, &times, desired).await,
            Err(_) => refusal,
        }
    }

    async fn with_proposals(&self, refusal: Refusal, times: &Times<'_>, at: Timestamp) -> Refusal {
        let around = slots_around(at, &times.rules());
        match self.taken(times, &around).await {
            Ok(taken) => Refusal {
                availability: Some(v1_json(&proposals(&around, taken, PROPOSED))),
                ..refusal
            },
            Err(unavailable) => unavailable,
        }
    }

    /// What is left of the slots that are asked for.
    pub(super) async fn left(
        &self,
        times: &Times<'_>,
        query: &Query,
    ) -> Result<Vec<SlotView>, Refusal> {
        let asked = slots_to_ask(query, &times.rules());
        Ok(answer(query, &asked, self.taken(times, &asked).await?))
    }

    /// How many places of these slots are taken.
    async fn taken(
        &self,
        times: &Times<'_>,
        asked: &[OpenSlot],
    ) -> Result<impl Fn(Slot) -> u32 + use<S, B>, Refusal> {
        let starts = || asked.iter().map(|open| open.slot.start());
        let taken = match (starts().min(), starts().max()) {
            (Some(first), Some(last)) => {
                let owner = times.owner();
                self.house
                    .taken_places(owner, first, last, asked.len())
                    .await?
            }
            _ => BTreeMap::new(),
        };
        Ok(move |slot: Slot| taken.get(&slot.start()).copied().unwrap_or(0))
    }
}

fn closed(times: &Times<'_>, at: Timestamp) -> Refusal {
    let hours = times.hours.as_deref();
    of_time(&TimeRefusal::Closed {
        at,
        hours: hours.map_or("", OfficeHours::name).to_owned(),
        opens: hours.and_then(|hours| hours.next_opening(at)),
    })
}

fn of_time(error: &TimeRefusal) -> Refusal {
    Refusal::new(RefusalKind::Availability, error.to_string())
}

fn not_there(service: &ServiceName, option: &str, name: &str) -> Refusal {
    let message = format!(
        "no time can be had: option '{option}' of service '{service}' is '{name}', and there is nothing of that name"
    );
    Refusal::new(RefusalKind::Availability, message)
}
