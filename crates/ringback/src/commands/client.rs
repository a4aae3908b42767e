//! A client of a running Ringback.

use std::time::Duration;

use anyhow::{Context, bail};
use reqwest::{Method, RequestBuilder};
use serde_json::Value;
use url::Url;

use crate::args::Client;

/// Longer than any answer takes.
const TIMEOUT: Duration = Duration::from_secs(15);

/// Calls the API.
pub struct Api {
    http: reqwest::Client,
    client: Client,
}

impl Api {
    pub fn new(client: Client) -> anyhow::Result<Self> {
        let http = reqwest::Client::builder().timeout(TIMEOUT).build()?;
        Ok(Self { http, client })
    }

    /// Calls `path`, whose segments are escaped.
    ///
    /// # Errors
    /// When nobody answers, or with what the answer says is wrong.
    pub async fn call(
        &self,
        method: Method,
        path: &[&str],
        query: &[(&str, &str)],
        body: Option<&Value>,
    ) -> anyhow::Result<Value> {
        let url = self.url(path, query)?;
        let mut request = self.sign(self.http.request(method, url));
        if let Some(body) = body {
            request = request.json(body);
        }
        let response = request.send().await.with_context(|| {
            format!(
                "no Ringback answers at {} (start one with: ringback up)",
                self.client.url
            )
        })?;
        let status = response.status();
        let body = response.bytes().await?;
        let answer: Value = serde_json::from_slice(&body).unwrap_or(Value::Null);
        if status.is_success() {
            return Ok(answer);
        }
        let said = answer
            .get("message")
            .or_else(|| answer.get("detail"))
            .and_then(Value::as_str);
        bail!("{status}: {}", said.unwrap_or("no reason was given"))
    }

    fn url(&self, path: &[&str], query: &[(&str, &str)]) -> anyhow::Result<Url> {
        let mut url = self.client.url.clone();
        url.path_segments_mut()
            .map_err(|()| anyhow::anyhow!("--url {} is no address of a server", self.client.url))?
            .pop_if_empty()
            .extend(path);
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        Ok(url)
    }

    fn sign(&self, request: RequestBuilder) -> RequestBuilder {
        match &self.client.api_user {
            Some(user) => request.basic_auth(user, self.client.api_password.as_deref()),
            None => request,
        }
    }
}
