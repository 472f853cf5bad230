//! What callers may say, and what is made of what was heard. Specification of voice apps, 2.5 and 2.6.
//!
//! Decisions are here; who makes words of sound is told the phrases, and says which of them it heard and how sure it is.

use std::collections::BTreeMap;

use crate::id::UserId;

/// From here on what was heard is taken as said, in thousandths.
pub const SURE: u16 = 800;

/// From here on the caller is asked whether it was said.
pub const LIKELY: u16 = 450;

/// How sure anybody can be of a phrase that was said among other words.
const AMONG_OTHERS: u16 = 700;

/// What a caller may mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Meaning {
    /// As if this key were pressed.
    Key(char),
    /// To the menu that led here.
    MainMenu,
    Operator,
    Person(UserId),
    Repeat,
}

/// What is listened for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Grammar {
    meanings: BTreeMap<String, Vec<Meaning>>,
}

/// What came of what a caller said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Hearing {
    /// These words, so sure of a thousand.
    Heard { text: String, confidence: u16 },
    /// Nothing that was listened for.
    Nothing,
    /// Nobody can make words of it: no program, or one that failed or took too long.
    Unavailable,
}

/// What is made of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reading {
    /// It was said.
    Sure(Vec<Meaning>),
    /// The caller has to say so.
    Likely(Vec<Meaning>),
    NoMatch,
}

impl Grammar {
    /// Listens for a phrase as well. Two people of one name are two meanings of one phrase.
    pub fn add(&mut self, phrase: &str, meaning: Meaning) {
        let phrase = plain(phrase);
        if phrase.is_empty() {
            return;
        }
        let meanings = self.meanings.entry(phrase).or_default();
        if !meanings.contains(&meaning) {
            meanings.push(meaning);
        }
    }

    /// Listens for the letters of a word, one by one; those that have no name in English are no letters here.
    pub fn add_spelled(&mut self, word: &str, meaning: Meaning) {
        let letters: Vec<String> = word.chars().filter(|it| it.is_alphabetic()).map(String::from).collect();
        if SPELLED_MIN <= letters.len() && letters.iter().all(|letter| letter.is_ascii()) {
            self.add(&letters.join(" "), meaning);
        }
    }

    /// Whether there is nothing to listen for.
    pub fn is_empty(&self) -> bool {
        self.meanings.is_empty()
    }

    /// All phrases, in lower case and without signs.
    pub fn phrases(&self) -> Vec<String> {
        self.meanings.keys().cloned().collect()
    }

    /// What was heard, as the caller means it.
    pub fn read(&self, text: &str, confidence: u16) -> Reading {
        let text = plain(text);
        let in_signs = || self.meanings.get(&in_signs(&text));
        let (meanings, confidence) = match self.meanings.get(&text).or_else(in_signs) {
            Some(meanings) => (meanings, confidence),
            None => match self.longest_within(&text) {
                Some(meanings) => (meanings, confidence.min(AMONG_OTHERS)),
                None => return Reading::NoMatch,
            },
        };
        match confidence {
            SURE.. => Reading::Sure(meanings.clone()),
            LIKELY.. => Reading::Likely(meanings.clone()),
            _ => Reading::NoMatch,
        }
    }

    /// The longest phrase that stands in what was said; none if two are as long.
    fn longest_within(&self, text: &str) -> Option<&Vec<Meaning>> {
        let padded = format!(" {text} ");
        let within = self.meanings.iter().filter(|(phrase, _)| padded.contains(&format!(" {phrase} ")));
        let mut found: Vec<_> = within.collect();
        found.sort_by_key(|(phrase, _)| std::cmp::Reverse(phrase.len()));
        match found.as_slice() {
            [(_, meanings)] => Some(meanings),
            [(longest, meanings), (next, _), ..] if next.len() < longest.len() => Some(meanings),
            _ => None,
        }
    }
}

/// The digits as they are said.
pub const DIGITS: [&str; 10] = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"];

/// Letters of a word that is spelled: fewer are heard everywhere.
const SPELLED_MIN: usize = 2;

/// What stands for a letter where names are spelled. ITU Radio Regulations, appendix 14.
const ALPHABET: [&str; 26] = [
    "alfa", "bravo", "charlie", "delta", "echo", "foxtrot", "golf", "hotel", "india", "juliett", "kilo", "lima",
    "mike", "november", "oscar", "papa", "quebec", "romeo", "sierra", "tango", "uniform", "victor", "whiskey", "xray",
    "yankee", "zulu",
];

/// Digits as callers say them one by one.
pub fn said_digits(digits: &str) -> String {
    let word = |digit: char| DIGITS.get(usize::try_from(digit.to_digit(10)?).ok()?).copied();
    digits.chars().filter_map(word).collect::<Vec<_>>().join(" ")
}

/// Words that spell something, as the letters and digits themselves: `s as in sierra m i t h` and `sierra mike` become
/// letters, `102` and `one oh two` the words of digits.
fn in_signs(text: &str) -> String {
    let words: Vec<&str> = text.split(' ').collect();
    let mut signs = Vec::with_capacity(words.len());
    let mut rest = words.as_slice();
    while let Some((word, after)) = rest.split_first() {
        rest = match after {
            ["as", "in" | "for", _, after @ ..] | ["for" | "like", _, after @ ..] if is_letter(word) => after,
            ["ray", after @ ..] if *word == "x" => after,
            _ => after,
        };
        match *word {
            "oh" => signs.push("zero".to_owned()),
            digits if digits.bytes().all(|byte| byte.is_ascii_digit()) => signs.push(said_digits(digits)),
            _ => signs.push(letter_of(word).unwrap_or_else(|| (*word).to_owned())),
        }
    }
    signs.join(" ")
}

fn is_letter(word: &str) -> bool {
    matches!(word.as_bytes(), [letter] if letter.is_ascii_lowercase())
}

fn letter_of(word: &str) -> Option<String> {
    let other = match word {
        "alpha" => "alfa",
        "juliet" => "juliett",
        "whisky" => "whiskey",
        _ => word,
    };
    let place = (b'a'..=b'z').zip(ALPHABET).find(|(_, name)| *name == other);
    place.map(|(letter, _)| char::from(letter).to_string())
}

/// Lower case, words apart by one space, no signs.
pub fn plain(text: &str) -> String {
    let lower = text.to_lowercase();
    let words = lower.split(|letter: char| !(letter.is_alphanumeric() || letter == '\''));
    words.filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}
