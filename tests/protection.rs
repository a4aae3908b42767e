//! What is not let in, and in which words: POST `/genesys/1/service/callback/{service}`.

use std::collections::BTreeSet;

use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{Client, FREELY, Process, Services, Up, Workers, free_port, ready_agents};

/// A service with these options, that nobody serves.
fn service(name: &str, options: &str) -> String {
    format!(
        "[services.{name}]\ntemplate = \"User Terminated Delayed\"\n_target = \"Nobody@Stat.GA\"\n{options}\n"
    )
}

/// What a request is answered: status, `Retry-After`, body.
async fn ask(client: &Client, service: &str, parameters: Value) -> (u16, Option<u64>, Value) {
    let path = format!("/genesys/1/service/callback/{service}");
    let json = [("content-type", "application/json")];
    let (status, headers, answer) = client
        .exchange(Method::POST, &path, &json, parameters.to_string())
        .await;
    let retry_after = headers.get("retry-after");
    let seconds = retry_after.map(|it| it.to_str().unwrap().parse().unwrap());
    (status, seconds, answer)
}

/// Refused with this status and exception; the message has these words. When to come again.
async fn refused(
    client: &Client,
    service: &str,
    parameters: Value,
    (status, exception): (u16, &str),
    words: &[&str],
) -> Option<u64> {
    let (found, retry_after, answer) = ask(client, service, parameters).await;
    assert_eq!(
        (found, answer["exception"].as_str()),
        (status, Some(exception)),
        "{answer}"
    );
    let message = answer["message"].as_str().unwrap();
    for word in words {
        assert!(message.contains(word), "'{word}' in: {message}");
    }
    assert_eq!(answer["code"], status);
    retry_after
}

const NUMBER: (u16, &str) = (400, "CallbackExceptionNumber");
const CONFLICT: (u16, &str) = (409, "CallbackExceptionConflict");
const LIMIT: (u16, &str) = (503, "CallbackExceptionServiceUnavailable");

fn number(number: &str) -> Value {
    json!({ "_customer_number": number })
}

#[tokio::test]
async fn start_refuses_numbers_that_are_not_called() {
    let strict = service(
        "strict",
        "_exceptions = \"+1 650 555 0199, 6226\"\n_default_country = \"US\"",
    );
    let free = service(
        "free",
        "_disallow_impossible_phone_numbers = false\n_disallow_premium_phone_numbers = false",
    );
    let german = service("german", "_default_country = \"DE\"");
    let up = Up::start(&format!("{strict}{free}{german}"), "").await;
    let client = &up.client;
    for (wrong, words) in [
        (
            "+1 650 555",
            &[
                "_customer_number",
                "country US",
                "_disallow_impossible_phone_numbers",
            ][..],
        ),
        (
            "900 234 5678",
            &["premium", "_disallow_premium_phone_numbers"],
        ),
        ("(650) 555-0199", &["_exceptions"]),
        ("6226", &["_exceptions"]),
    ] {
        refused(client, "strict", number(wrong), NUMBER, words).await;
        assert_eq!(ask(client, "free", number(wrong)).await.0, 200, "{wrong}");
    }
    assert_eq!(ask(client, "strict", number("5115")).await.0, 200);
    refused(
        client,
        "german",
        number("0900 1123456"),
        NUMBER,
        &["premium"],
    )
    .await;
    assert_eq!(ask(client, "german", number("030 1234567")).await.0, 200);
    let (_, listed) = client.get("/v1/callbacks?service=strict").await;
    assert_eq!(
        listed["callbacks"].as_array().unwrap().len(),
        1,
        "nothing else is stored: {listed}"
    );
    assert!(!up.said().contains("5550199"), "no number is logged");
}

/// Whichever service they are of; what is over does not count.
#[tokio::test]
async fn start_refuses_a_number_that_is_in_the_queue() {
    let services = [
        service("two", ""),
        service("one", "_enable_in_queue_checking = \"strict\""),
        service("any", FREELY),
    ];
    let up = Up::start(&services.concat(), "").await;
    let client = &up.client;
    client.start("two", number("5115")).await;
    let strict = [
        "_customer_number",
        "1",
        "_enable_in_queue_checking is strict",
    ];
    refused(client, "one", number("5115"), CONFLICT, &strict).await;
    client.start("one", number("5116")).await;
    client.start("two", number("5115")).await;
    let two = ["_customer_number", "2", "_enable_in_queue_checking is true"];
    let again = refused(client, "two", number("5115"), CONFLICT, &two).await;
    assert_eq!(again, None);
    client.start("any", number("5115")).await;

    let body = number("5117");
    let known = client.try_start("one", &body, "k1").await;
    assert!(known.is_some());
    assert_eq!(
        client.try_start("one", &body, "k1").await,
        known,
        "a repeat"
    );
    assert_eq!(client.try_start("one", &body, "k2").await, None);

    let gone = format!("/genesys/1/service/callback/one/{}", known.unwrap());
    assert_eq!(client.delete(&gone).await.0, 200);
    client.start("one", number("5117")).await;
}

