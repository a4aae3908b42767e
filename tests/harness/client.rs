//! A client of the API, as an IVR or a CRM has one.

use std::net::SocketAddr;
use std::time::Duration;

use reqwest::RequestBuilder;
use reqwest::header::HeaderMap;
use serde_json::Value;

use super::contract::Answered;
use super::until;

/// Calls the API of one Ringback.
#[derive(Clone)]
pub struct Client {
    http: reqwest::Client,
    address: SocketAddr,
}

impl Client {
    pub fn new(address: SocketAddr) -> Self {
        let http = reqwest::Client::builder()
            .timeout(Duration::from_secs(20))
            .build()
            .unwrap();
        Self { http, address }
    }

    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// A request that a test goes on with by itself.
    pub fn request(&self, method: reqwest::Method, path: &str) -> reqwest::RequestBuilder {
        self.http.request(method, self.url(path))
    }

    /// Until it is ready, and the broker, without which it may be, is there.
    pub async fn until_ready(&self) {
        until("the API", Duration::from_secs(30), || async {
            let (status, _) = self.try_get_text("/healthz/ready").await?;
            let (_, metrics) = self.try_get_text("/metrics").await?;
            let is_whole = status == 200 && metrics.contains("\nringback_bus_connected 1\n");
            is_whole.then_some(())
        })
        .await;
    }

    pub async fn get(&self, path: &str) -> (u16, Value) {
        self.ask(self.http.get(self.url(path))).await.unwrap()
    }

    pub async fn get_text(&self, path: &str) -> (u16, String) {
        self.try_get_text(path).await.unwrap()
    }

    /// The same, if anybody answers.
    pub async fn try_get_text(&self, path: &str) -> Option<(u16, String)> {
        let response = self.http.get(self.url(path)).send().await.ok()?;
        Some((response.status().as_u16(), response.text().await.ok()?))
    }

    /// Gets a file of a JSON object a line; the lines, which fit the document.
    pub async fn get_lines(&self, path: &str) -> Vec<Value> {
        let answer = self.answer(self.http.get(self.url(path))).await.unwrap();
        assert_eq!(answer.status, 200, "{}", answer.json());
        let body = String::from_utf8(answer.body).unwrap();
        let lines = body.lines();
        lines
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    }

    pub async fn post(&self, path: &str, body: &Value) -> (u16, Value) {
        let request = self.http.post(self.url(path)).json(body);
        self.ask(request).await.unwrap()
    }

    pub async fn put(&self, path: &str, body: &Value) -> (u16, Value) {
        let request = self.http.put(self.url(path)).json(body);
        self.ask(request).await.unwrap()
    }

    /// Sends a body of any content type; status, entity tag and answer.
    pub async fn send(
        &self,
        method: reqwest::Method,
        path: &str,
        headers: &[(&str, &str)],
        body: impl Into<reqwest::Body>,
    ) -> (u16, String, Value) {
        let (status, headers, answer) = self.exchange(method, path, headers, body).await;
        let tag = headers.get("etag").map(|tag| tag.to_str().unwrap());
        (status, tag.unwrap_or_default().to_owned(), answer)
    }

    /// The same, with all headers of the answer.
    pub async fn exchange(
        &self,
        method: reqwest::Method,
        path: &str,
        headers: &[(&str, &str)],
        body: impl Into<reqwest::Body>,
    ) -> (u16, HeaderMap, Value) {
        let mut request = self.http.request(method, self.url(path)).body(body);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let answer = self.answer(request).await.unwrap();
        let json = answer.json();
        (answer.status, answer.headers, json)
    }

    pub async fn delete(&self, path: &str) -> (u16, Value) {
        self.ask(self.http.delete(self.url(path))).await.unwrap()
    }

    /// Requests a callback; its id.
    pub async fn start(&self, service: &str, parameters: Value) -> String {
        let path = format!("/genesys/1/service/callback/{service}");
        let (status, answer) = self.post(&path, &parameters).await;
        assert_eq!(status, 200, "{answer}");
        answer["_id"].as_str().unwrap().to_owned()
    }

