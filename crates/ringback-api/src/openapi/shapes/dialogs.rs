//! What devices and IVRs are told and ask.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::Record;
use crate::openapi::NumberWord;

/// The callback, and what the customer's device does next: nothing but to wait where `_action` is absent.
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Dialog {
    /// The name of the callback.
    #[serde(rename = "_id")]
    #[schema(example = "07-0192f0d4-7d0a-7c7e-8b0f-0c6c6f0f6f11")]
    id: String,
    #[serde(rename = "_dialog_id")]
    #[schema(required = false, example = "0")]
    dialog: String,
    /// `ConfirmationDialog` shows `_text`; `DialNumber` calls `_tel_url`; `StartChat` opens `_start_chat_url`.
    #[serde(rename = "_action")]
    #[schema(required = false, example = "ConfirmationDialog")]
    action: String,
    #[serde(rename = "_text")]
    #[schema(required = false, example = "You will receive the call shortly")]
    text: String,
    #[serde(rename = "_ok_title")]
    #[schema(required = false)]
    ok_title: String,
    /// The number to call (RFC 3966).
    #[serde(rename = "_tel_url")]
    #[schema(required = false, example = "tel:+18005550101")]
    tel_url: String,
    #[serde(rename = "_label")]
    #[schema(required = false)]
    label: String,
    /// The number to call.
    #[serde(rename = "_access_number")]
    #[schema(required = false)]
    access_number: String,
    /// What to enter there.
    #[serde(rename = "_access_code")]
    #[schema(required = false, pattern = "^[0-9]{6}$")]
    access_code: String,
    /// The page to open: a URL, or a path of this server where no URL is configured.
    #[serde(rename = "_start_chat_url")]
    #[schema(required = false)]
    start_chat_url: String,
    /// Until when the customer is expected.
    #[serde(rename = "_expiration_time")]
    #[schema(required = false, format = DateTime)]
    expires: String,
    /// Seconds.
    #[serde(rename = "_snooze_duration")]
    #[schema(required = false)]
    snooze: u64,
}

/// A call that has arrived: the number it has called, and the caller or what was entered.
#[derive(Serialize, ToSchema)]
pub struct MatchParameters {
    /// The number that was called.
    #[serde(rename = "_access_number")]
    #[schema(value_type = NumberWord, example = "+18005550101")]
    access_number: String,
    /// The caller; mandatory without `_access_code`.
    #[serde(rename = "_customer_number")]
    #[schema(value_type = NumberWord, required = false, example = "5115")]
    number: String,
    /// The same, by its other name.
    #[serde(rename = "_phone_number")]
    #[schema(value_type = NumberWord, required = false)]
    phone_number: String,
    /// What was entered.
    #[serde(rename = "_access_code")]
    #[schema(required = false, example = "012345")]
    access_code: String,
    /// The call's name in the phone network: it is given to the callback.
    #[serde(rename = "_call_id")]
    #[schema(required = false, max_length = 256)]
    call: String,
    /// Whether `_user_data` is answered as well.
    #[serde(rename = "_return_user_data")]
    #[schema(required = false)]
    return_user_data: bool,
}

/// The callback that a call belongs to: its record, and more.
#[derive(Serialize, ToSchema)]
pub struct MatchedCallback {
    #[serde(flatten)]
    record: Record,
    /// The same as `_id`.
    #[serde(rename = "_data_id")]
    data_id: String,
    /// What else its request said, if that was asked for.
    #[serde(rename = "_user_data")]
    #[schema(required = false)]
    user_data: BTreeMap<String, Value>,
}
