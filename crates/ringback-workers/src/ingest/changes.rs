//! What callers do to callbacks that exist: calling them off, and changing what was asked for.

use futures_util::future::try_join_all;
use ringback_core::admission::own_quotas;
use ringback_core::callback::{Callback, Decision, Input, Route};
use ringback_core::event::Reason;
use ringback_core::ids::{CallbackId, ServiceName};
use ringback_core::request::{RequestError, read_update};
use ringback_core::service::Options;
use ringback_core::time::Timestamp;
use ringback_ports::bus::Bus;
use ringback_ports::desk::Refusal;
use ringback_ports::store::Store;
use serde_json::{Map, Value};

use super::FrontDesk;
use super::refusals::{no_callback, refuse, refuse_input};
use crate::house::{Committed, Held, WRITING};

impl<S: Store, B: Bus> FrontDesk<S, B> {
    pub(super) async fn call_off(
        &self,
        service: &ServiceName,
        id: &CallbackId,
        reason: Reason,
    ) -> Result<(), Refusal> {
        self.change(service, id, |_, _, _| Ok(Input::Cancel(reason)))
            .await
            .map(drop)
    }

    pub(super) async fn change_what_was_asked(
        &self,
        service: &ServiceName,
        id: &CallbackId,
        parameters: Map<String, Value>,
    ) -> Result<(), Refusal> {
        let known = self.house.service(service);
        self.change(service, id, |callback, options, now| {
            let mut update = read_update(parameters.clone(), options, now)?;
            update.estimated = self.house.can_expect(options);
            if let Some(option) = update.options.keys().next() {
                // Of a service that is gone nothing can be put right.
                let gone = || RequestError::Fixed(option.clone());
                let service = known.as_ref().ok_or_else(gone)?;
                let mut overrides = callback.overrides.clone();
                overrides.extend(update.options.clone());
                update.route = Some(Box::new(Route::of(&service.options_with(&overrides)?)));
            }
            Ok(Input::Update(update))
        })
        .await
        .map(drop)
    }

    /// One input, one commit; read anew when somebody else was first. The callback as it is then.
    pub(super) async fn change(
        &self,
        service: &ServiceName,
        id: &CallbackId,
        read: impl Fn(&Callback, &Options, Timestamp) -> Result<Input, RequestError> + Send,
    ) -> Result<Callback, Refusal> {
        loop {
            let mut held = self.find_of(service, id).await?;
            let options = self.house.options(&held.callback);
            let now = self.house.clock.now();
            let input = match read(&held.callback, &options, now) {
                Ok(input) => input,
                Err(error) => return Err(self.refuse_time(error, service, &options).await),
            };
            match held.callback.step(input, &options, now) {
                Decision::Only(_) | Decision::Purge => return Ok(held.callback),
                Decision::Refused(refusal) => return Err(refuse_input(refusal)),
                Decision::Step(mut step) => {
                    self.check_correction(&held.callback, &step.callback, &options, now)
                        .await?;
                    let desired = step.callback.desired;
                    if desired != held.callback.desired {
                        let place = self.book(&held.callback, &options, desired).await?;
                        step.callback.place = place.map(|place| place.slot);
                    }
                    let written = self.house.commit(&mut held, &step);
                    // Taking too long, it begins anew: its place is not held for ever.
                    let written = tokio::time::timeout(WRITING, written).await;
                    if written.unwrap_or(Ok(Committed::Conflict))? == Committed::Yes {
                        self.house.perform(id, step.effects).await.map_err(refuse)?;
                        return Ok(held.callback);
                    }
                }
            }
        }
    }

    /// Whoever is to be called now, and how the priority grows now, passes what a start passes.
    async fn check_correction(
        &self,
        before: &Callback,
        after: &Callback,
        options: &Options,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        if after.customer() != before.customer() {
            let quotas = own_quotas(after, options, now);
            let checks = quotas
                .iter()
                .map(|quota| self.check_spellings(quota, after, now));
            try_join_all(checks).await?;
        }
        if after.route.rank != before.route.rank {
            self.check_pace(after).await?;
        }
        Ok(())
    }

    /// A callback of a service, also of one that is not configured any more.
    async fn find_of(&self, service: &ServiceName, id: &CallbackId) -> Result<Held, Refusal> {
        let found = self.house.hold(id).await.map_err(refuse)?;
        if let Some(held) = found.filter(|held| held.callback.service == *service) {
            return Ok(held);
        }
        self.known_service(service).await?;
        Err(no_callback(id))
    }
}
