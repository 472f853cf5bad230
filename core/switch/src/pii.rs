//! Numbers and names of people in log lines: only enough to tell two of them apart.

use std::fmt;

/// Shows the last two characters of what it wraps.
pub(crate) struct Pii<'a>(pub(crate) &'a str);

impl fmt::Display for Pii<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let start = self.0.char_indices().rev().nth(1).map_or(0, |(index, _)| index);
        let shown = if self.0.chars().nth(2).is_some() { self.0.get(start..).unwrap_or("") } else { "" };
        write!(f, "..{shown}")
    }
}
