//! Ringback: an open callback system for contact centres.
//!
//! One executable is every worker. This crate reads arguments, wires adapters to workers and runs them; what they do
//! stands in the other crates.

mod args;
mod commands;
mod condition;
mod config;
mod durability;
mod guarded;
mod installation;
mod life;
mod parts;
mod print;
mod rooms;
mod serving;
mod when;

use std::process::ExitCode;

use ringback_telemetry::TelemetryOptions;
use ringback_workers::watched::Chain;

use args::{Cli, Command, Logs};
use commands::{
    agent, audit, bench, call_in, callback, completions, customer, dead_letters, deliveries, demo,
    doctor, events, listen, openapi, phone_network, queue, report, resource, service, up, user,
    worker,
};

/// The stack of each thread. A look at a callback nests a dozen futures, which an unoptimized build moves over the stack: with
/// the usual 2 MiB its schedulers overflow.
const STACK: usize = 8 * 1024 * 1024;

fn main() -> ExitCode {
    let cli = Cli::of_process();
    let run = || -> anyhow::Result<ExitCode> {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .thread_stack_size(STACK)
            .enable_all()
            .build()?;
        let code = runtime.block_on(run(cli));
        runtime.shutdown_background();
        code
    };
    run().unwrap_or_else(|error| {
        eprint_line(&format!("ringback: {}", Chain(error.as_ref())));
        ExitCode::FAILURE
    })
}

async fn run(cli: Cli) -> anyhow::Result<ExitCode> {
    let telemetry = ringback_telemetry::init(&telemetry(&cli.logs, &cli.command))?;
    let result = dispatch(cli.command).await;
    // Sends what is left; it blocks, and is bounded.
    tokio::task::spawn_blocking(move || telemetry.shutdown()).await??;
    result
}

async fn dispatch(command: Command) -> anyhow::Result<ExitCode> {
    match command {
        Command::Up(options) => up::run(options).await,
        Command::Ingest(options) => worker::ingest(options).await,
        Command::Scheduler(options) => worker::scheduler(options).await,
        Command::Dialer(options) => worker::dialer(options).await,
        Command::Notifier(options) => worker::notifier(options).await,
        Command::PhoneNetwork(options) => phone_network::run(options).await,
        Command::CallIn(options) => call_in::run(options).await,
        Command::Demo => demo::run().await,
        Command::Callback { client, command } => callback::run(client, command).await,
        Command::Service { client, command } => service::run(client, command).await,
        Command::Agent { client, command } => agent::run(client, command).await,
        Command::Queue { client, command } => queue::run(client, command).await,
        Command::OfficeHours { client, command } => {
            resource::run(client, "office-hours", command).await
        }
        Command::Capacity { client, command } => resource::run(client, "capacities", command).await,
        Command::ResourceGroup { client, command } => {
            resource::run(client, "resource-groups", command).await
        }
        Command::Customer { client, command } => customer::run(client, command).await,
        Command::Events { client, command } => events::run(client, command).await,
        Command::Deliveries { client, command } => deliveries::run(client, command).await,
        Command::DeadLetters { client, command } => dead_letters::run(client, command).await,
        Command::Audit { client, command } => audit::run(client, command).await,
        Command::Report { client, command } => report::run(client, command).await,
        Command::User { command } => user::run(command),
        Command::Doctor(options) => doctor::run(options).await,
        Command::Listen(options) => listen::run(options).await,
        Command::Openapi => Ok(openapi::run()),
        Command::Completions { shell } => Ok(completions::run(shell)),
        Command::Bench { command } => bench::run(command).await,
    }
}

fn telemetry(logs: &Logs, command: &Command) -> TelemetryOptions {
    let role = match command {
        Command::Up(_) => "up",
        Command::Ingest(_) => "ingest",
        Command::Scheduler(_) => "scheduler",
        Command::Dialer(_) => "dialer",
        Command::Notifier(_) => "notifier",
        Command::PhoneNetwork(_) => "phone-network",
        Command::CallIn(_)
        | Command::Demo
        | Command::Callback { .. }
        | Command::Service { .. }
        | Command::Agent { .. }
        | Command::Queue { .. }
        | Command::OfficeHours { .. }
        | Command::Capacity { .. }
        | Command::ResourceGroup { .. }
        | Command::Customer { .. }
        | Command::DeadLetters { .. }
        | Command::Listen(_)
        | Command::Completions { .. }
        | Command::Events { .. }
        | Command::Deliveries { .. }
        | Command::Audit { .. }
        | Command::Report { .. }
        | Command::User { .. }
        | Command::Doctor(_)
        | Command::Openapi
        | Command::Bench { .. } => "tool",
    };
    // People who asked a question want the answer, not the log.
    let quiet = role == "tool" && logs.log == "info";
    TelemetryOptions {
        service_name: format!("ringback-{role}"),
        instance_id: uuid::Uuid::now_v7().to_string(),
        log_format: logs.log_format,
        color: !logs.no_color,
        log_filter: if quiet {
            "error".to_owned()
        } else {
            logs.log.clone()
        },
        // As OpenTelemetry has it, an empty variable is an unset one.
        otlp_endpoint: logs
            .otlp_endpoint
            .clone()
            .filter(|endpoint| !endpoint.is_empty()),
    }
}

fn eprint_line(text: &str) {
    use std::io::Write;
    writeln!(std::io::stderr().lock(), "{text}").ok();
}
