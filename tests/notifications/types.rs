//! The types of notifications: what leaves, and where to.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::{Value, json};

use crate::harness::{Receiver, Services, Up, Workers, messages, sales, until};

const LIMIT: Duration = Duration::from_secs(30);

async fn up(options: &str, receiver: &Receiver) -> Up {
    let provider = format!(
        "[providers.push]\nurl = \"{}/push\"\nusername = \"ringback\"\npassword = \"secret\"\n\
         [providers.push.texts.fi]\n_cbe_on_dial_init = \"Soitamme sinulle\"\n",
        receiver.base()
    );
    let options = format!("_enable_status_notification = \"subscribe_notify\"\n{options}");
    Up::start(&format!("{}{provider}", sales(&options, 1)), "speed=20").await
}

/// A provider's own host needs no entry in the allow list, and gets its credentials.
#[tokio::test]
async fn customhttp_posts_an_envelope_to_the_provider() {
    let receiver = Receiver::start().await;
    let options = "_status_notification_type = \"customhttp\"\n_status_notification_target = \"device-1\"\n\
                   _status_notification_provider = \"push\"\n_status_notification_language = \"fi\"";
    let up = up(options, &receiver).await;
    let id = up
        .client
        .start("now", json!({"_customer_number": "5115"}))
        .await;
    let told = until("the exit", LIMIT, || async {
        let told = receiver.all();
        let exit = |told: &Value| told["message"]["event_id"] == "_cbe_on_service_exit";
        told.iter().any(|told| exit(&told.message)).then_some(told)
    })
    .await;
    assert_eq!(told.len(), 9);
    for told in &told {
        assert_eq!(
            (told.path.as_str(), &told.message["deviceId"]),
            ("push", &json!("device-1"))
        );
        assert_eq!(told.headers["authorization"], "Basic cmluZ2JhY2s6c2VjcmV0");
        assert_eq!(told.message["message"]["_service_id"], json!(id));
        let text = (told.message["message"]["event_id"] == "_cbe_on_dial_init")
            .then(|| json!("Soitamme sinulle"));
        assert_eq!(told.message["message"].get("_text"), text.as_ref());
    }
}

#[tokio::test]
async fn orscb_raises_events_of_a_session() {
    let receiver = Receiver::start().await;
    let options = "_status_notification_type = \"orscb\"\n_status_notification_target = \"SESSION-7\"\n\
                   _status_notification_provider = \"push\"";
    let up = up(options, &receiver).await;
    let id = up
        .client
        .start("now", json!({"_customer_number": "5115"}))
        .await;
    let last = "push/scxml/session/SESSION-7/event/_cbe_on_service_exit";
    let told = until("the exit", LIMIT, || async {
        let told = receiver.all();
        told.iter().any(|told| told.path == last).then_some(told)
    })
    .await;
    assert_eq!(told.len(), 9);
    assert_eq!(
        told[0].path,
        "push/scxml/session/SESSION-7/event/_cbe_on_service_create"
    );
    let form: std::collections::BTreeMap<_, _> = url::form_urlencoded::parse(&told[6].body)
        .map(|(key, value)| (key.into_owned(), value.into_owned()))
        .collect();
    assert_eq!(
        told[6].headers["content-type"],
        "application/x-www-form-urlencoded"
    );
    assert_eq!(
        (form["event_id"].as_str(), form["_service_id"].as_str()),
        ("_cbe_on_target_found", id.as_str())
    );
    let target: Value = serde_json::from_str(&form["c_target"]).unwrap();
    assert_eq!(target["agent"], "a0");
}

