mod accounts;
mod check;
mod client;
mod numbers;
mod policies;
mod print;
mod schedules;
mod tokens;

/// clap looks at a command only when somebody types it.
#[test]
fn every_command_is_sound() {
    server::cli::command().debug_assert();
}
