//! A body of SIP INFO, after a line with its type.
#![no_main]

use libfuzzer_sys::fuzz_target;
use trunkline_fuzz::readers;

fuzz_target!(|bytes: &[u8]| {
    readers::info(bytes);
});
