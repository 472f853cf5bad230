//! Limits on what a peer can make us hold, each with its reason.

/// Longest message accepted, in bytes. The largest UDP datagram; a stream peer gets no more.
pub const MESSAGE_BYTES_MAX: usize = 65_535;

/// Above this size in bytes a request to a UDP peer goes by TCP. RFC 3261 §18.1.1: the path MTU less 200, or 1300.
pub const UDP_REQUEST_BYTES_MAX: usize = 1_300;

/// Most header fields in one message. Real messages have under 40.
pub const HEADER_FIELDS_MAX: usize = 256;

/// Longest header field, in bytes. The longest real ones (Identity, Record-Route chains) stay below 4 KiB.
pub const HEADER_BYTES_MAX: usize = 8_192;

/// Most Vias in one message. Max-Forwards begins at 70, real paths have under 10 hops; more is a loop or an attack.
pub const VIAS_MAX: usize = 64;
