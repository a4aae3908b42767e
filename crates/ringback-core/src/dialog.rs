//! Dialogs: what a customer's device is told to do next (the established product's mobile API).

#[cfg(test)]
mod tests;

use serde_json::{Map, Value, json};

use crate::access::Invitation;
use crate::callback::{Arrangement, Callback, State, Wait};
use crate::ids::CallbackId;
use crate::time::Timestamp;

/// What a customer's device does next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Dialog {
    /// `ConfirmationDialog`: it shows a text.
    Confirmation(String),
    /// `DialNumber`: it calls a number.
    DialNumber(Invitation),
}

impl Dialog {
    /// What a customer is told who will be called at once.
    pub fn shortly() -> Self {
        Self::Confirmation("You will receive the call shortly".to_owned())
    }

    /// The keys of the established product's dialogs.
    pub fn keys(&self) -> Map<String, Value> {
        let keys = match self {
            Self::Confirmation(text) => json!({
                "_dialog_id": "0", "_action": "ConfirmationDialog", "_text": text, "_ok_title": "Ok",
            }),
            Self::DialNumber(invitation) => dial_number(invitation),
        };
        keys.as_object().cloned().unwrap_or_default()
    }
}

/// `_tel_url` is a URI of RFC 3966.
fn dial_number(invitation: &Invitation) -> Value {
    let number = invitation.number.as_str();
    let mut keys = json!({
        "_dialog_id": "0", "_action": "DialNumber", "_label": format!("Call {number}"),
        "_tel_url": format!("tel:{number}"), "_access_number": number,
        "_expiration_time": invitation.until.to_string(),
    });
    if let Some(code) = &invitation.code {
        keys["_access_code"] = code.as_str().into();
    }
    keys
}

impl Callback {
    /// What the customer's device does now; `None` while there is nothing to be done but to wait.
    pub fn dialog(&self, now: Timestamp) -> Option<Dialog> {
        match &self.state {
            State::Arranging {
                what:
                    Arrangement::Call {
                        invitation: Some(invitation),
                    },
                ..
            } if now < invitation.until => Some(Dialog::DialNumber(invitation.clone())),
            State::HandedOut { arrived: None, .. } => Some(Dialog::shortly()),
            State::Waiting { .. } if self.waits_for_line() => Some(Dialog::shortly()),
            State::Scheduled { .. }
            | State::Waiting { .. }
            | State::Paused { .. }
            | State::Arranging { .. }
            | State::HandedOut { .. }
            | State::OnCall { .. }
            | State::Completed { .. } => None,
        }
    }

    fn waits_for_line(&self) -> bool {
        let waits = self.waits_for();
        waits.iter().any(|wait| matches!(wait, Wait::Line { .. }))
    }
}

/// Where a customer's action on a callback is posted.
pub fn action_url(id: &CallbackId, action: &str) -> String {
    format!("/genesys/1/service/{id}/{action}")
}