/// A provider that does not exist, or lacks what the type needs, is told at the start: nothing is stored.
#[tokio::test]
async fn what_cannot_be_told_is_refused_at_the_start() {
    let receiver = Receiver::start().await;
    let up = up(
        "_status_notification_target = \"https://crm.example/\"",
        &receiver,
    )
    .await;
    for (parameters, part) in [
        (
            json!({"_status_notification_provider": "nobody"}),
            "provider 'nobody' does not exist; known are: push",
        ),
        (
            json!({"_status_notification_type": "orscb", "_status_notification_target": "S"}),
            "needs a provider with a url",
        ),
        (
            json!({"_status_notification_target": "http://10.0.0.1/"}),
            "10.0.0.1 is neither public nor allowed",
        ),
        (
            json!({"_status_notification_target": "http://user:pw@2130706433/"}),
            "127.0.0.1 is neither public nor allowed",
        ),
        (
            json!({"_status_notification_type": "amqp", "_status_notification_target": "ringback.requests/now.start"}),
            "does not fit type amqp",
        ),
    ] {
        let mut body = parameters;
        body["_customer_number"] = json!("5115");
        let (status, answer) = up
            .client
            .post("/genesys/1/service/callback/now", &body)
            .await;
        assert_eq!(status, 400, "{answer}");
        let said = answer["message"].as_str().unwrap();
        assert!(said.contains(part), "{part} is missing in {said}");
        assert!(!said.contains("pw"), "{said}");
    }
    let (_, stored) = up.client.get("/genesys/1/service/callback/now").await;
    assert_eq!(stored, json!([]));
}

/// Analysts bind a queue of their own to the exchange; what nobody is bound for waits.
#[tokio::test]
async fn amqp_publishes_to_the_events_exchange() {
    let Some(services) = Services::start("notifications::types") else {
        return;
    };
    let options =
        "_enable_status_notification = \"subscribe_notify\"\n_status_notification_type = \"amqp\"";
    let workers = Workers::start(&services, &sales(options, 1), "speed=20").await;
    let mut analyst = listen(&services.amqp, "#", 9);
    let mut lines = BufReader::new(analyst.stdout.take().unwrap()).lines();
    assert_eq!(lines.next().unwrap().unwrap(), "ready");
    let id = workers
        .client
        .start("now", json!({"_customer_number": "5115"}))
        .await;
    let told: Vec<Value> = lines
        .map(|line| serde_json::from_str(&line.unwrap()).unwrap())
        .collect();
    assert!(analyst.wait().unwrap().success());
    let mut places = Vec::new();
    for (number, told) in (1..).zip(&told) {
        assert_eq!(
            (&told["key"], &told["persistent"]),
            (&told["body"]["event_id"], &json!(true))
        );
        let mut headers = told["headers"].clone();
        headers["message_id"] = told["message_id"].clone();
        messages::holds("notification", &told["body"], &headers);
        let message_id = told["message_id"].as_str().unwrap();
        let place = message_id.strip_prefix(&format!("{id}/")).unwrap();
        places.push(place.parse::<u32>().unwrap());
        assert_eq!(told["headers"]["ringback-sequence"], number.to_string());
    }
    // Submitted and queued are in its history as well, and not told by default.
    assert!(
        places.is_sorted_by(|a, b| a < b) && places[0] == 3,
        "{places:?}"
    );
    assert_eq!(
        (told.len(), &told[8]["key"]),
        (9, &json!("_cbe_on_service_exit"))
    );
    let delivery = until("all deliveries", LIMIT, || async {
        let (_, page) = workers
            .client
            .get(&format!("/v1/deliveries?callback={id}"))
            .await;
        Some(page["deliveries"][0].clone()).filter(|it| it["told"] == 9)
    })
    .await;
    assert_eq!(delivery["target"], "amqp:ringback.events/{event_id}");
    assert_eq!(delivery["attempts"][0]["result"], "confirmed");
}

#[expect(
    clippy::disallowed_methods,
    reason = "tests are told by the environment which Python has pika"
)]
fn listen(amqp: &str, pattern: &str, count: usize) -> Child {
    let python = std::env::var("RINGBACK_TEST_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let script = format!(
        "{}/../../tests/foreign/listen.py",
        env!("CARGO_MANIFEST_DIR")
    );
    let arguments = [
        &script,
        amqp,
        "ringback.events",
        pattern,
        &count.to_string(),
    ];
    Command::new(python)
        .args(arguments)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap()
}
