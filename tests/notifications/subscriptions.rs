//! Subscriptions: who is told what, from when until when.

use std::time::Duration;

use axum::http::StatusCode;
use axum::response::IntoResponse;
use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{Receiver, Up, sales, until};

const LIMIT: Duration = Duration::from_secs(30);
const PATH: &str = "/genesys/1/notification/subscription";

fn config(more: &str) -> String {
    let options = format!("_enable_status_notification = \"notify\"\n{more}");
    format!(
        "{}[notifier]\nallow = [\"127.0.0.0/8\"]\n",
        sales(&options, 4)
    )
}

fn body(subscriber: &str, filter: &str, device: &str) -> Value {
    json!({
        "subscriberId": subscriber, "filter": filter, "expire": 60,
        "notificationDetails": {"deviceId": device, "type": "httpcb", "properties": {"debug": "false", "language": "fi"}},
    })
}

/// Subscribes; the subscription's id.
pub async fn subscribe(up: &Up, name: &str, filter: &str, url: &str) -> String {
    let (status, answer) = up.client.post(PATH, &body(name, filter, url)).await;
    assert_eq!(status, 200, "{answer}");
    assert!(answer["expirationTime"].is_string(), "{answer}");
    assert!(
        !answer.to_string().contains("127.0.0.1"),
        "addresses are not told back: {answer}"
    );
    answer["id"].as_str().unwrap().to_owned()
}

/// Requests a callback; its id.
pub async fn call(up: &Up) -> String {
    up.client
        .start("now", json!({"_customer_number": "5115"}))
        .await
}

#[tokio::test]
async fn an_event_goes_to_every_subscription_that_matches() {
    let (all, dials) = (Receiver::start().await, Receiver::start().await);
    let up = Up::start(&config(""), "speed=20").await;
    subscribe(&up, "all", "*", &all.url).await;
    subscribe(&up, "dials", "_cbe_on_dial_*", &dials.url).await;
    let id = call(&up).await;
    let told = all.until_exit(&id, LIMIT).await;
    assert_eq!(
        told.iter().map(|it| it.sequence).collect::<Vec<_>>(),
        (1..=9).collect::<Vec<u64>>()
    );
    let told = until("both dials", LIMIT, || async {
        Some(dials.of(&id)).filter(|told| told.len() == 2)
    })
    .await;
    let names: Vec<_> = told
        .iter()
        .map(|it| (it.sequence, it.message["event_id"].clone()))
        .collect();
    assert_eq!(
        names,
        [
            (1, json!("_cbe_on_dial_init")),
            (2, json!("_cbe_on_dial_done"))
        ]
    );
}

/// Whoever subscribes when all is over is told nothing of it; one that is deleted is told nothing more.
#[tokio::test]
async fn a_subscription_holds_from_its_beginning_to_its_end() {
    let (all, late) = (Receiver::start().await, Receiver::start().await);
    let up = Up::start(&config(""), "speed=20").await;
    subscribe(&up, "all", "*", &all.url).await;
    let before = call(&up).await;
    all.until_exit(&before, LIMIT).await;
    let subscription = subscribe(&up, "late", "*", &late.url).await;
    let during = call(&up).await;
    late.until_exit(&during, LIMIT).await;
    let (_, shown) = up.client.get("/v1/subscriptions").await;
    assert_eq!(shown["total"], 2);
    let path = format!("{PATH}/{subscription}");
    assert_eq!(up.client.delete(&path).await.0, 200);
    assert_eq!(up.client.delete(&path).await.0, 404);
    let after = call(&up).await;
    all.until_exit(&after, LIMIT).await;
    assert_eq!((late.of(&before).len(), late.of(&after).len()), (0, 0));
}

/// A target that fails does so by itself, and says so; also a callback's own one.
#[tokio::test]
async fn a_subscription_that_fails_holds_nobody_up() {
    const DEAD: &str = "http://127.0.0.1:9/";
    let all = Receiver::start().await;
    let own = "_enable_status_notification = \"subscribe_notify\"\n_status_notification_target = \"http://127.0.0.1:9/own\"";
    let config = config("").replace("_enable_status_notification = \"notify\"", own);
    let up = Up::start(&config, "speed=20").await;
    let dead = subscribe(&up, "dead", "", DEAD).await;
    subscribe(&up, "all", "*", &all.url).await;
    let id = call(&up).await;
    assert_eq!(all.until_exit(&id, LIMIT).await.len(), 9);
    let (_, page) = up
        .client
        .get(&format!("/v1/deliveries?callback={id}"))
        .await;
    let deliveries = page["deliveries"].as_array().unwrap();
    assert_eq!(deliveries.len(), 3, "{page}");
    for (subscription, target) in [(json!(dead), DEAD), (Value::Null, "http://127.0.0.1:9/own")] {
        let found = deliveries.iter().find(|it| it["target"] == target).unwrap();
        assert_eq!(
            (&found["subscription"], &found["state"]),
            (&subscription, &json!("failing")),
            "{found}"
        );
        assert_eq!(found["told"], 0, "{found}");
    }
    assert!(page.to_string().contains("\"connect\""), "{page}");
}

