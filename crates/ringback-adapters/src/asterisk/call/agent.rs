//! The agent's channel, and the bridge between both.

use ringback_core::call::{Attached, CallResult, CallStatus, Party, Report};
use ringback_ports::telephony::PhoneError;
use serde_json::{Value, json};

use super::{Agent, Call, Customer, Leg, bridge, data_variable};
use crate::asterisk::event::ChannelEvent;
use crate::asterisk::rest::AriError;

impl Call {
    /// Rings the agent before the customer is dialed.
    pub(super) async fn summon(&mut self, dn: &str, attached: &Attached) -> Result<(), PhoneError> {
        let is_known = self.ended.is_some()
            || self.agent != Agent::None
            || !matches!(self.customer, Customer::None);
        if is_known {
            return Ok(());
        }
        self.ring(dn, attached).await
    }

    /// Rings an agent for the customer on the line.
    pub(super) async fn connect(
        &mut self,
        dn: &str,
        attached: &Attached,
    ) -> Result<(), PhoneError> {
        if self.talks || self.agent != Agent::None {
            return Ok(());
        }
        if !self.owned || !matches!(self.customer, Customer::Up(_)) || self.ended.is_some() {
            return Err(PhoneError::Refused(
                "the customer is not on the line here".to_owned(),
            ));
        }
        self.ring(dn, attached).await
    }

    async fn ring(&mut self, dn: &str, attached: &Attached) -> Result<(), PhoneError> {
        let endpoint = self.shared.address.agent(dn).ok_or_else(|| {
            PhoneError::Refused("the agent's directory number cannot be dialed".to_owned())
        })?;
        self.agents = self.agents.saturating_add(1).min(99);
        self.agent = Agent::Made;
        if matches!(self.customer, Customer::Up(_)) {
            // A successor finds the agent's channel by it.
            let (channel, nth) = (self.channel(Leg::Customer), self.agents.to_string());
            self.shared.ari.set(&channel, "RB_AGENT", &nth).await?;
        }
        let told = told_agent(attached, self.id.as_str());
        let made = self.make(Leg::Agent(self.agents), &endpoint, told).await;
        if made.is_err() {
            self.agent = Agent::None;
        }
        made
    }

    pub(super) async fn on_agent(&mut self, event: ChannelEvent) -> Result<(), AriError> {
        match event {
            ChannelEvent::Entered(_) if self.agent == Agent::Made => {
                self.agent = Agent::Ringing;
                let channel = self.channel(Leg::Agent(self.agents));
                let ring = self.shared.address.agent_ring;
                self.shared.ari.dial(&channel, ring).await
            }
            ChannelEvent::IsUp if self.agent == Agent::Ringing => self.agent_is_up().await,
            ChannelEvent::Gone(_) => self.agent_gone().await,
            ChannelEvent::Entered(_)
            | ChannelEvent::Left
            | ChannelEvent::Rings
            | ChannelEvent::IsUp
            | ChannelEvent::Played(_) => Ok(()),
        }
    }

    async fn agent_is_up(&mut self) -> Result<(), AriError> {
        self.agent = Agent::Up;
        if matches!(self.customer, Customer::Up(_)) {
            return self.bridge_both().await;
        }
        self.report(Report::AgentAnswered);
        let channel = self.channel(Leg::Agent(self.agents));
        let music = self.shared.address.music.clone();
        self.shared.ari.hold(&channel, &music).await
    }

    pub(super) async fn bridge_both(&mut self) -> Result<(), AriError> {
        self.silence().await?;
        let customer = self.channel(Leg::Customer);
        let agent = self.channel(Leg::Agent(self.agents));
        let ari = &self.shared.ari;
        ari.stop_holding(&agent).await.ok();
        ari.join(&bridge(&self.id), &customer, &agent).await?;
        self.talks = true;
        self.report(Report::Connected);
        ari.set(&customer, "RB_TALK", "1").await
    }

    async fn agent_gone(&mut self) -> Result<(), AriError> {
        let was_up = std::mem::replace(&mut self.agent, Agent::None) == Agent::Up;
        if self.ended.is_some() {
            return Ok(());
        }
        let by = self.ender(Party::Agent);
        match (&self.customer, self.talks) {
            (Customer::Up(_), false) => {
                // Where the customer is being hung up as well, that is what is told.
                if by != Party::Us {
                    self.report(Report::AgentFailed);
                }
                Ok(())
            }
            (Customer::None, _) => {
                let alone = CallStatus::Over { connected: false };
                let report = if was_up || by == Party::Us {
                    Report::HungUp { by }
                } else {
                    Report::AgentFailed
                };
                self.end(alone, report).await
            }
            (Customer::Up(_), true) => {
                let over = CallStatus::Over { connected: true };
                self.end(over, Report::HungUp { by }).await
            }
            (
                Customer::Made(_)
                | Customer::Ringing { .. }
                | Customer::Detecting
                | Customer::Claimed,
                _,
            ) => {
                let result = CallResult::Dropped;
                self.end(CallStatus::Failed { result }, Report::HungUp { by })
                    .await
            }
        }
    }
}

/// What the agent's channel and phone learn of the customer: variables, and headers of the INVITE, from which a phone or a
/// desktop shows who is called back.
fn told_agent(attached: &Attached, call: &str) -> Value {
    let mut told = json!({ "PJSIP_HEADER(add,X-Ringback-Call)": call });
    for (name, value) in attached.iter() {
        told[data_variable(name)] = value.into();
        // The call's own name is no customer's to set.
        if !name.to_ascii_lowercase().starts_with("ringback-") {
            told[format!("PJSIP_HEADER(add,X-{name})")] = value.into();
        }
    }
    told
}

#[cfg(test)]
mod tests {
    use ringback_core::service::options::AttachData;

    use super::*;

    #[test]
    fn an_agent_is_told_by_variables_and_headers() {
        let data = json!({ "account-no": "4711", "Ringback-Call": "another" });
        let data = data.as_object().unwrap();
        let attached = Attached::of(AttachData::SeparateKeys, "1", data);
        let expected = json!({
            "PJSIP_HEADER(add,X-Ringback-Call)": "07-1-c-001",
            "PJSIP_HEADER(add,X-account-no)": "4711",
            "RB_DATA_account_no": "4711",
            "RB_DATA_Ringback_Call": "another",
        });
        assert_eq!(told_agent(&attached, "07-1-c-001"), expected);
    }
}
