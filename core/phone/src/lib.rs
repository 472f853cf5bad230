//! The business of a phone system: what an organization buys and configures, and every decision about it.
//!
//! The folders are walls, from left to right: [`people`], [`numbers`], [`policies`], [`apps`] each see only what is left
//! of them; [`money`] sees records and plans only; [`directory`] sees all. SIP, session descriptions, SQL and HTTP are
//! unknown here.

pub mod access;
pub mod amount;
pub mod apps;
pub mod bounded;
pub mod difference;
pub mod directory;
pub mod id;
pub mod limits;
pub mod money;
pub mod numbers;
pub mod order;
pub mod people;
pub mod policies;
pub mod problem;
pub mod record;
pub mod reports;
pub mod rule;
pub mod setting;
pub mod sheet;
pub mod webhook;

pub use directory::Directory;
