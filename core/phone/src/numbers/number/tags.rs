//! Words on numbers, to find them by. A tag is there while a number has it. Specification of numbers, 1.3.1.

use std::collections::{BTreeMap, BTreeSet};

use crate::limits::{TAG_CHARS_MAX, TAGS_MAX};
use crate::problem::{Code, Problem};

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

/// What two tags have in common that are the same tag.
pub fn key(tag: &str) -> String {
    tag.trim().to_lowercase()
}
