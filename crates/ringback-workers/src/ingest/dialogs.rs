//! What customers and agents do about a callback before the call.

use ringback_core::access::{Arrival, Invitation};
use ringback_core::agent::{Agent, AgentState};
use ringback_core::call::CallId;
use ringback_core::callback::{Arrangement, Callback, Input, State, Verdict};
use ringback_core::dialog::Dialog;
use ringback_core::ids::{AgentId, CallbackId};
use ringback_core::service::Options;
use ringback_core::service::options::MayReject;
use ringback_ports::bus::Bus;
use ringback_ports::desk::{Acted, DialogDesk, Matched, Preview, Refusal, RefusalKind};
use ringback_ports::store::Store;
use serde_json::{Map, Value};

use super::FrontDesk;
use super::refusals::{refuse, refuse_input};

const ACTIONS: &str = "allowed are snooze, confirm and connect";

impl<S: Store, B: Bus> DialogDesk for FrontDesk<S, B> {
    async fn act(&self, id: &CallbackId, action: &str) -> Result<Acted, Refusal> {
        match action {
            "snooze" => self.snooze(id).await,
            "confirm" => {
                let callback = self.change_by(id, Input::Confirm).await?;
                match callback.may_be_invited() {
                    Ok(()) => self.connect(&callback).await,
                    Err(_) => Ok(self.acted(&callback)),
                }
            }
            "connect" => {
                let callback = self.find(id).await?.callback;
                callback.may_be_invited().map_err(refuse_input)?;
                self.connect(&callback).await
            }
            other => {
                let other: String = other.chars().take(80).collect();
                let message = format!("action '{other}' is unknown: {ACTIONS}");
                Err(Refusal::new(RefusalKind::Invalid, message))
            }
        }
    }

    async fn match_call(&self, arrival: &Arrival) -> Result<Matched, Refusal> {
        let found = self.house.expected(arrival).await.map_err(refuse)?;
        let callback = found.ok_or_else(nobody_expected)?.callback;
        Ok(Matched {
            record: self.record_of(&callback),
            id: callback.id,
            user_data: callback.user_data,
        })
    }

    async fn give_call(&self, id: &CallbackId, call: CallId) -> Result<(), Refusal> {
        self.change_by(id, Input::Arrive(call)).await?;
        Ok(())
    }

    async fn preview_of(&self, agent: &Agent) -> Result<Option<Preview>, Refusal> {
        let AgentState::Reserved { callback, .. } = &agent.state else {
            return Ok(None);
        };
        let Some(held) = self.house.hold(callback).await.map_err(refuse)? else {
            return Ok(None);
        };
        let callback = held.callback;
        let State::Arranging {
            at,
            agent: Some(shown_to),
            what: Arrangement::Preview,
            ..
        } = &callback.state
        else {
            return Ok(None);
        };
        let options = self.house.options(&callback);
        Ok((shown_to.id == agent.id).then(|| Preview {
            until: *at + options.preview.timeout,
            may_reject: options.preview.rejects != MayReject::Never,
            data: self.shown(&callback, &options),
            service: callback.service.clone(),
            callback: callback.id.clone(),
        }))
    }

    async fn previewed(
        &self,
        agent: &AgentId,
        id: &CallbackId,
        takes: bool,
    ) -> Result<(), Refusal> {
        let agent = agent.clone();
        let verdict = Verdict { agent, takes };
        self.change_by(id, Input::Previewed(verdict)).await?;
        Ok(())
    }
}

impl<S: Store, B: Bus> FrontDesk<S, B> {
    async fn snooze(&self, id: &CallbackId) -> Result<Acted, Refusal> {
        let callback = self.change_by(id, Input::Snooze).await?;
        let seconds = self.house.options(&callback).general.snooze.as_secs();
        let text = format!("You will receive the call later, in {seconds} seconds");
        let further = Map::from_iter([("_snooze_duration".to_owned(), seconds.into())]);
        Ok(Acted {
            dialog: Some(Dialog::Confirmation(text)),
            further,
        })
    }

    /// Tells the customer where to call.
    async fn connect(&self, callback: &Callback) -> Result<Acted, Refusal> {
        let invitation = self.draw_invitation(&self.house.options(callback)).await?;
        let invite = Input::Invite(invitation);
        Ok(self.acted(&self.change_by(&callback.id, invite).await?))
    }

    /// What the device does next, as the callback stands.
    fn acted(&self, callback: &Callback) -> Acted {
        Acted {
            dialog: callback.dialog(self.house.clock.now(), &self.house.base),
            further: Map::new(),
        }
    }

    pub(super) async fn draw_invitation(&self, options: &Options) -> Result<Invitation, Refusal> {
        let drawn = self.house.invitation(options).await.map_err(refuse)?;
        drawn.ok_or_else(|| {
            let group = &options.user_originated.resource_group;
            let message = format!(
                "resource group '{group}' does not exist: allowed are those that are configured (_resource_group)"
            );
            Refusal::new(RefusalKind::Invalid, message)
        })
    }

    async fn change_by(&self, id: &CallbackId, input: Input) -> Result<Callback, Refusal> {
        let service = self.find(id).await?.callback.service;
        self.change(&service, id, |_, _, _| Ok(input.clone())).await
    }

    /// What an agent sees of a callback.
    fn shown(&self, callback: &Callback, options: &Options) -> Map<String, Value> {
        let mut data = self.record_of(callback);
        if options.preview.data.is_empty() {
            data.extend(callback.user_data.clone());
            return data;
        }
        for (key, value) in &callback.user_data {
            data.entry(key.clone()).or_insert_with(|| value.clone());
        }
        data.retain(|key, _| options.preview.data.contains(key));
        data
    }
}

fn nobody_expected() -> Refusal {
    let message = "no callback expects this call: allowed is the _access_number that its customer was given, with the \
                   _customer_number or the _access_code, before the number lapses";
    Refusal::new(RefusalKind::NotFound, message)
}
