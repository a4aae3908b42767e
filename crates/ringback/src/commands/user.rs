//! `ringback user …`

use std::io::Read;
use std::process::ExitCode;

use anyhow::{Context, bail};
use ringback_api::{hash_password, new_key};

use crate::args::UserCommand;
use crate::print::line;

/// The longest password, in bytes.
const LONGEST: u64 = 1024;

pub fn run(command: UserCommand) -> anyhow::Result<ExitCode> {
    match command {
        UserCommand::Hash => {
            let mut password = String::new();
            let read = std::io::stdin()
                .take(LONGEST + 1)
                .read_to_string(&mut password);
            read.context("the password cannot be read")?;
            let password = password.trim_end_matches(['\r', '\n']);
            if password.is_empty() || password.len() as u64 > LONGEST {
                bail!("a password on standard input has 1 to {LONGEST} bytes");
            }
            line(&hash_password(password)?);
        }
        UserCommand::Key { name, role } => {
            let (key, sum) = new_key()?;
            line(&format!("key:           {key}   (shown only now)"));
            line(&format!(
                "configuration: [keys.{name}]\n               role = \"{}\"",
                role.as_str()
            ));
            line(&format!("               sha256 = \"{sum}\""));
        }
    }
    Ok(ExitCode::SUCCESS)
}
