//! The console in a real browser: one test for each file of `tests/console/specs`, with a server of its own.

mod live;
mod sessions;

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use tokio::process::Command;

use crate::harness::Up;

const LIMIT: Duration = Duration::from_secs(300);
const HOUSE: &str = include_str!("console/by.toml");

/// The programs that it takes; `None` where they are not to be had.
#[expect(
    clippy::disallowed_methods,
    reason = "tests/run says where it has installed them"
)]
fn programs() -> Option<(PathBuf, PathBuf)> {
    let named = |name| std::env::var_os(name).map(PathBuf::from);
    named("RINGBACK_TEST_NODE").zip(named("RINGBACK_TEST_CHROMIUM"))
}

async fn passes(spec: &str) {
    let Some((node, chromium)) = programs() else {
        let told = "left out: the browser tests need RINGBACK_TEST_NODE and RINGBACK_TEST_CHROMIUM (./tests/run sets them)";
        eprintln!("{told}");
        return;
    };
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/console");
    let up = Up::start(HOUSE, "speed=20").await;
    let mut runner = Command::new(node);
    runner
        .args(["node_modules/@playwright/test/cli.js", "test"])
        .arg(format!("{spec}.spec.ts"))
        .arg(format!("--output=out/results/{spec}"))
        .current_dir(folder)
        .env("RINGBACK_TEST_URL", up.client.url(""))
        .env("RINGBACK_TEST_CHROMIUM", chromium)
        .stdin(Stdio::null());
    let run = tokio::time::timeout(LIMIT, runner.kill_on_drop(true).output()).await;
    let output = run
        .unwrap_or_else(|_| panic!("not done within {LIMIT:?}"))
        .unwrap();
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8_lossy(&said);
    assert!(output.status.success(), "{said}\n{}", up.said());
    assert!(!up.said().contains("panicked"), "{}", up.said());
}

#[tokio::test]
async fn one_logs_in_and_out_and_is_locked_out() {
    passes("login").await;
}

#[tokio::test]
async fn board_and_queues_change_without_a_reload() {
    passes("board").await;
}

#[tokio::test]
async fn every_page_looks_right_and_passes_axe() {
    passes("looks").await;
}

#[tokio::test]
async fn callbacks_are_found_explained_moved_and_cancelled() {
    passes("callbacks").await;
}

#[tokio::test]
async fn an_agent_works_at_the_desk() {
    passes("desk").await;
}
