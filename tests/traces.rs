//! Traces and logs: one callback's life can be followed, and nothing of the person is in it.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::routing::post;
use serde_json::json;
use tokio::net::TcpListener;

use crate::harness::{Client, Process, Receiver, free_port};

const NUMBER: &str = "15557654399";
const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";
const LIMIT: Duration = Duration::from_secs(30);

/// Keeps the bodies that are posted to it, as they are.
async fn collector() -> (String, Arc<Mutex<Vec<Bytes>>>) {
    async fn keep(State(bodies): State<Arc<Mutex<Vec<Bytes>>>>, body: Bytes) {
        bodies.lock().unwrap().push(body);
    }
    let bodies = Arc::<Mutex<Vec<Bytes>>>::default();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    let routes = Router::new()
        .route("/v1/traces", post(keep))
        .with_state(bodies.clone());
    tokio::spawn(async move { axum::serve(listener, routes).await });
    (endpoint, bodies)
}

fn holds(body: &[u8], part: &[u8]) -> bool {
    body.windows(part.len()).any(|window| window == part)
}

fn bytes_of(hex: &str) -> Vec<u8> {
    let pairs = hex.as_bytes().chunks(2);
    pairs
        .map(|pair| u8::from_str_radix(str::from_utf8(pair).unwrap(), 16).unwrap())
        .collect()
}

#[tokio::test]
async fn a_callback_is_traced_from_the_callers_request_and_no_number_is_told() {
    let (endpoint, bodies) = collector().await;
    let (receiver, folder, listen) = (
        Receiver::start().await,
        tempfile::tempdir().unwrap(),
        free_port(),
    );
    let api = listen.to_string();
    let own = "trace,hyper=info,h2=info,reqwest=info,rustls=info,mio=info,opentelemetry=info";
    let arguments = [
        "up",
        "--listen",
        &api,
        "--telephony",
        "sim:?speed=40&talk=1",
        "--otlp-endpoint",
        &endpoint,
        "--log",
        own,
    ];
    let mut up = Process::start(folder.path(), &arguments);
    let client = Client::new(listen);
    client.until_ready().await;
    let body = json!({"_customer_number": NUMBER, "_status_notification_target": receiver.url});
    let traceparent = format!("00-{TRACE}-b7ad6b7169203331-01");
    let id = client
        .start_traced("samples_dev", &body, &traceparent)
        .await;
    client.until_over(&id, LIMIT).await;
    receiver.until_exit(&id, LIMIT).await;
    assert!(up.terminate().await.success(), "{}", up.said());

    let bodies = bodies.lock().unwrap();
    let all = bodies.concat();
    for part in [
        id.as_bytes(),
        &bytes_of(TRACE),
        b"POST /genesys/1/service/callback/{service}",
        b"publish ringback.dial",
        b"process ringback.dial",
        b"process ringback.schedule",
        b"process ringback.notify",
        b"dialer.attempt",
    ] {
        assert!(
            holds(&all, part),
            "{} is in no trace",
            String::from_utf8_lossy(part)
        );
    }
    assert!(!holds(&all, NUMBER.as_bytes()), "the number is in a trace");
    let said = up.said();
    assert!(said.contains(&id), "the callback is in the log: {said}");
    assert!(!said.contains(NUMBER), "the number is in the log");
}
