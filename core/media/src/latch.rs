//! Where a leg's peer is: symmetric RTP that keeps strangers out.
//!
//! Before the first packet we send to the described address. The first packet may come only from where the signalling
//! says that the peer is; its source is then the peer, until new signalling names another address. Encrypted packets
//! prove themselves, so a genuine one from elsewhere moves the peer.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use crate::sdp::{Session, Sources};

/// A phone's NAT may give it a new port; plain packets move the peer only after so much silence of the old port.
const MOVE_AFTER: Duration = Duration::from_millis(500);

/// Where RTP and RTCP go, and from where they may come.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Latch {
    described: Option<SocketAddr>,
    described_rtcp: Option<SocketAddr>,
    sources: Sources,
    mux: bool,
    rtp: Option<SocketAddr>,
    rtcp: Option<SocketAddr>,
}

/// What is to be thought of a packet by its source alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    /// From the peer.
    Peer,
    /// The peer's first packet, if it is one of RTP that was agreed on.
    First,
    /// From the peer's address but another port.
    OtherPort,
    Stranger,
}

impl Latch {
    pub(crate) fn new() -> Self {
        let sources = Sources { described: None, signalled: None, loopback: false, any: false };
        Self { described: None, described_rtcp: None, sources, mux: false, rtp: None, rtcp: None }
    }

    /// New signalling. Another address than before begins anew; the same, or none (hold), changes nothing.
    pub(crate) fn set_session(&mut self, session: &Session) {
        if session.rtp_to.is_some() && session.rtp_to != self.described {
            self.rtp = None;
            self.rtcp = None;
            self.described = session.rtp_to;
        }
        if session.rtp_to.is_some() {
            self.described_rtcp = session.rtcp_to;
            self.sources = session.sources;
        }
        if session.is_webrtc() {
            (self.described, self.described_rtcp) = (None, None);
        }
        self.mux = session.rtcp_mux;
    }

    #[inline]
    pub(crate) fn judge(&self, from: SocketAddr) -> Standing {
        match self.rtp {
            Some(peer) if peer == from => Standing::Peer,
            Some(peer) if peer.ip() == from.ip() => Standing::OtherPort,
            Some(_) => Standing::Stranger,
            None if self.is_expected(from) => Standing::First,
            None => Standing::Stranger,
        }
    }

    /// Whether plain packets from another port of the peer's address may move it: it was silent, and they go on where
    /// its stream stopped.
    pub(crate) fn may_move(now: Instant, heard_at: Option<Instant>, continues: bool) -> bool {
        continues && heard_at.is_some_and(|heard| now.saturating_duration_since(heard) >= MOVE_AFTER)
    }

    /// The peer is here.
    pub(crate) fn set_peer(&mut self, from: SocketAddr) {
        if self.rtp.is_some_and(|peer| peer.ip() != from.ip()) {
            self.rtcp = None;
        }
        self.rtp = Some(from);
    }

    /// Nobody knows where the peer is: nothing is sent.
    pub(crate) fn forget_peer(&mut self) {
        self.rtp = None;
    }

    /// Whether RTCP from here is the peer's; the first one that may be latches.
    pub(crate) fn admits_rtcp(&mut self, from: SocketAddr) -> bool {
        if let Some(peer) = self.rtcp {
            return peer == from;
        }
        let admitted = match self.rtp {
            Some(peer) => peer.ip() == from.ip() || self.described_rtcp == Some(from),
            None => self.described_rtcp.is_some_and(|described| described.ip() == from.ip()),
        };
        if admitted {
            self.rtcp = Some(from);
        }
        admitted
    }

    /// Where RTP goes.
    #[inline]
    pub(crate) fn rtp_to(&self) -> Option<SocketAddr> {
        self.rtp.or(self.described)
    }

    /// Where RTCP goes; none while a peer behind a NAT has not shown its port.
    pub(crate) fn rtcp_to(&self) -> Option<SocketAddr> {
        if self.mux {
            return self.rtp_to();
        }
        let moved = match (self.rtp, self.described) {
            (Some(peer), Some(described)) => peer.ip() != described.ip(),
            _ => false,
        };
        self.rtcp.or(self.described_rtcp.filter(|_| !moved))
    }

    fn is_expected(&self, from: SocketAddr) -> bool {
        let from = from.ip().to_canonical();
        let Sources { described, signalled, loopback, any } = self.sources;
        any || described == Some(from) || signalled == Some(from) || (loopback && from.is_loopback())
    }
}
