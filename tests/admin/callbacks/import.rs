//! `/v1/callbacks:import`

use std::collections::BTreeMap;
use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::{CONFIG, LINES, csv_file, day, ids, list};
use crate::harness::{Client, Up, until};

#[tokio::test]
async fn v1_callbacks_import_answers_for_every_line() {
    let up = Up::start(CONFIG, "").await;
    let (file, good) = csv_file();
    let query = "?service=desk&run=monday.csv";
    let (status, answers) = import(&up.client, query, "text/csv", file.clone()).await;
    assert_eq!((status, answers.len()), (200, LINES));
    let lines: Vec<_> = answers
        .iter()
        .map(|it| it["line"].as_u64().unwrap())
        .collect();
    assert!(
        lines.iter().copied().eq(2..2 + LINES as u64),
        "in their order"
    );
    for answer in &answers {
        let line = answer["line"].as_u64().unwrap();
        match answer["error"].as_str() {
            Some(error) => assert!(
                (line - 2) % 100 == 50 && error.contains("_customer_number"),
                "{answer}"
            ),
            None => assert!(
                answer["_id"].is_string() && answer["known"].is_null(),
                "{answer}"
            ),
        }
    }
    let found = numbers(&up.client).await;
    assert_eq!((found.len(), found.values().max()), (good, Some(&1)));

    let (_, again) = import(&up.client, query, "text/csv", file.clone()).await;
    for (first, second) in answers.iter().zip(&again) {
        assert_eq!(first["_id"], second["_id"]);
        assert_eq!(
            second["known"],
            if first["_id"].is_string() {
                json!(true)
            } else {
                Value::Null
            }
        );
    }
    assert_eq!(numbers(&up.client).await, found, "nothing is created twice");

    let (header, rows) = file.split_once('\n').unwrap();
    let (_, rest) = rows.split_once('\n').unwrap();
    let (_, shorter) = import(&up.client, query, "text/csv", format!("{header}\n{rest}")).await;
    for (first, second) in answers.iter().skip(1).zip(&shorter) {
        assert_eq!(first["_id"], second["_id"], "lines may move up");
    }
}

#[tokio::test]
async fn v1_callbacks_import_takes_ndjson_with_keys_of_its_own() {
    let up = Up::start(CONFIG, "").await;
    let line = |number: &str, more: Value| {
        let mut line = json!({ "_customer_number": number, "_desired_time": day(1) });
        line.as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        format!("{line}\n")
    };
    let file = [
        line(
            "5115",
            json!({ "idempotency_key": "k1", "_service_name": "shop" }),
        ),
        line("5116", json!({ "idempotency_key": "k2" })),
        line("5117", json!({})),
        line("5118", json!({ "idempotency_key": "k2" })),
        line(
            "5119",
            json!({ "idempotency_key": "k3", "_service_name": "nosuch" }),
        ),
        line("5110", json!({ "idempotency_key": ["k"] })),
    ]
    .concat();
    let ndjson = "application/x-ndjson";
    let (_, answers) = import(&up.client, "?service=desk", ndjson, file.clone()).await;
    let error = |n: usize| answers[n]["error"].as_str().unwrap_or_default();
    assert!(
        answers[0]["_id"].is_string() && answers[1]["_id"].is_string(),
        "{answers:?}"
    );
    assert!(
        error(2).contains("idempotency_key") && error(2).contains("run="),
        "{answers:?}"
    );
    assert!(
        answers[3]["_id"].is_string() && answers[3]["_id"] != answers[1]["_id"],
        "a key is one customer's: {answers:?}"
    );
    assert!(error(4).contains("'nosuch'"), "{answers:?}");
    assert!(error(5).contains("idempotency_key"), "{answers:?}");
    let shop = list(&up.client, "service=shop").await;
    assert_eq!(
        ids(&shop["callbacks"]),
        [answers[0]["_id"].as_str().unwrap()]
    );

    let start = "/genesys/1/service/callback/shop";
    let same = up
        .client
        .try_start(
            "shop",
            &json!({ "_customer_number": "5115", "_desired_time": day(1) }),
            "k1",
        )
        .await;
    assert_eq!(
        same.as_deref(),
        answers[0]["_id"].as_str(),
        "{start} knows the same keys"
    );
}

#[tokio::test]
async fn v1_callbacks_import_names_what_is_wrong() {
    let up = Up::start(CONFIG, "").await;
    let ndjson = "application/x-ndjson";
    let long = format!("?run={}", "x".repeat(201));
    for (query, kind, status, says) in [
        ("?service=nosuch&run=x", ndjson, 404, "'nosuch'"),
        ("?file=x", ndjson, 400, "'file'"),
        ("?run=x", "application/xml", 415, "text/csv"),
        (&long, ndjson, 400, "201"),
    ] {
        let path = format!("/v1/callbacks:import{query}");
        let sent = up
            .client
            .send(Method::POST, &path, &[("content-type", kind)], "{}")
            .await;
        assert_eq!(sent.0, status, "{query}: {}", sent.2);
        assert!(
            sent.2["detail"].as_str().unwrap().contains(says),
            "{query}: {}",
            sent.2
        );
    }
}

