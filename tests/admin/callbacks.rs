//! `/v1/callbacks`, `/v1/callbacks:export`

mod import;

use std::collections::BTreeSet;
use std::fmt::Write;

use reqwest::Method;
use serde_json::{Value, json};

use super::{CONFIG, day, ids, scheduled};
use crate::harness::{Client, Up};

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

async fn list(client: &Client, query: &str) -> Value {
    let (status, answer) = client.get(&format!("/v1/callbacks?{query}")).await;
    assert_eq!(status, 200, "{answer}");
    answer
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

/// GET `/v1/callbacks/{id}/events`
#[tokio::test]
async fn v1_callbacks_tell_their_events_in_pages() {
    let up = Up::start(CONFIG, "").await;
    let id = up
        .client
        .start("desk", json!({ "_customer_number": "5115" }))
        .await;
    let all = up.client.timeline(&id).await["events"].clone();
    let count = all.as_array().unwrap().len();
    assert!(count >= 4, "{all}");
    let page = async |query: String| {
        let path = format!("/v1/callbacks/{id}/events{query}");
        up.client.get(&path).await
    };
    assert_eq!(
        page(String::new()).await,
        (200, json!({ "events": all, "next": null }))
    );
    let (_, first) = page("?limit=3".to_owned()).await;
    assert_eq!(first["next"], 3, "{first}");
    let (_, rest) = page("?limit=1000&after=3".to_owned()).await;
    let told = [first, rest].map(|it| it["events"].as_array().unwrap().clone());
    assert_eq!(json!(told.concat()), all);
    let (_, none) = page(format!("?after={count}")).await;
    assert_eq!(none, json!({ "events": [], "next": null }));
    for (query, word) in [
        ("?limit=0", "limit '0'"),
        ("?after=x", "after 'x'"),
        ("?after=9223372036854775808", "allowed are 0 to"),
        ("?before=1", "'before'"),
    ] {
        let (status, answer) = page(query.to_owned()).await;
        let detail = answer["detail"].as_str().unwrap();
        assert!(status == 400 && detail.contains(word), "{answer}");
    }
    let (status, _) = up.client.get("/v1/callbacks/07-nobody/events").await;
    assert_eq!(status, 404);
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
    let path = "/v1/callbacks:export?service=shop&state=QUEUED";
    let request = up.client.request(Method::GET, path);
    let answer = request.header("accept", "text/csv").send().await.unwrap();
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
async fn callback_import_and_export_on_the_command_line() {
    let up = Up::start(CONFIG, "").await;
    let (file, good) = csv_file();
    std::fs::write(up.folder.path().join("monday.csv"), file).unwrap();
    let bad = LINES - good;
    let import = ["callback", "import", "monday.csv", "--service", "desk"];
    for counts in [
        format!(
            "{good} requested, 0 known from before, 0 over and skipped, {bad} refused (run 'monday.csv@"
        ),
        format!(
            "0 requested, {good} known from before, 0 over and skipped, {bad} refused (run 'monday.csv@"
        ),
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

/// As Excel writes it in the west of Europe, and next week's of the same name, in which somebody stands again.
#[tokio::test]
async fn next_weeks_file_is_another_one() {
    let up = Up::start(CONFIG, "").await;
    for (week, counts) in [
        (
            &b"_customer_number;name\r\n4940000001;M\xfcller\r\n"[..],
            "1 requested, 0 known",
        ),
        (
            b"_customer_number;name\r\n4940000001;M\xfcller\r\n4940000002;Weiss\r\n",
            "1 requested, 1 known",
        ),
    ] {
        std::fs::write(up.folder.path().join("week.CSV"), week).unwrap();
        let import = ["callback", "import", "week.CSV", "--service", "desk"];
        let (well, said) = up.say(&import);
        assert!(
            !well && said.contains("line 2: the line is not UTF-8"),
            "{said}"
        );
        let (well, said) = up.say(&[&import[..], &["--encoding", "windows-1252"]].concat());
        assert!(well && said.contains(counts), "{said}");
    }
    let (_, rows) = up.say(&[
        "callback",
        "export",
        "--format",
        "ndjson",
        "--number",
        "4940000001",
    ]);
    assert_eq!(rows.matches("Müller").count(), 2, "{rows}");
}
