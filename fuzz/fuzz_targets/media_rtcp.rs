//! A compound RTCP packet.
#![no_main]

use libfuzzer_sys::fuzz_target;
use trunkline_fuzz::readers;

fuzz_target!(|packet: &[u8]| {
    readers::rtcp(packet);
});
