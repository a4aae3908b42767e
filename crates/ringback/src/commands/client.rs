//! A client of a running Ringback.

use std::time::Duration;

use anyhow::{Context, bail};
use reqwest::header::{ACCEPT, CONTENT_TYPE, HeaderName};
use reqwest::{Body, Method, RequestBuilder, Response};
use serde_json::Value;
use url::Url;

use crate::args::Client;
use crate::print;

/// Longer than any answer takes.
const TIMEOUT: Duration = Duration::from_secs(15);

/// How long a stream may be silent.
const SILENCE: Duration = Duration::from_secs(60);

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
        let mut request = self.http.request(method, self.url(path, query)?);
        if let Some(body) = body {
            request = request.json(body);
        }
        let answer = self.send(request).await?;
        Ok(serde_json::from_slice(&answer).unwrap_or(Value::Null))
    }

    /// Puts something, under a condition on what is there.
    ///
    /// # Errors
    /// As [`Api::call`].
    pub async fn put(
        &self,
        path: &[&str],
        condition: Option<(HeaderName, String)>,
        body: &Value,
    ) -> anyhow::Result<Value> {
        let mut request = self.http.put(self.url(path, &[])?).json(body);
        if let Some((name, value)) = condition {
            request = request.header(name, value);
        }
        let answer = self.send(request).await?;
        Ok(serde_json::from_slice(&answer).unwrap_or(Value::Null))
    }

    /// Puts a file, of a content type.
    ///
    /// # Errors
    /// As [`Api::call`].
    pub async fn put_file(
        &self,
        path: &[&str],
        kind: &'static str,
        body: Vec<u8>,
    ) -> anyhow::Result<Value> {
        let request = self
            .http
            .put(self.url(path, &[])?)
            .header(CONTENT_TYPE, kind)
            .body(body);
        let answer = self.send(request).await?;
        Ok(serde_json::from_slice(&answer).unwrap_or(Value::Null))
    }

    /// Gets something in a content type, as it is.
    ///
    /// # Errors
    /// As [`Api::call`].
    pub async fn get_text(&self, path: &[&str], kind: &'static str) -> anyhow::Result<String> {
        let request = self.http.get(self.url(path, &[])?).header(ACCEPT, kind);
        Ok(String::from_utf8(self.send(request).await?)?)
    }

    /// Calls what is answered by a stream, perhaps to a stream. The answer may last as long as it goes on.
    ///
    /// # Errors
    /// As [`Api::call`].
    pub async fn stream(
        &self,
        method: Method,
        path: &[&str],
        query: &[(&str, &str)],
        body: Option<(&'static str, Body)>,
    ) -> anyhow::Result<Response> {
        let http = reqwest::Client::builder().read_timeout(SILENCE).build()?;
        let mut request = http.request(method, self.url(path, query)?);
        if let Some((kind, body)) = body {
            request = request.header(CONTENT_TYPE, kind).body(body);
        }
        self.begin(request).await
    }

    async fn send(&self, request: RequestBuilder) -> anyhow::Result<Vec<u8>> {
        Ok(self.begin(request).await?.bytes().await?.into())
    }

    async fn begin(&self, request: RequestBuilder) -> anyhow::Result<Response> {
        let response = self.sign(request).send().await.with_context(|| {
            format!(
                "no Ringback answers at {} (start one with: ringback up)",
                self.client.url
            )
        })?;
        let status = response.status();
        if status.is_success() {
            let cut = response.headers().get("ringback-truncated");
            if let Some(cut) = cut.and_then(|cut| cut.to_str().ok()) {
                print::note(&format!("not all is shown: {cut}"));
            }
            return Ok(response);
        }
        let body = response.bytes().await?;
        let answer: Value = serde_json::from_slice(&body).unwrap_or(Value::Null);
        let said = answer.get("message").or_else(|| answer.get("detail"));
        bail!(
            "{status}: {}",
            said.and_then(Value::as_str)
                .unwrap_or("no reason was given")
        )
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
