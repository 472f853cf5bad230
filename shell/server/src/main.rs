/// Half the work of a call is small texts and packets that live for milliseconds: an allocator made for those saves a
/// tenth of it.
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
mod openid;
mod operator_api;
mod passwords;
mod prompts;
mod public_url;
mod run;
mod secret;
mod speech;
mod spool;
mod webhooks;

fn main() -> std::process::ExitCode {
    // Clearing huge pages stopped calls for a second while memory grew. A kernel without them refuses, which is as good.
    let _ = nix::sys::prctl::set_thp_disable(true);
    cli::run()
}
