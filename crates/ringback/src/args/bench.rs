//! `ringback bench …`

use clap::{Args, Subcommand};

#[derive(Subcommand)]
pub enum BenchCommand {
    /// Whole lives of callbacks through four worker processes, a broker and a store
    Pipeline(BenchPipeline),
    /// Status notifications through one notifier: throughput, latency, and what a dead target costs the others
    Notify(BenchNotify),
    /// Many callbacks for later: bytes in Redis, lateness, how long the question takes which times can be had
    Schedule(BenchSchedule),
}

#[derive(Args)]
pub struct BenchPipeline {
    #[command(flatten)]
    pub rooms: BenchRooms,
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
    #[command(flatten)]
    pub rooms: BenchRooms,
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

#[derive(Args)]
pub struct BenchSchedule {
    #[command(flatten)]
    pub rooms: BenchRooms,
    /// How many callbacks wait for their time
    #[arg(long, default_value_t = 1_000_000, value_parser = clap::value_parser!(u32).range(1000..=10_000_000))]
    pub callbacks: u32,
    /// How many fall due per second
    #[arg(long, default_value_t = 1000, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub rate: u32,
    /// For how many seconds
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u64).range(1..=3600))]
    pub seconds: u64,
    /// How many questions of each kind are asked
    #[arg(long, default_value_t = 1000, value_parser = clap::value_parser!(u32).range(10..=1_000_000))]
    pub questions: u32,
}

/// What the workers that are measured share.
#[derive(Args)]
pub struct BenchRooms {
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
}
