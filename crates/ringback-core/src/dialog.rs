//! Dialogs: what a customer's device is told to do next (the established product's mobile API).

#[cfg(test)]
mod tests;

use serde_json::{Map, Value, json};

use crate::access::{AccessCode, Invitation, Way};
use crate::callback::{Callback, State, Wait};
use crate::ids::CallbackId;
use crate::phone::PhoneNumber;
use crate::time::Timestamp;

/// What a customer's device does next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Dialog {
    /// `ConfirmationDialog`: it shows a text.
    Confirmation(String),
    /// `DialNumber`: it calls a number.
    DialNumber {
        /// The number.
        number: PhoneNumber,
        /// What to enter there.
        code: Option<AccessCode>,
        /// Until when the call is expected.
        until: Timestamp,
    },
    /// `StartChat`: it opens a page.
    StartChat {
        /// The page.
        url: String,
        /// Until when the customer is expected there.
        until: Timestamp,
    },
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
            Self::DialNumber {
                number,
                code,
                until,
            } => dial_number(number, code.as_ref(), *until),
            Self::StartChat { url, until } => json!({
                "_dialog_id": "0", "_action": "StartChat", "_start_chat_url": url,
                "_expiration_time": until.to_string(),
            }),
        };
        keys.as_object().cloned().unwrap_or_default()
    }
}

/// `_tel_url` is a URI of RFC 3966.
fn dial_number(number: &PhoneNumber, code: Option<&AccessCode>, until: Timestamp) -> Value {
    let number = number.as_str();
    let mut keys = json!({
        "_dialog_id": "0", "_action": "DialNumber", "_label": format!("Call {number}"),
        "_tel_url": format!("tel:{number}"), "_access_number": number,
        "_expiration_time": until.to_string(),
    });
    if let Some(code) = code {
        keys["_access_code"] = code.as_str().into();
    }
    keys
}

impl Callback {
    /// What the customer's device does now; `None` while there is nothing to be done but to wait. Chats are held at `base`,
    /// a URL without a slash at its end.
    pub fn dialog(&self, now: Timestamp, base: &str) -> Option<Dialog> {
        if let Some(invitation) = self.invitation().filter(|it| now < it.until) {
            return Some(self.invited(invitation, base));
        }
        let is_handed_out = matches!(self.state, State::HandedOut { arrived: None, .. });
        (is_handed_out || self.waits_for_line()).then(Dialog::shortly)
    }

    fn invited(&self, invitation: &Invitation, base: &str) -> Dialog {
        let until = invitation.until;
        match invitation.way.clone() {
            Way::Call { number, code } => Dialog::DialNumber {
                number,
                code,
                until,
            },
            Way::Chat { key } => Dialog::StartChat {
                url: format!("{base}/chat/{}/{}", self.id, key.as_str()),
                until,
            },
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
