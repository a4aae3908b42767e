//! A worker whose store is away: it says so to who asks, and ends when it is told to.

use std::process::{Command, Stdio};
use std::time::Duration;

use crate::harness::{Client, RINGBACK, free_port, until};

const LIMIT: Duration = Duration::from_secs(20);

/// As the first process of a container: such a one has no default for signals that it does not take.
#[tokio::test]
async fn a_worker_that_waits_for_its_store_answers_probes_and_ends_on_sigterm() {
    let namespace = ["--user", "--map-root-user", "--pid", "--fork"];
    let may = Command::new("unshare").args(namespace).arg("true").output();
    if !may.is_ok_and(|may| may.status.success()) {
        eprintln!("left out: this system does not let a test have process ids of its own");
        return;
    }
    let health = free_port();
    for worker in ["ingest", "scheduler", "dialer", "notifier"] {
        let mut command = Command::new("unshare");
        command.args(namespace).args([RINGBACK, worker]);
        command.args([
            "--store",
            "redis://127.0.0.1:1",
            "--bus",
            "amqp://127.0.0.1:1",
        ]);
        command.args(["--health-listen", &health.to_string()]);
        command
            .env_clear()
            .stdin(Stdio::null())
            .stdout(Stdio::null());
        let mut outer = command.stderr(Stdio::null()).spawn().unwrap();
        let client = Client::new(health);
        until("the probes", LIMIT, || async {
            let said = client.try_get_text("/healthz/startup").await?;
            (said == (200, "waiting for the store".to_owned())).then_some(())
        })
        .await;
        let (status, said) = client.get_text("/healthz/ready").await;
        assert_eq!((status, said.as_str()), (503, "waiting for the store"));
        let (status, _) = client.get_text("/healthz/live").await;
        assert_eq!(status, 200, "waiting is not being stuck");

        let id = outer.id();
        let children = std::fs::read_to_string(format!("/proc/{id}/task/{id}/children")).unwrap();
        let killed = Command::new("kill").arg(children.trim()).status().unwrap();
        assert!(killed.success());
        let ended = tokio::task::spawn_blocking(move || outer.wait());
        let ended = tokio::time::timeout(LIMIT, ended).await;
        let ended = ended.unwrap_or_else(|_| panic!("{worker} goes on"));
        assert!(ended.unwrap().unwrap().success(), "{worker}");
    }
}
