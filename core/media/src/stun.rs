//! STUN messages: reading, proving and writing them. RFC 8489
//!
//! Only what connectivity checks (RFC 8445) need. A message is read without allocation, and nothing of it is believed
//! before [`Message::is_proved`] said so.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use hmac::{Hmac, Mac};
use sha1::Sha1;
use smallvec::SmallVec;

use crate::limits::STUN_ATTRIBUTES_MAX;

/// A request to bind, its answers, and the kind that wants none. RFC 8489 §5
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    BindingRequest,
    BindingIndication,
    BindingSuccess,
    BindingError,
}

/// Types of attributes. Those below [`OPTIONAL`] must be understood. RFC 8489 §18.3, RFC 8445 §16.1
pub mod attribute {
    pub const USERNAME: u16 = 0x0006;
    pub const MESSAGE_INTEGRITY: u16 = 0x0008;
    pub const ERROR_CODE: u16 = 0x0009;
    pub const UNKNOWN_ATTRIBUTES: u16 = 0x000A;
    pub const XOR_MAPPED_ADDRESS: u16 = 0x0020;
    pub const PRIORITY: u16 = 0x0024;
    pub const USE_CANDIDATE: u16 = 0x0025;
    /// From here on who does not know an attribute passes it over.
    pub const OPTIONAL: u16 = 0x8000;
    pub const FINGERPRINT: u16 = 0x8028;
    pub const ICE_CONTROLLED: u16 = 0x8029;
    pub const ICE_CONTROLLING: u16 = 0x802A;
}

/// Names one request and its answer.
pub type TransactionId = [u8; 12];

const COOKIE: [u8; 4] = 0x2112_A442u32.to_be_bytes();
const HEADER_BYTES: usize = 20;
const INTEGRITY_BYTES: usize = 20;
const FINGERPRINT_BYTES: usize = 4;
/// Keeps a STUN checksum apart from one of another protocol. RFC 8489 §14.7
const FINGERPRINT_MASK: u32 = 0x5354_554E;

/// A message as it came: its framing is right and its fingerprint, nothing else.
#[derive(Debug)]
pub struct Message<'a> {
    pub kind: Kind,
    pub transaction: TransactionId,
    bytes: &'a [u8],
    /// Type, and where the value lies.
    attributes: SmallVec<[(u16, std::ops::Range<usize>); 8]>,
    /// Where the header of the proof begins: what comes after counts for nothing, save the fingerprint.
    proof_at: Option<usize>,
}

/// Whether a packet on a port for media may be STUN. RFC 7983 §7
pub fn is_stun(packet: &[u8]) -> bool {
    packet.first().is_some_and(|first| *first < 4) && packet.get(4..8) == Some(&COOKIE)
}

impl<'a> Message<'a> {
    /// None for what is no binding message, is cut short, or has no right fingerprint. RFC 8445 §7.1
    pub fn parse(bytes: &'a [u8]) -> Option<Self> {
        let (header, _) = bytes.split_first_chunk::<HEADER_BYTES>()?;
        let length = usize::from(u16::from_be_bytes([header[2], header[3]]));
        if !is_stun(bytes) || length % 4 != 0 || bytes.len() != HEADER_BYTES + length {
            return None;
        }
        let kind = match u16::from_be_bytes([header[0], header[1]]) {
            0x0001 => Kind::BindingRequest,
            0x0011 => Kind::BindingIndication,
            0x0101 => Kind::BindingSuccess,
            0x0111 => Kind::BindingError,
            _ => return None,
        };
        let transaction = header[8..].try_into().ok()?;
        let mut message = Self { kind, transaction, bytes, attributes: SmallVec::new(), proof_at: None };
        message.read_attributes().then_some(message)
    }

