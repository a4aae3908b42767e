//! Where the messages of a recipient go to.

use url::Url;

use crate::notify::{DEFAULT_PROVIDER, Providers, Recipient};
use crate::service::options::NotificationType;
use crate::service::{shorten, shorten_address};

/// The longest name of an exchange or key, in bytes (AMQP 0-9-1, short strings).
const MAX_NAME: usize = 255;
/// The longest name of a session, in bytes.
const MAX_SESSION: usize = 128;
/// The one exchange of the house that its recipients may use.
const EVENTS: &str = "ringback.events";
/// What the names of all of them begin with.
const HOUSE: &str = "ringback.";

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
                let name = name.as_deref().unwrap_or(EVENTS);
                format!("amqp:{name}/{}", key.as_deref().unwrap_or("{event_id}"))
            }
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
        let base = self.base(providers)?;
        let base = base.ok_or_else(|| ParcelError::Base {
            kind: self.kind.as_str(),
            provider: shorten(self.provider(providers)),
        });
        let address = self.address.as_str();
        let found = match self.kind {
            NotificationType::HttpCb if address.starts_with('/') => {
                below(base?, address).map(Destination::Http)
            }
            NotificationType::HttpCb => web(address).map(Destination::Http),
            NotificationType::CustomHttp => {
                let url = web(address).map_or(base, Ok)?;
                Some(Destination::Http(url))
            }
            NotificationType::OrsCb if !is_session(address) => None,
            NotificationType::OrsCb => Some(session(base?, address)),
            NotificationType::Amqp => exchange(address),
        };
        found.ok_or_else(|| self.wrong_target())
    }

    /// The base URL of its provider, if that has one.
    fn base(&self, providers: &Providers) -> Result<Option<Url>, ParcelError> {
        let name = self.provider(providers);
        match providers.get(name) {
            Some(provider) => Ok(provider.url.as_deref().and_then(web)),
            None if name == DEFAULT_PROVIDER => Ok(None),
            None => {
                let known: Vec<_> = providers.keys().map(String::as_str).take(20).collect();
                let (name, known) = (shorten(name), known.join(", "));
                Err(ParcelError::Provider { name, known })
            }
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

fn is_session(name: &str) -> bool {
    let legal = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '~');
    let is_path = matches!(name, "." | "..");
    (1..=MAX_SESSION).contains(&name.len()) && name.chars().all(legal) && !is_path
}

fn session(mut base: Url, name: &str) -> Destination {
    let parent = base.path().trim_end_matches('/');
    let path = format!("{parent}/scxml/session/{name}/event/");
    base.set_path(&path);
    Destination::Session(base)
}

/// `exchange/key`, or nothing.
fn exchange(address: &str) -> Option<Destination> {
    if address.is_empty() {
        let (name, key) = (None, None);
        return Some(Destination::Exchange { name, key });
    }
    let (name, key) = address.split_once('/')?;
    let legal =
        |text: &str| (1..=MAX_NAME).contains(&text.len()) && !text.chars().any(char::is_control);
    let is_own = name.starts_with(HOUSE) && name != EVENTS;
    if !legal(name) || !legal(key) || is_own || name == "amq.default" {
        return None;
    }
    let name = (name != EVENTS).then(|| name.to_owned());
    let key = Some(key.to_owned());
    Some(Destination::Exchange { name, key })
}
