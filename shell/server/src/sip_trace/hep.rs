//! Messages for Homer, in version 3 of its encapsulation (HEP): chunks of a vendor, a type, a length and a value.

use std::net::{IpAddr, Ipv4Addr, SocketAddr, UdpSocket};
use std::time::{Duration, Instant};

use sip::Transport;

use super::Seen;
use super::dialogs::call_id;
use super::masking::masked;
use crate::secret::Secret;

/// A name that leads nowhere is looked up again after this.
const TRY_AGAIN: Duration = Duration::from_secs(30);
/// Larger messages are cut: a datagram takes no more.
const PAYLOAD_MAX: usize = 60_000;

/// Where Homer listens.
#[derive(Clone, Debug)]
pub struct Collector {
    /// Host and port.
    pub address: String,
    /// Tells servers apart that speak to the same Homer.
    pub id: u32,
    pub key: Option<Secret>,
}

/// Speaks to a collector.
pub struct Hep {
    collector: Collector,
    socket: Option<UdpSocket>,
    tried_at: Option<Instant>,
}

impl Hep {
    pub fn new(collector: Collector) -> Self {
        Self { collector, socket: None, tried_at: None }
    }

    /// Tells of a message. What Homer does not take is lost.
    pub fn tell(&mut self, seen: &Seen) {
        if self.socket.is_none() && self.tried_at.is_none_or(|at| at + TRY_AGAIN <= Instant::now()) {
            self.tried_at = Some(Instant::now());
            match connect(&self.collector.address) {
                Ok(socket) => self.socket = Some(socket),
                Err(error) => {
                    tracing::warn!(address = self.collector.address, %error, "Homer can't be reached; it is tried again");
                }
            }
        }
        if let Some(socket) = &self.socket {
            // Nobody listens there now, perhaps later.
            let _ = socket.send(&packet(seen, &self.collector));
        }
    }
}

fn connect(address: &str) -> std::io::Result<UdpSocket> {
    let target = std::net::ToSocketAddrs::to_socket_addrs(address)?.next();
    let target = target.ok_or_else(|| std::io::Error::from(std::io::ErrorKind::NotFound))?;
    let any: IpAddr =
        if target.is_ipv4() { Ipv4Addr::UNSPECIFIED.into() } else { std::net::Ipv6Addr::UNSPECIFIED.into() };
    let socket = UdpSocket::bind((any, 0))?;
    socket.set_nonblocking(true)?;
    socket.connect(target)?;
    Ok(socket)
}

/// One message as Homer reads it.
pub fn packet(seen: &Seen, collector: &Collector) -> Vec<u8> {
    let ours = seen.local.unwrap_or_else(|| {
        let any: IpAddr =
            if seen.remote.is_ipv4() { Ipv4Addr::UNSPECIFIED.into() } else { std::net::Ipv6Addr::UNSPECIFIED.into() };
        SocketAddr::new(any, 0)
    });
    let (from, to) = if seen.is_sent { (ours, seen.remote) } else { (seen.remote, ours) };
    let is_v4 = from.is_ipv4() && to.is_ipv4();
    let mut out = b"HEP3\0\0".to_vec();
    chunk(&mut out, 1, &[if is_v4 { 2 } else { 10 }]);
    chunk(&mut out, 2, &[if seen.transport == Transport::Udp { 17 } else { 6 }]);
    for (v4_type, v6_type, address) in [(3, 5, from.ip()), (4, 6, to.ip())] {
        match (is_v4, address) {
            (true, IpAddr::V4(address)) => chunk(&mut out, v4_type, &address.octets()),
            (_, IpAddr::V4(address)) => chunk(&mut out, v6_type, &address.to_ipv6_mapped().octets()),
            (_, IpAddr::V6(address)) => chunk(&mut out, v6_type, &address.octets()),
        }
    }
    chunk(&mut out, 7, &from.port().to_be_bytes());
    chunk(&mut out, 8, &to.port().to_be_bytes());
    let secs = u32::try_from(seen.at.as_second()).unwrap_or(0);
    let micros = u32::try_from(seen.at.subsec_nanosecond() / 1_000).unwrap_or(0);
    chunk(&mut out, 9, &secs.to_be_bytes());
    chunk(&mut out, 10, &micros.to_be_bytes());
    // SIP.
    chunk(&mut out, 11, &[1]);
    chunk(&mut out, 12, &collector.id.to_be_bytes());
    if let Some(key) = &collector.key {
        chunk(&mut out, 14, key.expose().as_bytes());
    }
    let text = masked(&String::from_utf8_lossy(&seen.packet));
    chunk(&mut out, 15, text.as_bytes().get(..PAYLOAD_MAX).unwrap_or(text.as_bytes()));
    if let Some(call_id) = call_id(&seen.packet) {
        chunk(&mut out, 17, call_id.as_bytes());
    }
    let n_bytes = u16::try_from(out.len()).unwrap_or(u16::MAX).to_be_bytes();
    if let Some(length) = out.get_mut(4..6) {
        length.copy_from_slice(&n_bytes);
    }
    out
}

/// A chunk of the general vendor; its length counts its own six bytes.
fn chunk(out: &mut Vec<u8>, kind: u16, value: &[u8]) {
    out.extend_from_slice(&[0, 0]);
    out.extend_from_slice(&kind.to_be_bytes());
    let n_bytes = u16::try_from(value.len().saturating_add(6)).unwrap_or(u16::MAX);
    out.extend_from_slice(&n_bytes.to_be_bytes());
    out.extend_from_slice(value);
}
