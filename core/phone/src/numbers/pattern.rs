//! What people look for in a number: digits, gaps, and words on the letters of a phone's keys. ITU-T E.161.

use crate::limits::PATTERN_CHARS_MAX;
use crate::rule::Broken;

/// A pattern for the national part of a number. Made only by parsing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern {
    parts: Vec<Part>,
    /// Without a gap it is looked for anywhere in the number, with one it stands for all of it.
    anchor: Anchor,
}

/// One place of a pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    Digit(u8),
    /// `?`: one digit.
    One,
    /// `*`: any digits, or none.
    Any,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Anchor {
    Anywhere,
    Whole,
}

/// Why a text is no pattern.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{text} is no pattern of digits, letters, ? and *")]
pub struct NotAPattern {
    text: String,
}

impl Pattern {
    /// Reads digits, `?` for one and `*` for any number of them, and letters for the keys that they are on.
    pub fn parse(text: &str) -> Result<Self, NotAPattern> {
        let refused = || NotAPattern { text: text.chars().take(PATTERN_CHARS_MAX).collect() };
        let written = text.chars().filter(|char| !matches!(char, ' ' | '-' | '.' | '(' | ')'));
        let parts: Option<Vec<Part>> = written.map(read).collect();
        let parts = parts.filter(|parts| (1..=PATTERN_CHARS_MAX).contains(&parts.len())).ok_or_else(refused)?;
        let has_gap = parts.iter().any(|part| matches!(part, Part::One | Part::Any));
        Ok(Self { parts, anchor: if has_gap { Anchor::Whole } else { Anchor::Anywhere } })
    }

    /// Every place of what the whole number looks like.
    pub fn places(&self) -> impl Iterator<Item = Part> {
        let around = match self.anchor {
            Anchor::Anywhere => Some(Part::Any),
            Anchor::Whole => None,
        };
        around.into_iter().chain(self.parts.iter().copied()).chain(around)
    }

    /// Whether the national digits of a number fit.
    pub fn fits(&self, national: &str) -> bool {
        let places: Vec<Part> = self.places().collect();
        // Which places could come next; the set moves on with each digit.
        let mut at = vec![false; places.len().saturating_add(1)];
        reach(&mut at, &places, 0);
        for byte in national.bytes() {
            let mut next = vec![false; at.len()];
            for (index, place) in places.iter().enumerate().filter(|(index, _)| at.get(*index) == Some(&true)) {
                match place {
                    Part::Digit(digit) if *digit == byte => reach(&mut next, &places, index.saturating_add(1)),
                    Part::Digit(_) => {}
                    Part::One => reach(&mut next, &places, index.saturating_add(1)),
                    Part::Any => reach(&mut next, &places, index),
                }
            }
            at = next;
        }
        at.last() == Some(&true)
    }
}

/// A place is reached, and with it what follows a gap that may be empty.
fn reach(at: &mut [bool], places: &[Part], mut index: usize) {
    loop {
        match at.get_mut(index) {
            Some(place) if !*place => *place = true,
            Some(_) | None => return,
        }
        if places.get(index) != Some(&Part::Any) {
            return;
        }
        index = index.saturating_add(1);
    }
}

fn read(char: char) -> Option<Part> {
    Some(match char.to_ascii_uppercase() {
        '0'..='9' => Part::Digit(u8::try_from(char).ok()?),
        '?' => Part::One,
        '*' => Part::Any,
        'A'..='C' => Part::Digit(b'2'),
        'D'..='F' => Part::Digit(b'3'),
        'G'..='I' => Part::Digit(b'4'),
        'J'..='L' => Part::Digit(b'5'),
        'M'..='O' => Part::Digit(b'6'),
        'P'..='S' => Part::Digit(b'7'),
        'T'..='V' => Part::Digit(b'8'),
        'W'..='Z' => Part::Digit(b'9'),
        _ => return None,
    })
}

impl Broken for NotAPattern {
    fn code(&self) -> &'static str {
        "number.pattern_malformed"
    }

    fn fix(&self) -> String {
        "write digits or letters, ? for one digit and * for any number of them, such as 555**** or FLOWERS".to_owned()
    }

    fn is_conflict(&self) -> bool {
        false
    }
}
