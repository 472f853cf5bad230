//! The node through real sockets: what peers do to each other, and must not.

mod streams;
mod tls;
mod udp;
mod world;
mod ws;
