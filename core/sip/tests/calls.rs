//! Calls between two endpoints on a virtual clock and network.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

mod basic;
mod cancel;
mod chaos;
mod checks;
mod offers;
mod outgoing;
mod refers;
mod subscriptions;
mod ways;
mod world;
