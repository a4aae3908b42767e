//! Receivers that misbehave: what becomes of their notifications, and of everybody else's.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::harness::{Notification, Receiver, Up, sales, until};

const LIMIT: Duration = Duration::from_secs(40);

async fn up(more: &str) -> Up {
    let options = "_enable_status_notification = \"subscribe_notify\"\n\
                   _status_notification_target = \"http://127.0.0.1:9/\"";
    let notifier = format!("[notifier]\nallow = [\"127.0.0.1\"]\ntotal_timeout = 1\n{more}");
    Up::start(&format!("{}{notifier}", sales(options, 12)), "speed=20").await
}

/// Each for a customer of its own: one who is on a call is not called for another.
async fn start(up: &Up, target: &str) -> String {
    static CUSTOMERS: AtomicU32 = AtomicU32::new(0);
    let customer = CUSTOMERS.fetch_add(1, Ordering::Relaxed);
    let number = format!("51{customer:02}15");
    let request = json!({"_customer_number": number, "_status_notification_target": target});
    up.client.start("now", request).await
}

async fn delivery(up: &Up, id: &str) -> Value {
    let (status, page) = up
        .client
        .get(&format!("/v1/deliveries?callback={id}"))
        .await;
    assert_eq!(status, 200, "{page}");
    page["deliveries"][0].clone()
}

/// Waits until the notifications of a callback stand so.
async fn stands(up: &Up, id: &str, fits: impl Fn(&Value) -> bool) -> Value {
    until(&format!("the deliveries of {id}"), LIMIT, || async {
        let delivery = delivery(up, id).await;
        fits(&delivery).then_some(delivery)
    })
    .await
}

fn times(before: &[Notification], now: &Notification) -> usize {
    before
        .iter()
        .filter(|told| told.headers["webhook-id"] == now.headers["webhook-id"])
        .count()
}

/// Answers every connection with these bytes again and again, until it is closed; answers nothing without any.
async fn raw(bytes: &'static [u8]) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let serve = async move |mut stream: TcpStream| {
        let mut buffer = [0; 4096];
        let read = stream.read(&mut buffer).await;
        let head = "HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\n\r\n";
        if bytes.is_empty() || read.is_err() || stream.write_all(head.as_bytes()).await.is_err() {
            // Holds the connection until the other side has had enough.
            stream.read(&mut buffer).await.unwrap_or_default();
            return;
        }
        while stream.write_all(bytes).await.is_ok() {}
    };
    tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            tokio::spawn(serve(stream));
        }
    });
    url
}

/// In order, and with the same id each time.
#[tokio::test]
async fn errors_are_tried_again_in_order() {
    let receiver = Receiver::answering(|before, now| match times(before, now) {
        0 | 1 => (StatusCode::INTERNAL_SERVER_ERROR, "not now").into_response(),
        _ => StatusCode::NO_CONTENT.into_response(),
    })
    .await;
    let up = up("schedule = [1, 1, 1]\n").await;
    let id = start(&up, &receiver.url).await;
    let told = receiver.until_exit(&id, LIMIT).await;
    assert_eq!(
        told.iter().map(|told| told.sequence).collect::<Vec<_>>(),
        (1..=9).collect::<Vec<u64>>()
    );
    assert_eq!(receiver.all().len(), 27);
    let delivery = stands(&up, &id, |it| it["state"] == "idle").await;
    let results: Vec<_> = delivery["attempts"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["result"].clone())
        .collect();
    assert_eq!(results, [500, 500, 204].repeat(9));
}

#[tokio::test]
async fn a_wish_to_wait_is_respected() {
    let receiver = Receiver::answering(|before, _| match before.len() {
        0 => (StatusCode::TOO_MANY_REQUESTS, [(header::RETRY_AFTER, "2")]).into_response(),
        _ => StatusCode::OK.into_response(),
    })
    .await;
    let up = up("schedule = [1]\n").await;
    let id = start(&up, &receiver.url).await;
    receiver.until_exit(&id, LIMIT).await;
    let all = receiver.all();
    assert!(
        all[1].at - all[0].at >= Duration::from_secs(2),
        "{:?}",
        all[1].at - all[0].at
    );
}

