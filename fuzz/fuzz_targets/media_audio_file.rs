//! A file that somebody uploads.
#![no_main]

use libfuzzer_sys::fuzz_target;
use trunkline_fuzz::readers;

fuzz_target!(|bytes: &[u8]| {
    readers::audio_file(bytes);
});
