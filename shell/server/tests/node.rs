//! The node through real sockets: what peers do to each other, and must not.

mod arrivals;
mod people;
mod phone;
mod signatures;
mod streams;
mod tls;
mod transfers;
mod udp;
mod world;
mod ws;
