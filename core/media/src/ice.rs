//! ICE lite: who may send to a leg's port, and where its sound goes. RFC 8445 §2.7, RFC 7675
//!
//! The server has an address that its peers can reach, so it checks nothing itself: it answers the checks of a peer that
//! knows the password from the signalling, and believes what the peer nominates. Nothing is ever sent to an address from
//! which no such check came lately, and who does not know the password gets no answer at all.

use std::fmt;
use std::net::SocketAddr;
use std::time::Instant;

use smallvec::SmallVec;

use crate::limits::{CONSENT, ICE_ADDRESSES_MAX};
use crate::stun::{Kind, Message, Writer, attribute};

/// What one side's checks are known by. Never printed.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Credentials {
    /// The fragment of the user name.
    pub(crate) fragment: String,
    pub(crate) password: String,
}

/// Letters of fragments and passwords: 64, so that each is worth six bits. RFC 8445 §5.3
const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const FRAGMENT_LETTERS: usize = 8;
const PASSWORD_LETTERS: usize = 24;

impl Credentials {
    /// Fresh ones; `fill` gives random bytes.
    pub(crate) fn new(mut fill: impl FnMut(&mut [u8])) -> Self {
        let mut bytes = [0; FRAGMENT_LETTERS + PASSWORD_LETTERS];
        fill(&mut bytes);
        let mut letters = bytes.iter().map(|byte| char::from(LETTERS[usize::from(byte & 63)]));
        let fragment = letters.by_ref().take(FRAGMENT_LETTERS).collect();
        Self { fragment, password: letters.collect() }
    }

    /// None for what the grammar does not allow. RFC 8839 §5.4
    pub(crate) fn read(fragment: &str, password: &str) -> Option<Self> {
        let fits = |text: &str, shortest| {
            (shortest..=256).contains(&text.len()) && text.bytes().all(|byte| LETTERS.contains(&byte))
        };
        (fits(fragment, 4) && fits(password, 22))
            .then(|| Self { fragment: fragment.to_owned(), password: password.to_owned() })
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Credentials")
    }
}

/// The checks of one leg's peer.
#[derive(Debug)]
pub(crate) struct Lite {
    local: Credentials,
    remote_fragment: String,
    /// Ours before the last restart: the old path serves until the new one is found. RFC 8445 §9
    before: Option<(Credentials, String)>,
    /// Where checks came from lately, the latest nomination apart.
    addresses: SmallVec<[Address; 2]>,
    nominated: Option<SocketAddr>,
}

#[derive(Clone, Copy, Debug)]
struct Address {
    at: SocketAddr,
    checked_at: Instant,
}

impl Lite {
    pub(crate) fn new(local: Credentials, remote_fragment: &str) -> Self {
        Self {
            local,
            remote_fragment: remote_fragment.to_owned(),
            before: None,
            addresses: SmallVec::new(),
            nominated: None,
        }
    }

    /// New credentials of both sides: the peer's network changed. The same again change nothing.
    pub(crate) fn restart(&mut self, local: &Credentials, remote_fragment: &str) {
        if self.local == *local && self.remote_fragment == remote_fragment {
            return;
        }
        let local = std::mem::replace(&mut self.local, local.clone());
        let remote = std::mem::replace(&mut self.remote_fragment, remote_fragment.to_owned());
        self.before = Some((local, remote));
    }

    /// Answers one packet. True if it was a check of the peer.
    pub(crate) fn handle_packet(&mut self, now: Instant, from: SocketAddr, packet: &[u8], out: &mut Vec<u8>) -> bool {
        let Some(message) = Message::parse(packet) else { return false };
        if message.kind != Kind::BindingRequest {
            return false;
        }
        let Some((is_of_before, local)) = self.asked(&message) else { return false };
        let password = local.password.as_bytes();
        if !message.is_proved(password) {
            return false;
        }
        let unknown = message.not_understood();
        if !unknown.is_empty() {
            let mut answer = Writer::new(out, Kind::BindingError, message.transaction);
            answer.error(420, "Unknown Attribute");
            let kinds: SmallVec<[u8; 8]> = unknown.iter().flat_map(|kind| kind.to_be_bytes()).collect();
            answer.attribute(attribute::UNKNOWN_ATTRIBUTES, &kinds);
            answer.finish(password);
            return true;
        }
        // We never control: a lite agent can't. RFC 8445 §6.1.1, §7.3.1.1
        if message.find(attribute::ICE_CONTROLLED).is_some() {
            let mut answer = Writer::new(out, Kind::BindingError, message.transaction);
            answer.error(487, "Role Conflict");
            answer.finish(password);
            return true;
        }
        let mut answer = Writer::new(out, Kind::BindingSuccess, message.transaction);
        answer.mapped_address(from);
        answer.finish(password);
        self.note(now, from);
        let nominates = message.find(attribute::USE_CANDIDATE).is_some();
        if nominates && !is_of_before {
            self.nominated = Some(from);
            self.before = None;
        } else if nominates && self.before.is_some() {
            self.nominated = Some(from);
        }
        true
    }

    /// Whether the peer is at this address: a check came from there lately.
    pub(crate) fn admits(&self, now: Instant, from: SocketAddr) -> bool {
        self.addresses.iter().any(|address| address.at == from && is_fresh(now, *address))
    }

    /// Where to send: what the peer nominated, else where its last check came from; none without consent.
    pub(crate) fn peer(&self, now: Instant) -> Option<SocketAddr> {
        let fresh = || self.addresses.iter().filter(|address| is_fresh(now, **address));
        let nominated = self.nominated.filter(|at| fresh().any(|address| address.at == *at));
        nominated.or_else(|| fresh().max_by_key(|address| address.checked_at).map(|address| address.at))
    }

    /// When the last address is too old, if nothing comes; looked at again then.
    pub(crate) fn next_deadline(&self) -> Option<Instant> {
        self.addresses.iter().map(|address| address.checked_at + CONSENT).min()
    }

    /// Forgets addresses that are too old.
    pub(crate) fn handle_timeout(&mut self, now: Instant) {
        self.addresses.retain(|address| is_fresh(now, *address));
    }

    /// Whose credentials of ours the request names, and whether they are those before the restart.
    fn asked(&self, message: &Message<'_>) -> Option<(bool, &Credentials)> {
        let user = message.find(attribute::USERNAME)?;
        let is_for = |local: &Credentials, remote: &str| {
            user.strip_prefix(local.fragment.as_bytes()).and_then(|rest| rest.strip_prefix(b":"))
                == Some(remote.as_bytes())
        };
        if is_for(&self.local, &self.remote_fragment) {
            return Some((false, &self.local));
        }
        let (local, remote) = self.before.as_ref()?;
        is_for(local, remote).then_some((true, local))
    }

    fn note(&mut self, now: Instant, from: SocketAddr) {
        if let Some(known) = self.addresses.iter_mut().find(|address| address.at == from) {
            known.checked_at = now;
            return;
        }
        if self.addresses.len() >= ICE_ADDRESSES_MAX
            && let Some(oldest) = (0..self.addresses.len()).min_by_key(|place| self.addresses[*place].checked_at)
        {
            self.addresses.swap_remove(oldest);
        }
        self.addresses.push(Address { at: from, checked_at: now });
    }
}

fn is_fresh(now: Instant, address: Address) -> bool {
    now.saturating_duration_since(address.checked_at) < CONSENT
}
