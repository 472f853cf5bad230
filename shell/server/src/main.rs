mod admin;
mod api;
mod cli;
mod config;
mod demo;
mod error;
mod fatal;
mod health;
mod log;
mod mailbox;
mod media;
mod net;
mod node;
mod prompts;
mod run;
mod secret;
mod speech;
mod spool;

fn main() -> std::process::ExitCode {
    cli::run()
}
