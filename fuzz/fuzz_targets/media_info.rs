//! A body of SIP INFO, after a line with its type.
#![no_main]

use libfuzzer_sys::fuzz_target;

#[allow(dead_code, reason = "each target needs a part")]
#[path = "../../core/media/tests/mutations/readers.rs"]
mod readers;

fuzz_target!(|bytes: &[u8]| {
    readers::info(bytes);
});
