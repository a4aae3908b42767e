//! `ringback doctor` on set-ups that are broken, each in one way: it fails, and names what is wrong.

use std::process::Command;
use std::time::Duration;

use crate::harness::{RINGBACK, Services, Skew, Up, free_port, until};

const LIMIT: Duration = Duration::from_secs(30);

/// A service and the agent who serves it, without anything that it could lack.
const SOUND: &str = "[agents.one]\ngroups = [\"Sales\"]\ndn = \"7001\"\n[services.desk]\n_target = \"Sales@Stat.GA\"\n";
const DELAYED: &str = "template = \"User Terminated Delayed\"\n";
const TOLD: &str = "_enable_status_notification = \"subscribe_notify\"\n";

/// What a doctor says of a configuration and a set-up, and whether all is well.
fn doctor(config: &str, arguments: &[&str], skew: Option<&Skew>) -> (bool, String) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ringback.toml");
    std::fs::write(&path, config).unwrap();
    let output = Command::new(RINGBACK)
        .args(["doctor", "--config", "ringback.toml"])
        .args(arguments)
        .env_clear()
        .envs(skew.map(Skew::environment).into_iter().flatten())
        .current_dir(folder.path())
        .output()
        .unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    let failed = said.lines().any(|line| line.starts_with("FAIL"));
    assert_eq!(failed, !output.status.success(), "{said}");
    (output.status.success(), said)
}

fn sound() -> String {
    format!("{SOUND}{DELAYED}")
}

/// What is said of each thing, which may be several lines.
fn findings(said: &str) -> Vec<String> {
    let mut findings: Vec<String> = Vec::new();
    for line in said.lines() {
        let begins = ["ok  ", "warn", "FAIL"]
            .iter()
            .any(|it| line.starts_with(it));
        match findings.last_mut() {
            Some(last) if !begins => last.push_str(line),
            _ => findings.push(line.to_owned()),
        }
    }
    findings
}

/// It fails, with one finding that has all of `says`.
fn fails(config: &str, arguments: &[&str], skew: Option<&Skew>, says: &[&str]) {
    let (well, said) = doctor(config, arguments, skew);
    assert!(!well, "{says:?}: {said}");
    let is_it = |it: &String| it.starts_with("FAIL") && says.iter().all(|say| it.contains(say));
    assert!(findings(&said).iter().any(is_it), "{says:?}: {said}");
    assert!(!said.contains("secret"), "{said}");
}

#[test]
fn doctor_names_each_thing_that_a_service_lacks() {
    let (well, said) = doctor(&sound(), &[], None);
    assert!(well, "{said}");
    let originated = "template = \"User Originated Immediate\"\n";
    for (options, says) in [
        (
            format!("{DELAYED}_callback_events_list = \"Ends\"\n"),
            &["'desk'", "event list 'Ends'"][..],
        ),
        (
            format!("{DELAYED}_business_hours_service = \"Night\"\n"),
            &["'desk'", "office hours 'Night'"],
        ),
        (
            format!("{DELAYED}_capacity_service = \"Team\"\n"),
            &["'desk'", "capacity 'Team'"],
        ),
        (
            format!("{DELAYED}_request_ewt_service = \"other\"\n"),
            &["'desk'", "service 'other'"],
        ),
        (originated.to_owned(), &["'desk'", "resource group 'DNIS'"]),
        (
            format!(
                "{DELAYED}{TOLD}_status_notification_provider = \"crm\"\n_status_notification_target = \"/x\"\n"
            ),
            &["'desk'", "_status_notification_provider", "'crm'"],
        ),
        (
            format!("{DELAYED}{TOLD}_status_notification_target = \"http://10.0.0.1/x\"\n"),
            &["'desk'", "_status_notification_target", "10.0.0.1"],
        ),
        (
            format!("{DELAYED}{TOLD}_status_notification_target = \"ftp://crm.example/x\"\n"),
            &["'desk'", "_status_notification_target", "http"],
        ),
        (
            format!("{DELAYED}_wait_for_user_confirm = true\n"),
            &["'desk'", "_push_notification_provider"],
        ),
    ] {
        fails(&format!("{SOUND}{options}"), &[], None, says);
    }
}

