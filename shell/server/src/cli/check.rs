//! `trunkline check`: says what is wrong and how to fix it.

use std::process::ExitCode;

use crate::config::{Config, Flags};

pub fn run(flags: &Flags) -> ExitCode {
    match Config::load(flags) {
        Ok(_) => {
            println!("ok     configuration");
            ExitCode::SUCCESS
        }
        Err(error) => {
            println!("error  configuration: {error}");
            ExitCode::FAILURE
        }
    }
}
