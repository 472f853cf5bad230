//! A compound RTCP packet.
#![no_main]

use libfuzzer_sys::fuzz_target;

#[allow(dead_code, reason = "each target needs a part")]
#[path = "../../core/media/tests/mutations/readers.rs"]
mod readers;

fuzz_target!(|packet: &[u8]| {
    readers::rtcp(packet);
});
