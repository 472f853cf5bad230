//! `make bench`: what one core carries, next to the raw limit of the same machine in the same run.
//!
//! The server is held to one core and this program to another. For each kind of work the load rises until the
//! work no longer passes, and the highest load that passes three times is reported.

mod apps;
mod calls;
mod changes;
mod free_agents;
mod histogram;
mod keys;
mod kills;
mod licensing;
mod lists;
mod money;
mod organization;
mod process;
mod registrations;
mod relay;
mod reports;
mod rtp;
mod search;
mod wire;
mod work;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["relay", n_pairs] => relay::run(n_pairs.parse().expect("a number of pairs")),
        [] => work::all(),
        [work, load] => {
            let load = load.parse().expect("a number");
            let passed = match work {
                "apps" => apps::print(load),
                "calls" => work::print_calls(load),
                "changes" => changes::print(load),
                "kills" => kills::print(load),
                "licensing" => licensing::print(load),
                "limit" => work::print_limit(load),
                "lists" => work::print_lists(load),
                "money" => money::print(load),
                "prompts" => work::print_prompts(load),
                "registrations" => work::print_registrations(load),
                "relayed" => work::print_relayed(load),
                "reports" => reports::print(load),
                _ => usage(),
            };
            std::process::exit(i32::from(!passed));
        }
        _ => usage(),
    }
}

fn usage() -> ! {
    eprintln!(
        "usage: bench [apps AGENTS | calls RATE | relayed N | prompts N | registrations RATE | limit N | changes PEOPLE | kills N | licensing N | lists PEOPLE | money ENTRIES | reports SEGMENTS]"
    );
    std::process::exit(2);
}
