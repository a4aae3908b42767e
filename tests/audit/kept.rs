//! How entries are found, and how long.

use std::collections::BTreeSet;
use std::time::Duration;

use ringback_core::audit::AuditNote;
use ringback_core::time::Timestamp;
use ringback_ports::clock::Clock;
use ringback_ports::desk::{AuditDesk, AuditEnd, AuditQuery};
use ringback_workers::ingest::FrontDesk;
use ringback_workers::scheduler::{self, Limits};
use serde_json::{Value, json};

use super::{SERVICE, audit, by, open, service, told};
use crate::harness::{Up, rooms_at, until};

/// Five changes by two people.
async fn changed() -> Up {
    let up = open().await;
    for (who, request, body) in [
        ("root", SERVICE, service()),
        ("boss", ("PUT", "/v1/agents/a8"), json!({ "dn": "7008" })),
        ("boss", ("PUT", "/v1/agents/a9"), json!({ "dn": "7009" })),
        ("root", ("PUT", "/v1/agents/a9"), json!({ "dn": "7010" })),
        ("root", ("POST", "/v1/services/desk/pause"), Value::Null),
    ] {
        let (status, answer) = by(&up, who, request, &body).await;
        assert_eq!(status, 200, "{answer}");
    }
    up
}

#[tokio::test]
async fn get_v1_audit_is_filtered() {
    let up = changed().await;
    let all = audit(&up, "").await;
    let at = |n: usize| all["entries"][n]["at"].as_str().unwrap().to_owned();
    let (latest, third) = (at(0), at(2));
    let between = format!("?from={third}&to={latest}");
    let entries = all["entries"].as_array().unwrap().iter();
    let within =
        |entry: &&Value| (third.as_str()..latest.as_str()).contains(&entry["at"].as_str().unwrap());
    let within: Vec<_> = entries
        .filter(within)
        .rev()
        .map(|it| it["object"].as_str().unwrap())
        .collect();
    for (query, expected) in [
        ("?object=services", vec!["services/desk", "services/desk"]),
        ("?object=agents/a9", vec!["agents/a9", "agents/a9"]),
        ("?who=boss", vec!["agents/a8", "agents/a9"]),
        ("?who=root&object=agents", vec!["agents/a9"]),
        ("?who=nobody", vec![]),
        ("?to=2000-01-01T00:00:00Z", vec![]),
        (between.as_str(), within),
    ] {
        let page = audit(&up, query).await;
        let expected: Vec<_> = expected.into_iter().map(|it| [it.to_owned()]).collect();
        assert_eq!(told(&page, ["/object"]), expected, "{query}: {all}");
    }
    for (query, parts) in [
        ("?limit=501", "limit '501': allowed are 1 to 500"),
        ("?from=soon", "from: 'soon'"),
        (
            "?user=root",
            "parameter 'user' is unknown: allowed are object, who, from, to, limit, after",
        ),
        (
            "?after=there",
            "after 'there': allowed is the 'next' of the page before",
        ),
    ] {
        let path = format!("/v1/audit{query}");
        let (status, answer) = by(&up, "root", ("GET", &path), &Value::Null).await;
        assert_eq!(status, 400, "{answer}");
        assert!(
            answer["detail"].as_str().unwrap().contains(parts),
            "{answer}"
        );
    }
}

#[tokio::test]
async fn get_v1_audit_comes_in_pages() {
    let up = changed().await;
    let mut seen = Vec::new();
    let mut query = "?limit=2".to_owned();
    loop {
        let page = audit(&up, &query).await;
        let entries = page["entries"].as_array().unwrap();
        assert!(entries.len() <= 2, "{page}");
        seen.extend(entries.iter().cloned());
        let Some(next) = page["next"].as_str() else {
            break;
        };
        query = format!("?limit=2&after={next}");
    }
    assert_eq!(Value::Array(seen), audit(&up, "").await["entries"]);
}

