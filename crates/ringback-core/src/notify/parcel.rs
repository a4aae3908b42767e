//! A message as it leaves the house.

mod destination;
#[cfg(test)]
mod tests;

use serde_json::{Map, Value, json};
use url::Url;
use url::form_urlencoded::Serializer;

use super::{Providers, Recipient};
use crate::event::EventName;
use crate::service::options::NotificationType;
pub use destination::{Destination, ParcelError};

/// A message as it leaves the house.
#[derive(Clone, PartialEq, Eq)]
pub enum Parcel {
    /// An HTTP POST.
    Post {
        /// Where to.
        url: Url,
        /// `content-type` of the body.
        content_type: &'static str,
        /// The body.
        body: Vec<u8>,
    },
    /// A message to an exchange.
    Publish {
        /// The exchange; `None` for `ringback.events`.
        exchange: Option<String>,
        /// The routing key.
        key: String,
        /// The body, JSON.
        body: Vec<u8>,
    },
}

/// Never shows body or address.
impl std::fmt::Debug for Parcel {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Post { body, .. } => write!(f, "Post({} bytes)", body.len()),
            Self::Publish { body, .. } => write!(f, "Publish({} bytes)", body.len()),
        }
    }
}

impl Recipient {
    /// The parcel with `message` of an event, or of whatever else was published under that tag.
    pub fn parcel(
        &self,
        destination: &Destination,
        tag: &str,
        message: Map<String, Value>,
        providers: &Providers,
    ) -> Parcel {
        match destination {
            Destination::Session(base) => {
                let mut url = base.clone();
                url.set_path(&format!("{}{tag}", base.path()));
                Parcel::Post {
                    url,
                    content_type: "application/x-www-form-urlencoded",
                    body: form(message),
                }
            }
            Destination::Http(url) => Parcel::Post {
                url: url.clone(),
                content_type: "application/json",
                body: self.body(tag, message, providers),
            },
            Destination::Exchange { name, key } => Parcel::Publish {
                exchange: name.clone(),
                key: key.clone().unwrap_or_else(|| tag.to_owned()),
                body: self.body(tag, message, providers),
            },
        }
    }

    /// `{deviceId, message}` for push types and whoever asks for it, else the message itself.
    fn body(&self, tag: &str, mut message: Map<String, Value>, providers: &Providers) -> Vec<u8> {
        if self.kind != NotificationType::CustomHttp && !self.envelope {
            return Value::Object(message).to_string().into_bytes();
        }
        let provider = providers.get(self.provider(providers));
        let texts = provider
            .zip(self.language.as_ref())
            .and_then(|(it, language)| it.texts.get(language));
        let text = texts
            .zip(EventName::find(tag))
            .and_then(|(texts, event)| texts.get(&event));
        if let Some(text) = text {
            message.insert("_text".to_owned(), text.as_str().into());
        }
        let device = self.device.as_ref().unwrap_or(&self.address);
        json!({ "deviceId": device, "message": message })
            .to_string()
            .into_bytes()
    }
}

/// Values that are no texts are written as JSON.
fn form(message: Map<String, Value>) -> Vec<u8> {
    let mut form = Serializer::new(String::new());
    for (key, value) in message {
        match value.as_str() {
            Some(text) => form.append_pair(&key, text),
            None => form.append_pair(&key, &value.to_string()),
        };
    }
    form.finish().into_bytes()
}
