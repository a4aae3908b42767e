//! The command line: every option has a flag and an environment variable.

mod service;

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

pub use service::ServiceCommand;

/// Calls people back: an open callback system for contact centres.
#[derive(Parser)]
#[command(name = "ringback", version, max_term_width = 100)]
pub struct Cli {
    #[command(flatten)]
    pub logs: Logs,
    #[command(subcommand)]
    pub command: Command,
}

/// What is logged, and where traces go.
#[derive(Args, Clone)]
pub struct Logs {
    /// What is logged, e.g. info or ringback_workers=debug,warn
    #[arg(long, env = "RINGBACK_LOG", default_value = "info", global = true)]
    pub log: String,
    /// How lines are written: text or json; text on a terminal and json elsewhere when unset
    #[arg(long, env = "RINGBACK_LOG_FORMAT", global = true)]
    pub log_format: Option<ringback_telemetry::LogFormat>,
    /// Where traces go over OTLP/HTTP; none when unset
    #[arg(
        long,
        env = "OTEL_EXPORTER_OTLP_ENDPOINT",
        global = true,
        value_name = "URL"
    )]
    pub otlp_endpoint: Option<String>,
}

#[derive(Subcommand)]
pub enum Command {
    /// Everything in one process
    Up(Up),
    /// The front door: HTTP API and the request queue
    Ingest(Ingest),
    /// Alarms, matching with agents, hand-out
    Scheduler(Scheduler),
    /// One dialer
    Dialer(Dialer),
    /// Status notifications
    Notifier(Notifier),
    /// The simulated phone network as a process of its own
    PhoneNetwork(PhoneNetwork),
    /// Sample callers, agents and services, from request to hand-over; ends by itself
    Demo,
    /// Callbacks of a running Ringback
    Callback {
        #[command(flatten)]
        client: Client,
        #[command(subcommand)]
        command: CallbackCommand,
    },
    /// Services of a running Ringback
    Service {
        #[command(flatten)]
        client: Client,
        #[command(subcommand)]
        command: ServiceCommand,
    },
    /// Event lists: which status notifications are sent, and what they say
    Events {
        #[command(flatten)]
        client: Client,
        #[command(subcommand)]
        command: EventsCommand,
    },
    /// Deliveries of status notifications
    Deliveries {
        #[command(flatten)]
        client: Client,
        #[command(subcommand)]
        command: DeliveriesCommand,
    },
    /// Users and keys for the configuration
    User {
        #[command(subcommand)]
        command: UserCommand,
    },
    /// Checks store, broker, phone network, clock and configuration
    Doctor(Doctor),
    /// Prints the document of the API (OpenAPI)
    Openapi,
    /// Measures
    Bench {
        #[command(subcommand)]
        command: BenchCommand,
    },
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
}

/// The phone network.
#[derive(Args, Clone)]
pub struct Phone {
    /// The phone network: sim:, sim:?speed=60 or sim://HOST:PORT
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
pub struct Doctor {
    #[command(flatten)]
    pub shared: Shared,
    #[command(flatten)]
    pub phone: Phone,
}

/// How to reach a running Ringback.
#[derive(Args, Clone)]
pub struct Client {
    /// The API of a running Ringback
    #[arg(
        long,
        env = "RINGBACK_URL",
        default_value = "http://127.0.0.1:8080",
        global = true
    )]
    pub url: url::Url,
    /// The user to show
    #[arg(long, env = "RINGBACK_API_USER", value_name = "NAME", global = true)]
    pub api_user: Option<String>,
    /// Its password
    #[arg(
        long,
        env = "RINGBACK_API_PASSWORD",
        hide_env_values = true,
        global = true
    )]
    pub api_password: Option<String>,
}

#[derive(Subcommand)]
pub enum CallbackCommand {
    /// Requests one
    Start {
        /// The service
        service: String,
        /// Whom to call
        #[arg(long)]
        number: String,
        /// When, e.g. 2026-12-01T09:00:00.000Z; at once when left out
        #[arg(long)]
        at: Option<String>,
        /// More parameters
        #[arg(value_name = "KEY=VALUE")]
        parameters: Vec<String>,
    },
    /// Shows one with its timeline
    Show {
        /// Its _id
        id: String,
    },
    /// Lists those of a service
    List {
        /// The service
        service: String,
        /// Only those in this state, or with ! before it in any other
        #[arg(long)]
        state: Option<String>,
    },
    /// Calls one off
    Cancel {
        /// The service
        service: String,
        /// Its _id
        id: String,
    },
    /// Gives one another time
    Reschedule {
        /// The service
        service: String,
        /// Its _id
        id: String,
        /// When, e.g. 2026-12-01T09:00:00.000Z
        #[arg(long)]
        at: String,
    },
    /// Changes user data of one
    Update {
        /// The service
        service: String,
        /// Its _id
        id: String,
        /// What it shall be; KEY= drops it
        #[arg(value_name = "KEY=VALUE", required = true)]
        parameters: Vec<String>,
    },
    /// Requests those of a file; repeating it requests nothing twice
    Import(ImportFile),
    /// Writes them to standard output as a file
    Export(ExportFile),
    /// Follows one until it is over
    Watch {
        /// Its _id
        id: String,
    },
}

#[derive(Args)]
pub struct ImportFile {
    /// The file: .csv with a header line, or .ndjson with a JSON object on each line
    pub file: PathBuf,
    /// The service of lines without a _service_name
    #[arg(long)]
    pub service: Option<String>,
    /// What a repeat is known by, with the number of the line; the file's name when left out
    #[arg(long)]
    pub run: Option<String>,
}