    /// Requests a callback within a trace; its id.
    pub async fn start_traced(
        &self,
        service: &str,
        parameters: &Value,
        traceparent: &str,
    ) -> String {
        let url = self.url(&format!("/genesys/1/service/callback/{service}"));
        let request = self
            .http
            .post(url)
            .header("traceparent", traceparent)
            .json(parameters);
        let (status, answer) = self.ask(request).await.unwrap();
        assert_eq!(status, 200, "{answer}");
        answer["_id"].as_str().unwrap().to_owned()
    }

    /// Requests a callback under an idempotency key; its id, or `None` when there is no good answer.
    pub async fn try_start(&self, service: &str, parameters: &Value, key: &str) -> Option<String> {
        let answer = self.try_start_answered(service, parameters, key).await?;
        Some(answer["_id"].as_str().unwrap().to_owned())
    }

    /// The same; the whole answer.
    pub async fn try_start_answered(
        &self,
        service: &str,
        parameters: &Value,
        key: &str,
    ) -> Option<Value> {
        let url = self.url(&format!("/genesys/1/service/callback/{service}"));
        let request = self
            .http
            .post(url)
            .header("idempotency-key", key)
            .json(parameters);
        let (status, answer) = self.ask(request).await.ok()?;
        (status == 200).then_some(answer)
    }

    /// A question or change that may get no answer.
    pub async fn try_ask(&self, method: reqwest::Method, path: &str) -> Option<(u16, Value)> {
        self.ask(self.http.request(method, self.url(path)))
            .await
            .ok()
    }

    /// A change that may get no answer.
    pub async fn try_put(&self, path: &str, body: &Value) {
        self.http.put(self.url(path)).json(body).send().await.ok();
    }

    /// A removal that may get no answer.
    pub async fn try_delete(&self, path: &str) {
        self.http.delete(self.url(path)).send().await.ok();
    }

    /// Posts a file; the lines of the answer.
    pub async fn post_lines(&self, path: &str, kind: &str, file: String) -> Vec<Value> {
        let request = self.http.post(self.url(path)).header("content-type", kind);
        let answer = request.body(file).send().await.unwrap();
        let answer = answer.text().await.unwrap();
        let lines = answer.lines();
        lines
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    }

    pub async fn timeline(&self, id: &str) -> Value {
        let (status, answer) = self.get(&format!("/v1/callbacks/{id}")).await;
        assert_eq!(status, 200, "{answer}");
        answer
    }

    /// Waits until a callback is over; its timeline.
    pub async fn until_over(&self, id: &str, limit: Duration) -> Value {
        until(&format!("the end of {id}"), limit, || async {
            let timeline = self.timeline(id).await;
            (timeline["record"]["_callback_state"] == "COMPLETED").then_some(timeline)
        })
        .await
    }

    async fn ask(&self, request: RequestBuilder) -> reqwest::Result<(u16, Value)> {
        let answer = self.answer(request).await?;
        Ok((answer.status, answer.json()))
    }

    async fn answer(&self, request: RequestBuilder) -> reqwest::Result<Answer> {
        let request = request.build()?;
        let (method, path) = (request.method().clone(), request.url().path().to_owned());
        let response = self.http.execute(request).await?;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let kind = headers
            .get("content-type")
            .and_then(|kind| kind.to_str().ok());
        let kind = kind
            .and_then(|kind| kind.split(';').next())
            .unwrap_or_default();
        // What breaks off is no answer.
        let body = response.bytes().await.unwrap_or_default().to_vec();
        if !body.is_empty() || status == 204 {
            let answered = Answered {
                method: method.as_str(),
                path: &path,
                status,
                kind,
                body: &body,
            };
            answered.holds();
        }
        Ok(Answer {
            status,
            headers,
            body,
        })
    }
}

/// An answer that fits the document.
struct Answer {
    status: u16,
    headers: HeaderMap,
    body: Vec<u8>,
}

impl Answer {
    fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }
}
