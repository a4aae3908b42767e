//! A broker and a store of one test's own, and the four workers on them.

use std::io::Write;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use tempfile::TempDir;

use super::{Client, Process, free_port, until};

/// A broker and a store in a temporary folder; ended with the test.
pub struct Services {
    folder: TempDir,
    pub amqp: String,
    pub redis: String,
}

impl Services {
    /// Starts them; `None`, and a word about it, where the tests run without services.
    #[expect(
        clippy::disallowed_methods,
        reason = "tests are told by the environment that services are there"
    )]
    pub fn start(suite: &str) -> Option<Self> {
        if std::env::var_os("RINGBACK_TEST_AMQP").is_none() {
            // Not by a macro, whose words the test runner keeps to itself when a test passes.
            let told = writeln!(
                std::io::stderr(),
                "left out: {suite} needs RINGBACK_TEST_AMQP (./tests/run sets it)"
            );
            told.unwrap();
            return None;
        }
        let folder = tempfile::tempdir().unwrap();
        let amqp = script("rabbitmq", "start", &folder.path().join("rabbitmq"));
        let redis = script("redis", "start", &folder.path().join("redis"));
        Some(Self {
            folder,
            amqp,
            redis,
        })
    }

    /// Where the test may keep files.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// SIGKILL to `rabbitmq` or `redis`.
    pub fn kill(&self, service: &str) {
        script(service, "kill", &self.folder.path().join(service));
    }

    /// Starts it again at the same address, with what it had on disk.
    pub fn start_again(&self, service: &str) {
        let address = script(service, "start", &self.folder.path().join(service));
        assert!(
            address == self.amqp || address == self.redis,
            "{address} is another address"
        );
    }

    /// SIGKILL to the broker, and a new start with what it had on disk.
    pub fn restart_broker(&self) {
        self.kill("rabbitmq");
        self.start_again("rabbitmq");
    }

    /// Sets something of the store's server.
    pub fn configure_store(&self, name: &str, value: &str) {
        let port = self.redis.rsplit_once(':').unwrap().1.to_owned();
        let set = Command::new("redis-cli")
            .args(["-p", &port, "CONFIG", "SET", name, value])
            .output()
            .unwrap();
        assert_eq!(set.stdout, b"OK\n", "{set:?}");
    }

    /// All that is in the store is gone.
    pub fn empty_store(&self) {
        let port = self.redis.rsplit_once(':').unwrap().1;
        let emptied = Command::new("redis-cli")
            .args(["-p", port, "FLUSHALL"])
            .output()
            .unwrap();
        assert!(emptied.status.success(), "{emptied:?}");
    }

    /// Cuts every connection to the store but the one that asks.
    pub fn cut_store_connections(&self) {
        let port = self.redis.rsplit_once(':').unwrap().1.to_owned();
        let cut = Command::new("redis-cli")
            .args([
                "-p", &port, "CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes",
            ])
            .output()
            .unwrap();
        assert!(cut.status.success(), "{cut:?}");
    }

    /// Arguments of a worker on these services.
    pub fn worker<'a>(&'a self, role: &'a str, config: &'a str, more: &[&'a str]) -> Vec<&'a str> {
        let rooms = [
            role,
            "--store",
            &self.redis,
            "--bus",
            &self.amqp,
            "--config",
            config,
        ];
        [&rooms[..], more].concat()
    }
}

impl Drop for Services {
    fn drop(&mut self) {
        for (service, folder) in [("rabbitmq", "rabbitmq"), ("redis", "redis")] {
            run(service, "stop", &self.folder.path().join(folder));
        }
    }
}

/// The four workers and a phone network, each a process of its own.
pub struct Workers {
    pub ingest: Process,
    pub scheduler: Process,
    pub dialer: Process,
    pub notifier: Process,
    pub phone: Process,
    pub client: Client,
    pub phone_address: SocketAddr,
}

impl Workers {
    /// Starts them on `services` with a configuration and a pace of the phone network.
    pub async fn start(services: &Services, config: &str, pace: &str) -> Self {
        let path = services.folder().join("ringback.toml");
        std::fs::write(&path, config).unwrap();
        let config = path.to_str().unwrap();
        let (listen, phone_address) = (free_port(), free_port());
        let (api, place) = (listen.to_string(), phone_address.to_string());
        let folder = services.folder();
        let phone = Process::start(
            folder,
            &["phone-network", "--listen", &place, "--options", pace],
        );
        until("the phone network", Duration::from_secs(10), || async {
            tokio::net::TcpStream::connect(phone_address).await.ok()
        })
        .await;
        let telephony = format!("sim://{phone_address}");
        let start =
            |role, more: &[&str]| Process::start(folder, &services.worker(role, config, more));
        let workers = Self {
            ingest: start("ingest", &["--listen", &api]),
            scheduler: start("scheduler", &[]),
            dialer: start("dialer", &["--telephony", &telephony]),
            notifier: start("notifier", &[]),
            phone,
            client: Client::new(listen),
            phone_address,
        };
        workers.client.until_ready().await;
        workers
    }

    /// The four of them.
    pub const fn all(&mut self) -> [&mut Process; 4] {
        [
            &mut self.ingest,
            &mut self.scheduler,
            &mut self.dialer,
            &mut self.notifier,
        ]
    }
}

fn script(service: &str, verb: &str, folder: &Path) -> String {
    let output = run(service, verb, folder);
    assert!(
        output.status.success(),
        "{service} {verb}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

fn run(service: &str, verb: &str, folder: &Path) -> std::process::Output {
    let script = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("../../tests/services")
        .join(service);
    Command::new(script)
        .arg(verb)
        .arg(folder)
        .stdin(Stdio::null())
        .output()
        .unwrap()
}
