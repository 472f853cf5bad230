//! An RTP packet, by itself and on a leg that relays.
#![no_main]

use libfuzzer_sys::fuzz_target;

#[allow(dead_code, reason = "each target needs a part")]
#[path = "../../core/media/tests/mutations/readers.rs"]
mod readers;

fuzz_target!(|packet: &[u8]| {
    readers::rtp(packet);
    readers::Legs::relaying().read(packet);
});
