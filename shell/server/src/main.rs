/// Half the work of a call is small texts and packets that live for milliseconds: an allocator made for those saves a
/// tenth of it. It asks for small pages (`no_thp`): clearing huge ones stopped calls for a second while memory grew.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

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
