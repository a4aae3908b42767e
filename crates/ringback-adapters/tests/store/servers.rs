//! The servers of the environment.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

use ringback_adapters::redis::RedisOptions;
use ringback_ports::clock::Clock;

/// A prefix that no other test uses on the same servers, now or on an earlier run.
pub fn options() -> RedisOptions {
    static TESTS: AtomicU32 = AtomicU32::new(0);
    let number = TESTS.fetch_add(1, Ordering::Relaxed);
    let now = Clock::system().now().as_millis();
    RedisOptions {
        prefix: format!("test-{}-{now}-{number}", std::process::id()),
        ..RedisOptions::default()
    }
}

/// What the variable `name` says; without it, its tests are left out.
#[expect(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "tests find their servers in the environment, and say so when there are none"
)]
pub fn address(name: &str) -> Option<String> {
    let address = std::env::var(name).ok();
    if address.is_none() {
        // Not by a macro, whose words the test runner keeps to itself when a test passes.
        let told = writeln!(std::io::stderr(), "left out: the store suite needs {name}");
        told.unwrap();
    }
    address
}

/// Servers of one test's own, by a script of `tests/services`; ended with the test.
pub struct Own {
    folder: tempfile::TempDir,
    script: &'static str,
    pub address: String,
}

impl Own {
    /// Starts them, where tests find servers at all.
    pub fn start(script: &'static str) -> Option<Self> {
        Self::start_with(script, &[])
    }

    /// The same, as these words have it.
    pub fn start_with(script: &'static str, how: &[&str]) -> Option<Self> {
        address("RINGBACK_TEST_REDIS")?;
        let folder = tempfile::tempdir().expect("a folder");
        let address = run(script, "start", folder.path(), how);
        Some(Self {
            folder,
            script,
            address,
        })
    }

    /// Another verb of the script.
    pub fn run(&self, verb: &str) {
        run(self.script, verb, self.folder.path(), &[]);
    }
}

impl Drop for Own {
    fn drop(&mut self) {
        self.run("stop");
    }
}

fn run(script: &str, verb: &str, folder: &Path, how: &[&str]) -> String {
    let services = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/services");
    let output = Command::new(services.join(script))
        .arg(verb)
        .arg(folder)
        .args(how)
        .stdin(Stdio::null())
        .output()
        .expect("the script can be run");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{script} {verb}: {said}");
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}
