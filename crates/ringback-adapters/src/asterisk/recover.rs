//! What Asterisk knows of a call whose events were missed, or were another dialer's until now.

use reqwest::StatusCode;
use ringback_core::call::{AnsweredBy, CallStatus};
use serde_json::Value;

use super::call::{Agent, CLOSED, Call, Customer, Leg, bridge, listener_of, note_of};
use super::outcome::Note;
use super::rest::AriError;

impl Call {
    /// Finds out, and has the call's events come here from now on. A call that nobody knows is closed.
    ///
    /// # Errors
    /// When Asterisk does not answer: then nothing is known.
    pub(super) async fn recover(&mut self) -> Result<CallStatus, AriError> {
        if let Some(status) = self.live().await? {
            return Ok(status);
        }
        for leg in [Leg::Customer, Leg::Agent(1)] {
            let note = note_of(&self.channel(leg));
            if let Some(note) = Note::read(&self.shared.ari.global(&note).await?) {
                let status = match leg {
                    Leg::Customer => note.status(),
                    // Its customer was never dialed.
                    Leg::Agent(_) => CallStatus::Over { connected: false },
                };
                self.ended = Some(status);
                return Ok(status);
            }
        }
        self.close().await?;
        // It may have been made while it was looked for; then it is known, and may go on.
        match self.live().await? {
            Some(status) => {
                self.reopen().await?;
                Ok(status)
            }
            None => Ok(CallStatus::Unknown),
        }
    }

    async fn reopen(&self) -> Result<(), AriError> {
        for leg in [Leg::Customer, Leg::Agent(1)] {
            let note = note_of(&self.channel(leg));
            if self.shared.ari.global(&note).await? == CLOSED {
                self.shared.ari.set_global(&note, "").await?;
            }
        }
        Ok(())
    }

    async fn live(&mut self) -> Result<Option<CallStatus>, AriError> {
        let customer = self.channel(Leg::Customer);
        let found = self.shared.ari.channel(&customer).await?;
        match &found {
            Some(channel) => self.resume_customer(&customer, channel).await?,
            None => self.customer = Customer::None,
        }
        self.resume_agent(found.is_some()).await?;
        let is_live = found.is_some() || self.agent != Agent::None;
        Ok(is_live.then(|| self.status()))
    }

    async fn resume_customer(&mut self, id: &str, channel: &Value) -> Result<(), AriError> {
        let ari = &self.shared.ari;
        let is_up = text(channel, "/state") == "Up";
        let application = text(channel, "/dialplan/app_name");
        if application == "StasisBroadcast" && !self.owned {
            match ari.claim(id).await {
                Ok(()) => {
                    self.customer = Customer::Claimed;
                    self.owned = true;
                    return Ok(());
                }
                // Another dialer was first: its call is taken over.
                Err(error) if error.is(StatusCode::CONFLICT) => ari.take_over(id).await?,
                Err(error) => return Err(error),
            }
        } else if application == "Stasis" || application == "StasisBroadcast" {
            if !self.owned {
                ari.take_over(id).await?;
            }
        } else if is_up {
            // The dialplan listens, and gives it to whoever stands there when it has heard enough.
            ari.set_global(&listener_of(id), &ari.app).await?;
            self.customer = Customer::Detecting;
            self.owned = true;
            return Ok(());
        }
        self.owned = true;
        if matches!(self.customer, Customer::Claimed) {
            return Ok(());
        }
        if is_up {
            let by = match ari.variable(id, "RB_BY").await?.as_str() {
                "machine" => AnsweredBy::Machine,
                "fax" => AnsweredBy::Fax,
                // Nobody could tell: that is a person.
                _ => AnsweredBy::Person,
            };
            self.customer = Customer::Up(by);
            self.talks = ari.joined(&bridge(&self.id)).await? > 1;
            self.agents = ari.variable(id, "RB_AGENT").await?.parse().unwrap_or(0);
        } else if !matches!(self.customer, Customer::Made(_)) {
            self.customer = Customer::Ringing { detect: false };
        }
        Ok(())
    }

    async fn resume_agent(&mut self, has_customer: bool) -> Result<(), AriError> {
        if self.agents == 0 {
            self.agents = 1;
        }
        let id = self.channel(Leg::Agent(self.agents));
        let Some(channel) = self.shared.ari.channel(&id).await? else {
            self.agent = Agent::None;
            if !has_customer {
                self.agents = 0;
            }
            return Ok(());
        };
        if !self.owned || !has_customer {
            self.shared.ari.take_over(&id).await?;
            self.owned = true;
        }
        self.agent = match (text(&channel, "/state"), self.agent) {
            ("Up", _) => Agent::Up,
            // It is dialed as soon as it is in our application.
            (_, Agent::Made) => Agent::Made,
            _ => Agent::Ringing,
        };
        Ok(())
    }
}

fn text<'a>(channel: &'a Value, pointer: &str) -> &'a str {
    channel
        .pointer(pointer)
        .and_then(Value::as_str)
        .unwrap_or_default()
}
