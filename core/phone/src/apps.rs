//! What a service number reaches: auto attendants, call queues and mailboxes, as machines.

pub mod attendant;
pub mod delegation;
pub(crate) mod hours;
pub mod import;
pub mod mailbox;
pub mod prompt;
pub mod queue;
pub mod recording;
pub mod supervision;
pub mod target;
pub mod template;
pub mod unassigned;

pub use target::{Priority, Target};
