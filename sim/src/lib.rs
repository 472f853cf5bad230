//! The simulated world: the real core under a seed, on virtual time, with a carrier, phones and a network that loses,
//! doubles and reorders.
//!
//! [`World`] runs the switch. Tests make something happen, let time pass, and compare what was seen with a ladder, or
//! check the promises that hold in every world ([`check`]).

pub mod cheap_media;
pub mod check;
pub mod demo;
pub mod ladder;
pub mod media_threads;
pub mod network;
pub mod notary;
pub mod peer;
pub mod random_world;
pub mod real_media;
pub mod servers;
pub mod shelf;
pub mod till;
pub mod world;

pub use network::Faults;
pub use world::World;
