//! Patterns of numbers: regular expressions that take time in proportion to what they look at, and translations of what
//! they match. Look-around and back-references are refused: an engine that has them can be made to run for years.
//! Specification of calling, 2.13 and 3.5; ADR 0021.

use std::sync::Arc;

use regex::bytes::{Captures, Regex, RegexBuilder};
use regex_syntax::ast::parse::ParserBuilder;
use regex_syntax::hir::literal::Extractor;
use regex_syntax::hir::translate::TranslatorBuilder;
use regex_syntax::hir::{Hir, Look};

use crate::limits::{
    EXPRESSION_BYTES_MAX, EXPRESSION_CHARS_MAX, EXPRESSION_NESTING_MAX, TRANSLATED_BYTES_MAX, TRANSLATION_CHARS_MAX,
};

/// A pattern, ready to be used. It matches anywhere in a text unless it says `^` and `$`.
#[derive(Clone, Debug)]
pub struct Expression {
    regex: Arc<Regex>,
    /// What a text begins with that it matches, if that can be told: most patterns of numbers begin with digits, so that
    /// a thousand routes are looked through without running a thousand patterns.
    beginnings: Option<Arc<[Box<[u8]>]>>,
}

/// More beginnings than this are no quicker to look at than the pattern is to run.
const BEGINNINGS_MAX: usize = 32;

/// What takes the place of a match: digits, and groups of the pattern by their numbers, such as `+1425$1`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Translation {
    parts: Vec<Part>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Text(String),
    Group(usize),
}

/// Why a text is no pattern or no translation.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{what}, at character {at}")]
pub struct Malformed {
    /// The character at which the fault is, from 1.
    pub at: usize,
    /// What is wrong there.
    pub what: String,
}

impl Malformed {
    fn new(at: usize, what: impl Into<String>) -> Self {
        Self { at, what: what.into() }
    }
}

impl Expression {
    /// Reads a pattern. What would not fit into little memory once compiled is refused as well.
    pub fn parse(pattern: &str) -> Result<Self, Malformed> {
        if pattern.is_empty() {
            return Err(Malformed::new(1, "a pattern is not empty"));
        }
        // What was copied from a document may hold characters that nobody sees and that match nothing.
        if let Some((index, char)) = pattern.chars().enumerate().find(|(_, char)| !(' '..='~').contains(char)) {
            let code = u32::from(char);
            let what = format!("the character U+{code:04X} is none of ASCII and matches nothing that can be dialled");
            return Err(Malformed::new(index.saturating_add(1), what));
        }
        if EXPRESSION_CHARS_MAX < pattern.len() {
            let what = format!("a pattern has at most {EXPRESSION_CHARS_MAX} characters");
            return Err(Malformed::new(EXPRESSION_CHARS_MAX.saturating_add(1), what));
        }
        let mut parser = ParserBuilder::new().nest_limit(EXPRESSION_NESTING_MAX).build();
        let tree = parser.parse(pattern);
        let tree = tree.map_err(|error| Malformed::new(error.span().start.column, error.kind().to_string()))?;
        let mut translator = TranslatorBuilder::new().unicode(false).utf8(false).build();
        let meaning = translator.translate(pattern, &tree);
        let meaning = meaning.map_err(|error| Malformed::new(error.span().start.column, error.kind().to_string()))?;
        let regex = RegexBuilder::new(pattern)
            .unicode(false)
            .nest_limit(EXPRESSION_NESTING_MAX)
            .size_limit(EXPRESSION_BYTES_MAX)
            .build()
            .map_err(|_| Malformed::new(1, "this pattern repeats so much that it needs too much memory"))?;
        Ok(Self { regex: Arc::new(regex), beginnings: beginnings(&meaning) })
    }

    /// The pattern as it is written.
    pub fn pattern(&self) -> &str {
        self.regex.as_str()
    }

    /// Whether it matches somewhere in a text.
    pub fn is_match(&self, text: &str) -> bool {
        self.may_match(text) && self.regex.is_match(text.as_bytes())
    }

    /// Groups that a translation may name, beside the whole match.
    pub fn n_groups(&self) -> usize {
        self.regex.captures_len().saturating_sub(1)
    }

    /// The text with its first match translated, what is before and after it left as it is; none if nothing matches.
    pub fn rewrite(&self, text: &str, translation: &Translation) -> Option<String> {
        if !self.may_match(text) {
            return None;
        }
        let captures = self.regex.captures(text.as_bytes())?;
        let whole = captures.get(0)?;
        let mut written = text.get(..whole.start())?.to_owned();
        translation.write(&captures, &mut written);
        written.push_str(text.get(whole.end()..)?);
        Some(written)
    }

    fn may_match(&self, text: &str) -> bool {
        let begins = |all: &Arc<[Box<[u8]>]>| all.iter().any(|beginning| text.as_bytes().starts_with(beginning));
        self.beginnings.as_ref().is_none_or(begins)
    }

