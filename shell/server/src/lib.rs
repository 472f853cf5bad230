//! The server: what listens, what stores, what the command line says. Its decisions are in the crates of `core`.

pub mod admin;
pub mod api;
pub mod board;
pub mod cli;
pub mod config;
pub mod demo;
pub mod error;
pub mod fatal;
pub mod health;
pub mod log;
pub mod mailbox;
pub mod media;
pub mod net;
pub mod node;
pub mod openid;
pub mod operator_api;
pub mod passwords;
pub mod prompts;
pub mod public_url;
pub mod run;
pub mod secret;
pub mod speech;
pub mod spool;
pub mod voicemail;
pub mod web;
pub mod webhooks;