#[test]
fn doctor_lists_all_that_is_wrong_with_a_configuration() {
    let service = format!("{DELAYED}_target = \"Ghosts@Stat.GA\"\n");
    let config = format!(
        "[services.one]\n{service}_business_hours_service = \"Night\"\n[services.two]\n{service}_capacity_service = \"Team\"\n"
    );
    for says in [
        &["services", "no agents"][..],
        &["'one'", "Ghosts@Stat.GA has no agent"],
        &["'one'", "office hours 'Night'"],
        &["'two'", "capacity 'Team'"],
    ] {
        fails(&config, &[], None, says);
    }
    let nobody_there = format!("{}[services.other]\n{service}", sound());
    fails(
        &nobody_there,
        &[],
        None,
        &["'other'", "Ghosts@Stat.GA has no agent"],
    );
    fails("", &[], None, &["services", "there is no service"]);
    fails("[offices.one]\n", &[], None, &["configuration", "offices"]);
    let elsewhere = ["--config", "elsewhere.toml"];
    let output = Command::new(RINGBACK)
        .arg("doctor")
        .args(elsewhere)
        .output()
        .unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(
        !output.status.success() && said.contains("elsewhere.toml"),
        "{said}"
    );
}

/// Each is looked at by itself, and what is well is said to be.
#[test]
fn doctor_names_whoever_is_away() {
    let nobody = free_port().to_string();
    for (arguments, what) in [
        (["--store", &format!("redis://:secret@{nobody}")], "store"),
        (
            ["--bus", &format!("amqp://guest:secret@{nobody}/%2f")],
            "broker",
        ),
        (["--telephony", &format!("sim://{nobody}")], "phone network"),
        (
            ["--telephony", &format!("ari+http://me:secret@{nobody}/app")],
            "phone network",
        ),
        (["--store", "sqlite:/proc/nowhere/data"], "store"),
    ] {
        fails(&sound(), &arguments, None, &[what]);
        let (_, said) = doctor(&sound(), &arguments, None);
        for other in ["configuration", "store", "broker", "phone network"] {
            let is_it = |line: &&str| line[6..].starts_with(other);
            let found = said.lines().find(is_it).unwrap();
            assert_eq!(found.starts_with("ok"), other != what, "{said}");
        }
    }
}

/// Its own Redis and RabbitMQ, set wrongly in one way after the other.
#[tokio::test]
async fn doctor_names_what_is_wrong_with_servers() {
    let Some(services) = Services::start("doctor") else {
        return;
    };
    let store = ["--store", services.redis.as_str()];
    let (well, said) = doctor(&sound(), &store, None);
    assert!(well && said.contains("no worker has started"), "{said}");
    for (settings, says) in [
        (
            &[("maxmemory-policy", "noeviction", "allkeys-lru")][..],
            &["durability", "maxmemory-policy", "noeviction"][..],
        ),
        (
            &[("appendonly", "yes", "no")],
            &["durability", "keeps nothing on disk", "appendonly"],
        ),
        (
            &[("appendfsync", "everysec", "no")],
            &["durability", "appendfsync"],
        ),
    ] {
        for (name, _, wrong) in settings {
            services.configure_store(name, wrong);
        }
        fails(&sound(), &store, None, says);
        for (name, right, _) in settings {
            services.configure_store(name, right);
        }
    }
    let waits = format!("{}?replicas=1", services.redis);
    fails(
        &sound(),
        &["--store", &waits],
        None,
        &["durability", "replicas"],
    );
    for offset in ["+5s", "-5s"] {
        if let Some(skew) = Skew::of(offset) {
            let side = if offset.starts_with('+') {
                "ahead"
            } else {
                "behind"
            };
            fails(&sound(), &store, Some(&skew), &["clock", side]);
        }
    }
    let (_, place) = services.amqp.rsplit_once('@').unwrap();
    let locked = format!("amqp://guest:secret@{place}");
    fails(&sound(), &["--bus", &locked], None, &["broker"]);
    lost(&services).await;
    // The last: there is no way back for those who do not know the word.
    services.configure_store("requirepass", "word");
    let place = services.redis.trim_start_matches("redis://");
    for address in [services.redis.clone(), format!("redis://:secret@{place}")] {
        fails(&sound(), &["--store", &address], None, &["store"]);
    }
    let (well, said) = doctor(
        &sound(),
        &["--store", &format!("redis://:word@{place}")],
        None,
    );
    // The loss is what is left to tell.
    assert!(!well && said.contains("ok    store"), "{said}");
}

/// The store is emptied while somebody works on it.
async fn lost(services: &Services) {
    let up = Up::start_with(&sound(), "", &["--store", &services.redis]).await;
    until("the marks", LIMIT, || async {
        up.said().contains("the store is marked").then_some(())
    })
    .await;
    services.empty_store();
    let store = ["--store", services.redis.as_str()];
    until("the doctor's word", LIMIT, || async {
        let (well, said) = doctor(&sound(), &store, None);
        let is_told = |line: &str| line.starts_with("FAIL  installation");
        (!well && said.lines().any(is_told)).then_some(())
    })
    .await;
}
