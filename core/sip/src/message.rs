//! Messages: read without copying, written from types. RFC 3261 §7.

/// A request whose mandatory headers are there and well formed.
#[derive(Clone, Debug)]
pub struct Request {}

/// A response whose mandatory headers are there and well formed.
#[derive(Clone, Debug)]
pub struct Response {}

/// A method. RFC 3261 §7.1
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Method {
    Ack,
    Bye,
    Cancel,
    Info,
    Invite,
    Message,
    Notify,
    Options,
    Prack,
    Publish,
    Refer,
    Register,
    Subscribe,
    Update,
    Other(String),
}
