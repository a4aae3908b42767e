//! `ringback agent …`, `queue …`, `office-hours …`, `capacity …`, `resource-group …` and `customer …`

use clap::{Args, Subcommand};

#[derive(Subcommand)]
pub enum AgentCommand {
    /// Lists them by name
    List,
    /// Shows one with what it is asked now
    Show {
        /// The agent's name
        agent: String,
    },
    /// Makes one ready for callbacks
    Ready {
        /// The agent's name
        agent: String,
    },
    /// Gives one no callbacks
    NotReady {
        /// The agent's name
        agent: String,
    },
    /// Asks for any state of one
    State {
        /// The agent's name
        agent: String,
        /// The state
        #[arg(value_parser = ["ready", "not_ready", "busy", "wrap_up"])]
        state: String,
    },
    /// Adds one, or changes its profile; what is not said stays
    Set {
        /// The agent's name
        agent: String,
        #[command(flatten)]
        profile: AgentProfile,
    },
    /// Removes one
    Delete {
        /// The agent's name
        agent: String,
    },
    /// Accepts the callback that an agent previews
    Accept {
        /// The agent's name
        agent: String,
        /// The callback's _id
        callback: String,
    },
    /// Rejects the callback that an agent previews
    Reject {
        /// The agent's name
        agent: String,
        /// The callback's _id
        callback: String,
    },
}

#[derive(Args)]
pub struct AgentProfile {
    /// Its groups, with commas between them
    #[arg(long)]
    pub groups: Option<String>,
    /// The directory number that its calls go to
    #[arg(long)]
    pub dn: Option<String>,
    /// Its place
    #[arg(long)]
    pub place: Option<String>,
    /// Its switch
    #[arg(long)]
    pub switch: Option<String>,
    /// How long it is left alone after a call, in seconds
    #[arg(long, value_name = "SECONDS")]
    pub wrap_up: Option<u64>,
}

#[derive(Subcommand)]
pub enum QueueCommand {
    /// Lists them with their estimated wait
    List,
    /// Shows one with who comes first
    Show {
        /// The virtual queue
        queue: String,
    },
}

#[derive(Subcommand)]
pub enum ResourceCommand {
    /// Lists them
    List,
    /// Shows one with its options
    Show {
        /// Its name
        name: String,
    },
    /// Adds one, or changes options of one; the others stay
    Set {
        /// Its name
        name: String,
        /// Options that go
        #[arg(long, value_name = "KEY")]
        unset: Vec<String>,
        /// Options, e.g. "_bh_regular1=Mon-Fri 08:00-20:00"
        #[arg(value_name = "KEY=VALUE")]
        options: Vec<String>,
    },
    /// Removes one that no service names
    Delete {
        /// Its name
        name: String,
        /// Also while services name it
        #[arg(long)]
        force: bool,
    },
}

#[derive(Subcommand)]
pub enum CustomerCommand {
    /// Lists the callbacks of a number
    Show {
        /// The customer's number
        number: String,
    },
    /// Erases every record of a number
    Erase {
        /// The customer's number
        number: String,
        /// Says that you mean it
        #[arg(long)]
        yes: bool,
    },
}
