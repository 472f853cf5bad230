//! All tests of this crate in one program: each program more takes seconds to build.
#![allow(clippy::unwrap_used, reason = "tests")]

mod admin;
mod api;
mod cli;
mod config;
mod fatal;
mod invoices;
mod kept;
mod mailbox;
mod media;
mod net;
mod node;
mod openid;
mod passwords;
mod prompts;
mod public_url;
mod recognition;
mod recordings;
mod relays;
mod secret;
mod sip_trace;
mod speech;
mod spool;
mod stir;
mod tidy;
mod voicemail;
mod web;
mod webhooks;