    /// The value of the first attribute of this type that stands before the proof.
    pub fn find(&self, wanted: u16) -> Option<&'a [u8]> {
        let (_, range) = self.attributes.iter().find(|(kind, _)| *kind == wanted)?;
        self.bytes.get(range.clone())
    }

    /// Attributes that must be understood and that nobody here knows.
    pub fn not_understood(&self) -> SmallVec<[u16; 4]> {
        let known = [attribute::USERNAME, attribute::PRIORITY, attribute::USE_CANDIDATE];
        let kinds = self.attributes.iter().map(|(kind, _)| *kind);
        kinds.filter(|kind| *kind < attribute::OPTIONAL && !known.contains(kind)).collect()
    }

    /// Whether who wrote this knows the password. RFC 8489 §14.5
    pub fn is_proved(&self, password: &[u8]) -> bool {
        let Some(at) = self.proof_at else { return false };
        let (Some(before), Some(proof)) = (self.bytes.get(..at), self.bytes.get(at + 4..at + 4 + INTEGRITY_BYTES))
        else {
            return false;
        };
        mac(password, before).is_some_and(|mac| mac.verify_slice(proof).is_ok())
    }

    /// Where the answer says that the request came from. RFC 8489 §14.2
    pub fn mapped_address(&self) -> Option<SocketAddr> {
        let value = self.find(attribute::XOR_MAPPED_ADDRESS)?;
        let port = u16::from_be_bytes([*value.get(2)?, *value.get(3)?]) ^ u16::from_be_bytes([COOKIE[0], COOKIE[1]]);
        let mask = mask(&self.transaction);
        let ip = match (value.get(1)?, value.get(4..)?) {
            (1, address) => IpAddr::V4(Ipv4Addr::from(masked::<4>(address.try_into().ok()?, &mask))),
            (2, address) => IpAddr::V6(Ipv6Addr::from(masked::<16>(address.try_into().ok()?, &mask))),
            _ => return None,
        };
        Some(SocketAddr::new(ip, port))
    }

    /// The number of an error answer. RFC 8489 §14.8
    pub fn error_code(&self) -> Option<u16> {
        let [_, _, class, number, ..] = *self.find(attribute::ERROR_CODE)? else { return None };
        Some(u16::from(class & 7) * 100 + u16::from(number))
    }

    fn read_attributes(&mut self) -> bool {
        let mut at = HEADER_BYTES;
        while let Some([a, b, c, d]) = self.bytes.get(at..).and_then(|rest| rest.first_chunk::<4>()).copied() {
            let (kind, length) = (u16::from_be_bytes([a, b]), usize::from(u16::from_be_bytes([c, d])));
            let value = at + 4..at + 4 + length;
            if self.bytes.get(value.clone()).is_none() {
                return false;
            }
            match kind {
                attribute::FINGERPRINT => return self.is_last_and_right(at, value),
                attribute::MESSAGE_INTEGRITY if self.proof_at.is_none() => {
                    if length != INTEGRITY_BYTES {
                        return false;
                    }
                    self.proof_at = Some(at);
                }
                _ if self.proof_at.is_some() => {}
                _ if self.attributes.len() >= STUN_ATTRIBUTES_MAX => return false,
                _ => self.attributes.push((kind, value)),
            }
            at += 4 + length.next_multiple_of(4);
        }
        // Without a fingerprint.
        false
    }

    fn is_last_and_right(&self, at: usize, value: std::ops::Range<usize>) -> bool {
        let Some(before) = self.bytes.get(..at) else { return false };
        value.end == self.bytes.len() && self.bytes.get(value) == Some(&fingerprint(before).to_be_bytes())
    }
}

/// The answer to a keep-alive on a port for signalling: it says where the request came from. Who asks proves nothing, and
/// no fingerprint is needed. None for what is no request to bind, or demands what a keep-alive has no use for. RFC 5626 §8
pub fn answer_keep_alive(packet: &[u8], from: SocketAddr) -> Option<Vec<u8>> {
    let (header, mut attributes) = packet.split_first_chunk::<HEADER_BYTES>()?;
    let length = usize::from(u16::from_be_bytes([header[2], header[3]]));
    if !is_stun(packet) || header[..2] != [0, 1] || attributes.len() != length {
        return None;
    }
    while let Some(([a, b, c, d], rest)) = attributes.split_first_chunk::<4>() {
        let length = usize::from(u16::from_be_bytes([*c, *d])).next_multiple_of(4);
        if u16::from_be_bytes([*a, *b]) < attribute::OPTIONAL {
            return None;
        }
        attributes = rest.get(length..)?;
    }
    let mut out = Vec::with_capacity(HEADER_BYTES + 24);
    let mut writer = Writer::new(&mut out, Kind::BindingSuccess, header[8..].try_into().ok()?);
    writer.mapped_address(from);
    writer.set_length(0);
    Some(out)
}

/// A message that is being written at the end of `out`.
pub struct Writer<'a> {
    out: &'a mut Vec<u8>,
    start: usize,
    transaction: TransactionId,
}