#[derive(Args)]
pub struct ExportFile {
    /// Only those of this service
    #[arg(long)]
    pub service: Option<String>,
    /// Only those in this state
    #[arg(long)]
    pub state: Option<String>,
    /// Only those that ended for this reason
    #[arg(long)]
    pub reason: Option<String>,
    /// Only those of this customer
    #[arg(long)]
    pub number: Option<String>,
    /// Only those wanted at this time or later
    #[arg(long)]
    pub from: Option<String>,
    /// Only those wanted before this time
    #[arg(long)]
    pub to: Option<String>,
    /// The columns of a CSV file, with commas between them
    #[arg(long)]
    pub columns: Option<String>,
    /// In which form
    #[arg(long, value_enum, default_value_t = FileForm::Csv)]
    pub format: FileForm,
}

/// The forms of a file of callbacks.
#[derive(clap::ValueEnum, Clone, Copy, PartialEq, Eq)]
pub enum FileForm {
    /// CSV with a header line
    Csv,
    /// A JSON object on each line
    Ndjson,
}

#[derive(Subcommand)]
pub enum UserCommand {
    /// Reads a password from standard input, and writes its Argon2 hash
    Hash,
    /// Writes a new key, and what a configuration holds of it
    Key {
        /// Its name
        name: String,
        /// What it may do: ivr, agent, supervisor, readonly or admin
        #[arg(long)]
        role: ringback_api::Role,
    },
}

#[derive(Subcommand)]
pub enum EventsCommand {
    /// Saves a list from a file, e.g. GMS_Events.cfg
    Import {
        /// The file: .cfg (the original's export) or .json
        file: PathBuf,
        /// The list's name; the file's when left out
        #[arg(long)]
        name: Option<String>,
    },
    /// Writes a list to standard output
    Export {
        /// The list's name
        name: String,
        /// In which form
        #[arg(long, value_enum, default_value_t = ListForm::Cfg)]
        format: ListForm,
    },
    /// Checks a file, without a running Ringback
    Check {
        /// The file: .cfg or .json
        file: PathBuf,
    },
    /// Lists them
    List,
    /// Removes one
    Delete {
        /// The list's name
        name: String,
    },
}

/// The forms of an event list.
#[derive(clap::ValueEnum, Clone, Copy, PartialEq, Eq)]
pub enum ListForm {
    /// The original's export
    Cfg,
    /// JSON
    Json,
}

#[derive(Subcommand)]
pub enum DeliveriesCommand {
    /// Lists those that fail or were given up, or all of one callback
    List {
        /// Only those of this callback, with every attempt
        #[arg(long)]
        callback: Option<String>,
        /// Only those to targets that begin with this
        #[arg(long)]
        target: Option<String>,
        /// Only those that are so
        #[arg(long, value_parser = ["failing", "dead"])]
        status: Option<String>,
    },
    /// Delivers again what was given up
    Replay {
        /// Only that of this callback
        #[arg(long)]
        callback: Option<String>,
        /// Only this one of it
        #[arg(long, requires = "callback")]
        sequence: Option<u64>,
        /// Only that to targets that begin with this
        #[arg(long)]
        target: Option<String>,
    },
}

#[derive(Subcommand)]
pub enum BenchCommand {
    /// Whole lives of callbacks through four worker processes, a broker and a store
    Pipeline(BenchPipeline),
    /// Status notifications through one notifier: throughput, latency, and what a dead target costs the others
    Notify(BenchNotify),
}

#[derive(Args)]
pub struct BenchPipeline {
    /// A store that workers can share: redis://…
    #[arg(
        long,
        env = "RINGBACK_STORE",
        value_name = "ADDRESS",
        hide_env_values = true
    )]
    pub store: String,
    /// A broker: amqp://…
    #[arg(
        long,
        env = "RINGBACK_BUS",
        value_name = "ADDRESS",
        hide_env_values = true
    )]
    pub bus: String,
    /// How many callbacks
    #[arg(long, default_value_t = 20_000)]
    pub callbacks: u32,
    /// How many requests are under way at a time
    #[arg(long, default_value_t = 64)]
    pub concurrency: u32,
    /// How many agents take the calls
    #[arg(long, default_value_t = 200)]
    pub agents: u32,
    /// The most seconds it may take
    #[arg(long, default_value_t = 300)]
    pub limit: u64,
}

#[derive(Args)]
pub struct BenchNotify {
    /// A store that workers can share: redis://…
    #[arg(
        long,
        env = "RINGBACK_STORE",
        value_name = "ADDRESS",
        hide_env_values = true
    )]
    pub store: String,
    /// A broker: amqp://…
    #[arg(
        long,
        env = "RINGBACK_BUS",
        value_name = "ADDRESS",
        hide_env_values = true
    )]
    pub bus: String,
    /// How many finished callbacks a backlog has
    #[arg(long, default_value_t = 5000, value_parser = clap::value_parser!(u32).range(10..=1_000_000))]
    pub callbacks: u32,
    /// How often the backlog is drained, without and with a dead target
    #[arg(long, default_value_t = 2, value_parser = clap::value_parser!(u32).range(1..=100))]
    pub rounds: u32,
    /// Notifications per second while latency is measured
    #[arg(long, default_value_t = 500, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub rate: u32,
    /// For how many seconds it is measured
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u64).range(1..=3600))]
    pub seconds: u64,
    /// The most seconds that one drain may take
    #[arg(long, default_value_t = 120)]
    pub limit: u64,
}
