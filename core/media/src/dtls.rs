//! Agreement on SRTP keys over a leg's own port (DTLS-SRTP). RFC 5764, RFC 5763, RFC 8842
//!
//! The library is a state machine like ours: packets and time go in, packets and keys come out. A handshake is begun only
//! with a peer that passed a connectivity check, and its keys are used only if its certificate is the one that the
//! signalling named.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use dimpl::{Config, Dtls, DtlsCertificate, Output, SrtpProfile};
use sha2::{Digest, Sha256, Sha384, Sha512};
use smallvec::SmallVec;

use crate::limits::HANDSHAKE_MAX;
use crate::sdp::Srtp;
use crate::sdp::crypto::{MasterKey, Suite};

/// A flight of the handshake is sent again after this long without an answer, then after twice as long each time.
const RESEND_AFTER: Duration = Duration::from_millis(200);
/// Room for one datagram of ours; the library never makes a longer one than its limit of 1150 bytes.
const RECORD_BYTES: usize = 2_048;
/// Unanswered packets that are kept for order; a certificate in small pieces is about ten.
const QUEUE_MAX: usize = 30;

/// Our certificate with its key: made by the node when it starts, the same for all legs. Never printed.
pub struct Certificate {
    parts: DtlsCertificate,
    config: Arc<Config>,
}

impl Certificate {
    /// `der` is the certificate, `key` its ECDSA P-256 key in PKCS #8. None if the crypto library can't be used.
    pub fn new(der: Vec<u8>, key: Vec<u8>) -> Option<Self> {
        let config = Config::builder()
            .require_client_certificate(true)
            // Who is answered has passed a connectivity check: it is no forged address.
            .use_server_cookie(false)
            .flight_start_rto(RESEND_AFTER)
            .handshake_timeout(HANDSHAKE_MAX)
            .max_queue_rx(QUEUE_MAX)
            .max_queue_tx(QUEUE_MAX)
            .build()
            .ok()?;
        let parts = DtlsCertificate { certificate: der, private_key: key };
        Some(Self { parts, config: Arc::new(config) })
    }

    /// As descriptions name it. RFC 8122
    pub(crate) fn fingerprint(&self) -> Fingerprint {
        Fingerprint { hash: Hash::Sha256, bytes: Hash::Sha256.of(&self.parts.certificate) }
    }
}

impl fmt::Debug for Certificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Certificate")
    }
}

/// Which side begins the handshake. RFC 4145 §4
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    Active,
    Passive,
}

