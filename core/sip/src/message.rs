//! Messages, read without decoding more than every layer needs. RFC 3261 §7
//!
//! The head of a message is copied once, so that a receive buffer is not held by a request that is kept; everything
//! below is a part of that copy, and the body a part of the packet.

pub mod head;
pub mod name;
mod parse;

use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

use bytes::Bytes;

use crate::Method;
use crate::endpoint::Status;
use crate::uri::Uri;
use head::Head;

/// A message.
#[derive(Clone, Debug)]
pub enum Message {
    Request(Request),
    Response(Response),
}

impl Message {
    /// Reads one whole message: a datagram, a WebSocket frame, or what the framer cut from a stream.
    pub fn parse(packet: Bytes) -> Result<Self, ParseError> {
        parse::message(&packet)
    }
}

/// Why a packet is no message.
#[derive(Clone, Debug, thiserror::Error)]
#[error("tried to read a SIP message and found {what}")]
pub struct ParseError {
    /// The first flaw found.
    pub what: &'static str,
    /// What to answer: 400, 505 for another version, 513 for one too large.
    pub status: Status,
    /// What of the request was readable, if that is enough to answer it. Its flawed parts are empty or zero.
    pub answerable: Option<Request>,
}

/// A request whose mandatory header fields are there and well formed. Cheap to clone.
///
/// What it shares with responses is on [`Head`].
#[derive(Clone)]
pub struct Request {
    head: Arc<Head>,
    method: Method,
}

impl Request {
    /// The method.
    pub fn method(&self) -> &Method {
        &self.method
    }

    /// The Request-URI as written.
    pub fn uri(&self) -> &str {
        self.head.text(self.head.start)
    }

    /// The Request-URI, read.
    pub fn parsed_uri(&self) -> Uri<'_> {
        Uri::parse(self.uri()).unwrap_or_else(|_| Uri::unreadable(self.uri()))
    }
}

impl Deref for Request {
    type Target = Head;

    fn deref(&self) -> &Head {
        &self.head
    }
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request")
            .field("method", &self.method)
            .field("call_id", &self.call_id())
            .finish_non_exhaustive()
    }
}

/// A response whose mandatory header fields are there and well formed. Cheap to clone.
///
/// What it shares with requests is on [`Head`].
#[derive(Clone)]
pub struct Response {
    head: Arc<Head>,
    status: Status,
}

impl Response {
    /// The status code.
    pub fn status(&self) -> Status {
        self.status
    }

    /// The reason phrase; may be empty.
    pub fn reason_phrase(&self) -> &str {
        self.head.text(self.head.start)
    }
}

impl Deref for Response {
    type Target = Head;

    fn deref(&self) -> &Head {
        &self.head
    }
}

impl fmt::Debug for Response {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Response")
            .field("status", &self.status)
            .field("call_id", &self.call_id())
            .finish_non_exhaustive()
    }
}
