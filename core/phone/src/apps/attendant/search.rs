//! Finding a person by extension. Specification of voice apps, 2.7.

use crate::id::UserId;

/// A person whom callers may reach by name or extension.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Listed {
    pub extension: String,
    pub user: UserId,
    pub name: String,
}

/// What the digits typed so far mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Match {
    /// One person, and no longer extension begins like this.
    Exact(UserId),
    /// One person, but a longer extension begins like this as well.
    ExactOrLonger(UserId),
    None,
    /// Nobody yet, but some extensions begin like this.
    Prefix,
}

/// Looks digits up among people sorted by extension. Only a full extension finds somebody.
pub fn by_extension(listed: &[Listed], typed: &str) -> Match {
    let from = listed.partition_point(|one| one.extension.as_str() < typed);
    let mut candidates = listed[from..].iter().take_while(|one| one.extension.starts_with(typed));
    match candidates.next() {
        None => Match::None,
        Some(first) if first.extension != typed => Match::Prefix,
        Some(first) => match candidates.next() {
            None => Match::Exact(first.user),
            Some(_) => Match::ExactOrLonger(first.user),
        },
    }
}
