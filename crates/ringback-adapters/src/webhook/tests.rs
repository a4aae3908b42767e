//! Against servers on real sockets.

mod addresses;
mod exchange;
mod hostile;
mod providers;
mod proxy;
mod server;
mod signing;
mod tls;

use std::net::SocketAddr;

use ringback_core::outbound::Allow;
use ringback_ports::sender::Failure;
use server::{Answer, OK, Server};

use super::*;

/// A guard against a hang.
const PATIENCE: Duration = Duration::from_secs(60);

fn allowing(entries: &[&str]) -> AllowList {
    let parse = |text: &&str| Allow::parse(text).unwrap();
    AllowList::new(entries.iter().map(parse).collect())
}

fn sender(allow: &[&str]) -> WebhookSender {
    WebhookSender::new(WebhookOptions {
        allow: allowing(allow),
        ..WebhookOptions::default()
    })
    .unwrap()
}

/// A sender that gives up soon.
fn impatient() -> WebhookSender {
    with_total(Duration::from_millis(300))
}

fn with_total(total_timeout: Duration) -> WebhookSender {
    WebhookSender::new(WebhookOptions {
        allow: allowing(&["127.0.0.1"]),
        total_timeout,
        ..WebhookOptions::default()
    })
    .unwrap()
}

/// A sender with one provider, called `crm`, and names that lead where the test wants.
fn with_provider(
    allow: &[&str],
    provider: Provider,
    lookup: &Lookup,
) -> Result<WebhookSender, WebhookError> {
    let options = WebhookOptions {
        allow: allowing(allow),
        providers: [("crm".to_owned(), provider)].into(),
        ..WebhookOptions::default()
    };
    WebhookSender::with_lookup(options, lookup)
}

/// Names that lead to these addresses, and no others.
fn names(known: &[(&str, &str)]) -> Lookup {
    let known: BTreeMap<String, SocketAddr> = known
        .iter()
        .map(|(name, address)| {
            let address = SocketAddr::new(address.parse().unwrap(), 0);
            ((*name).to_owned(), address)
        })
        .collect();
    Lookup::new(move |name| {
        let found = known.get(&name).copied();
        let unknown = || std::io::Error::other("no such name");
        Box::pin(async move { Ok(vec![found.ok_or_else(unknown)?]) })
    })
}

fn post(url: &str) -> Post {
    Post {
        provider: None,
        url: url.to_owned(),
        id: "07-1.1".to_owned(),
        content_type: "application/json",
        headers: vec![("x-callback", "07-1".to_owned())],
        body: b"{\"a\":1}".to_vec(),
    }
}

/// The same, by the provider of [`with_provider`].
fn post_by_provider(url: &str) -> Post {
    Post {
        provider: Some("crm".to_owned()),
        ..post(url)
    }
}

fn refusal(outcome: Result<Receipt, SendError>) -> String {
    match outcome {
        Err(error @ SendError::Forbidden(_)) => {
            assert_eq!(error.class(), "forbidden");
            error.to_string()
        }
        other => panic!("not forbidden: {other:?}"),
    }
}
