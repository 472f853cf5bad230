//! Encryption of one leg's packets. RFC 3711
//!
//! The library keeps state for each SSRC before it has checked a packet, so each SSRC of the peer gets a context of its
//! own, kept only when its first packet proved genuine, and there is a limit on them. It hands out each packet in a
//! buffer of its own: that is the one allocation that an encrypted packet costs each way.

use rtc_srtp::context::Context;
use rtc_srtp::option::{srtcp_replay_protection, srtp_replay_protection};
use rtc_srtp::protection_profile::ProtectionProfile;
use smallvec::SmallVec;

use crate::limits::{SRTP_REPLAY_WINDOW, SRTP_SSRCS_MAX};
use crate::sdp::Srtp;
use crate::sdp::crypto::{MasterKey, Suite};

/// Both directions of one leg.
pub(crate) struct Protection {
    keys: Srtp,
    outgoing: Context,
    incoming: SmallVec<[(u32, Box<Context>); 1]>,
}

impl Protection {
    /// None if the library refuses the keys, which negotiation has checked.
    pub(crate) fn new(keys: &Srtp) -> Option<Self> {
        let outgoing = context(keys.suite, &keys.send)?;
        Some(Self { keys: keys.clone(), outgoing, incoming: SmallVec::new() })
    }

    /// Takes new keys. Directions whose key stays go on where they were: their counters must not begin again.
    pub(crate) fn rekey(&mut self, keys: &Srtp) -> Option<()> {
        if self.keys.suite != keys.suite || self.keys.send != keys.send {
            self.outgoing = context(keys.suite, &keys.send)?;
        }
        if self.keys.suite != keys.suite || self.keys.receive != keys.receive {
            self.incoming.clear();
        }
        self.keys = keys.clone();
        Some(())
    }

    /// Checks and decrypts in place; the length of the plain packet, or none for a forged, replayed or broken one.
    pub(crate) fn unprotect_rtp(&mut self, ssrc: u32, packet: &mut [u8]) -> Option<usize> {
        self.unprotect(ssrc, packet, |context, packet| context.decrypt_rtp(packet).ok())
    }

    /// As for RTP.
    pub(crate) fn unprotect_rtcp(&mut self, packet: &mut [u8]) -> Option<usize> {
        let [_, _, _, _, a, b, c, d, ..] = *packet else { return None };
        let ssrc = u32::from_be_bytes([a, b, c, d]);
        self.unprotect(ssrc, packet, |context, packet| context.decrypt_rtcp(packet).ok())
    }

    /// Encrypts what stands in `out` from `start` on; false if that can't be done and the packet must not be sent.
    pub(crate) fn protect_rtp(&mut self, out: &mut Vec<u8>, start: usize) -> bool {
        let Some(cipher) = out.get(start..).and_then(|plain| self.outgoing.encrypt_rtp(plain).ok()) else {
            return false;
        };
        out.truncate(start);
        out.extend_from_slice(&cipher);
        true
    }

    /// As for RTP.
    pub(crate) fn protect_rtcp(&mut self, out: &mut Vec<u8>, start: usize) -> bool {
        let Some(cipher) = out.get(start..).and_then(|plain| self.outgoing.encrypt_rtcp(plain).ok()) else {
            return false;
        };
        out.truncate(start);
        out.extend_from_slice(&cipher);
        true
    }

    fn unprotect(
        &mut self,
        ssrc: u32,
        packet: &mut [u8],
        open: impl Fn(&mut Context, &[u8]) -> Option<bytes::BytesMut>,
    ) -> Option<usize> {
        let is_full = self.incoming.len() >= SRTP_SSRCS_MAX;
        let plain = match self.incoming.iter_mut().find(|(known, _)| *known == ssrc) {
            Some((_, context)) => open(context, packet)?,
            None if is_full => return None,
            None => {
                let mut context = context(self.keys.suite, &self.keys.receive)?;
                let plain = open(&mut context, packet)?;
                self.incoming.push((ssrc, Box::new(context)));
                plain
            }
        };
        packet.get_mut(..plain.len())?.copy_from_slice(&plain);
        Some(plain.len())
    }
}

fn context(suite: Suite, key: &MasterKey) -> Option<Context> {
    let profile = match suite {
        Suite::Aes128Sha80 => ProtectionProfile::Aes128CmHmacSha1_80,
        Suite::Aes128Sha32 => ProtectionProfile::Aes128CmHmacSha1_32,
        Suite::Aes256Sha80 => ProtectionProfile::Aes256CmHmacSha1_80,
        Suite::Aes256Sha32 => ProtectionProfile::Aes256CmHmacSha1_32,
        Suite::Aes128Gcm => ProtectionProfile::AeadAes128Gcm,
        Suite::Aes256Gcm => ProtectionProfile::AeadAes256Gcm,
    };
    let (master, salt) = key.parts(suite);
    let provider = rtc_srtp::crypto::default_provider().ok()?;
    let rtp = Some(srtp_replay_protection(SRTP_REPLAY_WINDOW));
    let rtcp = Some(srtcp_replay_protection(SRTP_REPLAY_WINDOW));
    Context::new(master, salt, profile, rtp, rtcp, provider.crypto()).ok()
}