/// What a certificate is known by. RFC 8122 §5
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fingerprint {
    hash: Hash,
    bytes: SmallVec<[u8; 32]>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Hash {
    Sha256,
    Sha384,
    Sha512,
}

impl Hash {
    fn of(self, bytes: &[u8]) -> SmallVec<[u8; 32]> {
        match self {
            Self::Sha256 => SmallVec::from_slice(&Sha256::digest(bytes)),
            Self::Sha384 => SmallVec::from_slice(&Sha384::digest(bytes)),
            Self::Sha512 => SmallVec::from_slice(&Sha512::digest(bytes)),
        }
    }
}

impl Fingerprint {
    /// `sha-256 0A:1B:…`; none for a hash that is not known or too weak.
    pub(crate) fn parse(value: &str) -> Option<Self> {
        let (name, hex) = value.trim().split_once(' ')?;
        let (hash, n_bytes) = match name.to_ascii_lowercase().as_str() {
            "sha-256" => (Hash::Sha256, 32),
            "sha-384" => (Hash::Sha384, 48),
            "sha-512" => (Hash::Sha512, 64),
            _ => return None,
        };
        let byte = |text: &str| (text.len() == 2).then(|| u8::from_str_radix(text, 16).ok()).flatten();
        let bytes = hex.trim().split(':').take(n_bytes + 1).map(byte).collect::<Option<SmallVec<_>>>()?;
        (bytes.len() == n_bytes).then_some(Self { hash, bytes })
    }

    fn is_of(&self, certificate: &[u8]) -> bool {
        self.hash.of(certificate) == self.bytes
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = match self.hash {
            Hash::Sha256 => "sha-256",
            Hash::Sha384 => "sha-384",
            Hash::Sha512 => "sha-512",
        };
        f.write_str(name)?;
        for (place, byte) in self.bytes.iter().enumerate() {
            write!(f, "{}{byte:02X}", if place == 0 { ' ' } else { ':' })?;
        }
        Ok(())
    }
}

/// What the handshake came to.
#[derive(Debug)]
pub(crate) enum Progress {
    Nothing,
    /// The keys, once.
    Keys(Box<Srtp>),
    /// The other side is not who it should be, or the handshake is over without keys, or was ended.
    Over,
}

/// One handshake with one peer, and afterwards its answers to repeated packets.
pub(crate) struct Association {
    dtls: Dtls,
    role: Role,
    expected: Fingerprint,
    state: State,
    /// None when there is nothing to wait for.
    deadline: Option<Instant>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Unproved,
    Proved,
    Done,
    Over,
}

impl Association {
    pub(crate) fn new(now: Instant, certificate: &Certificate, role: Role, expected: Fingerprint) -> Self {
        let mut dtls = Dtls::new_12(Arc::clone(&certificate.config), certificate.parts.clone(), now);
        if role == Role::Active {
            dtls.set_active(true);
        }
        // Who is active has something to say at once.
        let deadline = (role == Role::Active).then_some(now);
        Self { dtls, role, expected, state: State::Unproved, deadline }
    }

    /// Whether it goes on as it is under this description.
    pub(crate) fn fits(&self, role: Role, expected: &Fingerprint) -> bool {
        self.role == role && self.expected == *expected && self.state != State::Over
    }

    /// Takes one datagram of the peer. `send` gets each datagram of ours.
    pub(crate) fn receive(&mut self, now: Instant, packet: &[u8], send: impl FnMut(&[u8])) -> Progress {
        if self.state == State::Over {
            return Progress::Nothing;
        }
        let taken = self.dtls.handle_timeout(now).and_then(|()| self.dtls.handle_packet(packet));
        self.drain(taken.is_ok(), send)
    }

    /// Says again what was not answered.
    pub(crate) fn handle_timeout(&mut self, now: Instant, send: impl FnMut(&[u8])) -> Progress {
        if self.deadline.is_none_or(|at| now < at) {
            return Progress::Nothing;
        }
        let went_on = self.dtls.handle_timeout(now);
        self.drain(went_on.is_ok(), send)
    }

    pub(crate) fn next_deadline(&self) -> Option<Instant> {
        self.deadline
    }

    fn drain(&mut self, goes_on: bool, mut send: impl FnMut(&[u8])) -> Progress {
        let mut progress = Progress::Nothing;
        let mut buffer = [0; RECORD_BYTES];
        let mut is_over = !goes_on;
        while !is_over {
            match self.dtls.poll_output(&mut buffer) {
                Output::Packet(packet) => send(packet),
                Output::PeerCert(certificate) if self.expected.is_of(certificate) => self.state = State::Proved,
                Output::PeerCert(_) | Output::CloseNotify | Output::BufferTooSmall { .. } => is_over = true,
                Output::KeyingMaterial(material, profile) if self.state == State::Proved => {
                    self.state = State::Done;
                    match keys(&material, profile, self.role) {
                        Some(keys) => progress = Progress::Keys(Box::new(keys)),
                        None => is_over = true,
                    }
                }
                // Keys of somebody who showed no certificate.
                Output::KeyingMaterial(..) => is_over = true,
                Output::Timeout(at) => {
                    // When both sides have finished nothing is to be said of our own accord.
                    self.deadline = (self.state != State::Done).then_some(at);
                    return progress;
                }
                // Nothing is agreed on that would be said in here, and the library may learn to tell more.
                Output::Connected | Output::ApplicationData(_) | _ => {}
            }
        }
        self.state = State::Over;
        self.deadline = None;
        Progress::Over
    }
}

impl fmt::Debug for Association {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Association").field("role", &self.role).field("state", &self.state).finish_non_exhaustive()
    }
}

/// Both keys, then both salts, the client's first. RFC 5764 §4.2
fn keys(material: &[u8], profile: SrtpProfile, role: Role) -> Option<Srtp> {
    let suite = match profile {
        SrtpProfile::AES128_CM_SHA1_80 => Suite::Aes128Sha80,
        SrtpProfile::AEAD_AES_128_GCM => Suite::Aes128Gcm,
        SrtpProfile::AEAD_AES_256_GCM => Suite::Aes256Gcm,
        _ => return None,
    };
    let (client_key, rest) = material.split_at_checked(suite.key_bytes())?;
    let (server_key, salts) = rest.split_at_checked(suite.key_bytes())?;
    let (client_salt, server_salt) = salts.split_at_checked(suite.salt_bytes())?;
    if server_salt.len() != suite.salt_bytes() {
        return None;
    }
    let client = MasterKey::new(client_key, client_salt);
    let server = MasterKey::new(server_key, server_salt);
    let (send, receive) = match role {
        Role::Active => (client, server),
        Role::Passive => (server, client),
    };
    Some(Srtp { suite, send, receive })
}
