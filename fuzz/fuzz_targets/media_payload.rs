//! A payload for the decoder of each codec.
#![no_main]

use libfuzzer_sys::fuzz_target;

#[allow(dead_code, reason = "each target needs a part")]
#[path = "../../core/media/tests/mutations/readers.rs"]
mod readers;

fuzz_target!(|payload: &[u8]| {
    readers::Payloads::new().read(payload);
});
