//! Telephone events of one peer, four bytes each.
#![no_main]

use libfuzzer_sys::fuzz_target;
use trunkline_fuzz::readers;

fuzz_target!(|bytes: &[u8]| {
    let mut legs = readers::Legs::relaying();
    for (n, event) in (1_u16..).zip(bytes.chunks(4)) {
        let [high, low] = n.to_be_bytes();
        let head = [0x80, 101, high, low, 0, 0, 0, event[0], 0, 0, 0, 1];
        legs.read(&[head.as_slice(), event].concat());
    }
});
