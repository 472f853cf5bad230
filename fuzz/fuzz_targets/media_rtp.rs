//! An RTP packet, by itself and on a leg that relays.
#![no_main]

use libfuzzer_sys::fuzz_target;
use trunkline_fuzz::readers;

fuzz_target!(|packet: &[u8]| {
    readers::rtp(packet);
    readers::Legs::relaying().read(packet);
});
