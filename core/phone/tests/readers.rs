//! Files and texts that people hand in, with errors put into them: nothing panics, hangs or grows.
//!
//! `PHONE_MUTATIONS` sets how many for each reader (1,000 if unset); `PHONE_MUTATIONS_SEED` another beginning.
#![allow(clippy::unwrap_used, reason = "a test that can't go on fails")]
#![expect(clippy::disallowed_methods, reason = "the environment says how long to run")]

use std::hint::black_box;

use phone::money::Currency;
use phone::money::deck;
use phone::numbers::country::Country;
use phone::numbers::pattern::Pattern;
use phone::numbers::routing::expression::{Expression, Translation};
use phone::numbers::schedule::{calendar::read_calendar, time_zone};
use phone::{numbers, people};

/// Pieces that readers of text trip over.
const PIECES: &[&str] = &[
    "\r\n",
    "\n",
    "\r\n ",
    "\"",
    "\"\"",
    ",",
    ";",
    "|",
    "=",
    "+",
    "-",
    "\0",
    "\u{feff}",
    "\u{ff11}",
    "ß",
    "'",
    " ",
    "\t",
    "0",
    "-1",
    "99999999999999999999",
    "0.0000001",
    "1e9",
    ":",
    "::",
    "T",
    "Z",
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    "{1000}",
    "\\d",
    "\\",
    "$1",
    "$9",
    "*",
    "?",
    "^",
    "BEGIN:VEVENT\n",
    "END:VEVENT\n",
    "RRULE:FREQ=YEARLY",
    "DTSTART:",
    "20260230",
    "+12065550100",
    "24:00",
];

#[test]
fn mutated_files_of_numbers_never_panic() {
    let seeds = [
        "number,kind,trunk,assign_to,category,site,tags\n+1 (206) 555-0100,user,carrier,101,,Boston,a|b\n12065550101,,,,,,\n",
    ];
    mutate_all(&seeds, |text| numbers::import::read(text.as_bytes()).is_ok());
}

#[test]
fn mutated_files_of_people_never_panic() {
    let seeds = ["extension;display_name;email;groups\r\n105;Erin Evans;erin@demo.test;Callers | Sales\r\n106;;;\r\n"];
    mutate_all(&seeds, |text| people::import::read(text.as_bytes()).is_ok());
}

#[test]
fn mutated_rate_decks_never_panic() {
    let seeds = [
        "prefix,destination,price,currency,kind,increments,country,blocked,days,from_time,to_time\n49,Germany,0.0125,usd,,60/1,DE,no,mon-fri,08:00,18:00\n",
        "prefix;price;days;from_time;to_time\n49;0,05;;;\n49;0,02;mon-thu;22:00;06:00\n",
    ];
    mutate_all(&seeds, |text| deck::import::read(text.as_bytes(), Currency::USD).is_ok());
}

#[test]
fn mutated_calendars_never_panic() {
    let zone = time_zone("Europe/Berlin").unwrap();
    let seeds = [
        "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nSUMMARY:Christ\r\n mas\r\nDTSTART;VALUE=DATE:20261225\r\nDTEND;VALUE=DATE:20261227\r\n\
                  RRULE:FREQ=YEARLY;COUNT=2\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nDTSTART:20260710T120030Z\r\nDURATION:P1D\r\nEND:VEVENT\r\n\
                  END:VCALENDAR\r\n",
    ];
    mutate_all(&seeds, |text| read_calendar(text, &zone).is_ok());
}

#[test]
fn mutated_patterns_never_panic() {
    let seeds = ["^\\+?1?(206|425)(\\d{7})$", "^9(\\d{4,11})#?$", "([2-9])(\\d*)", "206*55?0"];
    mutate_all(&seeds, |text| {
        black_box(Pattern::parse(text).is_ok_and(|pattern| pattern.fits("2065550100")));
        let Ok(expression) = Expression::parse(text) else { return false };
        for dialled in ["", "0", "+12065550100", "99999999999999999999"] {
            black_box(expression.is_match(dialled));
            if let Ok(translation) = Translation::parse("+1$1;ext=5", expression.n_groups()) {
                black_box(expression.rewrite(dialled, &translation));
            }
        }
        true
    });
}

#[test]
fn mutated_numbers_never_panic() {
    let country = Country::parse("US").unwrap();
    mutate_all(&["+1 (206) 555-0100;ext=5", "011 49 30 123456", "tel:+4930123456", "$1$2;ext=7"], |text| {
        black_box(Translation::parse(text, 3).is_ok());
        black_box(country.read_presented(text).is_ok());
        black_box(phone::money::Micros::parse(text).is_ok());
        country.read(text).is_ok()
    });
}

/// Lets a reader read each text with errors put into it. Some are read, or the errors would be all that is tested.
fn mutate_all(seeds: &[&str], mut read: impl FnMut(&str) -> bool) {
    let number = |name: &str, usual| std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(usual);
    let mut dice = Dice(number("PHONE_MUTATIONS_SEED", 1) | 1);
    let mut n_read = 0_u64;
    for _ in 0..number("PHONE_MUTATIONS", 1_000) {
        let mut text: Vec<char> = dice.pick(seeds).chars().collect();
        for _ in 0..=dice.below(4) {
            let from = dice.below(text.len() + 1);
            let to = (from + dice.below(20)).min(text.len());
            match dice.below(4) {
                0 => drop(text.splice(from..from, dice.pick(PIECES).chars())),
                1 => drop(text.splice(from..to, dice.pick(PIECES).chars())),
                2 => drop(text.drain(from..to)),
                _ => text.truncate(from),
            }
        }
        n_read += u64::from(read(&text.iter().collect::<String>()));
    }
    assert!(n_read > 0, "nothing was read");
}

/// Marsaglia's xorshift: good enough to shake.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % u64::try_from(end.max(1)).unwrap()).unwrap()
    }

    fn pick<'a>(&mut self, items: &[&'a str]) -> &'a str {
        let at = self.below(items.len());
        items[at]
    }
}
