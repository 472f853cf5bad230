//! The network beside SIP over UDP: streams, TLS, WebSocket, names.

pub mod certificate;
pub mod connection;
pub mod dns;
pub mod http;
pub mod listen;
pub mod outward;
pub mod streams;
pub mod tls;
pub mod turns;
pub mod ws;
