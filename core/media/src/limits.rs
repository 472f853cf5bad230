//! Limits on what a peer can make us hold, each with its reason.

/// Longest session description read, in bytes. Browsers send up to about 8 KiB.
pub const SDP_BYTES_MAX: usize = 32_768;

/// Most media descriptions in one session description; a phone offers audio, video and perhaps an application.
pub const SDP_MEDIA_MAX: usize = 8;

/// Longest RTP packet taken from the network, in bytes: one Ethernet frame.
pub const RTP_BYTES_MAX: usize = 1_500;
