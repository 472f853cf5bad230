//! A packet without proof on an encrypted leg: nobody may hear it.
#![no_main]

use libfuzzer_sys::fuzz_target;
use trunkline_fuzz::readers;

fuzz_target!(|packet: &[u8]| {
    assert!(!readers::Legs::encrypted().read(packet));
});
