#![allow(dead_code, reason = "the parts are joined by the run loop")]

mod demo;
mod error;
mod prompts;
mod secret;
mod speech;
mod spool;

fn main() {}
