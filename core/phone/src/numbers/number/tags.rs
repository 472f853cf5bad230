//! Words on numbers, to find them by. A tag is there while a number has it. Specification of numbers, 1.3.1.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::limits::{TAG_CHARS_MAX, TAGS_MAX};
use crate::numbers::{E164, Number};
use crate::problem::{Code, Problem};
use crate::rule::Broken;

/// Between tags in one cell of a file.
pub const SEPARATOR: char = '|';

/// Reads the tags that a number is to have. Of those that differ by capital letters alone, the first counts.
pub fn read<'a>(words: impl IntoIterator<Item = &'a str>) -> Result<BTreeSet<String>, Problem> {
    let mut tags: BTreeMap<String, String> = BTreeMap::new();
    for word in words {
        let word = word.trim();
        let is_plain = !word.chars().any(|it| it.is_control() || it == SEPARATOR);
        if !(1..=TAG_CHARS_MAX).contains(&word.chars().count()) || !is_plain {
            return Err(Problem::new(Code::TagMalformed, "tags"));
        }
        tags.entry(key(word)).or_insert_with(|| word.to_owned());
    }
    match tags.len() {
        0..=TAGS_MAX => Ok(tags.into_values().collect()),
        _ => Err(Problem::new(Code::TooManyTags, "tags")),
    }
}

/// What one line of an order wants of the tags of a number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wish {
    pub number: E164,
    pub add: BTreeSet<String>,
    pub remove: BTreeSet<String>,
}

/// Why a line about tags is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("{number} is no number of the organization")]
    NotHeld { number: E164 },
    #[error("{number} would have more than {TAGS_MAX} tags")]
    TooMany { number: E164 },
}

impl Number {
    /// The number with some tags more and some less. A tag that is there already keeps its capital letters.
    pub fn retag(&self, wish: &Wish) -> Result<Self, Refusal> {
        let removed: BTreeSet<String> = wish.remove.iter().map(|tag| key(tag)).collect();
        let kept = self.tags.iter().filter(|tag| !removed.contains(&key(tag)));
        let all = kept.chain(wish.add.iter()).map(String::as_str);
        let tags = read(all).map_err(|_| Refusal::TooMany { number: self.number })?;
        Ok(Self { tags, ..self.clone() })
    }
}

impl Broken for Refusal {
    fn code(&self) -> &'static str {
        match self {
            Self::NotHeld { .. } => "number.not_found",
            Self::TooMany { .. } => "tag.too_many",
        }
    }

    fn fix(&self) -> String {
        match self {
            Self::NotHeld { .. } => "check the number".to_owned(),
            Self::TooMany { .. } => "take some away".to_owned(),
        }
    }

    fn is_conflict(&self) -> bool {
        false
    }
}

/// What two tags have in common that are the same tag.
pub fn key(tag: &str) -> String {
    tag.trim().to_lowercase()
}
