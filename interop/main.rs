//! Real peers against the real server: baresip as phones and as an outside caller, SIPp as carrier and as phones by the
//! dozen. Nothing is mocked between them, and sound is checked as sound.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a scenario that can't start its peers has failed")]

mod carrier;
mod crowd;
mod digest;
mod flow;
mod phone;
mod place;
mod server;
mod sound;
mod wait;

mod border;
mod calls;
mod codecs;
mod description;
mod faults;
mod flood;
mod full_disk;
mod many;
mod menus;
mod operator;
mod organization;
#[path = "../shell/store/tests/support/postgres.rs"]
mod postgres;
mod recordings;
mod restarts;
mod routes;
mod secrets;
mod secure;
mod speech;
mod stalled;
mod supervision;
mod transfers;
mod voicemail;
mod waiting;
