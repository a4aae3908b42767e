//! Processes of the real binary.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::Duration;

use super::{Skew, until};

/// The binary under test.
pub const RINGBACK: &str = env!("CARGO_BIN_EXE_ringback");

/// A process that ends with the test.
pub struct Process {
    child: Child,
    name: String,
    log: PathBuf,
    arguments: Vec<String>,
    skew: Option<Skew>,
}

impl Process {
    /// Starts `ringback` with these arguments; what it says goes to a file in `folder`.
    pub fn start(folder: &Path, arguments: &[&str]) -> Self {
        Self::start_by(None, folder, arguments)
    }

    /// The same on a machine whose clock is so far off.
    pub fn start_by(skew: Option<Skew>, folder: &Path, arguments: &[&str]) -> Self {
        let name = arguments[0].to_owned();
        let log = folder.join(format!("{name}.log"));
        let arguments: Vec<String> = arguments
            .iter()
            .map(|&argument| argument.to_owned())
            .collect();
        let child = spawn(&log, &arguments, skew.as_ref());
        Self {
            child,
            name,
            log,
            arguments,
            skew,
        }
    }

    /// SIGSTOP: it stands still, and finds the time gone when it goes on.
    pub fn freeze(&self) {
        self.signal("-STOP");
    }

    /// SIGCONT.
    pub fn thaw(&self) {
        self.signal("-CONT");
    }

    /// The same once more, beside it.
    pub fn beside(&self) -> Self {
        self.beside_by(self.skew.clone())
    }

    /// The same once more, beside it, on a machine whose clock is so far off.
    pub fn beside_by(&self, skew: Option<Skew>) -> Self {
        Self {
            child: spawn(&self.log, &self.arguments, skew.as_ref()),
            name: self.name.clone(),
            log: self.log.clone(),
            arguments: self.arguments.clone(),
            skew,
        }
    }

    pub fn signal(&self, signal: &str) {
        let id = self.child.id().to_string();
        let sent = Command::new("kill").args([signal, &id]).status();
        assert!(sent.unwrap().success());
    }

    /// SIGKILL, and the same again.
    pub fn kill_and_restart(&mut self) {
        self.kill();
        self.start_again();
    }

    /// The same again, after it was killed.
    pub fn start_again(&mut self) {
        self.child = spawn(&self.log, &self.arguments, self.skew.as_ref());
    }

    /// SIGKILL.
    pub fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// SIGTERM, and how it ends.
    pub async fn terminate(&mut self) -> ExitStatus {
        self.signal("-TERM");
        let ended = std::cell::RefCell::new(&mut self.child);
        until(
            "the end of a terminated process",
            Duration::from_secs(40),
            || {
                let status = ended.borrow_mut().try_wait().unwrap();
                async move { status }
            },
        )
        .await
    }

    /// Fails with the log when the process has ended by itself.
    pub fn assert_runs(&mut self) {
        if let Some(status) = self.child.try_wait().unwrap() {
            panic!("{} has ended with {status}:\n{}", self.name, self.said());
        }
    }

    /// Everything it has logged.
    pub fn said(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap_or_default()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
        if std::thread::panicking() {
            let said = self.said();
            let tail: Vec<_> = said.lines().rev().take(40).collect();
            eprintln!("--- the end of what {} said", self.name);
            for line in tail.iter().rev() {
                eprintln!("{line}");
            }
        }
    }
}

fn spawn(log: &Path, arguments: &[String], skew: Option<&Skew>) -> Child {
    let file = std::fs::File::options()
        .create(true)
        .append(true)
        .open(log)
        .unwrap();
    Command::new(RINGBACK)
        .args(arguments)
        .env_clear()
        .envs(skew.map(Skew::environment).into_iter().flatten())
        .current_dir(log.parent().unwrap())
        .stdin(Stdio::null())
        .stdout(file.try_clone().unwrap())
        .stderr(file)
        .spawn()
        .unwrap()
}

/// An address on loopback that nobody listens on.
pub fn free_port() -> SocketAddr {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
        .unwrap()
        .local_addr()
        .unwrap()
}
