//! Limits on what a peer can make us hold, each with its reason.

use std::time::Duration;

/// Longest session description read, in bytes. Browsers send up to about 8 KiB.
pub const SDP_BYTES_MAX: usize = 32_768;

/// Most media descriptions in one session description; a phone offers audio, video and perhaps an application.
pub const SDP_MEDIA_MAX: usize = 8;

/// Most payload formats of one media description; browsers list about 40 for video.
pub const SDP_FORMATS_MAX: usize = 64;

/// Most `rtpmap` or `crypto` attributes kept of one media description; one for each format is enough.
pub const SDP_ATTRIBUTES_MAX: usize = SDP_FORMATS_MAX;

/// Longest RTP packet taken from the network, in bytes: one Ethernet frame.
pub const RTP_BYTES_MAX: usize = 1_500;

/// How long a peer that should send may be quiet before [`crate::Event::Silent`]; longer than any pause for breath of
/// phones with silence suppression, which send comfort noise or RTCP at least that often.
pub const SILENCE_LIMIT: Duration = Duration::from_secs(60);

/// Most digits that wait to be sent on one leg; more than any number dialled at once.
pub const DIGITS_WAITING_MAX: usize = 64;

/// Shortest digit sent, in milliseconds: shorter ones are not heard by all. RFC 4733 §2.5.1.1 leaves it to the sender.
pub const DIGIT_MS_MIN: u32 = 40;

/// Longest digit sent: the duration field holds 1.3 s at 48 kHz.
pub const DIGIT_MS_MAX: u32 = 1_300;

/// Most report blocks read of one RTCP packet; a peer of ours reports on one stream, a mixer on a few.
pub const RTCP_BLOCKS_MAX: usize = 31;

/// Most SSRCs of one peer that have keys derived; phones take a new one with each hold and retrieve at worst.
pub const SRTP_SSRCS_MAX: usize = 32;

/// Packets that may arrive late on an encrypted stream; RFC 3711 §3.3.2 asks for 64 at least.
pub const SRTP_REPLAY_WINDOW: usize = 128;

/// Most attributes kept of one STUN message; a browser's connectivity check has seven.
pub const STUN_ATTRIBUTES_MAX: usize = 16;

/// Most addresses of one peer that passed a connectivity check: its network interfaces, with either family of addresses.
pub const ICE_ADDRESSES_MAX: usize = 16;

/// How long an address counts as the peer's after its last connectivity check. RFC 7675 §5.1
pub const CONSENT: Duration = Duration::from_secs(30);

/// How long the two sides may take to agree on keys (DTLS); browsers give up after as long.
pub const HANDSHAKE_MAX: Duration = Duration::from_secs(30);
