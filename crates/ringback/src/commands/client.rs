//! A client of a running Ringback.

use std::time::Duration;

use anyhow::{Context, bail};
use reqwest::header::{ACCEPT, CONTENT_TYPE, HeaderName};
use reqwest::{Body, Method, RequestBuilder, Response, StatusCode};
use serde_json::Value;
use url::Url;

use crate::args::Client;
use crate::print::{line, note};

/// Longer than any answer takes.
const TIMEOUT: Duration = Duration::from_secs(15);

/// How long a stream may be silent.
const SILENCE: Duration = Duration::from_secs(60);

/// Calls the API.
pub struct Api {
    http: reqwest::Client,
    client: Client,
    /// Whether answers are printed as JSON.
    pub json: bool,
}

impl Api {
    pub fn new(client: Client) -> anyhow::Result<Self> {
        let http = reqwest::Client::builder().timeout(TIMEOUT).build()?;
        let json = client.json;
        Ok(Self { http, client, json })
    }

    /// Gets what stands at a path.
    ///
    /// # Errors
    /// As [`Api::call`].
    pub async fn get(&self, path: &[&str]) -> anyhow::Result<Value> {
        self.call(Method::GET, path, &[], None).await
    }

    /// The same; `None` where there is nothing.
    ///
    /// # Errors
    /// As [`Api::call`].
    pub async fn find(&self, path: &[&str]) -> anyhow::Result<Option<Value>> {
        let request = self.sign(self.http.get(self.url(path, &[])?));
        let response = self.answer(request).await?;
        if response.status() == StatusCode::NOT_FOUND {
            return Ok(None);
        }
        let body = succeeded(response).await?.bytes().await?;
        Ok(Some(serde_json::from_slice(&body)?))
    }

    /// Gets a page of a list, and whether others follow.
    ///
    /// # Errors
    /// As [`Api::call`].
    pub async fn page(
        &self,
        path: &[&str],
        query: &[(&str, &str)],
    ) -> anyhow::Result<(Vec<Value>, bool)> {
        let request = self.sign(self.http.get(self.url(path, query)?));
        let response = checked(self.answer(request).await?).await?;
        let is_cut = left_out(&response).is_some();
        Ok((serde_json::from_slice(&response.bytes().await?)?, is_cut))
    }

    /// Prints an answer: as JSON where that was asked for, otherwise as `show` does.
    pub fn show(&self, answer: &Value, show: impl Fn(&Value)) {
        if self.json {
            line(&format!("{answer:#}"));
        } else {
            show(answer);
        }
    }

    /// The same for an array; a row at a time for people.
    pub fn show_rows(&self, answer: &Value, row: impl Fn(&Value)) {
        self.show(answer, |answer| {
            answer.as_array().into_iter().flatten().for_each(&row);
        });
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
        query: &[(&str, &str)],
        condition: Option<(HeaderName, String)>,
        body: &Value,
    ) -> anyhow::Result<Value> {
        let mut request = self.http.put(self.url(path, query)?).json(body);
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
        body: Option<(&str, Body)>,
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
        succeeded(self.answer(self.sign(request)).await?).await
    }

    async fn answer(&self, request: RequestBuilder) -> anyhow::Result<Response> {
        request.send().await.with_context(|| {
            format!(
                "no Ringback answers at {} (start one with: ringback up)",
                self.client.url
            )
        })
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
        match (&self.client.api_key, &self.client.api_user) {
            (Some(key), _) => request.bearer_auth(key),
            (None, Some(user)) => request.basic_auth(user, self.client.api_password.as_deref()),
            (None, None) => request,
        }
    }
}

/// An answer that is one, or what it says is wrong.
async fn succeeded(response: Response) -> anyhow::Result<Response> {
    let response = checked(response).await?;
    if let Some(cut) = left_out(&response) {
        note(&format!("not all is shown: {cut}"));
    }
    Ok(response)
}

/// What an answer leaves out, when it is not whole.
fn left_out(response: &Response) -> Option<&str> {
    response.headers().get("ringback-truncated")?.to_str().ok()
}

async fn checked(response: Response) -> anyhow::Result<Response> {
    let status = response.status();
    if status.is_success() {
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

/// A member of an answer as people read it; empty where there is none.
pub fn text(value: &Value, key: &str) -> String {
    match value.get(key) {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    }
}

/// The elements of a member that is an array.
pub fn rows<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value
        .get(key)
        .and_then(Value::as_array)
        .map_or(&[], Vec::as_slice)
}
