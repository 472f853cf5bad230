//! What WebRTC adds to a description: who may check connectivity, and whose certificate agrees on keys.
//! RFC 8839, RFC 8842, RFC 8829

use std::fmt;
use std::sync::Arc;

use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::Rng;
use smallvec::SmallVec;

use super::description::{Description, Media};
use crate::dtls::{Certificate, Fingerprint, Role};
use crate::ice::Credentials;

/// What an engine needs to secure a leg by ICE and DTLS.
#[derive(Clone, Debug)]
pub(crate) struct Webrtc {
    pub(crate) certificate: Arc<Certificate>,
    /// Ours in the handshake.
    pub(crate) role: Role,
    /// Of the peer's certificate.
    pub(crate) fingerprint: Fingerprint,
    /// Ours.
    pub(crate) local: Credentials,
    pub(crate) remote_fragment: String,
}

/// What one description of a peer says.
#[derive(Clone, Debug)]
pub(crate) struct Remote {
    pub(crate) credentials: Credentials,
    pub(crate) fingerprint: Fingerprint,
    pub(crate) setup: Setup,
}

/// Which side may begin the handshake. RFC 4145 §4
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Setup {
    Active,
    Passive,
    Either,
}

impl Setup {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Passive => "passive",
            Self::Either => "actpass",
        }
    }
}

impl Remote {
    /// None for a peer that could not be checked or recognized, or that wants a second port for RTCP.
    pub(crate) fn read<'a>(description: &Description<'a>, media: &Media<'a>) -> Option<Self> {
        let (own, all) = (&media.webrtc, &description.webrtc);
        // Two lite agents would wait for each other.
        if all.is_lite || !media.rtcp_mux {
            return None;
        }
        let fragment = own.fragment.or(all.fragment)?;
        let password = own.password.or(all.password)?;
        let lines = if own.fingerprints.is_empty() { &all.fingerprints } else { &own.fingerprints };
        Some(Self {
            credentials: Credentials::read(fragment, password)?,
            fingerprint: lines.iter().find_map(|line| Fingerprint::parse(line))?,
            setup: match own.setup.or(all.setup) {
                // What it means when nothing is said. RFC 4145 §4.1
                Some("active") | None => Setup::Active,
                Some("passive") => Setup::Passive,
                Some("actpass") => Setup::Either,
                Some(_) => return None,
            },
        })
    }
}

/// Our side of one leg, through its whole life.
#[derive(Clone)]
pub(super) struct Ours {
    certificate: Arc<Certificate>,
    local: Credentials,
    remote: Option<Remote>,
    role: Option<Role>,
    random: ChaCha20Rng,
}

/// The lines that an audio line of ours adds.
#[derive(Clone, Debug)]
pub(super) struct Lines {
    pub(super) local: Credentials,
    pub(super) fingerprint: Fingerprint,
    pub(super) setup: Setup,
}

impl Ours {
    pub(super) fn new(certificate: Arc<Certificate>, mut random: ChaCha20Rng) -> Self {
        let local = Credentials::new(|bytes| random.fill_bytes(bytes));
        Self { certificate, local, remote: None, role: None, random }
    }

    /// Takes what the peer offers. New credentials are a restart, which we answer with new ones. RFC 8839 §4.4.1.1.1
    pub(super) fn take_offer(&mut self, remote: Remote) -> Webrtc {
        if self.remote.as_ref().is_some_and(|known| known.credentials != remote.credentials) {
            self.local = Credentials::new(|bytes| self.random.fill_bytes(bytes));
        }
        let is_same = self.remote.as_ref().is_some_and(|known| known.fingerprint == remote.fingerprint);
        let role = match (remote.setup, self.role) {
            (Setup::Active, _) => Role::Passive,
            (Setup::Passive, _) => Role::Active,
            // A handshake that is done is not begun again. RFC 8842 §5.5
            (Setup::Either, Some(role)) if is_same => role,
            (Setup::Either, _) => Role::Passive,
        };
        self.agree(remote, role)
    }

    /// Takes the peer's answer; none if it leaves open who begins.
    pub(super) fn take_answer(&mut self, remote: Remote) -> Option<Webrtc> {
        let role = match remote.setup {
            Setup::Active => Role::Passive,
            Setup::Passive => Role::Active,
            Setup::Either => return None,
        };
        Some(self.agree(remote, role))
    }

    /// For an offer of ours.
    pub(super) fn lines_of_offer(&self) -> Lines {
        self.lines(Setup::Either)
    }

    /// For an answer of ours.
    pub(super) fn lines_of_answer(&self) -> Lines {
        self.lines(match self.role {
            Some(Role::Active) => Setup::Active,
            Some(Role::Passive) | None => Setup::Passive,
        })
    }

    fn lines(&self, setup: Setup) -> Lines {
        Lines { local: self.local.clone(), fingerprint: self.certificate.fingerprint(), setup }
    }

    fn agree(&mut self, remote: Remote, role: Role) -> Webrtc {
        self.role = Some(role);
        let webrtc = Webrtc {
            certificate: Arc::clone(&self.certificate),
            role,
            fingerprint: remote.fingerprint.clone(),
            local: self.local.clone(),
            remote_fragment: remote.credentials.fragment.clone(),
        };
        self.remote = Some(remote);
        webrtc
    }
}

/// Without what the random source would tell.
impl fmt::Debug for Ours {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ours").field("role", &self.role).finish_non_exhaustive()
    }
}

/// The attributes as written, of a whole description or of one media line.
#[derive(Debug, Default)]
pub(super) struct Attributes<'a> {
    pub(super) fragment: Option<&'a str>,
    pub(super) password: Option<&'a str>,
    pub(super) fingerprints: SmallVec<[&'a str; 1]>,
    pub(super) setup: Option<&'a str>,
    pub(super) is_lite: bool,
    /// The media that share one port with others, by their names.
    pub(super) bundle: Option<&'a str>,
}

impl<'a> Attributes<'a> {
    /// Takes one attribute; false if it is another kind's.
    pub(super) fn read(&mut self, name: &str, value: &'a str) -> bool {
        let value = value.trim();
        match name {
            "ice-ufrag" => self.fragment = Some(value),
            "ice-pwd" => self.password = Some(value),
            "fingerprint" if self.fingerprints.len() < FINGERPRINTS_MAX => self.fingerprints.push(value),
            "setup" => self.setup = Some(value),
            "ice-lite" => self.is_lite = true,
            "group" if self.bundle.is_none() => self.bundle = value.strip_prefix("BUNDLE "),
            _ => return false,
        }
        true
    }
}

/// One for each hash; there are not more.
const FINGERPRINTS_MAX: usize = 8;
