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
mod databases;
mod policies;
mod routing;
mod store;
mod tls;
