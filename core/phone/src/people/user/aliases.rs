//! What else callers find a person by: other first names, and numbers that end in an extension. Specification of voice
//! apps, 1.11 and 2.6.

use serde::{Deserialize, Serialize};

use super::check::is_extension;
use crate::limits::{ALIAS_CHARS_MAX, ALIASES_MAX};
use crate::problem::{Code, Problem};

/// Words that stand before an extension, the longest first; `;` and `+` are taken off before.
const WORDS: [&str; 5] = ["extension", "ext.", "ext=", "ext", "x"];

/// What else callers find a person by.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Aliases {
    /// Other first names, such as Bob for Robert.
    pub nicknames: Vec<String>,
    /// Telephone numbers as a directory has them; what stands behind `x` or `;ext=` reaches the person as well.
    pub phones: Vec<String>,
}

impl Aliases {
    /// Extensions that the numbers end in, as they stand there.
    pub fn extensions(&self) -> impl Iterator<Item = &str> {
        self.phones.iter().filter_map(|phone| extension_of(phone))
    }
}

/// The extension that a number as people write it ends in: `x205`, `+14255550100x205`, `+14255550100;ext=205`,
/// `(425) 555-0100 ext. 205`; none if it has none. Specification 1.11.
pub fn extension_of(phone: &str) -> Option<&str> {
    let phone = phone.trim();
    let phone = phone.strip_prefix("tel:").unwrap_or(phone);
    let digits = phone.bytes().rev().take_while(u8::is_ascii_digit).count();
    let (before, extension) = phone.split_at_checked(phone.len().checked_sub(digits)?)?;
    let before = before.trim_end();
    let word = WORDS.iter().find(|word| {
        let begin = before.len().checked_sub(word.len());
        begin.and_then(|begin| before.get(begin..)).is_some_and(|end| end.eq_ignore_ascii_case(word))
    })?;
    let number = &before[..before.len() - word.len()];
    let is_number = number.bytes().all(|byte| !byte.is_ascii_alphabetic());
    (is_number && is_extension(extension)).then_some(extension)
}

/// All that is wrong with them.
pub(super) fn problems(aliases: &Aliases, found: &mut Vec<Problem>) {
    for (field, list) in [("nicknames", &aliases.nicknames), ("phones", &aliases.phones)] {
        if ALIASES_MAX < list.len() {
            found.push(Problem::new(Code::TooManyAliases, field));
        }
        for (index, text) in list.iter().enumerate() {
            if text.trim().is_empty() || ALIAS_CHARS_MAX < text.chars().count() {
                found.push(Problem::new(Code::AliasLength, format!("{field}[{index}]")));
            }
        }
    }
}
