//! For which numbers a certificate is: its TNAuthList. RFC 8226 §9

use crate::numbers::E164;

/// One entry of the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Entry {
    /// A provider by its code: it answers for all that it signs.
    Provider(String),
    /// So many numbers from one on, in digits.
    Range { first: String, count: u64 },
    /// One number, in digits.
    One(String),
}

/// Whether a certificate with these entries may sign for a number. One without a list says nothing of numbers, and only
/// the authority above it can tell.
pub fn covers(entries: &[Entry], number: &str) -> bool {
    entries.is_empty() || entries.iter().any(|entry| entry.covers(number))
}

impl Entry {
    fn covers(&self, number: &str) -> bool {
        match self {
            Self::Provider(code) => !code.is_empty(),
            Self::One(one) => digits(one) == number,
            Self::Range { first, count } => {
                let (Ok(first), Ok(number)) = (E164::from_digits(digits(first)), E164::from_digits(number)) else {
                    return false;
                };
                // Numbers of a range have as many digits as its first, which the distance knows.
                first.distance_to(number).is_some_and(|distance| distance < *count)
            }
        }
    }
}

fn digits(text: &str) -> &str {
    text.strip_prefix('+').unwrap_or(text)
}
