//! Reads the settings of a provider; an error names the setting.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use reqwest::header::HeaderValue;
use reqwest::{Certificate, ClientBuilder, Identity, Proxy};
use ringback_core::outbound::Allow;
use rustls::pki_types::pem::{self, PemObject};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ClientConfig, RootCertStore};
use url::{Origin, Url};

use super::provider::{Credentials, Provider};

/// A setting, and what is wrong with it.
pub(super) type Wrong = (&'static str, String);

/// What opens the host of the provider itself.
pub(super) fn own_host(provider: &Provider) -> Result<Option<Allow>, Wrong> {
    let Some(url) = &provider.url else {
        return Ok(None);
    };
    if !url.username().is_empty() || url.password().is_some() {
        let reason = "write user and password as username and password";
        return Err(("url", reason.to_owned()));
    }
    web_host("url", url).map(Some)
}

/// The proxy, and what opens its host.
pub(super) fn proxy(provider: &Provider) -> Result<Option<(Proxy, Allow)>, Wrong> {
    let Some(url) = &provider.proxy else {
        return Ok(None);
    };
    let host = web_host("proxy", url)?;
    let proxy = Proxy::all(url.as_str()).map_err(|error| ("proxy", told(&error)))?;
    Ok(Some((proxy, host)))
}

/// Where the credentials are for, and what is sent there.
pub(super) fn credentials(provider: &Provider) -> Result<Option<(Origin, HeaderValue)>, Wrong> {
    let (field, text) = match &provider.credentials {
        None => return Ok(None),
        Some(Credentials::Basic { username, .. }) if username.contains(':') => {
            return Err(("username", "a colon is not allowed in it".to_owned()));
        }
        Some(Credentials::Basic { username, password }) => {
            let pair = STANDARD.encode(format!("{username}:{password}"));
            ("username", format!("Basic {pair}"))
        }
        Some(Credentials::Bearer(token)) => ("token", format!("Bearer {token}")),
    };
    let Some(url) = &provider.url else {
        let reason = "give the provider's url too: credentials are sent nowhere else";
        return Err((field, reason.to_owned()));
    };
    let wrong = |_| (field, "allowed are visible ASCII characters".to_owned());
    let mut value = HeaderValue::from_str(&text).map_err(wrong)?;
    value.set_sensitive(true);
    Ok(Some((url.origin(), value)))
}

/// The client with the provider's certificates, each of which has been tried.
pub(super) fn certified(
    mut client: ClientBuilder,
    provider: &Provider,
) -> Result<ClientBuilder, Wrong> {
    if let Some(pem) = &provider.ca {
        client = client.tls_certs_merge(authorities(pem).map_err(|reason| ("ca", reason))?);
    }
    if let Some(pem) = &provider.client_identity {
        client = client.identity(identity(pem).map_err(|reason| ("client_identity", reason))?);
    }
    Ok(client)
}

fn authorities(pem: &[u8]) -> Result<Vec<Certificate>, String> {
    let mut store = RootCertStore::empty();
    let tried = certificates(pem)?.into_iter().map(|der| {
        let certificate = Certificate::from_der(&der).map_err(|error| told(&error))?;
        store.add(der).map_err(|error| error.to_string())?;
        Ok(certificate)
    });
    tried.collect()
}

fn identity(pem: &[u8]) -> Result<Identity, String> {
    let chain = certificates(pem)?;
    let key = PrivateKeyDer::from_pem_slice(pem)
        .map_err(|_| "no private key in it: write it as PEM, without a password")?;
    fits(chain, key).map_err(|error| error.to_string())?;
    Identity::from_pem(pem).map_err(|error| told(&error))
}

fn certificates(pem: &[u8]) -> Result<Vec<CertificateDer<'static>>, String> {
    let all: Result<Vec<_>, pem::Error> = CertificateDer::pem_slice_iter(pem).collect();
    match all {
        Ok(some) if !some.is_empty() => Ok(some),
        Ok(_) | Err(_) => Err("no certificate in it: write it as PEM".to_owned()),
    }
}

/// Whether the key is the certificate's.
fn fits(
    chain: Vec<CertificateDer<'static>>,
    key: PrivateKeyDer<'static>,
) -> Result<(), rustls::Error> {
    let crypto = Arc::new(rustls::crypto::ring::default_provider());
    ClientConfig::builder_with_provider(crypto)
        .with_safe_default_protocol_versions()?
        .with_root_certificates(RootCertStore::empty())
        .with_client_auth_cert(chain, key)?;
    Ok(())
}

fn web_host(field: &'static str, url: &Url) -> Result<Allow, Wrong> {
    match url.host() {
        Some(host) if matches!(url.scheme(), "http" | "https") => Ok(Allow::host(host)),
        Some(_) | None => {
            let reason = "write http://host:port or https://host:port";
            Err((field, reason.to_owned()))
        }
    }
}

/// The innermost cause, which says most.
fn told(error: &reqwest::Error) -> String {
    let mut cause: &dyn std::error::Error = error;
    while let Some(next) = cause.source() {
        cause = next;
    }
    cause.to_string()
}
