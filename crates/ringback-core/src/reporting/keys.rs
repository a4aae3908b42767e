//! The keys that are reported of one callback.

use std::time::Duration;

use serde_json::{Map, Value};

use super::Facts;
use crate::callback::{Callback, State};
use crate::event::Reason;
use crate::service::Options;

/// What the value of a key is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyKind {
    /// Text.
    Text,
    /// A whole number: seconds since 1970 (UTC), seconds, or a count.
    Whole,
    /// Whatever the request has sent.
    AsSent,
}

/// A key that is reported, and what it means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReportingKey {
    /// Its name.
    pub name: &'static str,
    /// What its value is.
    pub kind: KeyKind,
    /// What it means.
    pub meaning: &'static str,
}

macro_rules! keys {
    ($($name:literal $kind:ident $meaning:literal)+) => {
        /// Every key that is reported, in the order of columns. Other keys that begin with `_CB_` are reported, too, when
        /// a request had sent them before they were reserved.
        pub const KEYS: &[ReportingKey] = &[
            $(ReportingKey { name: $name, kind: KeyKind::$kind, meaning: $meaning }),+
        ];
    };
}

keys! {
    "_CB_SERVICE_ID" Text "The callback"
    "_service_name" Text "Its service"
    "_callback_state" Text "Where it stands"
    "_callback_reason" Text "Why it is over"
    "_CB_FINAL_RECORD" Whole "1 when it is over; 0 before, when what follows may still change"
    "_CB_T_SERVICE_START" Whole "When the customer wants the call: the desired time, or that of the request for a call at once"
    "_CB_T_CALLBACK_ACCEPTED" Whole "When the request was accepted"
    "_CB_T_CALLBACK_OFFERED" AsSent "When the callback was offered"
    "_CB_D_CALLBACK_OFFER" AsSent "How long the offer took"
    "_CB_EWT_WHEN_CALLBACK_WAS_OFFERED" AsSent "The wait that was estimated when it was offered"
    "_CB_POS_WHEN_CALLBACK_WAS_OFFERED" AsSent "The place in the queue when it was offered"
    "_CB_EWT_WHEN_READY_TO_START_MEDIA_IXN" AsSent "The wait that was estimated when the call could begin"
    "_CB_POS_WHEN_READY_TO_START_MEDIA_IXN" AsSent "The place in the queue when the call could begin"
    "_CB_D_WAITING_FOR_AGENT_OFFLINE" Whole
        "How long it was in its queue with the customer not on the phone: up to each attempt, or to the end, all together"
    "_CB_D_ESTABLISH_MEDIA_IXN" Whole "How long was dialed, all attempts together"
    "_CB_D_CUSTOMER_CONNECTED_WAITING_FOR_AGENT" Whole
        "How long the customer was on the line without an agent: from the answer, or the customer's own call, to the agent's \
         answer, or to the end"
    "_CB_N_DIALS" Whole "How many attempts were begun"
    "_CB_N_ANSWERED" Whole "How many attempts a person answered"
    "_CB_N_AGENTS_FOUND" Whole "How often an agent was found"
    "_CB_N_CUSTOMER_ABANDONED_WHILE_WAITING_FOR_AGENT" Whole
        "1 when the customer has hung up before an agent was there, 0 when it is over otherwise"
    "_CB_DIM_CHANNEL" Text "Where it was asked for: IVR, WEB or MOBILE when the request says so, UNKNOWN otherwise"
    "_CB_DIM_CALL_DIRECTION" Text "Who calls: USERTERMINATED or USERORIGINATED"
    "_CB_DIAL_1_RESULT" Text
        "What became of the first attempt; _CB_DIAL_2_RESULT is the second's, and so on. CONNECTED: a person answered and \
         talked to an agent; PERSON: a person answered, or nobody could tell what, and no agent came; or BUSY, NO_ANSWER, \
         ANSWERING_MACHINE, FAX, ERROR_TONE, INVALID_NUMBER, REJECTED, ALL_TRUNKS_BUSY, CREATE_CALL_ERROR, ABANDONED (hung up before \
         anything was known), DROPPED (called off), UNKNOWN"
}

