//! What happens to sound on one leg and between two: session descriptions, RTP, codecs, digits, prompts, quality.
//!
//! [`Engine`] is the whole of it for one media thread: orders and packets go in, packets and [`Event`]s come out.
//! Session descriptions ([`sdp`]) are negotiated by pure functions that the switch calls; the result,
//! a [`Session`], is what the engine runs a leg with. What a call or a tenant is, this crate does not know.

pub mod audio_file;
pub mod codec;
mod comfort_noise;
pub mod conceal;
mod dtls;
pub mod dtmf;
pub mod engine;
pub mod hold_music;
mod ice;
pub mod jitter;
mod latch;
mod leg;
pub mod limits;
pub mod loudness;
pub mod order;
pub mod prompt;
pub mod quality;
pub mod resample;
pub mod rtcp;
pub mod rtp;
pub mod sdp;
mod srtp;
pub mod stun;
pub mod tone;
pub mod transcode;

pub use dtls::Certificate;
pub use engine::Engine;
pub use order::{
    Digit, Event, LegId, Order, Piece, PlayId, Playlist, PortGrant, PromptId, Reach, Recorded, RecordingId, Sound,
    WorkerId,
};
pub use sdp::Session;
