//! The worker processes of a benchmark.

use std::fmt::Write;
use std::net::{Ipv4Addr, SocketAddr};
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context, bail};
use tokio::net::TcpListener;
use tokio::process::{Child, Command};

use super::TRUNK;
use crate::args::BenchPipeline;

/// How long the processes may take to be ready.
const START: Duration = Duration::from_secs(20);
/// How often they are asked.
const ASK: Duration = Duration::from_millis(50);

/// The four workers and the phone network.
pub struct Processes {
    /// Where the API is.
    pub api: String,
    /// Where the phone network is.
    pub phone: String,
    children: Vec<Child>,
    health: Vec<SocketAddr>,
    http: reqwest::Client,
    _folder: tempfile::TempDir,
}

/// Sums over the workers.
#[derive(Clone, Copy, Default)]
pub struct Counted {
    pub store_calls: u64,
    pub messages: u64,
    pub conflicts: u64,
}

impl Counted {
    pub const fn since(self, before: Self) -> Self {
        Self {
            store_calls: self.store_calls - before.store_calls,
            messages: self.messages - before.messages,
            conflicts: self.conflicts - before.conflicts,
        }
    }
}

impl Processes {
    pub async fn start(options: &BenchPipeline) -> anyhow::Result<Self> {
        let folder = tempfile::tempdir()?;
        let config = folder.path().join("bench.toml");
        tokio::fs::write(&config, configuration(options.agents)?).await?;
        let (api, phone) = (free_port().await?, free_port().await?);
        let mut processes = Self {
            api: format!("http://{api}"),
            phone: format!("sim://{phone}"),
            children: Vec::new(),
            health: Vec::new(),
            http: reqwest::Client::builder().timeout(START).build()?,
            _folder: folder,
        };
        let listen = phone.to_string();
        processes.spawn(&[
            "phone-network",
            "--listen",
            &listen,
            "--options",
            "instant=true",
        ])?;
        processes.until_open(phone).await?;
        let (listen, telephony) = (api.to_string(), processes.phone.clone());
        let config = config.display().to_string();
        let rooms = [
            "--store",
            &options.store,
            "--bus",
            &options.bus,
            "--config",
            &config,
        ];
        let roles: [(&str, &[&str]); 4] = [
            ("ingest", &["--listen", &listen]),
            ("scheduler", &[]),
            ("dialer", &["--telephony", &telephony]),
            ("notifier", &[]),
        ];
        for (role, more) in roles {
            let health = free_port().await?;
            processes.health.push(health);
            let health = health.to_string();
            let own = [role, "--health-listen", &health];
            processes.spawn(&[&own[..], &rooms, more].concat())?;
        }
        processes.until_ready().await?;
        Ok(processes)
    }

    fn spawn(&mut self, arguments: &[&str]) -> anyhow::Result<()> {
        let mut command = Command::new(std::env::current_exe()?);
        command
            .args(["--log", "warn"])
            .args(arguments)
            .stdin(Stdio::null())
            .kill_on_drop(true);
        self.children
            .push(command.spawn().context("starting a worker")?);
        Ok(())
    }

    async fn until_open(&mut self, address: SocketAddr) -> anyhow::Result<()> {
        let open = async {
            while tokio::net::TcpStream::connect(address).await.is_err() {
                tokio::time::sleep(ASK).await;
            }
        };
        tokio::time::timeout(START, open)
            .await
            .context("the phone network does not start")
    }

    async fn until_ready(&mut self) -> anyhow::Result<()> {
        let ready = async {
            for address in &self.health {
                let url = format!("http://{address}/healthz/ready");
                while !matches!(self.http.get(&url).send().await, Ok(answer) if answer.status().is_success())
                {
                    tokio::time::sleep(ASK).await;
                }
            }
        };
        if tokio::time::timeout(START, ready).await.is_err() {
            bail!("the workers are not ready after {} s", START.as_secs());
        }
        Ok(())
    }

    pub async fn counters(&self) -> anyhow::Result<Counted> {
        let mut sum = Counted::default();
        for address in &self.health {
            let url = format!("http://{address}/metrics");
            let text = self.http.get(&url).send().await?.text().await?;
            sum.store_calls += counter(&text, "ringback_store_calls_total");
            sum.messages += counter(&text, "ringback_messages_published_total");
            sum.conflicts += counter(&text, "ringback_commit_conflicts_total");
        }
        Ok(sum)
    }

    pub async fn stop(mut self) {
        // The phone network, started first, goes last.
        for child in self.children.iter_mut().rev() {
            if let Err(error) = child.kill().await {
                tracing::warn!(%error, "a worker of the benchmark could not be ended");
            }
        }
    }
}

fn counter(text: &str, name: &str) -> u64 {
    let value = |line: &str| line.strip_prefix(name)?.trim().parse().ok();
    text.lines().find_map(value).unwrap_or(0)
}

async fn free_port() -> anyhow::Result<SocketAddr> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
        .await?
        .local_addr()?)
}

fn configuration(agents: u32) -> Result<String, std::fmt::Error> {
    let mut text = format!(
        "[services.bench]\ntemplate = \"User Terminated Immediate\"\n_target = \"Bench@Stat.GA\"\n\
         _urs_virtual_queue = \"VQ_Bench\"\n_trunk_group = \"{TRUNK}\"\n_ttl = 600\n"
    );
    for number in 0..agents {
        writeln!(
            text,
            "[agents.Bench{number}]\ngroups = [\"Bench\"]\ndn = \"{}\"\nstate = \"ready\"",
            8000 + u64::from(number) * 100
        )?;
    }
    Ok(text)
}
