//! Receives notifications, as a CRM would.

use std::collections::HashMap;
use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::post;
use axum::{Json, Router};
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::sync::Notify;

use crate::life::Life;
use crate::parts;
use crate::serving::ConnectionLimits;

/// How long the last notification of a callback is waited for.
const PATIENCE: Duration = Duration::from_secs(5);

/// A receiver on a free port.
#[derive(Clone)]
pub struct Receiver {
    /// Where notifications are posted to.
    pub url: String,
    inbox: Arc<Inbox>,
}

#[derive(Default)]
struct Inbox {
    /// Names of events, by callback, in the order of arrival.
    told: Mutex<HashMap<String, Vec<String>>>,
    arrived: Notify,
}

impl Receiver {
    pub async fn start(life: &mut Life) -> anyhow::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let url = format!("http://{}/test", listener.local_addr()?);
        let inbox = Arc::<Inbox>::default();
        let routes = Router::new()
            .route("/test", post(receive))
            .with_state(inbox.clone());
        let limits = ConnectionLimits::DEFAULT;
        parts::serve(life, "receiver", listener, routes, limits);
        Ok(Self { url, inbox })
    }

    /// Waits until `count` notifications of a callback are here, for a few seconds at the most.
    pub async fn until_told(&self, id: &str, count: usize) {
        let told = async {
            loop {
                let arrived = self.inbox.arrived.notified();
                if self.told(id).len() >= count {
                    return;
                }
                arrived.await;
            }
        };
        tokio::time::timeout(PATIENCE, told).await.ok();
    }

    pub fn told(&self, id: &str) -> Vec<String> {
        self.inbox.lock().get(id).cloned().unwrap_or_default()
    }

    pub fn count(&self) -> usize {
        self.inbox.lock().values().map(Vec::len).sum()
    }
}

impl Inbox {
    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<String, Vec<String>>> {
        self.told.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn receive(State(inbox): State<Arc<Inbox>>, Json(message): Json<Value>) -> StatusCode {
    let text = |key: &str| message.get(key).and_then(Value::as_str).map(str::to_owned);
    let (Some(id), Some(event)) = (text("_service_id"), text("event_id")) else {
        return StatusCode::BAD_REQUEST;
    };
    inbox.lock().entry(id).or_default().push(event);
    inbox.arrived.notify_waiters();
    StatusCode::OK
}
