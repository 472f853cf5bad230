//! A connectivity check.
#![no_main]

use libfuzzer_sys::fuzz_target;
use trunkline_fuzz::readers;

fuzz_target!(|packet: &[u8]| {
    readers::stun(packet);
});
