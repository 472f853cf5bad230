//! How good the sound of one leg was.

use crate::sdp::Codec;

/// Figures of one leg over its whole life, for the call record.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Quality {
    pub packets_received: u64,
    pub packets_sent: u64,
    pub octets_received: u64,
    pub octets_sent: u64,
    /// Packets that never came. RFC 3550 A.3
    pub packets_lost: u64,
    /// Packets that were not the peer's, not what was agreed on, forged or replayed; they were dropped.
    pub packets_refused: u64,
    /// Interarrival jitter in milliseconds at the end, and its maximum. RFC 3550 A.8
    pub jitter_ms: f32,
    pub jitter_ms_max: f32,
    /// What the peer reports of our stream; none if it sent no report.
    pub remote_loss_fraction: Option<f32>,
    pub round_trip_ms: Option<f32>,
    /// Mean opinion score, listening quality, 1.0 to 4.5, by the E-model (ITU-T G.107); none without packets.
    pub mos: Option<f32>,
    /// The codec's name in the description, such as `PCMU`.
    pub codec: Option<&'static str>,
}

/// Rating of a perfect narrow-band connection with default values. ITU-T G.107 §7.7
const R_DEFAULT: f32 = 93.2;

/// Listening quality by codec and random loss. ITU-T G.107 §7.5, annex B
pub(crate) fn mos(codec: Codec, loss: f32) -> f32 {
    let (impairment, robustness) = impairment(codec);
    let percent = (loss * 100.0).clamp(0.0, 100.0);
    let r = R_DEFAULT - (impairment + (95.0 - impairment) * percent / (percent + robustness));
    if r <= 0.0 {
        return 1.0;
    }
    (1.0 + 0.035 * r + r * (r - 60.0) * (100.0 - r) * 7e-6).clamp(1.0, 4.5)
}

/// Ie and Bpl. G.711 with concealment is in ITU-T G.113 appendix I; the others are rated on the same narrow-band scale,
/// where a wide-band codec can't be better than G.711, with the robustness that their concealment gives.
fn impairment(codec: Codec) -> (f32, f32) {
    match codec {
        Codec::Pcma | Codec::Pcmu => (0.0, 25.1),
        Codec::G722 => (0.0, 20.0),
        Codec::Opus => (0.0, 30.0),
    }
}

/// The codec's name in descriptions.
pub(crate) fn codec_name(codec: Codec) -> &'static str {
    match codec {
        Codec::G722 => "G722",
        Codec::Opus => "opus",
        Codec::Pcma => "PCMA",
        Codec::Pcmu => "PCMU",
    }
}
