//! The requests that are made of ARI.

use std::time::Duration;

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use url::Url;

use super::address::Address;
use super::call::OWNER;

/// Longer than any answer takes on a network that works.
const TIMEOUT: Duration = Duration::from_secs(5);

/// What is shown of an answer that is none, in characters.
const SHOWN: usize = 200;

/// One account at one Asterisk.
pub(super) struct Ari {
    http: reqwest::Client,
    base: Url,
    user: String,
    password: String,
    pub app: String,
}

type Query<'a> = &'a [(&'a str, &'a str)];

impl Ari {
    pub fn new(address: &Address) -> Result<Self, AriError> {
        let http = reqwest::Client::builder().timeout(TIMEOUT).build()?;
        Ok(Self {
            http,
            base: address.base.clone(),
            user: address.user.clone(),
            password: address.password.clone(),
            app: address.app.clone(),
        })
    }

    /// Whether somebody answers who knows our credentials.
    pub async fn check(&self) -> Result<(), AriError> {
        self.ask(Method::GET, &["asterisk", "info"], &[], None)
            .await?;
        Ok(())
    }

    /// What stands at a path; `None` when there is nothing.
    pub async fn look(&self, path: &[&str]) -> Result<Option<Value>, AriError> {
        found(self.ask(Method::GET, path, &[], None).await)
    }

    /// Makes a channel that is not dialed yet, and is ours.
    pub async fn create(&self, channel: &NewChannel<'_>) -> Result<(), AriError> {
        let query = [
            ("endpoint", channel.endpoint),
            ("app", &self.app),
            ("appArgs", channel.leg),
            ("channelId", channel.id),
        ];
        let body = json!({ "variables": channel.variables });
        self.ask(Method::POST, &["channels", "create"], &query, Some(body))
            .await?;
        Ok(())
    }

    /// Rings it. Never repeated: a second dial of a channel that rings destroys it.
    pub async fn dial(&self, channel: &str, ring: Duration) -> Result<(), AriError> {
        let seconds = ring.as_millis().div_ceil(1000).to_string();
        let query = [("timeout", seconds.as_str())];
        self.post(&["channels", channel, "dial"], &query).await
    }

    /// What is known of a channel; `None` when there is none.
    pub async fn channel(&self, channel: &str) -> Result<Option<Value>, AriError> {
        found(
            self.ask(Method::GET, &["channels", channel], &[], None)
                .await,
        )
    }

    pub async fn hang_up(&self, channel: &str) -> Result<(), AriError> {
        self.delete(&["channels", channel]).await
    }

    /// Takes a channel that another dialer had.
    pub async fn take_over(&self, channel: &str) -> Result<(), AriError> {
        self.set(channel, OWNER, &self.app).await?;
        let query = [("app", self.app.as_str()), ("appArgs", "moved")];
        self.post(&["channels", channel, "move"], &query).await
    }

    /// Takes a call that was offered to every dialer.
    pub async fn claim(&self, channel: &str) -> Result<(), AriError> {
        let query = [("channelId", channel), ("application", self.app.as_str())];
        self.post(&["events", "claim"], &query).await
    }

    pub async fn answer(&self, channel: &str) -> Result<(), AriError> {
        self.post(&["channels", channel, "answer"], &[]).await
    }

    /// Sends a channel to a context of the dialplan, under the name of our application.
    pub async fn go_on(&self, channel: &str, context: &str) -> Result<(), AriError> {
        let query = [("context", context), ("extension", self.app.as_str())];
        self.post(&["channels", channel, "continue"], &query).await
    }

    pub async fn play(&self, channel: &str, playback: &str, media: &str) -> Result<(), AriError> {
        let query = [("media", media)];
        self.post(&["channels", channel, "play", playback], &query)
            .await
    }

    pub async fn stop_playing(&self, playback: &str) -> Result<(), AriError> {
        self.delete(&["playbacks", playback]).await
    }

    pub async fn hold(&self, channel: &str, music: &str) -> Result<(), AriError> {
        self.post(&["channels", channel, "moh"], &[("mohClass", music)])
            .await
    }

    pub async fn stop_holding(&self, channel: &str) -> Result<(), AriError> {
        self.delete(&["channels", channel, "moh"]).await
    }

    /// Makes a bridge, or finds it made, and puts both channels into it.
    pub async fn join(&self, bridge: &str, one: &str, other: &str) -> Result<(), AriError> {
        self.post(&["bridges", bridge], &[("type", "mixing")])
            .await?;
        let both = format!("{one},{other}");
        let query = [("channel", both.as_str())];
        self.post(&["bridges", bridge, "addChannel"], &query).await
    }

    /// How many channels are in a bridge.
    pub async fn joined(&self, bridge: &str) -> Result<usize, AriError> {
        let bridge = found(self.ask(Method::GET, &["bridges", bridge], &[], None).await)?;
        let channels = bridge
            .as_ref()
            .and_then(|it| it.get("channels")?.as_array());
        Ok(channels.map_or(0, Vec::len))
    }

