//! Sees every channel that Asterisk makes, whoever asked for it.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::StreamExt;
use serde_json::Value;
use tokio::task::JoinHandle;
use tokio_tungstenite::connect_async;
use tokio_tungstenite::tungstenite::Message;

use crate::harness::until;

/// How often channels were made, by their ids.
type Made = Arc<Mutex<BTreeMap<String, usize>>>;

/// A socket that hears everything.
pub struct Witness {
    made: Made,
    channels: String,
    listening: JoinHandle<()>,
}

impl Witness {
    /// At an address as `--telephony` takes it.
    pub async fn start(address: &str) -> Self {
        let rest = address.strip_prefix("ari+http://").unwrap();
        let (credentials, rest) = rest.split_once('@').unwrap();
        let (place, _) = rest.split_once('/').unwrap();
        let app = format!("witness-{}", uuid::Uuid::now_v7().simple());
        let query = format!("app={app}&subscribeAll=true&api_key={credentials}");
        let socket = connect_async(format!("ws://{place}/ari/events?{query}")).await;
        let (mut socket, _) = socket.unwrap();
        let made = Made::default();
        let seen = made.clone();
        let listening = tokio::spawn(async move {
            while let Some(Ok(message)) = socket.next().await {
                let Message::Text(text) = message else {
                    continue;
                };
                let event: Value = serde_json::from_str(&text).unwrap();
                if event["type"] == "ChannelCreated" {
                    let id = event["channel"]["id"].as_str().unwrap().to_owned();
                    *seen.lock().unwrap().entry(id).or_default() += 1;
                }
            }
        });
        Self {
            made,
            channels: format!("http://{credentials}@{place}/ari/channels"),
            listening,
        }
    }

    /// The channels of a callback that were made, and how often each was.
    pub fn made_for(&self, callback: &str) -> Vec<(String, usize)> {
        let made = self.made.lock().unwrap();
        let of_it = made
            .iter()
            .filter(|(channel, _)| channel.contains(callback));
        of_it
            .map(|(channel, times)| (channel.clone(), *times))
            .collect()
    }

    /// Waits until Asterisk has no channel of any of these callbacks.
    pub async fn until_nothing_is_left(&self, callbacks: &[String]) {
        let http = reqwest::Client::builder().build().unwrap();
        until(
            "Asterisk to be left clean",
            Duration::from_secs(60),
            || async {
                let channels = http.get(&self.channels).send().await.ok()?;
                let channels: Vec<Value> = channels.json().await.ok()?;
                let is_ours = |channel: &Value| {
                    let id = channel["id"].as_str().unwrap_or_default();
                    callbacks
                        .iter()
                        .any(|callback| id.contains(callback.as_str()))
                };
                (!channels.iter().any(is_ours)).then_some(())
            },
        )
        .await;
    }
}

impl Drop for Witness {
    fn drop(&mut self) {
        self.listening.abort();
    }
}