impl<'a> Writer<'a> {
    pub fn new(out: &'a mut Vec<u8>, kind: Kind, transaction: TransactionId) -> Self {
        let start = out.len();
        let kind: u16 = match kind {
            Kind::BindingRequest => 0x0001,
            Kind::BindingIndication => 0x0011,
            Kind::BindingSuccess => 0x0101,
            Kind::BindingError => 0x0111,
        };
        out.extend_from_slice(&kind.to_be_bytes());
        out.extend_from_slice(&[0, 0]);
        out.extend_from_slice(&COOKIE);
        out.extend_from_slice(&transaction);
        Self { out, start, transaction }
    }

    /// Appends one attribute. Values are far shorter than the length field holds.
    pub fn attribute(&mut self, kind: u16, value: &[u8]) {
        self.out.extend_from_slice(&kind.to_be_bytes());
        self.out.extend_from_slice(&(value.len() as u16).to_be_bytes());
        self.out.extend_from_slice(value);
        let n_padding = value.len().next_multiple_of(4) - value.len();
        self.out.extend(std::iter::repeat_n(0, n_padding));
    }

    /// Where the request came from.
    pub fn mapped_address(&mut self, from: SocketAddr) {
        let mut value: SmallVec<[u8; 20]> = SmallVec::new();
        let port = from.port() ^ u16::from_be_bytes([COOKIE[0], COOKIE[1]]);
        let mask = mask(&self.transaction);
        value.push(0);
        match from.ip() {
            IpAddr::V4(ip) => {
                value.push(1);
                value.extend_from_slice(&port.to_be_bytes());
                value.extend_from_slice(&masked(ip.octets(), &mask));
            }
            IpAddr::V6(ip) => {
                value.push(2);
                value.extend_from_slice(&port.to_be_bytes());
                value.extend_from_slice(&masked(ip.octets(), &mask));
            }
        }
        self.attribute(attribute::XOR_MAPPED_ADDRESS, &value);
    }

    /// Why the request is refused.
    pub fn error(&mut self, code: u16, words: &str) {
        let mut value: SmallVec<[u8; 32]> = SmallVec::from_slice(&[0, 0, (code / 100) as u8, (code % 100) as u8]);
        value.extend_from_slice(words.as_bytes());
        self.attribute(attribute::ERROR_CODE, &value);
    }

    /// Proves that we know the password, and ends the message with its fingerprint.
    pub fn finish(mut self, password: &[u8]) {
        let proof: [u8; INTEGRITY_BYTES] = match self.out.get(self.start..).and_then(|text| mac(password, text)) {
            Some(mac) => mac.finalize().into_bytes().into(),
            None => return,
        };
        self.attribute(attribute::MESSAGE_INTEGRITY, &proof);
        self.set_length(4 + FINGERPRINT_BYTES);
        let checksum = self.out.get(self.start..).map_or(0, fingerprint);
        self.attribute(attribute::FINGERPRINT, &checksum.to_be_bytes());
    }

    /// What is written and `more` bytes, without the header.
    fn set_length(&mut self, more: usize) {
        let length = (self.out.len() - self.start - HEADER_BYTES + more) as u16;
        if let Some(field) = self.out.get_mut(self.start + 2..self.start + 4) {
            field.copy_from_slice(&length.to_be_bytes());
        }
    }
}

/// Over what stands before the proof, with a length that ends behind the proof. RFC 8489 §14.5
fn mac(password: &[u8], before: &[u8]) -> Option<Hmac<Sha1>> {
    let mut mac = Hmac::<Sha1>::new_from_slice(password).ok()?;
    let length = (before.len().checked_sub(HEADER_BYTES)? + 4 + INTEGRITY_BYTES) as u16;
    mac.update(before.get(..2)?);
    mac.update(&length.to_be_bytes());
    mac.update(before.get(4..)?);
    Some(mac)
}

/// Over what stands before it, whose length counts it already. RFC 8489 §14.7
fn fingerprint(before: &[u8]) -> u32 {
    let mut crc = u32::MAX;
    for byte in before {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            crc = if crc & 1 == 1 { crc >> 1 ^ 0xEDB8_8320 } else { crc >> 1 };
        }
    }
    !crc ^ FINGERPRINT_MASK
}

/// Addresses are hidden from routers that would rewrite them. RFC 8489 §14.2
fn mask(transaction: &TransactionId) -> [u8; 16] {
    let mut mask = [0; 16];
    let (cookie, rest) = mask.split_at_mut(COOKIE.len());
    cookie.copy_from_slice(&COOKIE);
    rest.copy_from_slice(transaction);
    mask
}

fn masked<const N: usize>(mut address: [u8; N], mask: &[u8; 16]) -> [u8; N] {
    for (byte, mask) in address.iter_mut().zip(mask) {
        *byte ^= mask;
    }
    address
}
