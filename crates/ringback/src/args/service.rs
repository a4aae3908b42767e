//! `ringback service …`

use std::path::PathBuf;

use clap::Subcommand;

#[derive(Subcommand)]
pub enum ServiceCommand {
    /// Lists them
    List,
    /// Shows one with every option that holds
    Show {
        /// Its name
        service: String,
    },
    /// Explains options: what they do, what they take, what holds without them
    Options {
        /// The option, or a part of its name; all when left out
        name: Option<String>,
        /// In which form
        #[arg(long, value_enum, default_value_t = OptionsForm::Text)]
        format: OptionsForm,
    },
    /// Adds one
    Add {
        /// Its name
        service: String,
        /// What it starts from, e.g. "User Terminated Delayed"
        #[arg(long)]
        template: String,
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
    /// Saves every service of a configuration file
    Import {
        /// The file: TOML
        file: PathBuf,
    },
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
