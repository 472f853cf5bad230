//! Finding a person by extension. Specification of voice apps, 2.7.

use rpds::RedBlackTreeSetSync;
use uuid::Uuid;

use crate::id::UserId;

/// A person whom callers may reach by name or extension.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Listed {
    pub extension: String,
    pub user: UserId,
    pub name: String,
}

/// People whom callers may reach, sorted by extension; a changed copy shares what is the same.
pub type Listing = RedBlackTreeSetSync<Listed>;

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

/// Looks digits up. Only a full extension finds somebody.
pub fn by_extension(listed: &Listing, typed: &str) -> Match {
    let from = Listed { extension: typed.to_owned(), user: UserId(Uuid::nil()), name: String::new() };
    let mut candidates = listed.range(from..).take_while(|one| one.extension.starts_with(typed));
    match candidates.next() {
        None => Match::None,
        Some(first) if first.extension != typed => Match::Prefix,
        Some(first) => match candidates.next() {
            None => Match::Exact(first.user),
            Some(_) => Match::ExactOrLonger(first.user),
        },
    }
}
