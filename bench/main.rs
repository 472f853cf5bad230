//! `make bench`: what one core carries, next to the raw limit of the same machine in the same run.
//!
//! The server is held to one core and this program to another. For each kind of work the load rises until the
//! work no longer passes, and the highest load that passes three times is reported.

mod calls;
mod histogram;
mod organization;
mod process;
mod registrations;
mod relay;
mod rtp;
mod search;
mod wire;
mod work;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["relay", n_pairs] => relay::run(n_pairs.parse().expect("a number of pairs")),
        [] => work::all(),
        ["calls", rate] => work::print_calls(rate.parse().expect("calls per second")),
        ["relayed", n] => work::print_relayed(n.parse().expect("a number of calls")),
        ["prompts", n] => work::print_prompts(n.parse().expect("a number of callers")),
        ["registrations", rate] => work::print_registrations(rate.parse().expect("registrations per second")),
        ["limit", n] => work::print_limit(n.parse().expect("a number of calls")),
        _ => {
            eprintln!("usage: bench [calls RATE | relayed N | prompts N | registrations RATE | limit N]");
            std::process::exit(2);
        }
    }
}
