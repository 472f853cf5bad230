//! URIs and addresses.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    trunkline_fuzz::sip_readers::uri(text);
});
