//! Customers who call: each call is offered to every dialer until one takes it.

use std::sync::Arc;

use ringback_core::access::{AccessCode, Arrival};
use ringback_core::call::CallId;
use ringback_ports::telephony::PhoneEvent;

use super::Shared;
use super::event::Offer;

/// The channel variable in which the dialplan leaves what the customer has entered.
const CODE: &str = "RB_CODE";

/// Tells the dialer of a call. What cannot be somebody's number is left to the dialplan, which goes on by itself.
pub(super) async fn offered(shared: Arc<Shared>, offer: Offer) {
    let Offer {
        channel,
        called,
        caller,
    } = offer;
    let Ok(to) = called.parse() else {
        tracing::debug!("a call to something that is no number was offered");
        return;
    };
    let code = match shared.ari.variable(&channel, CODE).await {
        Ok(code) => code,
        Err(error) => {
            tracing::debug!(call = channel, %error, "a call that was offered is gone");
            return;
        }
    };
    let arrival = Arrival {
        to,
        from: caller.parse().ok(),
        code: (!code.is_empty()).then(|| AccessCode::entered(&code)),
    };
    let call = CallId::from_wire(channel);
    shared.inbox.push(PhoneEvent::Arrived { call, arrival });
}
