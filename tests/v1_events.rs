//! GET `/v1/events`

mod processes;
mod watchers;

use std::time::Duration;

use futures_util::future::join_all;
use reqwest::Method;
use serde_json::{Value, json};

use crate::access::{basic, call};
use crate::harness::{Client, EventStream, Shown, Up, after, sales};

const LIMIT: Duration = Duration::from_secs(30);
const PACE: &str = "speed=20&talk=1";
/// Who is busy is called again soon.
const SOON: &str = "_max_dial_attempts = 2\n_dial_retry_timeout = 1";

/// Fails unless this is a whole life, as the callback's own events tell it.
async fn assert_whole_life(client: &Client, id: &str, shown: &[Shown]) {
    client.until_over(id, LIMIT).await;
    let (status, page) = client
        .get(&format!("/v1/callbacks/{id}/events?limit=1000"))
        .await;
    assert_eq!(status, 200, "{page}");
    let log = page["events"].as_array().unwrap();
    assert!(log.len() > 4, "{page}");
    assert_eq!(shown.len(), log.len(), "{shown:#?}");
    for ((shown, event), sequence) in shown.iter().zip(log).zip(1..) {
        assert_eq!(shown.id, format!("{id}:{sequence}"));
        assert_eq!(shown.event, event["event_id"]);
        let mut expected = event.clone();
        expected["_service_id"] = json!(id);
        expected["_service_name"] = json!("now");
        assert_eq!(shown.data, expected);
    }
}

fn number(last: u32) -> Value {
    json!({ "_customer_number": format!("51{last:02}") })
}

#[tokio::test]
async fn get_v1_events_shows_whole_lives() {
    let up = Up::start(&sales(SOON, 2), PACE).await;
    let before = up.client.start("now", number(15)).await;
    up.client.until_over(&before, LIMIT).await;
    let mut stream = EventStream::open(&up.client, "").await;
    let mut second = EventStream::open(&up.client, "").await;
    let ids = [
        up.client.start("now", number(16)).await,
        up.client.start("now", number(1)).await,
    ];
    let lives = stream.lives(&ids).await;
    for (id, life) in ids.iter().zip(&lives) {
        assert_whole_life(&up.client, id, life).await;
    }
    assert_eq!(second.lives(&ids).await, lives);
}

#[tokio::test]
async fn get_v1_events_shows_what_is_asked_for() {
    let config = sales("", 1)
        + "[services.later]\ntemplate = \"User Terminated Delayed\"\n_target = \"Sales@Stat.GA\"\n";
    let up = Up::start(&config, PACE).await;
    let tomorrow = after(Duration::from_hours(24)).to_string();
    let parameters = json!({ "_customer_number": "5120", "_desired_time": tomorrow });
    let other = up.client.start("later", parameters).await;
    let [mut of_callback, mut of_service, mut dials, mut both] = join_all(
        [
            format!("?callback={other}"),
            "?service=now".to_owned(),
            "?event=_cbe_on_dial_*".to_owned(),
            "?service=now&event=*_exit".to_owned(),
        ]
        .iter()
        .map(|query| EventStream::open(&up.client, query)),
    )
    .await
    .try_into()
    .map_err(|_| "four streams")
    .unwrap();
    let id = up.client.start("now", number(15)).await;
    let whole = of_service.until_over(&id).await;
    assert_whole_life(&up.client, &id, &whole).await;
    let path = format!("/genesys/1/service/callback/later/{other}");
    assert_eq!(up.client.delete(&path).await.0, 200);

    for (sequence, event) in [
        (2, "_cbe_on_callback_cancelled"),
        (3, "_cbe_on_service_exit"),
    ] {
        let shown = of_callback.next().await.unwrap();
        assert_eq!(shown.id, format!("{other}:{sequence}"));
        assert_eq!(
            (shown.event.as_str(), &shown.data["_service_name"]),
            (event, &json!("later"))
        );
    }
    for event in ["_cbe_on_dial_init", "_cbe_on_dial_done"] {
        let shown = dials.next().await.unwrap();
        assert_eq!(
            (shown.event.as_str(), &shown.data["_service_id"]),
            (event, &json!(id))
        );
    }
    let shown = both.next().await.unwrap();
    assert_eq!(Some(&shown), whole.last());
}

#[tokio::test]
async fn get_v1_events_names_what_is_wrong() {
    let up = Up::start(&sales("", 0), PACE).await;
    for (query, status, says) in [
        (
            "colour=red",
            400,
            &["'colour'", "callback, service, event"][..],
        ),
        (
            "event=_cbe_on_dail_*",
            400,
            &["event '_cbe_on_dail_*'", "_cbe_on_dial_init", "'*'"],
        ),
        (
            "event=dial%20init",
            400,
            &["event", "'dial init'", "letters"],
        ),
        ("service=nosuch", 404, &["'nosuch'", "known are: now"]),
        ("callback=07-x", 404, &["callback '07-x' does not exist"]),
    ] {
        let (found, answer) = up.client.get(&format!("/v1/events?{query}")).await;
        let message = answer["detail"].as_str().unwrap_or_default();
        assert_eq!(found, status, "{query}: {answer}");
        assert!(
            says.iter().all(|part| message.contains(part)),
            "{query}: {message}"
        );
    }
}

#[tokio::test]
async fn get_v1_events_is_for_who_may_read() {
    let users = "[users.ivr1]\nrole = \"ivr\"\npassword = \"secret\"\n[users.wall]\nrole = \"readonly\"\npassword = \"secret\"\n";
    let up = Up::start(&(sales("", 0) + users), PACE).await;
    assert_eq!(up.client.get("/v1/events").await.0, 401);
    let ask = async |who: &str, query: &str| {
        let path = format!("/v1/events?{query}");
        call(&up, &basic(who, "secret"), Method::GET, &path, "").await
    };
    let (status, answer) = ask("ivr1", "").await;
    assert_eq!(
        (status, &answer["detail"]),
        (403, &json!("role ivr may not read"))
    );
    assert_eq!(ask("wall", "colour=red").await.0, 400, "let in");
}

#[tokio::test]
async fn get_v1_events_has_room_for_a_hundred() {
    let up = Up::start(&sales("", 1), PACE).await;
    let open = || EventStream::begin(&up.client, "");
    let mut streams: Vec<_> = join_all((0..100).map(|_| open())).await;
    assert!(streams.iter().all(Result::is_ok));
    let none = up.client.exchange(Method::GET, "/v1/events", &[], "").await;
    let (status, headers, answer) = none;
    let message = answer["detail"].as_str().unwrap();
    assert_eq!(status, 503, "{answer}");
    assert!(
        message.contains("100 streams") && message.contains("allowed are 100"),
        "{message}"
    );
    assert_eq!(headers["retry-after"], "5");

    streams.truncate(99);
    let stream = crate::harness::until("room", LIMIT, || async { open().await.ok() });
    drop(stream.await);
}

#[tokio::test]
async fn get_v1_events_ends_with_its_process() {
    let mut up = Up::start(&sales("", 1), PACE).await;
    let mut stream = EventStream::open(&up.client, "").await;
    let (status, shown) = tokio::join!(up.process.terminate(), stream.next());
    assert_eq!(shown, None);
    assert!(status.success(), "{}", up.said());
}
