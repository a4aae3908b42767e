//! What somebody does who has never seen this before: what README and the first page of the documentation say.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use serde_json::Value;

use crate::harness::{Process, RINGBACK, Up, free_port, until};

/// Calls take milliseconds.
const PACE: &str = "speed=60&talk=2";
/// Longer than any of it takes.
const LIMIT: Duration = Duration::from_secs(30);

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn read(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).unwrap()
}

async fn start() -> Up {
    Up::start(&read("samples/ringback.toml"), PACE).await
}

/// What a command says that works.
fn said(up: &Up, arguments: &[&str]) -> String {
    let (worked, said) = up.say(arguments);
    assert!(worked, "{arguments:?}: {said}");
    said
}

/// The lines of a page that a reader pastes into a shell.
fn pasted(page: &str) -> Vec<String> {
    let lines = page
        .lines()
        .filter_map(|line| line.strip_prefix("    curl "));
    lines.map(|line| format!("curl {line}")).collect()
}

#[tokio::test]
async fn the_curl_lines_of_the_readme_work_as_they_stand() {
    let up = start().await;
    let lines = pasted(&read("README.md"));
    assert!(lines.len() >= 3, "{lines:?}");
    for line in lines {
        let line = line.replace("127.0.0.1:8080", &up.client.address().to_string());
        let line = line.replacen("curl ", "curl --fail-with-body ", 1);
        let output = Command::new("sh").args(["-c", &line]).output().unwrap();
        let said = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success(), "{line}: {said}");
        let answer: Value = serde_json::from_str(&said).unwrap();
        let found = answer.get("_id").or_else(|| answer.pointer("/0/_id"));
        assert!(
            found.or_else(|| answer.get("ewt")).is_some(),
            "{line}: {said}"
        );
    }
}

#[tokio::test]
async fn a_first_callback_is_started_watched_and_heard_of() {
    let up = start().await;
    let at = free_port().to_string();
    let listen = ["listen", "--at", &at, "--count", "9"];
    let listener = Process::start(up.folder.path(), &listen);
    until("the listener", LIMIT, || async {
        listener.said().contains("listening at").then_some(())
    })
    .await;
    let target = format!("_status_notification_target=http://{at}/");
    let start = [
        "callback",
        "start",
        "samples_dev",
        "--number",
        "5115",
        &target,
    ];
    let id = said(&up, &start).trim().to_owned();
    let watched = said(&up, &["callback", "watch", &id]);
    assert!(watched.contains("_cbe_on_service_exit"), "{watched}");
    let heard = until("the last webhook", LIMIT, || async {
        let heard = listener.said();
        heard.contains("_cbe_on_service_exit").then_some(heard)
    })
    .await;
    assert!(heard.contains("_cbe_on_service_create"), "{heard}");
    assert!(
        heard.contains("c_termination_type = COMPLETED.AGENT_CONNECTED"),
        "{heard}"
    );
}

#[tokio::test]
async fn a_watched_callback_that_reaches_nobody_is_a_failure() {
    let up = start().await;
    let start = ["callback", "start", "samples_dev", "--number", "5105"];
    let id = said(&up, &start).trim().to_owned();
    let (reached, watched) = up.say(&["callback", "watch", &id]);
    assert!(!reached, "{watched}");
    assert!(
        watched.contains("not connected: FAIL_CALL_TO_CUSTOMER"),
        "{watched}"
    );
}

#[tokio::test]
async fn a_time_is_said_back_as_it_was_understood() {
    let up = start().await;
    let start = ["callback", "start", "classic", "--number", "5115", "--at"];
    let answer = said(
        &up,
        &[&start[..], &["tomorrow 09:00 Europe/Paris"]].concat(),
    );
    assert!(answer.contains("the customer is called at"), "{answer}");
    let (_, refused) = up.say(&[&start[..], &["soon"]].concat());
    assert!(
        refused.contains("'soon' must be a span from now"),
        "{refused}"
    );
}

#[tokio::test]
async fn agents_queues_hours_and_customers_are_managed_in_words() {
    let up = start().await;
    assert!(said(&up, &["agent", "not-ready", "KSippola"]).contains("not_ready"));
    assert!(said(&up, &["agent", "ready", "KSippola"]).contains("ready"));
    said(
        &up,
        &[
            "agent",
            "set",
            "NNew",
            "--dn",
            "7009",
            "--groups",
            "Customer_Service",
        ],
    );
    let agents = said(&up, &["agent", "list", "--json"]);
    let agents: Value = serde_json::from_str(&agents).unwrap();
    let names: BTreeSet<_> = agents
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["id"].as_str().unwrap())
        .collect();
    assert_eq!(
        names,
        BTreeSet::from(["EYo", "KSippola", "MSalo", "NNew", "TVirta"])
    );
    assert!(said(&up, &["queue", "show", "VQ_Classic"]).contains("classic"));
    said(
        &up,
        &[
            "office-hours",
            "set",
            "Late",
            "_bh_regular1=Mon-Fri 12:00-22:00",
        ],
    );
    assert!(said(&up, &["office-hours", "show", "Late"]).contains("12:00-22:00"));
    said(&up, &["capacity", "set", "Few", "_capacity={\"0000\":1}"]);
    assert!(said(&up, &["capacity", "list"]).contains("Few"));
    let id = said(&up, &["callback", "start", "night", "--number", "5115"]);
    assert!(said(&up, &["customer", "show", "5115"]).contains(id.trim()));
    let (erased, why) = up.say(&["customer", "erase", "5115"]);
    assert!(!erased && why.contains("--yes"), "{why}");
    assert!(said(&up, &["customer", "erase", "5115", "--yes"]).contains("1 callbacks erased"));
    assert_eq!(said(&up, &["dead-letters", "list"]), "");
}

