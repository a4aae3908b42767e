//! The processes of a benchmark.

use std::net::{Ipv4Addr, SocketAddr};
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context, bail};
use tokio::net::TcpListener;
use tokio::process::{Child, Command};

/// How long processes may take to be ready.
const START: Duration = Duration::from_secs(20);
/// How often they are asked.
const ASK: Duration = Duration::from_millis(50);
/// The unit of CPU times in `/proc` (Linux, `USER_HZ`).
const TICK: Duration = Duration::from_millis(10);

/// What all workers of a benchmark share.
pub struct Shared<'a> {
    pub store: &'a str,
    pub bus: &'a str,
    pub config: &'a str,
}

/// Processes of this executable; they end with it.
pub struct Processes {
    children: Vec<Child>,
    health: Vec<SocketAddr>,
    http: reqwest::Client,
}

/// Sums over the workers.
#[derive(Clone, Copy, Default)]
pub struct Counted {
    pub store_calls: u64,
    pub published: u64,
    pub handled: u64,
    pub conflicts: u64,
}

impl Counted {
    pub const fn since(self, before: Self) -> Self {
        Self {
            store_calls: self.store_calls - before.store_calls,
            published: self.published - before.published,
            handled: self.handled - before.handled,
            conflicts: self.conflicts - before.conflicts,
        }
    }
}

impl Processes {
    pub fn none() -> anyhow::Result<Self> {
        Ok(Self {
            children: Vec::new(),
            health: Vec::new(),
            http: reqwest::Client::builder().timeout(START).build()?,
        })
    }

    pub fn spawn(&mut self, arguments: &[&str]) -> anyhow::Result<()> {
        let mut command = Command::new(std::env::current_exe()?);
        command
            .args(["--log", "warn"])
            .args(arguments)
            .stdin(Stdio::null())
            .kill_on_drop(true);
        let child = command
            .spawn()
            .with_context(|| format!("starting {}", arguments.first().unwrap_or(&"nothing")))?;
        self.children.push(child);
        Ok(())
    }

    /// Starts a worker with probes.
    pub async fn spawn_worker(
        &mut self,
        role: &str,
        shared: &Shared<'_>,
        more: &[&str],
    ) -> anyhow::Result<()> {
        let health = free_port().await?;
        self.health.push(health);
        let health = health.to_string();
        let own = [role, "--health-listen", &health];
        let rooms = [
            "--store",
            shared.store,
            "--bus",
            shared.bus,
            "--config",
            shared.config,
        ];
        self.spawn(&[&own[..], &rooms, more].concat())
    }

    /// Until somebody listens there.
    pub async fn until_open(&self, address: SocketAddr) -> anyhow::Result<()> {
        let open = async {
            while tokio::net::TcpStream::connect(address).await.is_err() {
                tokio::time::sleep(ASK).await;
            }
        };
        tokio::time::timeout(START, open)
            .await
            .with_context(|| format!("nobody listens on {address} after {} s", START.as_secs()))
    }

    /// Until all workers are ready.
    pub async fn until_ready(&self) -> anyhow::Result<()> {
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
            sum.published += counter(&text, "ringback_messages_published_total");
            sum.handled += counter(&text, "ringback_messages_handled_total");
            sum.conflicts += counter(&text, "ringback_commit_conflicts_total");
        }
        Ok(sum)
    }

    /// The CPU time that they have used so far, user and system.
    pub async fn cpu(&self) -> anyhow::Result<Duration> {
        let mut sum = Duration::ZERO;
        for child in &self.children {
            let id = child.id().context("a worker has ended")?;
            let path = format!("/proc/{id}/stat");
            let stat = tokio::fs::read_to_string(&path).await;
            let stat = stat.with_context(|| format!("{path} cannot be read"))?;
            let ticks = cpu_ticks(&stat).with_context(|| format!("{path} is not understood"))?;
            sum += TICK * ticks;
        }
        Ok(sum)
    }

    pub async fn stop(mut self) {
        // What was started first goes last.
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

/// `utime` and `stime` of a line of `/proc/PID/stat` (Linux, `proc_pid_stat(5)`): the 14th and 15th field. The second is
/// the name, in parentheses, and may hold anything.
fn cpu_ticks(stat: &str) -> Option<u32> {
    let (_, rest) = stat.rsplit_once(')')?;
    let mut times = rest.split_whitespace().skip(11);
    let user: u32 = times.next()?.parse().ok()?;
    let system: u32 = times.next()?.parse().ok()?;
    user.checked_add(system)
}

pub async fn free_port() -> anyhow::Result<SocketAddr> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
        .await?
        .local_addr()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cpu_times_are_read_past_any_name() {
        let stat = "71 (a) b (c)) S 1 71 71 0 -1 4194560 100 0 0 0 250 31 7 9 20 0 4 0 1";
        assert_eq!(cpu_ticks(stat), Some(281));
        assert_eq!(cpu_ticks("71 (a) S 1"), None);
    }

    #[test]
    fn a_counter_is_found_by_its_whole_name() {
        let text = "# HELP a_total A.\na_total_more 3\na_total 42\n";
        assert_eq!(counter(text, "a_total"), 42);
        assert_eq!(counter(text, "b_total"), 0);
    }
}
