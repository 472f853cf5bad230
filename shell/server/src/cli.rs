//! The command line.

pub mod check;
pub mod serve;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::config::Flags;

/// An open, self-hosted cloud phone system.
#[derive(Debug, Parser)]
#[command(name = "trunkline", version, propagate_version = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the phone system.
    Serve(Flags),
    /// Say what is wrong with the configuration, the data, certificates, ports and external programs, and how to fix it.
    Check(Flags),
}

/// Reads the command line and does what it says. 0 is fine, 1 refused or failed, 2 wrong usage.
pub fn run() -> ExitCode {
    match Cli::parse().command {
        Command::Serve(flags) => serve::run(&flags),
        Command::Check(flags) => check::run(&flags),
    }
}
