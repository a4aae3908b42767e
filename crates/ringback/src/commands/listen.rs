//! `ringback listen`: receives webhooks and prints them, to see what a service tells.

use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use anyhow::Context;
use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::any;
use serde_json::Value;
use standardwebhooks::Webhook;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use super::client::text;
use crate::args::ListenOptions;
use crate::life::Life;
use crate::print::{self, line};

/// What a webhook is answered from.
struct Listener {
    status: StatusCode,
    secrets: Vec<Webhook>,
    json: bool,
    left: Option<AtomicU64>,
    stop: CancellationToken,
}

pub async fn run(options: ListenOptions) -> anyhow::Result<ExitCode> {
    let mut life = Life::new()?;
    let bound = TcpListener::bind(options.at).await;
    let bound = bound.with_context(|| format!("--at {} cannot be used", options.at))?;
    let address = bound.local_addr()?;
    let secrets = options.secret.iter().map(|secret| Webhook::new(secret));
    let secrets = secrets.collect::<Result<_, _>>();
    let listener = Arc::new(Listener {
        status: StatusCode::from_u16(options.status).context("--status must be 200 to 599")?,
        secrets: secrets.context("--secret must be whsec_ and base64")?,
        json: options.json,
        left: options.count.map(AtomicU64::new),
        stop: life.stop.clone(),
    });
    if !options.json {
        line(&format!(
            "listening at http://{address}/   (give it as _status_notification_target; Ctrl-C ends)"
        ));
    }
    let routes = Router::new().fallback(any(receive)).with_state(listener);
    let stop = life.stop.clone();
    life.run("listener", async move {
        let served = axum::serve(bound, routes).with_graceful_shutdown(stop.cancelled_owned());
        if let Err(error) = served.await {
            tracing::error!(%error, "listening ended");
        }
    });
    life.until_the_end().await
}

async fn receive(
    State(listener): State<Arc<Listener>>,
    headers: HeaderMap,
    body: Bytes,
) -> StatusCode {
    let message = serde_json::from_slice(&body)
        .unwrap_or_else(|_| Value::from(String::from_utf8_lossy(&body)));
    if listener.json {
        line(&message.to_string());
    } else {
        show(&headers, &message, listener.verdict(&headers, &body));
    }
    listener.count();
    listener.status
}

impl Listener {
    fn verdict(&self, headers: &HeaderMap, body: &[u8]) -> &'static str {
        let holds = |secret: &Webhook| secret.verify(body, headers).is_ok();
        match (self.secrets.is_empty(), self.secrets.iter().any(holds)) {
            (true, _) => "",
            (false, true) => "signature ok",
            (false, false) => "SIGNATURE WRONG",
        }
    }

    /// Ends the process after the last one that was asked for.
    fn count(&self) {
        let Some(left) = &self.left else { return };
        if left.fetch_sub(1, Ordering::Relaxed) <= 1 {
            self.stop.cancel();
        }
    }
}

fn show(headers: &HeaderMap, message: &Value, verdict: &str) {
    let header = |name: &str| headers.get(name).and_then(|it| it.to_str().ok());
    // A push carries the message in an envelope.
    let inner = message.get("message").filter(|it| it.is_object());
    let message = inner.unwrap_or(message);
    line(&format!(
        "{} #{:<3} {:34} {:10} {} {verdict}",
        print::time(&jiff::Timestamp::now().to_string()),
        header("ringback-sequence").unwrap_or("-"),
        text(message, "event_id"),
        text(message, "_callback_state"),
        text(message, "_service_id"),
    ));
    let known = ["event_id", "_callback_state", "_service_id", "timestamp"];
    for (key, value) in message.as_object().into_iter().flatten() {
        if !known.contains(&key.as_str()) {
            let value = value
                .as_str()
                .map_or_else(|| value.to_string(), str::to_owned);
            line(&format!("      {key} = {value}"));
        }
    }
}
