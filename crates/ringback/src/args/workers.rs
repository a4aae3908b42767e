//! The options of processes that run: workers, the phone network, the doctor.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::Args;
use ringback_core::phone::PhoneNumber;

use super::Serving;

#[derive(Args)]
pub struct Up {
    #[command(flatten)]
    pub shared: Shared,
    #[command(flatten)]
    pub listen: Listen,
    #[command(flatten)]
    pub phone: Phone,
    #[command(flatten)]
    pub limits: Limits,
}

#[derive(Args)]
pub struct Ingest {
    #[command(flatten)]
    pub shared: Shared,
    #[command(flatten)]
    pub listen: Listen,
}

#[derive(Args)]
pub struct Scheduler {
    #[command(flatten)]
    pub shared: Shared,
    #[command(flatten)]
    pub limits: Limits,
}

#[derive(Args)]
pub struct Dialer {
    #[command(flatten)]
    pub shared: Shared,
    #[command(flatten)]
    pub phone: Phone,
}

#[derive(Args)]
pub struct Notifier {
    #[command(flatten)]
    pub shared: Shared,
}

#[derive(Args)]
pub struct PhoneNetwork {
    /// Where dialers connect
    #[arg(long, env = "RINGBACK_PHONE_LISTEN", default_value = "127.0.0.1:7070")]
    pub listen: SocketAddr,
    /// How it behaves, as after sim:? in an address, e.g. speed=60&talk=5 or instant=true
    #[arg(long, env = "RINGBACK_PHONE_OPTIONS", default_value = "")]
    pub options: String,
}

#[derive(Args)]
pub struct CallIn {
    /// The network: one that `phone-network` or `sim:?listen=HOST:PORT` serves
    #[arg(
        long,
        env = "RINGBACK_TELEPHONY",
        default_value = "sim://127.0.0.1:7070",
        value_name = "ADDRESS"
    )]
    pub network: String,
    /// The number that is called
    #[arg(long, value_name = "NUMBER")]
    pub to: PhoneNumber,
    /// Whose call it is; hidden when unset
    #[arg(long, value_name = "NUMBER")]
    pub from: Option<PhoneNumber>,
    /// What is entered
    #[arg(long)]
    pub code: Option<String>,
    /// The longest call, in seconds
    #[arg(long, default_value_t = 600, value_name = "SECONDS")]
    pub limit: u64,
}

#[derive(Args)]
pub struct Doctor {
    #[command(flatten)]
    pub shared: Shared,
    #[command(flatten)]
    pub phone: Phone,
}

#[derive(Args)]
pub struct ListenOptions {
    /// Where webhooks are received
    #[arg(long, default_value = "127.0.0.1:9099", value_name = "HOST:PORT")]
    pub at: SocketAddr,
    /// The status they are answered with
    #[arg(long, default_value_t = 204, value_parser = clap::value_parser!(u16).range(200..600))]
    pub status: u16,
    /// A secret (whsec_…) that signatures are checked with; may be given several times
    #[arg(long)]
    pub secret: Vec<String>,
    /// Ends after so many
    #[arg(long, value_parser = clap::value_parser!(u64).range(1..))]
    pub count: Option<u64>,
    /// Prints each message as a line of JSON
    #[arg(long)]
    pub json: bool,
}

/// What every worker needs.
#[derive(Args, Clone)]
pub struct Shared {
    /// Where callbacks live: sqlite:PATH, redis://, rediss://, redis+sentinel://, redis+cluster:// or memory:
    #[arg(
        long,
        env = "RINGBACK_STORE",
        value_name = "ADDRESS",
        hide_env_values = true
    )]
    pub store: Option<String>,
    /// What carries messages: amqp://, amqps:// or memory:
    #[arg(
        long,
        env = "RINGBACK_BUS",
        value_name = "ADDRESS",
        hide_env_values = true
    )]
    pub bus: Option<String>,
    /// Services and agents (TOML); the samples when unset
    #[arg(long, env = "RINGBACK_CONFIG", value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Where probes and counters are served
    #[arg(long, env = "RINGBACK_HEALTH_LISTEN", value_name = "HOST:PORT")]
    pub health_listen: Option<SocketAddr>,
    /// This process's name; new at every start when unset
    #[arg(long, env = "RINGBACK_WORKER", value_name = "NAME")]
    pub worker: Option<String>,
}

/// Where the API is served, and to whom.
#[derive(Args, Clone)]
pub struct Listen {
    /// Where the API is served
    #[arg(
        long,
        env = "RINGBACK_LISTEN",
        default_value = "127.0.0.1:8080",
        value_name = "HOST:PORT"
    )]
    pub listen: SocketAddr,
    /// The user that callers of the API have to show
    #[arg(
        long,
        env = "RINGBACK_API_USER",
        value_name = "NAME",
        requires = "api_password"
    )]
    pub api_user: Option<String>,
    /// Its password
    #[arg(
        long,
        env = "RINGBACK_API_PASSWORD",
        hide_env_values = true,
        requires = "api_user"
    )]
    pub api_password: Option<String>,
    #[command(flatten)]
    pub serving: Serving,
}

/// The phone network.
#[derive(Args, Clone)]
pub struct Phone {
    /// The phone network: sim:, sim:?speed=60, sim://HOST:PORT or ari+http://USER:PASSWORD@HOST:PORT/APP
    #[arg(
        long,
        env = "RINGBACK_TELEPHONY",
        default_value = "sim:",
        hide_env_values = true
    )]
    pub telephony: String,
}

/// How much is handed out.
#[derive(Args, Clone, Copy)]
pub struct Limits {
    /// Calls in progress of one trunk group
    #[arg(long, env = "RINGBACK_MAX_CALLS", default_value_t = 2000)]
    pub max_calls: u64,
}
