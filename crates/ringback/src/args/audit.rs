//! `ringback audit …`

use clap::{Args, Subcommand};

#[derive(Subcommand)]
pub enum AuditCommand {
    /// Lists changes, the latest first
    List(AuditList),
}

#[derive(Args)]
pub struct AuditList {
    /// Only those of this: a kind of things, e.g. services, or one, e.g. services/desk
    #[arg(long)]
    pub object: Option<String>,
    /// Only those by this user or key
    #[arg(long)]
    pub who: Option<String>,
    /// Only those of this time or later, e.g. 2026-12-01T09:00:00.000Z
    #[arg(long)]
    pub from: Option<String>,
    /// Only those before this time
    #[arg(long)]
    pub to: Option<String>,
    /// At the most so many
    #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u64).range(1..))]
    pub most: u64,
}