/// Where it was asked for, as a request says it.
const CHANNEL: &str = "_CB_DIM_CHANNEL";
const CHANNELS: [&str; 3] = ["IVR", "WEB", "MOBILE"];

/// The key of an attempt's result.
pub fn dial_result_key(attempt: u32) -> String {
    format!("_CB_DIAL_{attempt}_RESULT")
}

/// What is reported of a callback, with what its log tells and the options that hold for it.
pub fn keys(callback: &Callback, options: &Options, facts: &Facts) -> Map<String, Value> {
    let mut row: Map<_, _> = passed_on(callback).collect();
    let mut put = |key: &str, value: Value| drop(row.insert(key.to_owned(), value));
    put("_CB_SERVICE_ID", callback.id.as_str().into());
    put("_service_name", callback.service.as_str().into());
    put("_callback_state", callback.callback_state().as_str().into());
    put("_CB_T_SERVICE_START", callback.wanted().as_secs().into());
    put("_CB_T_CALLBACK_ACCEPTED", callback.created.as_secs().into());
    put("_CB_N_DIALS", callback.attempts.into());
    put("_CB_N_ANSWERED", facts.answers().into());
    put("_CB_N_AGENTS_FOUND", facts.agents_found.into());
    put(CHANNEL, channel(callback).into());
    if options.usable {
        let direction = options.scenario.direction.as_str();
        put("_CB_DIM_CALL_DIRECTION", direction.into());
    }
    let (mut is_final, mut put_span) = (0, |key: &str, span: Option<Duration>| {
        if let Some(span) = span {
            put(key, span.as_secs().into());
        }
    });
    put_span("_CB_D_WAITING_FOR_AGENT_OFFLINE", facts.offline);
    put_span("_CB_D_ESTABLISH_MEDIA_IXN", facts.dialing);
    put_span("_CB_D_CUSTOMER_CONNECTED_WAITING_FOR_AGENT", facts.on_line);
    if let State::Completed { reason, .. } = callback.state {
        is_final = 1;
        put("_callback_reason", reason.as_str().into());
        let abandoned = u8::from(reason == Reason::FailInteractionDeleted);
        put(
            "_CB_N_CUSTOMER_ABANDONED_WHILE_WAITING_FOR_AGENT",
            abandoned.into(),
        );
    }
    put("_CB_FINAL_RECORD", is_final.into());
    for (attempt, result) in &facts.dials {
        put(&dial_result_key(*attempt), result.as_str().into());
    }
    row
}

/// Whether a request says this key itself; every other that begins with `_CB_` is derived here.
pub fn is_sent(key: &str) -> bool {
    let known = KEYS.iter().find(|it| it.name == key);
    key == CHANNEL || known.is_some_and(|it| it.kind == KeyKind::AsSent)
}

/// Their names, with commas between them.
pub fn sent_keys() -> String {
    let sent = KEYS.iter().map(|it| it.name).filter(|key| is_sent(key));
    sent.collect::<Vec<_>>().join(", ")
}

/// What the request has sent of keys that are not derived here.
fn passed_on(callback: &Callback) -> impl Iterator<Item = (String, Value)> {
    let is_own = |key: &str| {
        let known = KEYS.iter().find(|it| it.name == key);
        let is_derived = known.is_some_and(|it| it.kind != KeyKind::AsSent);
        is_derived || (key.starts_with("_CB_DIAL_") && key.ends_with("_RESULT"))
    };
    let sent = callback.user_data.iter();
    let sent = sent.filter(move |(key, _)| key.starts_with("_CB_") && !is_own(key));
    sent.map(|(key, value)| (key.clone(), value.clone()))
}

fn channel(callback: &Callback) -> &'static str {
    let sent = callback.user_data.get(CHANNEL).and_then(Value::as_str);
    let known = CHANNELS
        .into_iter()
        .find(|channel| sent.is_some_and(|sent| sent.trim().eq_ignore_ascii_case(channel)));
    known.unwrap_or("UNKNOWN")
}
