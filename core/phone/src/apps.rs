//! What a service number reaches: auto attendants and call queues, as machines.

pub mod attendant;
pub mod prompt;
pub mod queue;
pub mod target;

pub use target::{Priority, Target};
