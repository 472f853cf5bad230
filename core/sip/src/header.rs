//! Header field values, read where they stand: each type borrows from the message.

pub mod address;
pub mod identity;
pub mod params;
pub mod replaces;
pub mod via;
