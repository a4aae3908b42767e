//! A reader of `/v1/events`, as a wall display has one.

use std::time::Duration;

use reqwest::{Response, StatusCode};
use serde_json::Value;

use super::Client;
use super::contract::Answered;

/// A guard against a hang.
const PATIENCE: Duration = Duration::from_secs(60);

/// A stream of events.
pub struct EventStream {
    response: Response,
    /// What was received behind the last event.
    rest: String,
}

/// One event of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Shown {
    pub id: String,
    pub event: String,
    pub data: Value,
}

impl EventStream {
    /// Opens one and waits until it listens.
    pub async fn open(client: &Client, query: &str) -> Self {
        let mut stream = Self::begin(client, query).await.unwrap();
        assert_eq!(stream.block().await.as_deref(), Some(": listening"));
        stream
    }

    /// Opens one; the status when it is refused.
    pub async fn begin(client: &Client, query: &str) -> Result<Self, StatusCode> {
        let http = reqwest::Client::builder();
        let http = http.read_timeout(PATIENCE).build().unwrap();
        let url = client.url(&format!("/v1/events{query}"));
        let response = http.get(url).send().await.unwrap();
        if response.status() != StatusCode::OK {
            return Err(response.status());
        }
        let header = |name| response.headers().get(name).unwrap().to_str().unwrap();
        assert_eq!(header("content-type"), "text/event-stream");
        assert_eq!(header("cache-control"), "no-cache");
        let rest = String::new();
        Ok(Self { response, rest })
    }

    /// The next event; `None` at the end of the stream.
    pub async fn next(&mut self) -> Option<Shown> {
        let next = async {
            loop {
                let block = self.block().await?;
                if !block.starts_with(':') {
                    return Some(shown(&block));
                }
            }
        };
        let next = tokio::time::timeout(PATIENCE, next).await;
        next.expect("nothing more is shown")
    }

    /// Events of a callback until it is over; others are passed over.
    pub async fn until_over(&mut self, callback: &str) -> Vec<Shown> {
        self.lives(&[callback.to_owned()]).await.remove(0)
    }

    /// Events of callbacks until all are over.
    pub async fn lives(&mut self, callbacks: &[String]) -> Vec<Vec<Shown>> {
        let mut lives = vec![Vec::new(); callbacks.len()];
        let is_over = |life: &Vec<Shown>| {
            let last = life.last();
            last.is_some_and(|shown| shown.event == "_cbe_on_service_exit")
        };
        while !lives.iter().all(is_over) {
            let shown = self.next().await.expect("the stream goes on");
            let whose = callbacks
                .iter()
                .position(|id| shown.data["_service_id"] == **id);
            if let Some(whose) = whose {
                lives[whose].push(shown);
            }
        }
        lives
    }

    /// Until the next blank line.
    async fn block(&mut self) -> Option<String> {
        loop {
            if let Some((block, rest)) = self.rest.split_once("\n\n") {
                let block = block.to_owned();
                self.rest = rest.to_owned();
                return Some(block);
            }
            let chunk = self.response.chunk().await.unwrap()?;
            self.rest += std::str::from_utf8(&chunk).unwrap();
        }
    }
}

fn shown(block: &str) -> Shown {
    let answered = Answered {
        method: "GET",
        path: "/v1/events",
        status: 200,
        kind: "text/event-stream",
        body: block.as_bytes(),
    };
    answered.holds();
    let field = |name: &str| {
        let mut lines = block.lines();
        let line = lines.find_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
        line.unwrap_or_else(|| panic!("no {name} in {block}"))
    };
    Shown {
        id: field("id").to_owned(),
        event: field("event").to_owned(),
        data: serde_json::from_str(field("data")).unwrap(),
    }
}
