//! Receives notifications.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::routing::post;
use axum::{Json, Router};
use serde_json::Value;
use tokio::net::TcpListener;

use super::until;

/// Keeps every notification in the order of arrival.
pub struct Receiver {
    pub url: String,
    received: Arc<Mutex<Vec<Notification>>>,
}

/// One notification.
#[derive(Clone, Debug)]
pub struct Notification {
    /// `ringback-sequence`.
    pub sequence: u64,
    pub message: Value,
}

impl Receiver {
    pub async fn start() -> Self {
        let received = Arc::<Mutex<Vec<Notification>>>::default();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/test", listener.local_addr().unwrap());
        let routes = Router::new()
            .route("/test", post(receive))
            .with_state(received.clone());
        tokio::spawn(async move { axum::serve(listener, routes).await });
        Self { url, received }
    }

    /// What has come for one callback.
    pub fn of(&self, id: &str) -> Vec<Notification> {
        let received = self.received.lock().unwrap();
        received
            .iter()
            .filter(|told| told.message["_service_id"] == id)
            .cloned()
            .collect()
    }

    /// Waits until a callback's `_cbe_on_service_exit` has come; what has come for it.
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
    State(received): State<Arc<Mutex<Vec<Notification>>>>,
    headers: HeaderMap,
    Json(message): Json<Value>,
) {
    let sequence = headers["ringback-sequence"]
        .to_str()
        .unwrap()
        .parse()
        .unwrap();
    received
        .lock()
        .unwrap()
        .push(Notification { sequence, message });
}
