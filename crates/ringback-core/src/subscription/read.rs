//! A subscription call, read.

use serde_json::{Map, Value};
use uuid::Uuid;

use super::{Filter, FilterError, Subscription};
use crate::ids::SubscriptionId;
use crate::notify::Recipient;
use crate::service::options::NotificationType;
use crate::service::shorten_address;
use crate::time::Timestamp;

/// The uuid namespace of subscriptions.
const NAMESPACE: Uuid = Uuid::from_u128(0x4b1d_0f5e_2a63_4c0b_9c34_7d9e_61f0_a852);
/// The longest text of a subscription, in bytes.
const MAX_TEXT: usize = 2048;
/// How long a subscription lasts when it does not say, and the most, in seconds.
const EXPIRE: (u64, u64) = (86_400, 366 * 86_400);
/// The shortest time a subscription lasts, in seconds.
const SHORTEST: u64 = 30;

/// What a subscription call has, its details, and their properties.
const PARAMETERS: &str = "subscriberId, filter, expire, providerName and notificationDetails";
const DETAILS: &str = "type, deviceId and properties";
const PROPERTIES: &str = "debug, language and envelope";

/// What is wrong with a subscription call.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SubscriptionError {
    /// A mandatory parameter is missing.
    #[error("mandatory parameter '{0}' is missing")]
    Missing(&'static str),
    /// A parameter does not take its value.
    #[error("parameter '{name}' = {value}: allowed is {allowed}")]
    Value {
        /// The parameter.
        name: &'static str,
        /// As written, shortened.
        value: String,
        /// What it takes.
        allowed: &'static str,
    },
    /// Credentials in a subscription, which would be kept in clear.
    #[error(
        "parameter 'authorization' is not taken: must be the username and password, or the token, of a provider in the \
         configuration, which providerName names"
    )]
    Authorization,
    /// There is no such parameter.
    #[error("unknown parameter '{name}': allowed are {allowed}")]
    Unknown {
        /// As written, shortened.
        name: String,
        /// Those beside which it stands.
        allowed: &'static str,
    },
    /// The filter is none.
    #[error("{0}")]
    Filter(#[from] FilterError),
}

/// Reads the body of a subscription call: `{subscriberId, filter, expire, providerName, notificationDetails: {deviceId,
/// type, properties: {debug, language}}}`. The same subscriber asking for the same again gets the same id.
///
/// # Errors
/// With the parameter, its value and what is allowed.
pub fn read_subscription(
    mut body: Map<String, Value>,
    now: Timestamp,
) -> Result<Subscription, SubscriptionError> {
    let subscriber =
        text(&mut body, "subscriberId")?.ok_or(SubscriptionError::Missing("subscriberId"))?;
    let filter = Filter::parse(&text(&mut body, "filter")?.unwrap_or_default())?;
    let expire = seconds(&mut body)?;
    let provider = text(&mut body, "providerName")?.filter(|name| name != "default");
    if body.contains_key("authorization") {
        return Err(SubscriptionError::Authorization);
    }
    let details = object(&mut body, "notificationDetails")?;
    let mut details = details.ok_or(SubscriptionError::Missing("notificationDetails"))?;
    nothing_left(&body, PARAMETERS)?;
    let recipient = Recipient {
        provider,
        ..recipient(&mut details)?
    };
    let identity = serde_json::to_string(&(&subscriber, &filter, &recipient)).unwrap_or_default();
    Ok(Subscription {
        id: SubscriptionId::new(Uuid::new_v5(&NAMESPACE, identity.as_bytes()).to_string()),
        subscriber,
        filter,
        created: now,
        expires: now + std::time::Duration::from_secs(expire),
        recipient,
    })
}

fn recipient(details: &mut Map<String, Value>) -> Result<Recipient, SubscriptionError> {
    let kind =
        text(details, "type")?.ok_or(SubscriptionError::Missing("notificationDetails.type"))?;
    let kind = NotificationType::find(&kind).ok_or_else(|| {
        wrong(
            "type",
            &Value::from(kind),
            "httpcb, orscb, customhttp or amqp",
        )
    })?;
    let address = text(details, "deviceId")?;
    if address.is_none() && kind != NotificationType::Amqp {
        return Err(SubscriptionError::Missing("notificationDetails.deviceId"));
    }
    let mut properties = object(details, "properties")?.unwrap_or_default();
    nothing_left(details, DETAILS)?;
    let (debug, language) = (
        flag(&mut properties, "debug")?,
        text(&mut properties, "language")?,
    );
    let envelope = flag(&mut properties, "envelope")?;
    nothing_left(&properties, PROPERTIES)?;
    let address = address.unwrap_or_default();
    Ok(Recipient {
        kind,
        address,
        debug,
        language,
        envelope,
        ..Recipient::default()
    })
}

/// Blank is as not said.
fn text(
    body: &mut Map<String, Value>,
    name: &'static str,
) -> Result<Option<String>, SubscriptionError> {
    match body.remove(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) if text.trim().is_empty() => Ok(None),
        Some(Value::String(text))
            if text.len() <= MAX_TEXT && !text.chars().any(char::is_control) =>
        {
            Ok(Some(text.trim().to_owned()))
        }
        Some(other) => Err(wrong(
            name,
            &other,
            "a text of at most 2048 characters without control characters",
        )),
    }
}

fn flag(body: &mut Map<String, Value>, name: &'static str) -> Result<bool, SubscriptionError> {
    match body.remove(name) {
        None | Some(Value::Null) => Ok(false),
        Some(Value::Bool(flag)) => Ok(flag),
        Some(Value::String(text)) if text == "true" => Ok(true),
        Some(Value::String(text)) if text == "false" || text.is_empty() => Ok(false),
        Some(other) => Err(wrong(name, &other, "true or false")),
    }
}

fn seconds(body: &mut Map<String, Value>) -> Result<u64, SubscriptionError> {
    let Some(value) = body.remove("expire").filter(|value| !value.is_null()) else {
        return Ok(EXPIRE.0);
    };
    let number = value
        .as_u64()
        .or_else(|| value.as_str()?.trim().parse().ok());
    let legal = number.filter(|number| (SHORTEST..=EXPIRE.1).contains(number));
    legal.ok_or_else(|| wrong("expire", &value, "seconds from 30 to 31622400"))
}

fn object(
    body: &mut Map<String, Value>,
    name: &'static str,
) -> Result<Option<Map<String, Value>>, SubscriptionError> {
    match body.remove(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Object(object)) => Ok(Some(object)),
        Some(other) => Err(wrong(name, &other, "an object")),
    }
}

fn nothing_left(body: &Map<String, Value>, allowed: &'static str) -> Result<(), SubscriptionError> {
    body.keys().next().map_or(Ok(()), |name| {
        Err(SubscriptionError::Unknown {
            name: shorten_address(name),
            allowed,
        })
    })
}

fn wrong(name: &'static str, value: &Value, allowed: &'static str) -> SubscriptionError {
    let value = match value.as_str() {
        Some(text) => format!("'{}'", shorten_address(text)),
        None => shorten_address(&value.to_string()),
    };
    SubscriptionError::Value {
        name,
        value,
        allowed,
    }
}