#[tokio::test]
async fn start_refuses_more_than_a_service_takes() {
    let services = [
        service("closed", "_max_queued_callbacks_per_service = 0"),
        service("three", "_max_queued_callbacks_per_service = 3"),
        service(
            "window",
            "_throttle_callbacks_per_service_1 = 2\n_throttle_ttl_1 = 100",
        ),
        service(
            "longer",
            "_throttle_callbacks_per_service_2 = 2\n_throttle_ttl_2 = 1000",
        ),
    ];
    let services = services.map(|it| it + "_enable_in_queue_checking = \"false\"\n");
    let up = Up::start(&services.concat(), "").await;
    let client = &up.client;
    let later = json!({"_customer_number": "6110", "_desired_time": soon()});
    for parameters in [number("6110"), later.clone()] {
        let words = ["'closed'", "0", "_max_queued_callbacks_per_service"];
        let again = refused(client, "closed", parameters, LIMIT, &words).await;
        assert_eq!(again, Some(60));
    }
    for (service, most, words) in [
        (
            "three",
            3,
            ["'three'", "3", "_max_queued_callbacks_per_service"],
        ),
        (
            "window",
            2,
            ["2", "100 s", "_throttle_callbacks_per_service_1"],
        ),
        (
            "longer",
            2,
            ["2", "1000 s", "_throttle_callbacks_per_service_2"],
        ),
    ] {
        for place in 0..most {
            client.start(service, number(&format!("70{place}"))).await;
        }
        let again = refused(client, service, number("6111"), LIMIT, &words).await;
        let most = if service == "longer" { 1000 } else { 100 };
        assert!(
            again.is_some_and(|it| (10..=most).contains(&it)),
            "{again:?}"
        );
        let (status, _, answer) = ask(client, service, later.clone()).await;
        let expected = if service == "three" { 200 } else { 503 };
        assert_eq!(
            status, expected,
            "a rate window counts later ones: {answer}"
        );
        if let Some(id) = answer["_id"].as_str() {
            let path = format!("/genesys/1/service/callback/{service}/{id}");
            client.delete(&path).await;
        }
    }
}

#[tokio::test]
async fn start_refuses_a_value_that_comes_too_often_a_day() {
    let services = [
        service(
            "daily",
            "_enable_in_queue_checking = \"false\"\n_throttle_request_parameters_limit = 3",
        ),
        service(
            "users",
            "_throttle_request_parameters = \"_customer_number, user\"\n_throttle_request_parameters_limit = 1",
        ),
    ];
    let up = Up::start(&services.concat(), "").await;
    let client = &up.client;
    for _ in 0..3 {
        let id = client.start("daily", number("5115")).await;
        client
            .delete(&format!("/genesys/1/service/callback/daily/{id}"))
            .await;
    }
    let words = [
        "'_customer_number'",
        "3",
        "_throttle_request_parameters_limit",
    ];
    let again = refused(client, "daily", number("5115"), LIMIT, &words).await;
    assert!(
        again.is_some_and(|it| (86_000..=86_400).contains(&it)),
        "{again:?}"
    );
    client.start("daily", number("5116")).await;

    let of = |number: &str, user: &str| json!({"_customer_number": number, "user": user});
    client.start("users", of("6001", "ann")).await;
    refused(client, "users", of("6002", "ann"), LIMIT, &["'user'", "1"]).await;
    refused(
        client,
        "users",
        of("6001", "bob"),
        LIMIT,
        &["'_customer_number'"],
    )
    .await;
    client.start("users", of("6002", "bob")).await;
}

fn soon() -> String {
    let hour = std::time::Duration::from_secs(3600);
    (ringback_ports::clock::Clock::system().now() + hour).to_string()
}

/// However many ask at once, at whichever ingest.
#[tokio::test]
async fn start_lets_one_of_many_at_once_in_where_it_is_strict() {
    const AT_ONCE: usize = 64;
    let Some(services) = Services::start("protection") else {
        return;
    };
    let strict = FREELY.replace("\"false\"", "\"strict\"");
    let config = service("one", &strict) + &ready_agents(0);
    let workers = Workers::start(&services, &config, "").await;
    let listen = free_port();
    let api = listen.to_string();
    let config = services.folder().join("ringback.toml");
    let more = services.worker("ingest", config.to_str().unwrap(), &["--listen", &api]);
    let _second = Process::start(services.folder(), &more);
    let other = Client::new(listen);
    other.until_ready().await;
    for round in 0..8 {
        let parameters = number(&format!("+1650555{round:04}"));
        let asking = (0..AT_ONCE).map(|n| {
            let client = if n % 2 == 0 { &workers.client } else { &other };
            let (client, parameters) = (client.clone(), parameters.clone());
            tokio::spawn(async move { ask(&client, "one", parameters).await })
        });
        let mut answers = Vec::new();
        for asked in asking.collect::<Vec<_>>() {
            answers.push(asked.await.unwrap());
        }
        let ids: BTreeSet<_> = answers
            .iter()
            .filter_map(|(_, _, answer)| answer["_id"].as_str())
            .collect();
        assert_eq!(ids.len(), 1, "round {round}: {answers:?}");
        let turned_away = answers.iter().filter(|(status, ..)| *status == 409).count();
        assert_eq!(turned_away, AT_ONCE - 1, "round {round}: {answers:?}");
    }
}
