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
        let (meanings, confidence) = match self.meanings.get(&text) {
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

/// Lower case, words apart by one space, no signs.
pub fn plain(text: &str) -> String {
    let lower = text.to_lowercase();
    let words = lower.split(|letter: char| !(letter.is_alphanumeric() || letter == '\''));
    words.filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}
