//! `trunkline serve`: runs the phone system.

use std::process::ExitCode;

use crate::config::{Config, Flags};

pub fn run(flags: &Flags) -> ExitCode {
    let outcome = Config::load(flags).map_err(anyhow::Error::from).and_then(crate::run::run);
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {}", crate::error::chain(error.as_ref()));
            ExitCode::FAILURE
        }
    }
}
