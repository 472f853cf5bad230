//! Calls: joins SIP, sound and the business. One value: [`Input`] in, [`Output`]s out.
//!
//! [`Switch`] holds every call of a node, the endpoint, the registrar's bindings and the queues of each tenant. It
//! decides; the shell carries out. Two switches given the same inputs say the same.

pub mod input;
pub mod keeping;
pub mod limits;
pub mod output;
pub mod party;
pub mod switch;
pub mod urgency;
pub mod view;

mod admission;
mod announcing;
mod attending;
mod call;
mod callbacks;
mod calling;
mod calling_back;
mod cause;
mod clock;
mod command;
mod deadlines;
mod depositing;
mod health;
mod helping;
mod inviting;
mod keep_alive;
mod leg;
mod lines;
mod live;
mod location;
mod node;
mod paying;
mod pii;
mod placing;
mod playing;
mod ports;
mod queueing;
mod recent;
mod record;
mod refusal;
mod registering;
mod resuming;
mod ring;
mod ringing;
mod signing;
mod subscribing;
mod supervising;
mod talking;
mod taping;
mod testing;
mod transferring;
mod trunk_asking;
mod trunk_registration;
mod trunks;
mod verifying;
mod visiting;

pub use input::Input;
pub use output::Output;
pub use switch::{Config, Switch};
