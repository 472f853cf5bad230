//! The command line.

pub mod accounts;
pub mod api_keys;
mod app_templates;
pub mod apps;
pub mod attendants;
pub mod authorized;
pub mod backups;
pub mod calls;
pub mod check;
mod civic_addresses;
pub mod client;
pub mod countries;
pub mod credit_controls;
pub mod credit_payments;
pub mod credits;
pub mod departments;
pub mod drafts;
pub mod explain;
pub mod flow_tests;
pub mod groups;
pub mod licenses;
pub mod mailboxes;
pub mod nouns;
pub mod number_requests;
pub mod number_stock;
pub mod numbers;
pub mod openid;
pub mod operators;
pub mod orders;
pub mod policies;
pub mod port_orders;
pub mod port_outs;
pub mod print;
mod queue_alerts;
mod queue_hours;
pub mod queues;
pub mod rate_decks;
pub mod recordings;
pub mod reports;
pub mod resellers;
pub mod resource_accounts;
pub mod routing;
pub mod schedules;
pub mod serve;
pub mod setup;
pub mod sites;
pub mod tenants;
pub mod tokens;
pub mod trunks;
pub mod users;
pub mod webhooks;

use std::process::ExitCode;

use clap::{CommandFactory as _, Parser, Subcommand};

use self::accounts::AccountCommand;
use self::backups::{BackupArgs, RestoreArgs};
use self::nouns::{Common, Noun};
use self::tokens::TokenCommand;
use crate::config::Flags;

/// An open, self-hosted cloud phone system.
#[derive(Debug, Parser)]
#[command(name = "trunkline", version, propagate_version = true)]
struct Cli {
    #[command(flatten)]
    common: Common,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the phone system.
    Serve(Flags),
    /// Say what is wrong with the configuration, the data, certificates, ports and external programs, and how to fix it.
    Check(Flags),
    /// Tokens of the API, in the database of this machine.
    #[command(subcommand)]
    Token(TokenCommand),
    /// Write everything, or one organization with --tenant, into a file, while the server runs or not. The file holds secrets.
    Backup(BackupArgs),
    /// Take a backup back: all of it into an empty database, or one organization with --tenant beside others.
    Restore(RestoreArgs),
    #[command(flatten)]
    Noun(Noun),
}

/// All there is to say on the command line.
pub fn command() -> clap::Command {
    Cli::command()
}

/// Reads the command line and does what it says. 0 is fine, 1 refused or failed, 2 wrong usage.
pub fn run() -> ExitCode {
    let cli = Cli::parse();
    match cli.command {
        Command::Serve(flags) => serve::run(&flags),
        Command::Check(flags) => check::run(&flags),
        Command::Token(command) => tokens::run(&command),
        Command::Backup(args) => backups::back_up(&cli.common, &args),
        Command::Restore(args) => backups::restore(&cli.common, &args),
        Command::Noun(Noun::Account(AccountCommand::Add(wanted))) if wanted.local.is_given() => {
            accounts::local::run(&wanted, cli.common.server.tenant.as_deref())
        }
        Command::Noun(noun) => nouns::run(&cli.common, &noun),
    }
}
