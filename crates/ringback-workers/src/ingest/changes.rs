//! What callers do to callbacks that exist: calling them off, and changing what was asked for.

use ringback_core::callback::{Callback, Decision, Input};
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
        self.change(service, id, |_, _| Ok(Input::Cancel(reason)))
            .await
            .map(drop)
    }

    pub(super) async fn change_what_was_asked(
        &self,
        service: &ServiceName,
        id: &CallbackId,
        parameters: Map<String, Value>,
    ) -> Result<(), Refusal> {
        self.change(service, id, |options, now| {
            let mut update = read_update(parameters.clone(), options, now)?;
            update.estimated = self.house.can_expect(options);
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
        read: impl Fn(&Options, Timestamp) -> Result<Input, RequestError> + Send,
    ) -> Result<Callback, Refusal> {
        loop {
            let mut held = self.find_of(service, id).await?;
            let options = self.house.options(&held.callback);
            let now = self.house.clock.now();
            let input = match read(&options, now) {
                Ok(input) => input,
                Err(error) => return Err(self.refuse_time(error, service, &options).await),
            };
            match held.callback.step(input, &options, now) {
                Decision::Only(_) | Decision::Purge => return Ok(held.callback),
                Decision::Refused(refusal) => return Err(refuse_input(refusal)),
                Decision::Step(mut step) => {
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
