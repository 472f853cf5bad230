//! SIP as values and state machines: RFC 3261 and the RFCs around it, without a clock, a socket or a thread.
//!
//! [`Endpoint`] is the whole of it: bytes and commands go in, bytes and [`Event`]s come out.
//! What lies below it can be used alone: [`Message`] and the typed headers, the four transactions,
//! digest authentication, the registrar's bindings, the resolution of a target and the framing of a stream.
//! A body is bytes here; what a call is, this crate does not know.

pub mod bindings;
pub mod dialog;
pub mod digest;
pub mod endpoint;
pub mod header;
pub mod limits;
pub mod message;
pub mod method;
pub mod penalty;
pub mod resolve;
mod status;
pub mod stream;
pub mod timer;
pub mod transaction;
pub mod transport;
pub mod uri;

pub use endpoint::{Endpoint, Event, Status};
pub use message::{Message, Request, Response};
pub use method::Method;
pub use transport::{Connection, Source, Target, Transport};
