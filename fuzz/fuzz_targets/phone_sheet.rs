//! A file of numbers, people or rates that somebody uploads; the first byte says which.
#![no_main]

use libfuzzer_sys::fuzz_target;
use phone::money::{Currency, deck};
use phone::{numbers, people};

fuzz_target!(|bytes: &[u8]| {
    let Some((kind, file)) = bytes.split_first() else { return };
    match kind % 3 {
        0 => drop(numbers::import::read(file)),
        1 => drop(people::import::read(file)),
        _ => drop(deck::import::read(file, Currency::USD)),
    }
});
