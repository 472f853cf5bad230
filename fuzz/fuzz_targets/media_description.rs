//! A session description, as an offer and as an answer.
#![no_main]

use libfuzzer_sys::fuzz_target;
use trunkline_fuzz::readers;

fuzz_target!(|bytes: &[u8]| {
    readers::description(bytes);
});
