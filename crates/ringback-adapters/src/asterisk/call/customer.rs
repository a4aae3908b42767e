//! The customer's channel: made, dialed, listened to, lost.

use reqwest::StatusCode;
use ringback_core::call::{AnsweredBy, CallResult, CallStatus, DialOrder, Party, Report};
use ringback_ports::telephony::PhoneError;
use serde_json::{Value, json};

use super::{Agent, CLOSED, Call, Customer, LONGEST_NAME, Leg, data_variable, note_of};
use crate::asterisk::event::ChannelEvent;
use crate::asterisk::outcome::{Cause, answered_by};
use crate::asterisk::rest::{AriError, NewChannel};

/// Where the dialplan listens who has answered.
const DETECTION: &str = "ringback-cpd";

/// The channel variable that says whose a channel is.
pub(in crate::asterisk) const OWNER: &str = "RB_OWNER";

/// The channel variable that says that only what was heard as a person is one.
const STRICT: &str = "RB_STRICT";

/// The hang-up handler of the dialplan.
const HANDLER: (&str, &str) = ("CHANNEL(hangup_handler_push)", "ringback-outcome,s,1");

impl Call {
    pub(super) async fn dial(&mut self, order: DialOrder) -> Result<(), PhoneError> {
        if self.ended.is_some() || !matches!(self.customer, Customer::None) {
            return Ok(());
        }
        let endpoint = self
            .shared
            .address
            .customer(order.to.as_str(), &order.trunk);
        let endpoint =
            endpoint.ok_or_else(|| refused("the number or the trunk group cannot be dialed"))?;
        let variables = variables(&order, self.id.as_str());
        self.customer = Customer::Made(order);
        let made = self.make(Leg::Customer, &endpoint, variables).await;
        if made.is_err() {
            self.customer = Customer::None;
        }
        made
    }

    /// Makes a channel unless its id was used or closed.
    pub(super) async fn make(
        &mut self,
        leg: Leg,
        endpoint: &str,
        mut variables: Value,
    ) -> Result<(), PhoneError> {
        let channel = self.channel(leg);
        match self.shared.ari.global(&note_of(&channel)).await?.as_str() {
            "" => {}
            CLOSED => return Err(refused("this call id is closed")),
            // It was dialed, and is over.
            _ => {
                self.recover().await?;
                return Ok(());
            }
        }
        variables[HANDLER.0] = HANDLER.1.into();
        variables[OWNER] = self.shared.ari.app.as_str().into();
        let name = match leg {
            Leg::Customer => "customer",
            Leg::Agent(_) => "agent",
        };
        let new = NewChannel {
            id: &channel,
            endpoint,
            leg: name,
            variables,
        };
        match self.shared.ari.create(&new).await {
            Ok(()) => {
                self.owned = true;
                Ok(())
            }
            // Somebody else has dialed it: it rings, or more.
            Err(error) if error.is(StatusCode::CONFLICT) => {
                if self.shared.ari.channel(&channel).await?.is_none() {
                    return Err(error.into());
                }
                self.recover().await?;
                Ok(())
            }
            Err(error) => Err(error.into()),
        }
    }

    pub(super) async fn on_customer(&mut self, event: ChannelEvent) -> Result<(), AriError> {
        match event {
            ChannelEvent::Entered(args) => self.customer_entered(&args).await,
            ChannelEvent::Rings if !self.has_rung => {
                self.has_rung = true;
                self.report(Report::Ringing);
                Ok(())
            }
            ChannelEvent::IsUp => self.customer_is_up().await,
            ChannelEvent::Gone(cause) => self.customer_gone(cause).await,
            ChannelEvent::Played(playback) => {
                self.on_played(&playback);
                Ok(())
            }
            ChannelEvent::Rings | ChannelEvent::Left => Ok(()),
        }
    }

