//! `ringback report …`

use clap::{Args, Subcommand};

use super::FileForm;

#[derive(Subcommand)]
pub enum ReportCommand {
    /// Counts callbacks by service and hour or day
    Callbacks(ReportCallbacks),
    /// Writes what is reported of each to standard output as a file
    Records(ReportRecords),
}

/// Which callbacks a report is of.
#[derive(Args)]
pub struct Reported {
    /// Only those of these services, with commas between them
    #[arg(long)]
    pub service: Option<String>,
    /// Only those wanted at this time or later, e.g. 2026-12-01T09:00:00.000Z
    #[arg(long)]
    pub from: Option<String>,
    /// Only those wanted before this time
    #[arg(long)]
    pub to: Option<String>,
}

#[derive(Args)]
pub struct ReportCallbacks {
    #[command(flatten)]
    pub reported: Reported,
    /// How long the time of a row is: hour or day
    #[arg(long)]
    pub interval: Option<String>,
    /// Whose hours and days, e.g. Europe/Paris; UTC when left out
    #[arg(long)]
    pub timezone: Option<String>,
    /// In which form
    #[arg(long, value_enum, default_value_t = ReportForm::Table)]
    pub format: ReportForm,
}

#[derive(Args)]
pub struct ReportRecords {
    #[command(flatten)]
    pub reported: Reported,
    /// The columns of a CSV file, with commas between them
    #[arg(long)]
    pub columns: Option<String>,
    /// In which form
    #[arg(long, value_enum, default_value_t = FileForm::Csv)]
    pub format: FileForm,
}

/// The forms of counts.
#[derive(clap::ValueEnum, Clone, Copy, PartialEq, Eq)]
pub enum ReportForm {
    /// A table for people
    Table,
    /// JSON, as the API has it
    Json,
}
