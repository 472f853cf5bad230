//! What differs between two versions of a deck.

use super::{Rate, Window};

/// One prefix, or one of its windows, that differs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Difference<'a> {
    Added(&'a Rate),
    Changed { before: &'a Rate, after: &'a Rate },
    Removed(&'a Rate),
}

/// What differs, by prefix. Both come sorted as a table has them.
pub fn between<'a>(before: &'a [Rate], after: &'a [Rate]) -> Vec<Difference<'a>> {
    let (mut old, mut new) = (before.iter().peekable(), after.iter().peekable());
    let mut found = Vec::new();
    loop {
        let ordering = match (old.peek(), new.peek()) {
            (Some(a), Some(b)) => key(a).cmp(&key(b)),
            (Some(_), None) => std::cmp::Ordering::Less,
            (None, Some(_)) => std::cmp::Ordering::Greater,
            (None, None) => return found,
        };
        match ordering {
            std::cmp::Ordering::Less => found.extend(old.next().map(Difference::Removed)),
            std::cmp::Ordering::Greater => found.extend(new.next().map(Difference::Added)),
            std::cmp::Ordering::Equal => {
                if let (Some(before), Some(after)) = (old.next(), new.next())
                    && before != after
                {
                    found.push(Difference::Changed { before, after });
                }
            }
        }
    }
}

/// As a table sorts them; within one prefix by the windows as well, so that rows of the same time meet.
fn key(rate: &Rate) -> (&str, bool, Option<(u8, u16, u16)>) {
    let window = rate.window.map(|Window { days, from_minute, to_minute }| (days, from_minute, to_minute));
    (&rate.prefix, rate.window.is_none(), window)
}
