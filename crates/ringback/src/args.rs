//! The command line: every option has a flag and an environment variable.

mod audit;
mod bench;
mod callback;
mod events;
mod files;
mod manage;
mod report;
mod service;
mod serving;
mod workers;

use clap::builder::TypedValueParser;
use clap::{Args, Parser, Subcommand};

pub use audit::{AuditCommand, AuditList};
pub use bench::{BenchCommand, BenchNotify, BenchPipeline, BenchSchedule};
pub use callback::{CallbackCommand, ExportFile, FileForm, ImportFile};
pub use events::{DeadLettersCommand, DeliveriesCommand, EventsCommand, ListForm};
pub use manage::{AgentCommand, AgentProfile, CustomerCommand, QueueCommand, ResourceCommand};
pub use report::{ReportCallbacks, ReportCommand, ReportForm, ReportRecords, Reported};
pub use service::{OptionsForm, ServiceCommand};
pub use serving::Serving;
pub use workers::{
    CallIn, Dialer, Doctor, Ingest, Limits, Listen, ListenOptions, Notifier, Phone, PhoneNetwork,
    Scheduler, Shared, Up,
};

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
    /// Writes log lines without colours, on a terminal too
    #[arg(
        long,
        env = "NO_COLOR",
        global = true,
        action = clap::ArgAction::SetTrue,
        value_parser = clap::builder::StringValueParser::new().map(|said| !matches!(said.as_str(), "" | "false"))
    )]
    pub no_color: bool,
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
    /// A customer of the simulated phone network calls; ends with the call
    CallIn(CallIn),
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
    /// Agents of a running Ringback
    Agent {
        #[command(flatten)]
        client: Client,
        #[command(subcommand)]
        command: AgentCommand,
    },
    /// Virtual queues: who waits, and how long a new caller would
    Queue {
        #[command(flatten)]
        client: Client,
        #[command(subcommand)]
        command: QueueCommand,
    },
    /// Office hours: when callbacks may be wished for
    OfficeHours {
        #[command(flatten)]
        client: Client,
        #[command(subcommand)]
        command: ResourceCommand,
    },
    /// Capacities: how many callbacks a time slot takes
    Capacity {
        #[command(flatten)]
        client: Client,
        #[command(subcommand)]
        command: ResourceCommand,
    },
    /// Resource groups: the numbers that customers are told to call
    ResourceGroup {
        #[command(flatten)]
        client: Client,
        #[command(subcommand)]
        command: ResourceCommand,
    },
    /// What is kept of a customer
    Customer {
        #[command(flatten)]
        client: Client,
        #[command(subcommand)]
        command: CustomerCommand,
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
    /// Notifications that were given up
    DeadLetters {
        #[command(flatten)]
        client: Client,
        #[command(subcommand)]
        command: DeadLettersCommand,
    },
    /// Who has changed what
    Audit {
        #[command(flatten)]
        client: Client,
        #[command(subcommand)]
        command: AuditCommand,
    },
    /// What became of callbacks
    Report {
        #[command(flatten)]
        client: Client,
        #[command(subcommand)]
        command: ReportCommand,
    },
    /// Users and keys for the configuration
    User {
        #[command(subcommand)]
        command: UserCommand,
    },
    /// Checks store, broker, phone network, clock and configuration
    Doctor(Doctor),
    /// Receives webhooks and prints them, to see what a service tells
    Listen(ListenOptions),
    /// Prints the document of the API (OpenAPI)
    Openapi,
    /// Prints a script that completes commands and options in a shell
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
    /// Measures
    Bench {
        #[command(subcommand)]
        command: BenchCommand,
    },
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
    /// A key to show in place of user and password: rbk_… of `ringback user key`
    #[arg(
        long,
        env = "RINGBACK_API_KEY",
        value_name = "KEY",
        hide_env_values = true,
        global = true
    )]
    pub api_key: Option<String>,
    /// Prints the answer as JSON, for programs
    #[arg(long, global = true)]
    pub json: bool,
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
