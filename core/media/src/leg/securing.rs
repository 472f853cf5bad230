//! What secures a leg whose peer is a browser: connectivity checks say where it is, then a handshake agrees on keys.

use std::net::SocketAddr;
use std::time::Instant;

use super::{Encryption, Leg};
use crate::dtls::{Association, Progress};
use crate::engine::{Component, Outputs, Send};
use crate::ice::Lite;
use crate::order::LegId;
use crate::sdp::webrtc::Webrtc;
use crate::stun;

/// Where the peer is, and who it is.
#[derive(Debug)]
pub(super) struct Securing {
    ice: Lite,
    association: Association,
}

impl Securing {
    fn new(now: Instant, webrtc: &Webrtc) -> Self {
        Self { ice: Lite::new(webrtc.local.clone(), &webrtc.remote_fragment), association: associate(now, webrtc) }
    }

    /// Whether the peer is at this address.
    pub(super) fn admits(&self, now: Instant, from: SocketAddr) -> bool {
        self.ice.admits(now, from)
    }

    pub(super) fn next_deadline(&self) -> Option<Instant> {
        // A handshake has nobody to speak to before a check came.
        let checks = self.ice.next_deadline();
        let handshake = self.association.next_deadline().filter(|_| checks.is_some());
        [checks, handshake].into_iter().flatten().min()
    }
}

/// Whether a packet is for what secures the leg, not sound or a report. RFC 7983
pub(crate) fn is_securing(packet: &[u8]) -> bool {
    packet.first().is_some_and(|first| *first < 64)
}

impl Leg {
    pub(crate) fn is_secured(&self) -> bool {
        self.securing.is_some()
    }

    /// A description that asks for it is in force. What fits it goes on: a handshake that is done is not done again.
    pub(super) fn secure(&mut self, now: Instant, webrtc: &Webrtc) {
        let Some(securing) = &mut self.securing else {
            self.securing = Some(Box::new(Securing::new(now, webrtc)));
            self.encryption = Encryption::Awaited;
            return;
        };
        securing.ice.restart(&webrtc.local, &webrtc.remote_fragment);
        if !securing.association.fits(webrtc.role, &webrtc.fingerprint) {
            securing.association = associate(now, webrtc);
            self.encryption = Encryption::Awaited;
        }
    }

    /// Takes a check or a part of the handshake.
    pub(crate) fn receive_securing(&mut self, now: Instant, from: SocketAddr, packet: &[u8], out: &mut Outputs) {
        let Some(securing) = &mut self.securing else { return };
        if stun::is_stun(packet) {
            let start = out.bytes.len();
            if !securing.ice.handle_packet(now, from, packet, &mut out.bytes) {
                self.incoming.refused += 1;
                return;
            }
            out.sends.push(send(self.id, from, start..out.bytes.len()));
            self.alive_at = Some(now);
            self.find_peer(now);
            // Who is to begin the handshake could not before there was somebody to speak to.
            self.handshake(now, None, out);
        } else if securing.admits(now, from) {
            self.handshake(now, Some((from, packet)), out);
        } else {
            self.incoming.refused += 1;
        }
    }

    /// Old checks expire, and what was not answered is said again.
    pub(super) fn handle_securing_timeout(&mut self, now: Instant, out: &mut Outputs) {
        let Some(securing) = &mut self.securing else { return };
        securing.ice.handle_timeout(now);
        self.find_peer(now);
        self.handshake(now, None, out);
    }

    /// Whether what is played now would be heard.
    pub(super) fn is_secure_yet(&self) -> bool {
        match self.encryption {
            Encryption::Awaited => false,
            Encryption::Plain | Encryption::Protected(_) | Encryption::Broken => true,
        }
    }

    fn find_peer(&mut self, now: Instant) {
        let peer = self.securing.as_ref().and_then(|securing| securing.ice.peer(now));
        match peer {
            Some(peer) => self.latch.set_peer(peer),
            None => self.latch.forget_peer(),
        }
    }

    fn handshake(&mut self, now: Instant, received: Option<(SocketAddr, &[u8])>, out: &mut Outputs) {
        let Some(securing) = &mut self.securing else { return };
        let Some(to) = received.map(|(from, _)| from).or_else(|| securing.ice.peer(now)) else { return };
        let (leg, bytes, sends) = (self.id, &mut out.bytes, &mut out.sends);
        let say = |record: &[u8]| {
            let start = bytes.len();
            bytes.extend_from_slice(record);
            sends.push(send(leg, to, start..bytes.len()));
        };
        let progress = match received {
            Some((_, packet)) => securing.association.receive(now, packet, say),
            None => securing.association.handle_timeout(now, say),
        };
        match progress {
            Progress::Nothing => {}
            Progress::Keys(keys) => self.set_keys(&keys),
            Progress::Over => self.encryption = Encryption::Broken,
        }
    }
}

fn associate(now: Instant, webrtc: &Webrtc) -> Association {
    Association::new(now, &webrtc.certificate, webrtc.role, webrtc.fingerprint.clone())
}

fn send(leg: LegId, to: SocketAddr, range: std::ops::Range<usize>) -> Send {
    Send { leg, component: Component::Rtp, to, range }
}
