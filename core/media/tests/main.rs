//! All tests of this crate in one program: each program more takes seconds to build.

mod engine;
mod jitter;
mod mutations;
mod sdp;
mod sound;
mod stun;
mod tones;
