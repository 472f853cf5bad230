//! All tests of this crate in one program: each program more takes seconds to build.
#![allow(clippy::unwrap_used, reason = "tests")]

#[path = "support/own_postgres.rs"]
mod own_postgres;
#[path = "support/people.rs"]
mod people;
#[path = "support/place.rs"]
#[macro_use]
mod place;
#[path = "support/postgres.rs"]
mod postgres;

mod backup;
mod bulk;
mod credits;
mod databases;
mod first_version;
mod full_disk;
mod plans;
mod policies;
mod reports;
mod routing;
mod seal;
mod shown_url;
mod statements;
mod store;
mod tables;
mod tls;
mod turns;
mod writers;
