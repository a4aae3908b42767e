//! Temporary.
use ringback_ports::sender::*;
use std::time::Duration;
pub struct Allow;
#[derive(Debug, thiserror::Error)]
#[error("bad")]
pub struct Bad;
impl Allow {
    pub fn parse(_: &str) -> Result<Self, Bad> {
        Ok(Self)
    }
}
#[derive(Default)]
pub struct WebhookOptions {
    pub allow: Vec<Allow>,
    pub connect_timeout: Duration,
}
#[derive(Clone)]
pub struct WebhookSender(reqwest::Client);
impl WebhookSender {
    pub fn new(_: WebhookOptions) -> Result<Self, Bad> {
        Ok(Self(
            reqwest::Client::builder()
                .timeout(Duration::from_secs(15))
                .build()
                .unwrap(),
        ))
    }
}
impl Sender for WebhookSender {
    async fn post(&self, p: Post) -> Result<Receipt, SendError> {
        let mut r = self
            .0
            .post(&p.url)
            .header("content-type", "application/json");
        for (k, v) in p.headers {
            r = r.header(k, v);
        }
        let a = r
            .body(p.body)
            .send()
            .await
            .map_err(|_| SendError::Failed("x"))?;
        Ok(Receipt {
            status: a.status().as_u16(),
            retry_after: None,
        })
    }
}
