//! `ringback service …`

use std::path::PathBuf;

use clap::{Args, Subcommand};

#[derive(Subcommand)]
pub enum ServiceCommand {
    /// Lists them
    List {
        /// Only those with this name among their _service_groups
        #[arg(long)]
        group: Option<String>,
    },
    /// Shows one with every option that holds
    Show {
        /// Its name
        service: String,
    },
    /// Explains options: what they do, what they take, what holds without them
    Options(ExplainOptions),
    /// Adds one
    Add {
        /// Its name
        service: String,
        /// What it starts from, e.g. "User Terminated Delayed"
        #[arg(long)]
        template: String,
        /// Also while what it names is not there yet
        #[arg(long)]
        force: bool,
        /// Its options
        #[arg(value_name = "KEY=VALUE")]
        options: Vec<String>,
    },
    /// Changes options of one; the others stay
    Set {
        /// Its name
        service: String,
        /// What it starts from
        #[arg(long)]
        template: Option<String>,
        /// Also while what it names is not there yet
        #[arg(long)]
        force: bool,
        /// Options whose defaults hold again
        #[arg(long, value_name = "KEY")]
        unset: Vec<String>,
        /// Options
        #[arg(value_name = "KEY=VALUE")]
        options: Vec<String>,
    },
    /// Removes one that has no callbacks to make any more
    Delete {
        /// Its name
        service: String,
        /// Also while it has callbacks to make: they fail
        #[arg(long)]
        force: bool,
    },
    /// Hands out none of its callbacks: they wait
    Pause {
        /// Its name
        service: String,
    },
    /// Hands its callbacks out again
    Resume {
        /// Its name
        service: String,
    },
    /// Saves every service of a file
    Import {
        /// The file: TOML as a configuration has it, or .cfg as the established product exports its options
        file: PathBuf,
        /// Also while what one names is not there yet
        #[arg(long)]
        force: bool,
    },
}

/// Which options are explained, and how.
#[derive(Args)]
pub struct ExplainOptions {
    /// The option, or a part of its name; all when left out
    pub name: Option<String>,
    /// In which form
    #[arg(long, value_enum, default_value_t = OptionsForm::Text)]
    pub format: OptionsForm,
}

/// The forms in which options are explained.
#[derive(clap::ValueEnum, Clone, Copy, PartialEq, Eq)]
pub enum OptionsForm {
    /// For people
    Text,
    /// For programs
    Json,
    /// The page of the documentation
    Markdown,
}