    /// Every bridge there is.
    pub async fn bridges(&self) -> Result<Vec<Value>, AriError> {
        let bridges = self.ask(Method::GET, &["bridges"], &[], None).await?;
        Ok(bridges.as_array().cloned().unwrap_or_default())
    }

    pub async fn remove_bridge(&self, bridge: &str) -> Result<(), AriError> {
        self.delete(&["bridges", bridge]).await
    }

    /// A variable of a channel; empty when it is not set.
    pub async fn variable(&self, channel: &str, name: &str) -> Result<String, AriError> {
        let path = ["channels", channel, "variable"];
        self.value(&path, name).await
    }

    pub async fn set(&self, channel: &str, name: &str, value: &str) -> Result<(), AriError> {
        let query = [("variable", name), ("value", value)];
        self.post(&["channels", channel, "variable"], &query).await
    }

    /// A global variable; empty when it is not set.
    pub async fn global(&self, name: &str) -> Result<String, AriError> {
        self.value(&["asterisk", "variable"], name).await
    }

    pub async fn set_global(&self, name: &str, value: &str) -> Result<(), AriError> {
        let query = [("variable", name), ("value", value)];
        self.post(&["asterisk", "variable"], &query).await
    }

    /// Asks to be told of these types of events alone: most others say that a variable was set.
    pub async fn filter(&self, types: &[&str]) -> Result<(), AriError> {
        let allowed: Vec<_> = types.iter().map(|kind| json!({ "type": kind })).collect();
        let path = ["applications", self.app.as_str(), "eventFilter"];
        let body = json!({ "allowed": allowed });
        self.ask(Method::PUT, &path, &[], Some(body)).await?;
        Ok(())
    }

    /// Where events come from.
    pub fn socket(&self) -> Url {
        let mut url = self.at(&["events"]);
        // It is http here, and stays a scheme of the same kind.
        url.set_scheme("ws").ok();
        let key = format!("{}:{}", self.user, self.password);
        url.query_pairs_mut()
            .append_pair("app", &self.app)
            .append_pair("subscribeAll", "false")
            .append_pair("api_key", &key);
        url
    }

    async fn value(&self, path: &[&str], name: &str) -> Result<String, AriError> {
        let query = [("variable", name)];
        let answer = found(self.ask(Method::GET, path, &query, None).await)?;
        let value = answer
            .as_ref()
            .and_then(|answer| answer.get("value")?.as_str());
        Ok(value.unwrap_or_default().to_owned())
    }

    async fn post(&self, path: &[&str], query: Query<'_>) -> Result<(), AriError> {
        self.ask(Method::POST, path, query, None).await?;
        Ok(())
    }

    /// What is gone already is removed.
    async fn delete(&self, path: &[&str]) -> Result<(), AriError> {
        found(self.ask(Method::DELETE, path, &[], None).await)?;
        Ok(())
    }

    async fn ask(
        &self,
        method: Method,
        path: &[&str],
        query: Query<'_>,
        body: Option<Value>,
    ) -> Result<Value, AriError> {
        let mut url = self.at(path);
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        let mut request = self.http.request(method, url);
        request = request.basic_auth(&self.user, Some(&self.password));
        if let Some(body) = body {
            request = request.json(&body);
        }
        let response = request.send().await?;
        let status = response.status();
        let bytes = response.bytes().await?;
        if status.is_success() {
            return Ok(serde_json::from_slice(&bytes).unwrap_or(Value::Null));
        }
        let said: Value = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
        let said = said
            .get("message")
            .and_then(Value::as_str)
            .unwrap_or_default();
        let reason = said.chars().take(SHOWN).collect();
        Err(AriError::Refused { status, reason })
    }

    fn at(&self, path: &[&str]) -> Url {
        let mut url = self.base.clone();
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.extend(path);
        }
        url
    }
}

/// A channel to be made.
pub(super) struct NewChannel<'a> {
    pub id: &'a str,
    pub endpoint: &'a str,
    /// Whose it is: the first argument of its `StasisStart`.
    pub leg: &'a str,
    pub variables: Value,
}

fn found(answer: Result<Value, AriError>) -> Result<Option<Value>, AriError> {
    match answer {
        Ok(value) => Ok(Some(value)),
        Err(AriError::Refused {
            status: StatusCode::NOT_FOUND,
            ..
        }) => Ok(None),
        Err(error) => Err(error),
    }
}

/// ARI did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub(super) enum AriError {
    /// No answer; the request may have been carried out.
    #[error("Asterisk does not answer")]
    Unavailable(#[source] reqwest::Error),
    /// It answered that it will not.
    #[error("Asterisk answers {status}: {reason}")]
    Refused {
        /// The status.
        status: StatusCode,
        /// Its message.
        reason: String,
    },
}

impl AriError {
    pub fn is(&self, asked: StatusCode) -> bool {
        matches!(self, Self::Refused { status, .. } if *status == asked)
    }
}

impl From<reqwest::Error> for AriError {
    /// The address holds no credentials, but the numbers of customers.
    fn from(error: reqwest::Error) -> Self {
        Self::Unavailable(error.without_url())
    }
}
