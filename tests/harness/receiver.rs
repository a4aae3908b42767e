//! Receives notifications.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use serde_json::Value;
use tokio::net::TcpListener;

use super::until;

/// Keeps every notification in the order of arrival.
pub struct Receiver {
    /// `…/test`; other paths receive as well.
    pub url: String,
    heard: Heard,
}

/// One delivery.
#[derive(Clone, Debug)]
pub struct Notification {
    /// `ringback-sequence`.
    pub sequence: u64,
    pub message: Value,
    pub headers: HeaderMap,
    /// The body as it came.
    pub body: Bytes,
    /// The path it came to.
    pub path: String,
    pub at: Instant,
    /// What it was answered with.
    pub answered: StatusCode,
}

/// What a receiver answers, from what it has heard before and what it hears now.
type Script = dyn Fn(&[Notification], &Notification) -> Response + Send + Sync;

#[derive(Clone)]
struct Heard {
    received: Arc<Mutex<Vec<Notification>>>,
    script: Arc<Script>,
}

impl Receiver {
    /// Takes everything.
    pub async fn start() -> Self {
        Self::answering(|_, _| StatusCode::OK.into_response()).await
    }

    /// Answers as the script has it.
    pub async fn answering(
        script: impl Fn(&[Notification], &Notification) -> Response + Send + Sync + 'static,
    ) -> Self {
        let heard = Heard {
            received: Arc::default(),
            script: Arc::new(script),
        };
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/test", listener.local_addr().unwrap());
        let routes = Router::new()
            .route("/{*path}", post(receive))
            .with_state(heard.clone());
        tokio::spawn(async move { axum::serve(listener, routes).await });
        Self { url, heard }
    }

    /// Where it is, without a path.
    pub fn base(&self) -> &str {
        self.url.strip_suffix("/test").unwrap()
    }

    /// Every delivery.
    pub fn all(&self) -> Vec<Notification> {
        self.heard.received.lock().unwrap().clone()
    }

    /// How many deliveries were taken.
    pub fn good(&self) -> usize {
        let received = self.heard.received.lock().unwrap();
        received
            .iter()
            .filter(|told| told.answered.is_success())
            .count()
    }

    /// Of how many callbacks the last notification was taken.
    pub fn exits(&self) -> usize {
        let received = self.heard.received.lock().unwrap();
        let exits = received.iter().filter(|told| {
            told.answered.is_success() && told.message["event_id"] == "_cbe_on_service_exit"
        });
        exits
            .map(|told| told.message["_service_id"].as_str())
            .collect::<BTreeSet<_>>()
            .len()
    }

    /// What was taken of one callback.
    pub fn of(&self, id: &str) -> Vec<Notification> {
        let received = self.heard.received.lock().unwrap();
        let taken = received
            .iter()
            .filter(|told| told.message["_service_id"] == id && told.answered.is_success());
        taken.cloned().collect()
    }

    /// Waits until a callback's `_cbe_on_service_exit` was taken; what was taken of it.
    pub async fn until_exit(&self, id: &str, limit: Duration) -> Vec<Notification> {
        until(&format!("the last notification of {id}"), limit, || async {
            let told = self.of(id);
            let over = told
                .iter()
                .any(|told| told.message["event_id"] == "_cbe_on_service_exit");
            over.then_some(told)
        })
        .await
    }
}

async fn receive(
    State(heard): State<Heard>,
    Path(path): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let sequence = headers
        .get("ringback-sequence")
        .and_then(|it| it.to_str().ok()?.parse().ok());
    let message = serde_json::from_slice(&body).unwrap_or(Value::Null);
    let mut told = Notification {
        sequence: sequence.unwrap_or(0),
        message,
        headers,
        body,
        path,
        at: Instant::now(),
        answered: StatusCode::OK,
    };
    let mut received = heard.received.lock().unwrap();
    let response = (heard.script)(&received, &told);
    told.answered = response.status();
    received.push(told);
    response
}
