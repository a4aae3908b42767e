//! A message as it leaves the house.

#[cfg(test)]
mod tests;

use serde_json::{Map, Value, json};
use url::Url;
use url::form_urlencoded::Serializer;

use super::{DEFAULT_PROVIDER, Provider, Providers, Recipient};
use crate::event::EventName;
use crate::service::options::NotificationType;
use crate::service::{shorten, shorten_address};

/// The longest name of an exchange or key, in bytes (AMQP 0-9-1, short strings).
const MAX_NAME: usize = 255;

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
            Self::Publish { key, body, .. } => write!(f, "Publish({key}, {} bytes)", body.len()),
        }
    }
}

/// A recipient that nothing can be sent to.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ParcelError {
    /// The provider does not exist.
    #[error("_status_notification_provider '{name}' does not exist; known are: {known}")]
    Provider {
        /// As written, shortened.
        name: String,
        /// The configured ones.
        known: String,
    },
    /// The type needs a provider with a base URL.
    #[error("_status_notification_type {kind} needs a provider with a url: '{provider}' has none")]
    Base {
        /// The type.
        kind: &'static str,
        /// The provider.
        provider: String,
    },
    /// The target does not fit the type.
    #[error("_status_notification_target '{value}' does not fit type {kind}: allowed is {allowed}")]
    Target {
        /// As written, shortened, without credentials.
        value: String,
        /// The type.
        kind: &'static str,
        /// What the type takes.
        allowed: &'static str,
    },
}

impl Recipient {
    /// Where its messages go to: what all its parcels have in common.
    ///
    /// # Errors
    /// When the provider does not exist or the target does not fit the type.
    pub fn destination(&self, providers: &Providers) -> Result<Destination, ParcelError> {
        let name = self.provider(providers);
        let provider = match providers.get(name) {
            Some(provider) => provider.clone(),
            None if name == DEFAULT_PROVIDER => Provider::default(),
            None => {
                let known: Vec<_> = providers.keys().map(String::as_str).take(20).collect();
                let (name, known) = (shorten(name), known.join(", "));
                return Err(ParcelError::Provider { name, known });
            }
        };
        let base = provider.url.as_deref().and_then(web);
        let base = || base.clone().ok_or_else(|| self.no_base(name));
        match self.kind {
            NotificationType::HttpCb if self.address.starts_with('/') => {
                let url = below(base()?, &self.address).ok_or_else(|| self.wrong_target())?;
                Ok(Destination::Http(url))
            }
            NotificationType::HttpCb => Ok(Destination::Http(self.absolute()?)),
            NotificationType::CustomHttp => {
                Ok(Destination::Http(self.absolute().or_else(|_| base())?))
            }
            NotificationType::OrsCb => {
                let legal =
                    |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '~');
                let is_name = (1..=128).contains(&self.address.len())
                    && self.address.chars().all(legal)
                    && !matches!(self.address.as_str(), "." | "..");
                if !is_name {
                    return Err(self.wrong_target());
                }
                let mut url = base()?;
                let path = format!(
                    "{}/scxml/session/{}/event/",
                    url.path().trim_end_matches('/'),
                    self.address
                );
                url.set_path(&path);
                Ok(Destination::Session(url))
            }
            NotificationType::Amqp if self.address.is_empty() => Ok(Destination::Exchange {
                name: None,
                key: None,
            }),
            NotificationType::Amqp => {
                let (name, key) = self
                    .address
                    .split_once('/')
                    .ok_or_else(|| self.wrong_target())?;
                let legal = |text: &str| {
                    !text.is_empty()
                        && text.len() <= MAX_NAME
                        && !text.chars().any(char::is_control)
                };
                let own = name.starts_with("ringback.") && name != "ringback.events";
                if !legal(name) || !legal(key) || own || name == "amq.default" {
                    return Err(self.wrong_target());
                }
                let name = (name != "ringback.events").then(|| name.to_owned());
                Ok(Destination::Exchange {
                    name,
                    key: Some(key.to_owned()),
                })
            }
        }
    }

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

    fn absolute(&self) -> Result<Url, ParcelError> {
        web(&self.address).ok_or_else(|| self.wrong_target())
    }

    fn no_base(&self, provider: &str) -> ParcelError {
        ParcelError::Base {
            kind: self.kind.as_str(),
            provider: shorten(provider),
        }
    }

    fn wrong_target(&self) -> ParcelError {
        let allowed = match self.kind {
            NotificationType::HttpCb => "an http or https URL, or a path under the provider's url",
            NotificationType::OrsCb => {
                "a session id: 1 to 128 letters, digits, '-', '_', '.' and '~'"
            }
            NotificationType::CustomHttp => {
                "an http or https URL, or a device id with a provider that has a url"
            }
            NotificationType::Amqp => {
                "nothing, or 'exchange/key' of an exchange that is not the house's own"
            }
        };
        ParcelError::Target {
            value: shorten_address(&self.address),
            kind: self.kind.as_str(),
            allowed,
        }
    }
}

/// Where the messages of a recipient go to.
#[derive(Clone, PartialEq, Eq)]
pub enum Destination {
    /// This URL.
    Http(Url),
    /// A session: the URL that the name of the event is added to.
    Session(Url),
    /// An exchange; `None` for `ringback.events`, and for the name of the event as the key.
    Exchange {
        /// The exchange.
        name: Option<String>,
        /// The routing key.
        key: Option<String>,
    },
}

/// Shows the host alone: what follows may be a secret.
impl std::fmt::Debug for Destination {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Destination({})", self.host())
    }
}

impl Destination {
    /// Who has to be left alone when it fails: scheme, host and port, or the broker.
    pub fn host(&self) -> String {
        match self {
            Self::Http(url) | Self::Session(url) => url.origin().ascii_serialization(),
            Self::Exchange { .. } => "amqp".to_owned(),
        }
    }

    /// As people may see it: without user info, query and fragment.
    pub fn shown(&self) -> String {
        match self {
            Self::Http(url) | Self::Session(url) => {
                format!("{}{}", url.origin().ascii_serialization(), url.path())
            }
            Self::Exchange { name, key } => {
                let name = name.as_deref().unwrap_or("ringback.events");
                format!("amqp:{name}/{}", key.as_deref().unwrap_or("{event_id}"))
            }
        }
    }
}

fn web(address: &str) -> Option<Url> {
    let url = Url::parse(address).ok();
    url.filter(|url| matches!(url.scheme(), "http" | "https"))
}

/// A path with its query below a provider's URL: never outside of it, whose credentials go with it.
fn below(mut base: Url, path: &str) -> Option<Url> {
    base.set_query(None);
    base.set_fragment(None);
    let url = web(&format!("{}{path}", base.as_str().trim_end_matches('/')))?;
    let parent = format!("{}/", base.path().trim_end_matches('/'));
    url.path().starts_with(&parent).then_some(url)
}

/// Values that are no texts are written as JSON.
fn form(message: Map<String, Value>) -> Vec<u8> {
    let mut form = Serializer::new(String::new());
    for (key, value) in message {
        match value {
            Value::String(text) => form.append_pair(&key, &text),
            other => form.append_pair(&key, &other.to_string()),
        };
    }
    form.finish().into_bytes()
}