/// What others publish goes to every subscription whose filter fits, with retries like everything else.
#[tokio::test]
async fn what_is_published_goes_to_subscriptions() {
    let receiver = Receiver::answering(|before, _| {
        let status = if before.is_empty() {
            StatusCode::BAD_GATEWAY
        } else {
            StatusCode::OK
        };
        status.into_response()
    })
    .await;
    let up = Up::start(&config(""), "speed=20").await;
    subscribe(&up, "news", "news.*", &receiver.url).await;
    subscribe(&up, "calls", "_cbe_*", &receiver.url).await;
    let path = "/genesys/1/notification/publish";
    let message = json!({"rain": true});
    let (status, answer) = up
        .client
        .post(path, &json!({"tag": "news.weather", "message": message}))
        .await;
    assert_eq!(
        (status, &answer["subscriptions"]),
        (200, &json!(1)),
        "{answer}"
    );
    let told = until("two deliveries", LIMIT, || async {
        Some(receiver.all()).filter(|all| all.len() == 2)
    })
    .await;
    let id = format!("{}/1", answer["id"].as_str().unwrap());
    assert!(
        told.iter()
            .all(|told| told.message == message && told.headers["webhook-id"] == id.as_str()),
        "{told:?}"
    );
    let (_, answer) = up
        .client
        .post(path, &json!({"tag": "nobody.wants", "message": {}}))
        .await;
    assert_eq!(answer["subscriptions"], 0);
    let (status, answer) = up
        .client
        .post(path, &json!({"tag": "a b", "message": {}}))
        .await;
    assert!(
        status == 400
            && answer["message"]
                .as_str()
                .unwrap()
                .contains("parameter 'tag'"),
        "{answer}"
    );
}

/// Asking for the same again prolongs it.
#[tokio::test]
async fn a_subscription_is_renewed_by_itself() {
    let receiver = Receiver::start().await;
    let up = Up::start(&config(""), "speed=20").await;
    let (_, first) = up.client.post(PATH, &body("one", "*", &receiver.url)).await;
    let (_, second) = up.client.post(PATH, &body("one", "*", &receiver.url)).await;
    assert_eq!(first["id"], second["id"]);
    assert!(first["expirationTime"].as_str() <= second["expirationTime"].as_str());
    let id = up
        .client
        .start("now", json!({"_customer_number": "5115"}))
        .await;
    assert_eq!(receiver.until_exit(&id, LIMIT).await.len(), 9);
}

#[tokio::test]
async fn what_is_wrong_with_a_subscription_is_named() {
    let up = Up::start(&config(""), "speed=20").await;
    let good = body("one", "*", "http://127.0.0.1:9/");
    let with = |path: &str, value: Value| {
        let mut body = good.clone();
        *body.pointer_mut(path).unwrap() = value;
        body
    };
    for (wrong, part) in [
        (
            with("/expire", json!(29)),
            "parameter 'expire' = 29: allowed is seconds from 30",
        ),
        (with("/filter", json!("a b")), "filter 'a b'"),
        (
            with("/subscriberId", json!("")),
            "'subscriberId' is missing",
        ),
        (
            with("/notificationDetails/type", json!("pigeon")),
            "'pigeon': allowed is httpcb, orscb, customhttp or amqp",
        ),
        (
            with("/notificationDetails/deviceId", json!("ftp://x")),
            "allowed is an http or https URL",
        ),
        (
            with(
                "/notificationDetails/deviceId",
                json!("http://169.254.169.254/"),
            ),
            "169.254.169.254 is neither public nor allowed",
        ),
        (
            with("/notificationDetails/type", json!("orscb")),
            "does not fit type orscb",
        ),
    ] {
        let (status, answer) = up.client.post(PATH, &wrong).await;
        assert_eq!(status, 400, "{answer}");
        assert!(
            answer["message"].as_str().unwrap().contains(part),
            "{part} is missing in {answer}"
        );
    }
    let form = [("content-type", "application/x-www-form-urlencoded")];
    assert_eq!(
        up.client
            .send(Method::POST, PATH, &form, "subscriberId=x")
            .await
            .0,
        415
    );
    assert_eq!(up.client.send(Method::POST, PATH, &[], "x").await.0, 415);
    let (_, shown) = up.client.get("/v1/subscriptions").await;
    assert_eq!(shown["total"], 0);
}
