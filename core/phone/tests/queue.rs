//! Callers and agents in queues. Specification of voice apps, section 3.
#![allow(clippy::unwrap_used, reason = "a failing unwrap is a failing test")]

mod agents;
mod alerts;
mod announcements;
mod callbacks;
mod capacity;
mod leaving;
mod offering;
mod office;
mod order;
mod restarts;
