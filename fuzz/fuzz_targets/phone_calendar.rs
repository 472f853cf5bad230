//! A calendar that somebody uploads.
#![no_main]

use libfuzzer_sys::fuzz_target;
use phone::numbers::schedule::calendar::read_calendar;
use phone::numbers::schedule::time_zone;

fuzz_target!(|text: &str| {
    if let Some(zone) = time_zone("Europe/Berlin") {
        let _ = read_calendar(text, &zone);
    }
});
