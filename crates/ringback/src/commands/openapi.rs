//! `ringback openapi`

use std::process::ExitCode;

use crate::print::line;

pub fn run() -> ExitCode {
    line(&format!("{:#}", ringback_api::openapi()));
    ExitCode::SUCCESS
}
