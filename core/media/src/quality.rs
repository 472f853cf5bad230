//! How good the sound of one leg was.

/// Figures of one leg over its whole life, for the call record.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Quality {
    pub packets_received: u64,
    pub packets_sent: u64,
    pub octets_received: u64,
    pub octets_sent: u64,
    /// Packets that never came. RFC 3550 A.3
    pub packets_lost: u64,
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
