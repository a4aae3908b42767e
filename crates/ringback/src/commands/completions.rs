//! `ringback completions SHELL`

use std::process::ExitCode;

use clap::CommandFactory;
use clap_complete::Shell;

use crate::args::Cli;

pub fn run(shell: Shell) -> ExitCode {
    let mut command = Cli::command();
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut command, "ringback", &mut script);
    crate::print::raw(&String::from_utf8_lossy(&script));
    ExitCode::SUCCESS
}
