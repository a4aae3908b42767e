//! Whose way a post goes.

use std::fmt;

use url::Url;

use super::secret::Secret;

/// Credentials, certificates, proxy and signing secrets, as the operator configured them under a name.
#[derive(Clone, Default)]
pub struct Provider {
    /// Where this provider is. Its host may be posted to although it is not public.
    pub url: Option<Url>,
    /// Who we are to it. They go to addresses of the same origin as `url` and to no others, because whoever chooses the
    /// address of a post could otherwise have them sent to a server of their own.
    pub credentials: Option<Credentials>,
    /// Certificates that vouch for servers beside those that the machine trusts, as PEM.
    pub ca: Option<Vec<u8>>,
    /// Our certificate, with its chain, and its key, as PEM: for servers that ask for one.
    pub client_identity: Option<Vec<u8>>,
    /// The proxy that everything goes through. It resolves names itself, and what it connects to then is for it to decide:
    /// we look at what a target is and resolves to here before we hand it over, and refuse what is not public. A target
    /// whose name is unknown here has to be on the allow list.
    pub proxy: Option<Url>,
    /// What posts are signed with: by each of them, so that receivers can move from one to the next.
    pub secrets: Vec<Secret>,
}

/// How a sender tells who it is.
#[derive(Clone)]
pub enum Credentials {
    /// `Authorization: Basic …`.
    Basic {
        /// Without a colon.
        username: String,
        /// Anything.
        password: String,
    },
    /// `Authorization: Bearer …`.
    Bearer(String),
}

/// Shows what there is, and no secret.
impl fmt::Debug for Provider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = |url: &Option<Url>| url.as_ref().map(ringback_core::outbound::shown);
        f.debug_struct("Provider")
            .field("url", &shown(&self.url))
            .field("credentials", &self.credentials)
            .field("ca", &self.ca.is_some())
            .field("client_identity", &self.client_identity.is_some())
            .field("proxy", &shown(&self.proxy))
            .field("secrets", &self.secrets)
            .finish()
    }
}

/// Shows the kind alone.
impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Basic { .. } => "Basic",
            Self::Bearer(_) => "Bearer",
        })
    }
}

/// No sender could be made. Never names credentials.
#[derive(Debug, thiserror::Error)]
pub enum WebhookError {
    /// A provider's setting cannot be used.
    #[error("provider '{provider}', {field}: {reason}")]
    Setting {
        /// The provider's name.
        provider: String,
        /// The setting's name.
        field: &'static str,
        /// What is wrong with it, and what is allowed.
        reason: String,
    },
    /// The machine lacks something.
    #[error("webhooks cannot be sent from this machine")]
    Machine(#[source] reqwest::Error),
}
