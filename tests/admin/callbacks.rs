//! `/v1/callbacks`, `/v1/callbacks:export`, `/v1/callbacks:import`

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::{CONFIG, day, ids, scheduled};
use crate::harness::{Client, Process, Up, free_port, until};

/// So many lines, every hundredth without a number.
const LINES: usize = 3000;

/// A CSV file, and how many of its lines are good.
fn csv_file() -> (String, usize) {
    let mut file = "_customer_number,_desired_time,account\n".to_owned();
    for n in 0..LINES {
        let number = if n % 100 == 50 {
            String::new()
        } else {
            format!("4930{n:06}")
        };
        writeln!(file, "{number},{},A{n}", day(5)).unwrap();
    }
    (file, LINES - LINES / 100)
}

async fn import(client: &Client, query: &str, kind: &str, file: String) -> (u16, Vec<Value>) {
    let url = client.url(&format!("/v1/callbacks:import{query}"));
    let http = reqwest::Client::builder().build().unwrap();
    let answer = http
        .post(url)
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

async fn list(client: &Client, query: &str) -> Value {
    let (status, answer) = client.get(&format!("/v1/callbacks?{query}")).await;
    assert_eq!(status, 200, "{answer}");
    answer
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

#[tokio::test]
async fn v1_callbacks_are_found_by_filters() {
    let up = Up::start(CONFIG, "").await;
    let waiting = up
        .client
        .start("desk", json!({ "_customer_number": "5115" }))
        .await;
    let later = scheduled(&up, "desk", "5116", 2).await;
    let other = scheduled(&up, "shop", "+1 650 555 0101", 3).await;
    let over = scheduled(&up, "shop", "5116", 4).await;
    up.client
        .delete(&format!("/genesys/1/service/callback/shop/{over}"))
        .await;
    let (from, to) = (format!("from={}", day(3)), format!("to={}", day(3)));
    for (query, expected) in [
        ("", vec![&waiting, &later, &other, &over]),
        ("service=shop", vec![&other, &over]),
        ("service=shop,desk&state=SCHEDULED", vec![&later, &other]),
        ("state=QUEUED&state=COMPLETED", vec![&waiting, &over]),
        ("reason=CANCELLED", vec![&over]),
        ("reason=AGENT_CONNECTED", vec![]),
        ("number=5116", vec![&later, &over]),
        ("number=%2B16505550101", vec![&other]),
        ("number=5116&service=shop", vec![&over]),
        ("queue=VQ_Desk", vec![&waiting, &later]),
        (&from, vec![&other, &over]),
        (&to, vec![&waiting, &later]),
        ("number=5116&to=2030-01-04T00:00:00Z", vec![&later]),
    ] {
        let found = list(&up.client, query).await;
        assert_eq!(ids(&found["callbacks"]), expected, "{query}");
        assert_eq!(found["next"], Value::Null, "{query}");
    }
}

#[tokio::test]
async fn v1_callbacks_come_in_pages() {
    let up = Up::start(CONFIG, "").await;
    let mut wanted = BTreeSet::new();
    for n in 0..60 {
        let service = if n % 3 == 0 { "desk" } else { "shop" };
        wanted.insert(scheduled(&up, service, &format!("{}", 1000 + n), n % 2).await);
    }
    let (mut found, mut after, mut pages) = (Vec::new(), String::new(), 0);
    loop {
        let page = list(&up.client, &format!("limit=7{after}")).await;
        found.extend(ids(&page["callbacks"]).into_iter().map(str::to_owned));
        pages += 1;
        match page["next"].as_str() {
            Some(next) => after = format!("&after={next}"),
            None => break,
        }
    }
    assert_eq!((found.len(), pages), (60, 9), "each once");
    assert_eq!(found.into_iter().collect::<BTreeSet<_>>(), wanted);
}

#[tokio::test]
async fn v1_callbacks_name_what_is_wrong() {
    let up = Up::start(CONFIG, "").await;
    for (path, status, says) in [
        ("callbacks?service=nosuch", 404, &["'nosuch'", "desk"][..]),
        ("callbacks?state=LOST", 400, &["state", "'LOST'", "QUEUED"]),
        (
            "callbacks?reason=BORED",
            400,
            &["reason", "'BORED'", "FAIL_TIMEOUT_TTL"],
        ),
        ("callbacks?number=abc", 400, &["number", "digits"]),
        ("callbacks?from=today", 400, &["from", "'today'"]),
        ("callbacks?limit=501", 400, &["limit", "'501'", "1 to 500"]),
        ("callbacks?after=x", 400, &["after", "'x'", "next"]),
        (
            "callbacks?colour=red",
            400,
            &["'colour'", "service", "limit"],
        ),
        (
            "callbacks:export?format=pdf",
            400,
            &["format", "'pdf'", "csv", "ndjson"],
        ),
        ("callbacks:export?limit=1", 400, &["'limit'", "columns"]),
    ] {
        let (found, answer) = up.client.get(&format!("/v1/{path}")).await;
        let message = answer["detail"].as_str().unwrap_or_default();
        assert_eq!(found, status, "{path}: {answer}");
        assert!(
            says.iter().all(|part| message.contains(part)),
            "{path}: {message}"
        );
    }
}

#[tokio::test]
async fn v1_callbacks_export_writes_every_callback() {
    let up = Up::start(CONFIG, "").await;
    let body = json!({ "_customer_number": "5115", "_desired_time": day(1), "note": "a, \"b\"" });
    let id = up.client.start("desk", body).await;
    let mut wanted: BTreeSet<_> = BTreeSet::from([id.clone()]);
    for n in 0..1100 {
        wanted.insert(scheduled(&up, "shop", &format!("{}", 10_000 + n), 2).await);
    }
    let (status, rows) = up.client.get_text("/v1/callbacks:export").await;
    assert_eq!(status, 200);
    let rows: Vec<Value> = rows
        .lines()
        .map(|row| serde_json::from_str(row).unwrap())
        .collect();
    assert_eq!(rows[0]["note"], "a, \"b\"", "with its user data");
    assert_eq!(rows.len(), wanted.len(), "each once");
    let found: BTreeSet<_> = rows
        .iter()
        .map(|row| row["_id"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(found, wanted);

    let (_, csv) = up
        .client
        .get_text("/v1/callbacks:export?format=csv&service=desk&columns=_id,note")
        .await;
    assert_eq!(csv, format!("_id,note\r\n{id},\"a, \"\"b\"\"\"\r\n"));
    let url = up
        .client
        .url("/v1/callbacks:export?service=shop&state=QUEUED");
    let http = reqwest::Client::builder().build().unwrap();
    let answer = http
        .get(url)
        .header("accept", "text/csv")
        .send()
        .await
        .unwrap();
    assert!(
        answer.headers()["content-type"]
            .to_str()
            .unwrap()
            .starts_with("text/csv")
    );
    let csv = answer.text().await.unwrap();
    assert_eq!(csv.lines().count(), 1, "a header line alone: {csv}");
}

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
        .try_start("shop", &json!({ "_customer_number": "5115" }), "k1")
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
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("ringback.toml"), CONFIG).unwrap();
    let listen = free_port();
    let api = listen.to_string();
    let arguments = [
        "up",
        "--store",
        "sqlite:data",
        "--listen",
        &api,
        "--config",
        "ringback.toml",
    ];
    let mut process = Process::start(folder.path(), &arguments);
    let client = Client::new(listen);
    client.until_ready().await;
    let (file, good) = csv_file();
    let query = "?service=desk&run=killed.csv";

    let mut half = TcpStream::connect(listen).await.unwrap();
    let (path, length) = (format!("/v1/callbacks:import{query}"), file.len());
    let head = format!(
        "POST {path} HTTP/1.1\r\nhost: x\r\ncontent-type: text/csv\r\ncontent-length: {length}\r\n\r\n"
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
    process.kill_and_restart();
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

#[tokio::test]
async fn callback_import_and_export_on_the_command_line() {
    let up = Up::start(CONFIG, "").await;
    let (file, good) = csv_file();
    std::fs::write(up.folder.path().join("monday.csv"), file).unwrap();
    let bad = LINES - good;
    let import = ["callback", "import", "monday.csv", "--service", "desk"];
    for counts in [
        format!("{good} requested, 0 known from run 'monday.csv' before, {bad} refused"),
        format!("0 requested, {good} known from run 'monday.csv' before, {bad} refused"),
    ] {
        let (well, said) = up.say(&import);
        assert!(!well && said.contains(&counts), "{said}");
        let refused = said.lines().filter(|line| line.starts_with("line "));
        assert_eq!(refused.count(), bad, "{said}");
        assert!(
            said.contains("line 52: mandatory parameter '_customer_number' is missing"),
            "{said}"
        );
    }
    let (well, csv) = up.say(&[
        "callback",
        "export",
        "--service",
        "desk",
        "--columns",
        "_customer_number,account",
    ]);
    assert!(well);
    assert_eq!(csv.lines().next(), Some("_customer_number,account"));
    assert_eq!(csv.lines().count(), good + 1);
    assert!(csv.contains("4930000007,A7\r\n"), "{csv}");
    let (well, rows) = up.say(&[
        "callback",
        "export",
        "--format",
        "ndjson",
        "--number",
        "4930000007",
    ]);
    let row: Value = serde_json::from_str(&rows).unwrap();
    assert!(well && row["account"] == "A7", "{rows}");

    let (well, said) = up.say(&["callback", "import", "monday.txt"]);
    assert!(
        !well && said.contains(".csv") && said.contains(".ndjson"),
        "{said}"
    );
    let (well, said) = up.say(&["callback", "import", "monday.csv", "--service", "nosuch"]);
    assert!(!well && said.contains("'nosuch'"), "{said}");
}
