//! A payload for the decoder of each codec.
#![no_main]

use libfuzzer_sys::fuzz_target;
use trunkline_fuzz::readers;

fuzz_target!(|payload: &[u8]| {
    readers::Payloads::new().read(payload);
});
