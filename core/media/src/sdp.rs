//! Session descriptions: reading and writing them (RFC 8866), offer and answer (RFC 3264).
//!
//! The switch keeps one [`Negotiation`] for each leg. It writes offers, reads answers, answers offers, and holds the
//! session id and version that our `o=` line needs. What comes out when both sides agreed is a [`Session`].

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use smallvec::SmallVec;

use crate::codec::FRAME_MS;
use crate::limits::SILENCE_LIMIT;

pub(crate) mod crypto;
mod description;
pub(crate) mod format;
mod negotiation;
mod offered;
pub(crate) mod webrtc;
mod write;

pub use negotiation::Negotiation;
pub use offered::offered_codecs;

use crypto::{MasterKey, Suite};
use format::Format;

/// Whether a leg must, may or must not be encrypted. RFC 4568
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SrtpPolicy {
    Off,
    /// Offer plain RTP, accept either.
    Accept,
    Required,
}

/// A codec that the engine knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Codec {
    G722,
    Opus,
    Pcma,
    Pcmu,
}

impl Codec {
    /// The name in descriptions.
    pub fn name(self) -> &'static str {
        match self {
            Self::G722 => "G722",
            Self::Opus => "opus",
            Self::Pcma => "PCMA",
            Self::Pcmu => "PCMU",
        }
    }

    /// The codec of that name, whatever its case.
    pub fn from_name(name: &str) -> Option<Self> {
        let all = [Self::G722, Self::Opus, Self::Pcma, Self::Pcmu];
        all.into_iter().find(|codec| codec.name().eq_ignore_ascii_case(name))
    }
}

/// Which way sound flows, as seen from us. RFC 3264 §5.1
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    Inactive,
    ReceiveOnly,
    SendAndReceive,
    SendOnly,
}

/// What a leg may negotiate.
#[derive(Clone, Debug)]
pub struct Preferences {
    /// In order of preference.
    pub codecs: Vec<Codec>,
    pub srtp: SrtpPolicy,
    /// The address that we write into `c=`.
    pub address: IpAddr,
}

/// What both sides agreed on; the engine runs a leg with it. Its parts are this crate's business.
#[derive(Clone, Debug)]
pub struct Session {
    pub(crate) codec: Codec,
    pub(crate) direction: Direction,
    /// The number that the peer expects our sound under.
    pub(crate) payload: u8,
    /// The number and clock (kHz) that the peer expects our telephone events under.
    pub(crate) event: Option<(u8, u8)>,
    /// The number that the peer expects comfort noise under.
    pub(crate) comfort_noise: Option<u8>,
    /// What the peer may send.
    pub(crate) receive: SmallVec<[(u8, Format); 6]>,
    /// None when the peer gave no usable address: the old way to hold.
    pub(crate) rtp_to: Option<SocketAddr>,
    pub(crate) rtcp_to: Option<SocketAddr>,
    pub(crate) rtcp_mux: bool,
    pub(crate) sources: Sources,
    pub(crate) srtp: Option<Box<Srtp>>,
    /// Set where keys are agreed on by DTLS with whom ICE finds.
    pub(crate) webrtc: Option<Box<webrtc::Webrtc>>,
    pub(crate) silence_limit: Option<Duration>,
    /// Length of the packets that we make, as the peer wishes, in milliseconds.
    pub(crate) packet_ms: u32,
    /// The longest packet that the peer takes, if it says so.
    pub(crate) packet_ms_max: Option<u32>,
}

/// From where a leg's first packet may come. Afterwards only its source counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Sources {
    /// The address in the peer's description.
    pub(crate) described: Option<IpAddr>,
    /// Where its signalling came from, when that shows a NAT before a private described address.
    pub(crate) signalled: Option<IpAddr>,
    /// Our own address is a loopback: whatever comes from one is of this machine, and nothing else gets there.
    pub(crate) loopback: bool,
    pub(crate) any: bool,
}

/// The keys of an encrypted session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Srtp {
    pub(crate) suite: Suite,
    /// Ours.
    pub(crate) send: MasterKey,
    /// The peer's.
    pub(crate) receive: MasterKey,
}

/// Why a description can't be used. The switch answers 488, or 400 for one that can't be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unacceptable {
    #[error("the description can't be read")]
    Malformed,
    #[error("no audio was offered, or none with a codec that is allowed here")]
    NoCommonCodec,
    #[error("this leg must be encrypted and the peer does not offer it")]
    EncryptionRequired,
    #[error("the answer does not fit the offer")]
    AnswerDoesNotFit,
}

impl Session {
    /// The codec that we send with.
    pub fn codec(&self) -> Codec {
        self.codec
    }

    /// Which way sound flows, as seen from us.
    pub fn direction(&self) -> Direction {
        self.direction
    }

    /// Whether the peer is a browser or speaks like one: ICE finds it, DTLS agrees on keys. RFC 8827
    pub fn is_webrtc(&self) -> bool {
        self.webrtc.is_some()
    }

    /// Whether sound is encrypted on this leg. RFC 3711
    pub fn is_encrypted(&self) -> bool {
        self.srtp.is_some() || self.webrtc.is_some()
    }

    /// Whether the peer takes telephone events (RFC 4733); without, digits must go by SIP INFO.
    pub fn takes_events(&self) -> bool {
        self.event.is_some()
    }

    /// Lets the first packet come from anywhere: for a peer of which the operator knows that it sends from an address
    /// that neither its description nor its signalling names. Whoever guesses the port first is then heard.
    pub fn allow_any_source(&mut self) {
        self.sources.any = true;
    }

    /// After how much silence of a peer that should send [`crate::Event::Silent`] comes; none for never.
    pub fn set_silence_limit(&mut self, limit: Option<Duration>) {
        self.silence_limit = limit;
    }
}

impl Session {
    pub(crate) fn new(codec: Codec, payload: u8, direction: Direction) -> Self {
        Self {
            codec,
            direction,
            payload,
            event: None,
            comfort_noise: None,
            receive: SmallVec::new(),
            rtp_to: None,
            rtcp_to: None,
            rtcp_mux: false,
            sources: Sources { described: None, signalled: None, loopback: false, any: false },
            srtp: None,
            webrtc: None,
            silence_limit: Some(SILENCE_LIMIT),
            packet_ms: FRAME_MS,
            packet_ms_max: None,
        }
    }

    /// What the peer means by a payload number.
    pub(crate) fn format(&self, payload: u8) -> Option<Format> {
        self.receive.iter().find(|(number, _)| *number == payload).map(|(_, format)| *format)
    }
}

impl Direction {
    /// Whether we send.
    pub(crate) fn sends(self) -> bool {
        matches!(self, Self::SendAndReceive | Self::SendOnly)
    }

    /// Whether we receive.
    pub(crate) fn receives(self) -> bool {
        matches!(self, Self::SendAndReceive | Self::ReceiveOnly)
    }

    fn from_parts(sends: bool, receives: bool) -> Self {
        match (sends, receives) {
            (true, true) => Self::SendAndReceive,
            (true, false) => Self::SendOnly,
            (false, true) => Self::ReceiveOnly,
            (false, false) => Self::Inactive,
        }
    }

    /// The attribute's name.
    fn name(self) -> &'static str {
        match self {
            Self::Inactive => "inactive",
            Self::ReceiveOnly => "recvonly",
            Self::SendAndReceive => "sendrecv",
            Self::SendOnly => "sendonly",
        }
    }
}