#[tokio::test]
async fn get_v1_audit_is_for_admins() {
    let up = open().await;
    let (status, answer) = by(&up, "boss", ("GET", "/v1/audit"), &Value::Null).await;
    assert_eq!(status, 403);
    assert_eq!(answer["detail"], "role supervisor may not read the audit");
}

#[tokio::test]
async fn the_command_line_lists_the_audit() {
    let up = changed().await;
    let root = ["--api-user", "root", "--api-password", "admin"];
    let say = |arguments: &[&str]| up.say(&[&["audit", "list"], arguments, &root].concat());
    let (worked, said) = say(&["--who", "root"]);
    assert!(worked, "{said}");
    let lines: Vec<_> = said.lines().collect();
    assert_eq!(lines.len(), 3, "{said}");
    assert!(lines[0].contains(" 200 root "), "{said}");
    assert!(
        lines[0].contains("POST /v1/services/{service}/pause"),
        "{said}"
    );
    assert!(lines[0].ends_with("services/desk"), "{said}");
    let (_, said) = say(&["--most", "1"]);
    assert_eq!(said.lines().count(), 1, "{said}");
    let (worked, said) = say(&["--from", "soon"]);
    assert!(!worked && said.contains("from: 'soon'"), "{said}");
}

/// In a house without users, changes are told without a name.
#[tokio::test]
async fn nobody_is_named_in_an_open_house() {
    let up = Up::start("[audit]\nkeep_days = 1\n", "").await;
    let (status, answer) = up
        .client
        .put("/v1/agents/a9", &json!({ "dn": "7009" }))
        .await;
    assert_eq!(status, 200, "{answer}");
    let (_, page) = up.client.get("/v1/audit").await;
    assert_eq!(
        told(&page, ["/who", "/role", "/object"]),
        [["anybody", "anybody", "agents/a9"]]
    );
    let time = |key: &str| Timestamp::parse(page["entries"][0][key].as_str().unwrap()).unwrap();
    assert_eq!(time("kept_until").since(time("at")).as_secs(), 24 * 60 * 60);
}

/// With its index entries, by the scheduler.
#[tokio::test(flavor = "multi_thread")]
async fn an_entry_goes_when_it_was_kept_long_enough() {
    let clock = Clock::manual(Timestamp::from_millis(1_000_000));
    let house = rooms_at(clock.clone(), &[]);
    let desk = FrontDesk::new(house.clone());
    let keep = Duration::from_secs(60);
    let note = |who: &str| AuditNote {
        who: who.to_owned(),
        role: "admin".to_owned(),
        what: "PUT /v1/services/{service}".to_owned(),
        object: "services/desk".to_owned(),
        keep,
    };
    let old = desk.note(note("old")).await.unwrap();
    clock.advance(keep / 2);
    desk.note(note("young")).await.unwrap();
    let end = AuditEnd {
        status: 200,
        ..AuditEnd::default()
    };
    desk.close(&old, end.clone()).await.unwrap();
    let scheduler = tokio::spawn(scheduler::run(house.clone(), Limits::default()));
    let people = || async {
        let asked = AuditQuery {
            limit: 10,
            ..AuditQuery::default()
        };
        let entries = desk.audit(asked).await.unwrap().entries;
        entries
            .into_iter()
            .map(|it| it.who)
            .collect::<BTreeSet<_>>()
    };
    assert_eq!(people().await.len(), 2);
    clock.advance(keep / 2);
    until(
        "the end of the old entry",
        Duration::from_secs(20),
        || async { (people().await.len() == 1).then_some(()) },
    )
    .await;
    assert_eq!(people().await, BTreeSet::from(["young".to_owned()]));
    // Whoever was slow to tell the outcome finds nothing to do.
    desk.close(&old, end).await.unwrap();
    assert_eq!(people().await.len(), 1);
    house.stop.cancel();
    scheduler.await.unwrap();
}