    /// Whether a pattern says where a text begins and ends, as far as can be seen: what does not matches longer numbers
    /// too.
    pub fn is_anchored(pattern: &str) -> bool {
        pattern.starts_with('^') && pattern.ends_with('$') && !pattern.ends_with("\\$")
    }
}

/// What every text begins with that matches, if the pattern says where a text begins.
fn beginnings(meaning: &Hir) -> Option<Arc<[Box<[u8]>]>> {
    if !meaning.properties().look_set_prefix().contains(Look::Start) {
        return None;
    }
    let found = Extractor::new().limit_total(BEGINNINGS_MAX).limit_class(BEGINNINGS_MAX).extract(meaning);
    let found: Vec<Box<[u8]>> = found.literals()?.iter().map(|literal| literal.as_bytes().into()).collect();
    (!found.is_empty()).then(|| found.into())
}

/// Two expressions are the same if they are written the same.
impl PartialEq for Expression {
    fn eq(&self, other: &Self) -> bool {
        self.pattern() == other.pattern()
    }
}

impl Eq for Expression {}

impl Translation {
    /// Reads a translation for a pattern with so many groups.
    pub fn parse(text: &str, n_groups: usize) -> Result<Self, Malformed> {
        if TRANSLATION_CHARS_MAX < text.chars().count() {
            let what = format!("a translation has at most {TRANSLATION_CHARS_MAX} characters");
            return Err(Malformed::new(TRANSLATION_CHARS_MAX.saturating_add(1), what));
        }
        let chars: Vec<char> = text.chars().collect();
        let mut parts = Vec::new();
        let mut plain = String::new();
        let mut at = 0;
        while let Some(char) = chars.get(at).copied() {
            let here = at.saturating_add(1);
            match char {
                '$' => {
                    let (group, next) = group_at(&chars, here, n_groups)?;
                    if !plain.is_empty() {
                        parts.push(Part::Text(std::mem::take(&mut plain)));
                    }
                    parts.push(Part::Group(group));
                    at = next;
                    continue;
                }
                '0'..='9' | '+' | '*' | '#' => plain.push(char),
                ';' if chars.get(at..).is_some_and(|rest| rest.starts_with(&[';', 'e', 'x', 't', '='])) => {
                    plain.push_str(";ext=");
                    at = at.saturating_add(5);
                    continue;
                }
                _ => {
                    let what =
                        format!("{char:?} can't be in a number: use digits, + * #, groups such as $1, and ;ext=");
                    return Err(Malformed::new(here, what));
                }
            }
            at = here;
        }
        if !plain.is_empty() {
            parts.push(Part::Text(plain));
        }
        Ok(Self { parts })
    }

    fn write(&self, captures: &Captures<'_>, written: &mut String) {
        for part in &self.parts {
            match part {
                Part::Text(text) => written.push_str(text),
                // A group that took no part in the match is empty.
                Part::Group(group) => {
                    let found = captures.get(*group).and_then(|found| str::from_utf8(found.as_bytes()).ok());
                    written.push_str(found.unwrap_or_default());
                }
            }
        }
    }
}

/// The group that is named after a `$` at `from`, as many of its digits as name a group that there is, and what follows.
fn group_at(chars: &[char], from: usize, n_groups: usize) -> Result<(usize, usize), Malformed> {
    let is_braced = chars.get(from) == Some(&'{');
    let first = if is_braced { from.saturating_add(1) } else { from };
    let digits: Vec<char> =
        chars.get(first..).unwrap_or_default().iter().copied().take_while(char::is_ascii_digit).collect();
    let unknown = |digits: &[char]| {
        let name: String = digits.iter().collect();
        let what = match digits.is_empty() {
            true => "after $ comes the number of a group of the pattern, such as $1 or ${1}".to_owned(),
            false => format!("the pattern has no group {name}: it has {n_groups}"),
        };
        Malformed::new(from, what)
    };
    let read = |digits: &[char]| digits.iter().collect::<String>().parse::<usize>().ok().filter(|it| *it <= n_groups);
    if is_braced {
        let end = first.saturating_add(digits.len());
        let group = read(&digits).filter(|_| chars.get(end) == Some(&'}')).ok_or_else(|| unknown(&digits))?;
        return Ok((group, end.saturating_add(1)));
    }
    let longest = (1..=digits.len()).rev().find_map(|n| Some((read(digits.get(..n)?)?, n)));
    let (group, n_digits) = longest.ok_or_else(|| unknown(&digits))?;
    Ok((group, first.saturating_add(n_digits)))
}

/// Whether a translated number is short enough to be sent.
pub(crate) fn fits(written: &str) -> bool {
    written.len() <= TRANSLATED_BYTES_MAX
}
