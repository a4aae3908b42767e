//! `ringback callback …`

use std::path::PathBuf;

use clap::{Args, Subcommand};

#[derive(Subcommand)]
pub enum CallbackCommand {
    /// Requests one
    Start {
        /// The service
        service: String,
        /// Whom to call
        #[arg(long)]
        number: String,
        /// When: 10m, "tomorrow 09:00", "2026-12-02 09:00 Europe/Paris" or RFC 3339; at once when left out
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
        /// When: 10m, "tomorrow 09:00", "2026-12-02 09:00 Europe/Paris" or RFC 3339
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
    /// Follows one until it is over; fails when the customer was not connected
    Watch {
        /// Its _id
        id: String,
    },
}

#[derive(Args)]
pub struct ImportFile {
    /// The file: .csv with a header line (cells between ',', ';', '|' or tabs), or .ndjson with a JSON object on each line
    pub file: PathBuf,
    /// The service of lines without a _service_name
    #[arg(long)]
    pub service: Option<String>,
    /// What a repeat is known by, with what a line says; the content of the file when left out. The same again requests
    /// nothing twice, also when lines were mended; another one requests all of them anew
    #[arg(long)]
    pub run: Option<String>,
    /// The encoding, when it is neither UTF-8 nor UTF-16: windows-1252 as of Excel, or iso-8859-1
    #[arg(long)]
    pub encoding: Option<String>,
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
