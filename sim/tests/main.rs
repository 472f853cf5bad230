//! All tests of this crate in one program: each program more takes seconds to build.

mod apps;
mod browsers;
mod capacity;
mod carriers;
mod emergencies;
mod ends;
mod failover;
mod leak;
mod outbound;
mod paying;
mod phones;
mod queues;
mod recordings;
mod reports;
mod rfc3665;
mod routes;
mod seeds;
mod sound;
mod spoken;
mod strangers;
mod supervision;
mod talking;
mod transfers;
mod visits;
mod voicemail;
mod waiting;