/// A redirect is a failure like any other; what is given up leaves a gap, and the lane goes on.
#[tokio::test]
async fn redirects_are_not_followed_and_end_among_the_dead() {
    let receiver = Receiver::answering(|_, now| match now.sequence {
        2 => (
            StatusCode::FOUND,
            [(header::LOCATION, "http://169.254.169.254/latest")],
            "go away",
        )
            .into_response(),
        _ => StatusCode::OK.into_response(),
    })
    .await;
    let up = up("schedule = [1]\n").await;
    let id = start(&up, &receiver.url).await;
    let told = receiver.until_exit(&id, LIMIT).await;
    assert_eq!(
        told.iter().map(|told| told.sequence).collect::<Vec<_>>(),
        [1, 3, 4, 5, 6, 7, 8, 9]
    );
    let delivery = stands(&up, &id, |it| it["told"] == 9).await;
    let dead = &delivery["dead_letters"][0];
    assert_eq!(
        (&dead["sequence"], &dead["event_id"]),
        (&json!(2), &json!("_cbe_on_virtual_ixn_create"))
    );
    assert_eq!(
        (&dead["reason"], &dead["answer"]),
        (&json!("the target answered 302"), &json!("go away"))
    );
    let (good, said) = up.say(&["deliveries", "list", "--status", "dead"]);
    assert!(
        good && said.contains("_cbe_on_virtual_ixn_create: the target answered 302"),
        "{said}"
    );
    let (_, page) = up.client.get("/v1/dead-letters").await;
    assert_eq!(page["dead_letters"][0]["callback"], json!(id), "{page}");
    let (good, said) = up.say(&["deliveries", "replay", "--callback", &id]);
    assert!(
        good && said.contains("1 notifications are delivered again"),
        "{said}"
    );
}

/// Also when a dead letter is tried once more.
#[tokio::test]
async fn a_target_that_is_gone_ends_its_notifications() {
    let receiver = Receiver::answering(|before, now| match (now.sequence, times(before, now)) {
        (2, 0 | 1) => StatusCode::FOUND.into_response(),
        (2, _) => StatusCode::GONE.into_response(),
        _ => StatusCode::OK.into_response(),
    })
    .await;
    let up = up("schedule = [1]\n").await;
    let id = start(&up, &receiver.url).await;
    stands(&up, &id, |it| it["told"] == 9).await;
    let (good, said) = up.say(&["deliveries", "replay", "--callback", &id]);
    assert!(good, "{said}");
    let ended = stands(&up, &id, |it| it["state"] == "ended").await;
    assert_eq!(ended["dead_letters"][0]["sequence"], 2, "{ended}");
}

/// A body without an end costs neither memory nor the notification: the status has said it.
#[tokio::test]
async fn a_body_without_an_end_is_cut_off() {
    let url = raw(&[b'x'; 16 * 1024]).await;
    let up = up("").await;
    let id = start(&up, &url).await;
    let delivery = stands(&up, &id, |it| it["told"] == 9).await;
    assert_eq!(delivery["dead_letters"], json!([]), "{delivery}");
}

/// A target that hangs is left alone after a few tries, visibly; others keep their pace meanwhile.
#[tokio::test]
async fn a_target_that_hangs_keeps_nobody_else_waiting() {
    let (hanging, healthy) = (raw(b"").await, Receiver::start().await);
    let up = up("concurrency = 4\n").await;
    let mut stuck = Vec::new();
    for _ in 0..8 {
        stuck.push(start(&up, &hanging).await);
    }
    let id = start(&up, &healthy.url).await;
    healthy.until_exit(&id, LIMIT).await;
    let host = hanging.trim_end_matches('/');
    until("an open breaker", LIMIT, || async {
        let (_, text) = up.client.get_text("/metrics").await;
        text.contains(&format!(
            "ringback_notifier_breaker_open{{host=\"{host}\"}} 1"
        ))
        .then_some(())
    })
    .await;
    let other = start(&up, &healthy.url).await;
    healthy.until_exit(&other, LIMIT).await;
    let results = |delivery: &Value| -> Vec<Value> {
        delivery["attempts"]
            .as_array()
            .into_iter()
            .flatten()
            .map(|it| it["result"].clone())
            .collect()
    };
    let mut seen = Vec::new();
    for id in &stuck {
        let delivery = stands(&up, id, |it| it["state"] == "failing").await;
        assert_eq!(delivery["told"], 0, "{delivery}");
        seen.extend(results(&delivery));
    }
    assert!(
        seen.contains(&json!("timeout")) && seen.contains(&json!("left alone")),
        "{seen:?}"
    );
}