    async fn customer_entered(&mut self, args: &[String]) -> Result<(), AriError> {
        let arg = |nth: usize| args.get(nth).map(String::as_str).unwrap_or_default();
        match (&self.customer, arg(0)) {
            (Customer::Made(order), "customer") => {
                let (ring, detect) = (order.ring_timeout, order.detect);
                let channel = self.channel(Leg::Customer);
                // Somebody may have asked for it before it was made, and been told that it is unknown.
                if self.shared.ari.global(&note_of(&channel)).await? == CLOSED {
                    return self.shared.ari.hang_up(&channel).await;
                }
                self.customer = Customer::Ringing { detect };
                self.shared.ari.dial(&channel, ring).await
            }
            (Customer::Claimed, _) => {
                self.customer = Customer::Up(AnsweredBy::Person);
                let (ari, channel) = (&self.shared.ari, self.channel(Leg::Customer));
                ari.set(&channel, OWNER, &ari.app).await?;
                ari.answer(&channel).await
            }
            (Customer::Detecting, "cpd") => {
                let (ari, channel) = (&self.shared.ari, self.channel(Leg::Customer));
                ari.set(&channel, OWNER, &ari.app).await?;
                // Read here, since a successor of the dialer that has dialed does not know its order.
                let strict = ari.variable(&channel, STRICT).await? == "1";
                self.answered(answered_by(arg(1), arg(2), strict)).await
            }
            _ => Ok(()),
        }
    }

    async fn customer_is_up(&mut self) -> Result<(), AriError> {
        let Customer::Ringing { detect } = self.customer else {
            return Ok(());
        };
        if !detect {
            return self.answered(AnsweredBy::Person).await;
        }
        self.customer = Customer::Detecting;
        let channel = self.channel(Leg::Customer);
        self.shared.ari.go_on(&channel, DETECTION).await
    }

    async fn answered(&mut self, by: AnsweredBy) -> Result<(), AriError> {
        self.customer = Customer::Up(by);
        self.report(Report::Answered { by });
        let by_name = match by {
            AnsweredBy::Person => "person",
            AnsweredBy::Machine => "machine",
            AnsweredBy::Fax => "fax",
        };
        let channel = self.channel(Leg::Customer);
        self.shared.ari.set(&channel, "RB_BY", by_name).await?;
        if by == AnsweredBy::Person && self.agent == Agent::Up {
            return self.bridge_both().await;
        }
        Ok(())
    }

    async fn customer_gone(&mut self, cause: Cause) -> Result<(), AriError> {
        let was_up = matches!(
            self.customer,
            Customer::Detecting | Customer::Claimed | Customer::Up(_)
        );
        let by = self.ender(Party::Customer);
        self.customer = Customer::None;
        if was_up {
            let connected = self.talks;
            return self
                .end(CallStatus::Over { connected }, Report::HungUp { by })
                .await;
        }
        if by == Party::Us {
            let result = CallResult::Dropped;
            return self
                .end(CallStatus::Failed { result }, Report::HungUp { by })
                .await;
        }
        let result = cause.result();
        self.end(CallStatus::Failed { result }, Report::Failed { result })
            .await
    }
}

fn refused(why: &str) -> PhoneError {
    PhoneError::Refused(why.to_owned())
}

/// What the far end sees: who calls, and which call it is; and what the dialplan can read. User data is not sent to the
/// carrier.
fn variables(order: &DialOrder, id: &str) -> Value {
    let mut variables = json!({ "PJSIP_HEADER(add,X-Ringback-Call)": id });
    if order.strict {
        variables[STRICT] = "1".into();
    }
    for (name, value) in order.attached.iter() {
        variables[data_variable(name)] = value.into();
    }
    if let Some(from) = &order.from {
        let name = order.display_name.as_deref().unwrap_or_default();
        let (name, from) = (plain(name), plain(from));
        variables["CONNECTEDLINE(all)"] = format!("\"{name}\" <{from}>").into();
    }
    variables
}

/// Without what has a meaning in a SIP address.
fn plain(text: &str) -> String {
    let kept = text
        .chars()
        .filter(|c| !c.is_control() && !"\"<>\\$,;".contains(*c));
    kept.take(LONGEST_NAME).collect()
}
