//! The longest prefix of a number among a million, without walking digit by digit.
//!
//! Each prefix is a range of numbers of fifteen digits; ranges nest or are apart. Cut at every begin and end they become a
//! list of places, each with the innermost prefix that holds from there on, so that one binary search finds it. A table
//! of the first five digits says between which places to search.

use std::ops::Range;

use crate::numbers::E164;

/// Prefixes, ready to be asked. A prefix stands for the rows that have it.
#[derive(Debug, Default)]
pub struct PrefixTable {
    /// Where another prefix begins to hold, in order: numbers padded with zeros to fifteen digits.
    places: Vec<u64>,
    /// The innermost prefix from there on, by index into `prefixes`; [`NONE`] where none holds.
    holds: Vec<u32>,
    prefixes: Vec<Prefix>,
    /// For each value of the first five digits, the first place that is not before it; one more at the end.
    heads: Vec<u32>,
}

#[derive(Debug)]
struct Prefix {
    n_digits: u8,
    /// The next shorter prefix of this one, or [`NONE`].
    parent: u32,
    /// Rows that have it.
    rows: Range<u32>,
}

const NONE: u32 = u32::MAX;
const DIGITS_MAX: usize = 15;
/// A hundred thousand heads of four bytes stay in a cache.
const HEAD_DIGITS: u32 = 5;
const PER_HEAD: u64 = 10_u64.pow(DIGITS_MAX as u32 - HEAD_DIGITS);

impl PrefixTable {
    /// Prepares prefixes that come sorted as text. What is not 1 to 15 digits is never found.
    pub fn new<'a>(sorted: impl Iterator<Item = &'a str>) -> Self {
        let mut table = Self::default();
        // Prefixes that hold at the place that has been reached, each with where it ends; the innermost last.
        let mut open: Vec<(u32, u64)> = Vec::new();
        let mut previous: Option<&str> = None;
        for (row, prefix) in (0_u32..).zip(sorted) {
            if previous == Some(prefix)
                && let Some(last) = table.prefixes.last_mut()
            {
                last.rows.end = row + 1;
                continue;
            }
            let Some((begin, end)) = range_of(prefix) else { continue };
            previous = Some(prefix);
            table.close(&mut open, begin);
            let index = u32::try_from(table.prefixes.len()).unwrap_or(NONE);
            let parent = open.last().map_or(NONE, |(index, _)| *index);
            let n_digits = u8::try_from(prefix.len()).unwrap_or_default();
            table.prefixes.push(Prefix { n_digits, parent, rows: row..row + 1 });
            table.place(begin, index);
            open.push((index, end));
        }
        table.close(&mut open, u64::MAX);
        table.heads = heads(&table.places);
        table
    }

    /// The rows of each prefix of a number, the longest first.
    pub fn find(&self, number: E164) -> impl Iterator<Item = Range<usize>> + '_ {
        let (padded, n_digits) = padded(number.value());
        let mut next = self.innermost(padded);
        std::iter::from_fn(move || {
            loop {
                let prefix = self.prefixes.get(usize::try_from(next).ok()?)?;
                next = prefix.parent;
                // A number may be shorter than the prefix that its padding finds.
                if u32::from(prefix.n_digits) <= n_digits {
                    return Some(prefix.rows.start as usize..prefix.rows.end as usize);
                }
            }
        })
    }

    fn innermost(&self, padded: u64) -> u32 {
        let head = usize::try_from(padded / PER_HEAD).unwrap_or(usize::MAX);
        let bound = |index: usize| self.heads.get(index).map_or(0, |place| *place as usize);
        let (from, to) = (bound(head), bound(head.saturating_add(1)));
        let within = self.places.get(from..to).unwrap_or_default();
        // The last place that is not after the number; it may lie before this head.
        let n_before = from + within.partition_point(|place| *place <= padded);
        n_before.checked_sub(1).and_then(|place| self.holds.get(place)).copied().unwrap_or(NONE)
    }

    /// Ends the prefixes that do not reach `until`; what is outside of them holds again.
    fn close(&mut self, open: &mut Vec<(u32, u64)>, until: u64) {
        while let Some((_, end)) = open.last().copied().filter(|(_, end)| *end <= until) {
            open.pop();
            self.place(end, open.last().map_or(NONE, |(index, _)| *index));
        }
    }

    fn place(&mut self, at: u64, holds: u32) {
        if self.places.last() == Some(&at) {
            self.holds.pop();
            self.places.pop();
        }
        self.places.push(at);
        self.holds.push(holds);
    }
}

/// The numbers of fifteen digits that begin so.
fn range_of(prefix: &str) -> Option<(u64, u64)> {
    let is_prefix = (1..=DIGITS_MAX).contains(&prefix.len()) && prefix.bytes().all(|byte| byte.is_ascii_digit());
    let value: u64 = prefix.parse().ok().filter(|_| is_prefix)?;
    let each = 10_u64.pow(u32::try_from(DIGITS_MAX - prefix.len()).ok()?);
    Some((value * each, (value + 1) * each))
}

/// A number with zeros behind it up to fifteen digits, and how many it has.
fn padded(number: u64) -> (u64, u32) {
    let n_digits = number.checked_ilog10().map_or(1, |log| log + 1);
    (number * 10_u64.pow((DIGITS_MAX as u32).saturating_sub(n_digits)), n_digits)
}

fn heads(places: &[u64]) -> Vec<u32> {
    let mut place = 0;
    let mut head_at = |head: u64| {
        while places.get(place).is_some_and(|at| *at < head * PER_HEAD) {
            place += 1;
        }
        u32::try_from(place).unwrap_or(NONE)
    };
    (0..=10_u64.pow(HEAD_DIGITS)).map(&mut head_at).collect()
}