#[tokio::test]
async fn a_chat_link_and_a_number_to_call_are_printed() {
    let up = start().await;
    let chat = said(&up, &["callback", "start", "chat", "--number", "5115"]);
    let link = chat
        .lines()
        .find_map(|line| line.strip_prefix("the customer opens "))
        .unwrap();
    let (status, page) = up.client.get_text(link).await;
    assert_eq!(status, 200);
    assert!(page.contains("<html"), "{page}");
    let call = said(&up, &["callback", "start", "call_us", "--number", "5115"]);
    assert!(call.contains("the customer calls 800555010"), "{call}");
}

/// A command that needs no running Ringback.
fn alone(arguments: &[&str]) -> (bool, String) {
    let output = Command::new(RINGBACK)
        .args(arguments)
        .env_clear()
        .output()
        .unwrap();
    let said = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8(said).unwrap())
}

#[test]
fn an_option_is_explained() {
    let (found, explained) = alone(&["options", "_ttl"]);
    assert!(found, "{explained}");
    assert!(explained.contains("default 86400 s"), "{explained}");
    assert_eq!(alone(&["service", "options", "_ttl"]).1, explained);
    assert!(
        explained.contains("kept after its desired time"),
        "{explained}"
    );
    let (found, near) = alone(&["options", "_tttl"]);
    assert!(!found && near.contains("the nearest is _ttl"), "{near}");
}

/// Over the API as on the command line.
#[tokio::test]
async fn every_option_is_told_with_its_unit() {
    let up = start().await;
    let (status, options) = up.client.get("/v1/options").await;
    let (_, said) = alone(&["options", "--json"]);
    assert_eq!(
        (status, &options),
        (200, &serde_json::from_str(&said).unwrap())
    );
    let find = |name| {
        let mut all = options.as_array().unwrap().iter();
        all.find(|it| it["name"] == name).unwrap()
    };
    let ttl = find("_ttl");
    let expected = ("General", "seconds from 1 to 31622400", "86400", "s");
    let told = ["topic", "takes", "default", "unit"].map(|key| ttl[key].as_str().unwrap());
    assert_eq!(told, <[_; 4]>::from(expected));
    assert!(
        ttl["meaning"]
            .as_str()
            .unwrap()
            .contains("kept after its desired time")
    );
    assert_eq!(find("_call_timeguard_timeout")["unit"], "ms");
    assert_eq!(find("_request_time_bucket")["unit"], "min");
    assert_eq!(find("_target")["unit"], Value::Null);
    let (status, answer) = up.client.get("/v1/options?name=_ttl").await;
    assert_eq!(status, 400, "{answer}");
}

#[test]
fn shells_complete_commands() {
    let (made, script) = alone(&["completions", "bash"]);
    assert!(made && script.contains("office-hours"), "{script}");
}

/// Set, it writes the page in place of comparing it.
const WRITE: &str = "RINGBACK_WRITE_SNAPSHOTS";

#[test]
#[expect(
    clippy::disallowed_methods,
    reason = "a developer says by it that the page is to be written"
)]
fn the_page_of_options_is_what_the_table_says() {
    let (_, page) = alone(&["options", "--format", "markdown"]);
    let path = root().join("docs/options.md");
    if std::env::var_os(WRITE).is_some() {
        std::fs::write(&path, &page).unwrap();
    }
    assert_eq!(read("docs/options.md"), page, "write it with {WRITE}=1");
}

#[test]
fn every_link_of_readme_and_documentation_leads_somewhere() {
    let mut pages = vec![root().join("README.md")];
    let docs = std::fs::read_dir(root().join("docs")).unwrap();
    pages.extend(
        docs.map(|entry| entry.unwrap().path())
            .filter(|path| path.extension().is_some_and(|it| it == "md")),
    );
    for page in pages {
        let text = std::fs::read_to_string(&page).unwrap();
        let links = text
            .split("](")
            .skip(1)
            .filter_map(|rest| rest.split(')').next());
        for link in links.filter(|link| !link.contains("://") && !link.starts_with('#')) {
            let file = link.split('#').next().unwrap();
            assert!(
                page.parent().unwrap().join(file).exists(),
                "{}: {link}",
                page.display()
            );
        }
    }
}

#[tokio::test]
async fn the_root_leads_a_browser_somewhere_and_tells_a_program_what_there_is() {
    let up = start().await;
    let ask = |accept| {
        let request = up.client.request(reqwest::Method::GET, "/");
        request.header("accept", accept).send()
    };
    let page = ask("text/html,*/*").await.unwrap();
    assert_eq!(page.status(), 200);
    assert_eq!(page.url().path(), "/console/");
    let told = ask("application/json").await.unwrap();
    assert_eq!(told.status(), 404);
    assert!(told.text().await.unwrap().contains("/docs/"));
}

#[test]
fn every_page_of_the_documentation_is_in_its_index() {
    let index = read("docs/README.md");
    for entry in std::fs::read_dir(root().join("docs")).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let is_listed = name == "README.md" || index.contains(&format!("]({name})"));
        assert!(
            is_listed || !name.ends_with(".md"),
            "{name} is not in docs/README.md"
        );
    }
}
