//! What people meet on the command line: clear words on bad input, and the demo.

use std::process::{Command, Output, Stdio};

use crate::harness::{RINGBACK, free_port};

fn ringback(arguments: &[&str]) -> Output {
    let folder = tempfile::tempdir().unwrap();
    Command::new(RINGBACK)
        .args(arguments)
        .env_clear()
        .current_dir(folder.path())
        .stdin(Stdio::null())
        .output()
        .unwrap()
}

/// One readable line on stderr that says all of `parts`, and a failing exit.
fn check_refused(arguments: &[&str], parts: &[&str]) {
    let output = ringback(arguments);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success(), "{arguments:?}: {said}");
    assert!(!said.contains("panicked"), "{arguments:?}: {said}");
    let lines: Vec<_> = said
        .lines()
        .filter(|line| line.starts_with("ringback: "))
        .collect();
    assert_eq!(lines.len(), 1, "{arguments:?}: {said}");
    for part in parts {
        assert!(
            lines[0].contains(part),
            "{arguments:?}: {part:?} is missing in {said}"
        );
    }
}

#[test]
fn a_wrong_address_is_refused_in_one_line() {
    let nobody = free_port().to_string();
    let (redis, amqp, sim) = (
        format!("redis://{nobody}"),
        format!("amqp://{nobody}"),
        format!("sim://{nobody}"),
    );
    check_refused(
        &["up", "--store", "postgres://x"],
        &["postgres://x", "sqlite:PATH", "redis://"],
    );
    check_refused(&["up", "--store", &redis], &[&nobody]);
    check_refused(
        &["up", "--store", "memory:", "--bus", "kafka:"],
        &["kafka", "amqp://"],
    );
    check_refused(&["up", "--store", "memory:", "--bus", &amqp], &[&nobody]);
    check_refused(
        &["up", "--store", "memory:", "--telephony", "sip:x"],
        &["sip:x", "sim:"],
    );
    check_refused(
        &["up", "--store", "memory:", "--telephony", &sim],
        &[&nobody],
    );
    check_refused(
        &["up", "--store", "memory:", "--listen", "0.0.0.0:0"],
        &["--api-user"],
    );
    check_refused(
        &["up", "--store", "memory:", "--config", "nowhere.toml"],
        &["nowhere.toml"],
    );
}

#[test]
fn a_lone_worker_refuses_what_it_cannot_share() {
    for role in ["ingest", "scheduler", "dialer", "notifier"] {
        check_refused(&[role], &[role, "--store"]);
        check_refused(&[role, "--store", "memory:"], &[role, "--bus"]);
        check_refused(
            &[role, "--store", "memory:", "--bus", "memory:"],
            &[role, "own process"],
        );
    }
}

/// What can be told from the file alone is refused when it is read.
#[test]
fn a_target_that_can_never_be_reached_is_refused_when_loaded() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ringback.toml");
    for (options, says) in [
        (
            "_enable_status_notification = \"subscribe_notify\"\n_status_notification_target = \"ftp://crm.example/x\"",
            "_status_notification_target",
        ),
        (
            "_enable_status_notification = \"subscribe_notify\"\n_status_notification_target = \"http://10.0.0.1/x\"",
            "10.0.0.1",
        ),
        (
            "_wait_for_user_confirm = true",
            "_push_notification_provider",
        ),
        (
            "_enable_disposition_dialog = true",
            "_enable_disposition_dialog",
        ),
    ] {
        let config = format!(
            "[services.one]\ntemplate = \"User Terminated Delayed\"\n_target = \"Sales@Stat.GA\"\n{options}\n"
        );
        std::fs::write(&path, config).unwrap();
        let config = path.to_str().unwrap();
        check_refused(
            &["up", "--store", "memory:", "--config", config],
            &["'one'", says],
        );
        let output = ringback(&["doctor", "--config", config]);
        let said = String::from_utf8_lossy(&output.stdout);
        assert!(!output.status.success() && said.contains(says), "{said}");
    }
}

#[test]
fn a_client_without_a_server_says_where_it_looked() {
    let nobody = format!("http://{}", free_port());
    check_refused(
        &["service", "list", "--url", &nobody],
        &[&nobody, "ringback up"],
    );
}

#[test]
fn the_demo_calls_everybody_and_ends() {
    let output = ringback(&["demo"]);
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success(),
        "{said}\n{}",
        String::from_utf8_lossy(&output.stderr)
    );
    for part in [
        "23 callers",
        "AGENT_CONNECTED",
        "FAIL_CALL_TO_CUSTOMER",
        "FAIL_TIMEOUT_TTL",
        "CANCELLED",
        "c_call_result=6",
        "c_call_result=7",
        "c_call_result=9",
        "c_call_num_attempt=2",
        "ringback up",
    ] {
        assert!(said.contains(part), "{part:?} is missing in:\n{said}");
    }
}
