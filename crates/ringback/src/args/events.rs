//! `ringback events …` and `ringback deliveries …`

use std::path::PathBuf;

use clap::Subcommand;

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
        /// Only those of this publication, with every attempt
        #[arg(long, conflicts_with = "callback")]
        publication: Option<String>,
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
        /// Only that of this publication
        #[arg(long, conflicts_with = "callback")]
        publication: Option<String>,
        /// Only this one of it
        #[arg(long)]
        sequence: Option<u64>,
        /// Only that to targets that begin with this
        #[arg(long)]
        target: Option<String>,
    },
}

#[derive(Subcommand)]
pub enum DeadLettersCommand {
    /// Lists them
    List {
        /// Only those of this callback
        #[arg(long)]
        callback: Option<String>,
        /// Only those of this publication
        #[arg(long, conflicts_with = "callback")]
        publication: Option<String>,
        /// Only those to targets that begin with this
        #[arg(long)]
        target: Option<String>,
    },
    /// Drops them for good; `ringback deliveries replay` delivers them again
    Discard {
        /// Only those of this callback
        #[arg(long)]
        callback: Option<String>,
        /// Only those of this publication
        #[arg(long, conflicts_with = "callback")]
        publication: Option<String>,
        /// Only this one of it
        #[arg(long)]
        sequence: Option<u64>,
        /// Only those to targets that begin with this
        #[arg(long)]
        target: Option<String>,
    },
}
