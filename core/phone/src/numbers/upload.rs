//! Numbers of an organization's own carrier, told to us one by one or as ranges. Specification of numbers, 1.4.

use std::collections::BTreeSet;

use super::E164;
use super::e164::split_extension;
use crate::limits::UPLOADED_NUMBERS_MAX;
use crate::rule::Broken;

/// One number or all from the first to the last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Item {
    One(String),
    Range { first: String, last: String },
}

/// Why an item is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("{written} is no number in international form")]
    Invalid { written: String },
    #[error("{number} is named twice")]
    Duplicate { number: E164 },
    #[error("the range from {first} to {last} goes backwards or changes its length")]
    Backwards { first: E164, last: E164 },
    #[error("more than {UPLOADED_NUMBERS_MAX} numbers in one request")]
    TooMany,
    #[error("{number} has an extension, which only numbers of the organization's own carrier may have")]
    Extension { number: E164 },
}

/// All numbers that the items name, or each refusal with the index of its item.
pub fn expand(items: &[Item]) -> Result<BTreeSet<E164>, Vec<(usize, Refusal)>> {
    let mut numbers = BTreeSet::new();
    let mut refused = Vec::new();
    for (index, item) in items.iter().enumerate() {
        match add(&mut numbers, item) {
            Ok(()) => {}
            Err(Refusal::TooMany) => return Err(vec![(index, Refusal::TooMany)]),
            Err(refusal) => refused.push((index, refusal)),
        }
    }
    if refused.is_empty() { Ok(numbers) } else { Err(refused) }
}

fn add(numbers: &mut BTreeSet<E164>, item: &Item) -> Result<(), Refusal> {
    let (first, last) = match item {
        Item::One(written) => {
            let number = read_own(written)?;
            if number.has_extension() {
                return match (numbers.len() < UPLOADED_NUMBERS_MAX, numbers.insert(number)) {
                    (false, _) => Err(Refusal::TooMany),
                    (true, false) => Err(Refusal::Duplicate { number }),
                    (true, true) => Ok(()),
                };
            }
            (number, number)
        }
        Item::Range { first, last } => (read(first)?, read(last)?),
    };
    let n_numbers = first.distance_to(last).ok_or(Refusal::Backwards { first, last })?.saturating_add(1);
    let room = UPLOADED_NUMBERS_MAX.saturating_sub(numbers.len());
    if usize::try_from(n_numbers).map_or(true, |n_numbers| room < n_numbers) {
        return Err(Refusal::TooMany);
    }
    for number in first.up_to(last) {
        if !numbers.insert(number) {
            return Err(Refusal::Duplicate { number });
        }
    }
    Ok(())
}

/// The first of some numbers that has an extension, as a refusal: carriers of others know none.
pub fn check_plain<'a>(numbers: impl IntoIterator<Item = &'a E164>) -> Result<(), Refusal> {
    let extended = numbers.into_iter().copied().find(|number| number.has_extension());
    extended.map_or(Ok(()), |number| Err(Refusal::Extension { number }))
}

/// A number as an organization's own carrier has it, perhaps with `;ext=`.
pub fn read_own(written: &str) -> Result<E164, Refusal> {
    let Some((number, extension)) = split_extension(written) else { return read(written) };
    let invalid = |_| Refusal::Invalid { written: written.chars().take(40).collect() };
    read(number)?.with_extension(extension).map_err(invalid)
}

/// Separators are for people; a `+` may be missing, the country code may not. A number with an extension is refused.
pub fn read(written: &str) -> Result<E164, Refusal> {
    if split_extension(written).is_some() {
        return Err(Refusal::Extension { number: read_own(written)? });
    }
    let invalid = || Refusal::Invalid { written: written.chars().take(40).collect() };
    let digits = super::country::strip(written).ok_or_else(invalid)?;
    let text = str::from_utf8(&digits).map_err(|_| invalid())?;
    E164::from_digits(text.strip_prefix('+').unwrap_or(text)).map_err(|_| invalid())
}

impl Broken for Refusal {
    fn code(&self) -> &'static str {
        match self {
            Self::Invalid { .. } => "number.invalid",
            Self::Duplicate { .. } => "number.duplicate",
            Self::Backwards { .. } => "number.range_backwards",
            Self::TooMany => "number.too_many_items",
            Self::Extension { .. } => "number.extension_not_direct",
        }
    }

    fn fix(&self) -> String {
        match self {
            Self::Invalid { .. } => "write it as + and all digits, country code first".to_owned(),
            Self::Duplicate { .. } => "name it once".to_owned(),
            Self::Backwards { .. } => "give the lower number first, both of the same length".to_owned(),
            Self::TooMany => format!("send at most {UPLOADED_NUMBERS_MAX} in one request"),
            Self::Extension { .. } => "leave the extension out".to_owned(),
        }
    }

    fn is_conflict(&self) -> bool {
        false
    }
}
