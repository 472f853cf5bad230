//! Credentials as a server reads them, and challenges as a client does.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|value: &str| {
    trunkline_fuzz::sip_readers::digest(value);
});