/// By a `ringback up` on a store that stays; half of the file never comes.
#[tokio::test]
async fn v1_callbacks_import_killed_in_the_middle_is_repeated() {
    let mut up = Up::start_with(CONFIG, "", &[]).await;
    let client = up.client.clone();
    let (file, good) = csv_file();
    let query = "?service=desk&run=killed.csv";

    let mut half = TcpStream::connect(client.address()).await.unwrap();
    let (path, length) = (format!("/v1/callbacks:import{query}"), file.len());
    let head = format!(
        "POST {path} HTTP/1.1\r\nhost: localhost\r\ncontent-type: text/csv\r\ncontent-length: {length}\r\n\r\n"
    );
    half.write_all(head.as_bytes()).await.unwrap();
    half.write_all(&file.as_bytes()[..length / 2])
        .await
        .unwrap();
    until("the first callbacks", Duration::from_secs(30), || async {
        let page = list(&client, "limit=500").await;
        (page["callbacks"].as_array().unwrap().len() > 100).then_some(())
    })
    .await;
    up.process.kill_and_restart();
    let mut said = Vec::new();
    half.read_to_end(&mut said).await.ok();
    assert!(
        !said.ends_with(b"0\r\n\r\n"),
        "a part is not taken for the whole"
    );
    client.until_ready().await;
    let done: usize = numbers(&client).await.len();
    assert!((100..good).contains(&done), "killed in the middle: {done}");

    let (_, answers) = import(&client, query, "text/csv", file).await;
    let known = answers.iter().filter(|it| it["known"] == true).count();
    assert_eq!((answers.len(), known), (LINES, done));
    let found = numbers(&client).await;
    assert_eq!(
        (found.len(), found.values().max()),
        (good, Some(&1)),
        "each exactly once"
    );
}

/// Neither where it comes from nor where it goes to, in either form.
#[tokio::test]
async fn an_export_that_is_imported_calls_nobody_again() {
    let (up, other) = (Up::start(CONFIG, "").await, Up::start(CONFIG, "").await);
    let request = |number: &str| json!({ "_customer_number": number, "_desired_time": day(1), "account": number });
    let over = up.client.start("desk", request("4930000001")).await;
    let open = up.client.start("desk", request("4930000002")).await;
    let path = format!("/genesys/1/service/callback/desk/{over}");
    assert_eq!(up.client.delete(&path).await.0, 200);
    for (format, kind) in [("csv", "text/csv"), ("ndjson", "application/x-ndjson")] {
        let (_, file) = up
            .client
            .get_text(&format!("/v1/callbacks:export?format={format}"))
            .await;
        for client in [&up.client, &other.client] {
            let (_, answers) = import(client, "?run=moved", kind, file.clone()).await;
            assert_eq!(answers.len(), 2, "{answers:?}");
            let of = |id: &str| answers.iter().find(|it| it["_id"] == id);
            let skipped = of(&over).unwrap();
            assert_eq!(skipped["skipped"], "COMPLETED (CANCELLED)", "{skipped}");
            let is_home = client.address() == up.client.address();
            assert!(
                !is_home || of(&open).unwrap()["known"] == true,
                "{answers:?}"
            );
        }
    }
    assert_eq!(numbers(&up.client).await.len(), 2);
    let moved = numbers(&other.client).await;
    assert_eq!(
        moved,
        BTreeMap::from([("4930000002".to_owned(), 1)]),
        "once, though it came twice"
    );
}

async fn import(client: &Client, query: &str, kind: &str, file: String) -> (u16, Vec<Value>) {
    let path = format!("/v1/callbacks:import{query}");
    let answer = client
        .request(Method::POST, &path)
        .header("content-type", kind)
        .body(file)
        .send()
        .await
        .unwrap();
    let status = answer.status().as_u16();
    let said = answer.text().await.unwrap();
    (
        status,
        said.lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect(),
    )
}

/// Every callback, page by page: each number with how often it is there.
async fn numbers(client: &Client) -> BTreeMap<String, usize> {
    let (mut found, mut after) = (BTreeMap::new(), String::new());
    loop {
        let page = list(client, &format!("limit=500{after}")).await;
        for record in page["callbacks"].as_array().unwrap() {
            *found
                .entry(record["_customer_number"].as_str().unwrap().to_owned())
                .or_default() += 1;
        }
        match page["next"].as_str() {
            Some(next) => after = format!("&after={next}"),
            None => return found,
        }
    }
}
