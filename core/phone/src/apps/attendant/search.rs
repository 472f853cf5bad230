//! Finding people by extension and by name. Specification of voice apps, 2.6 and 2.7.

mod letters;

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::sync::Arc;

use rpds::{RedBlackTreeMapSync, RedBlackTreeSetSync};
use uuid::Uuid;

use self::letters::words_of;
use super::scope::Eligible;
use crate::id::UserId;
use crate::limits::NAME_MATCHES_MAX;

/// Stands for a space between names.
const SPACE: char = '0';

/// A person whom callers may reach by name or extension.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Listed {
    pub extension: String,
    pub user: UserId,
    pub name: String,
}

/// People whom callers may reach; a changed copy shares what is the same.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Listing {
    by_extension: RedBlackTreeSetSync<Listed>,
    /// By the digits of each word of a name, the person, and which of the words it is.
    by_word: RedBlackTreeMapSync<(Box<str>, UserId, u8), Arc<Named>>,
    /// Nobody else is found, whoever is listed.
    eligible: Eligible,
}

/// A person by name.
#[derive(Debug, PartialEq, Eq)]
struct Named {
    name: String,
    /// Which word, and its digits; a word with an umlaut is there in two spellings.
    words: Vec<(u8, Box<str>)>,
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

impl Listing {
    /// The same people, of whom only these are found.
    pub fn within(&self, eligible: Eligible) -> Self {
        Self { eligible, ..self.clone() }
    }

    /// Lists a person.
    pub fn insert_mut(&mut self, listed: Listed) {
        let named = Arc::new(Named { name: listed.name.clone(), words: words_of(&listed.name) });
        for (number, digits) in &named.words {
            self.by_word.insert_mut((digits.clone(), listed.user, *number), named.clone());
        }
        self.by_extension.insert_mut(listed);
    }

    /// Lists a person no more.
    pub fn remove_mut(&mut self, listed: &Listed) {
        for (number, digits) in words_of(&listed.name) {
            self.by_word.remove_mut(&(digits, listed.user, number));
        }
        self.by_extension.remove_mut(listed);
    }

    /// Everybody, in the order of extensions.
    pub fn people(&self) -> impl Iterator<Item = UserId> + '_ {
        self.found().map(|listed| listed.user)
    }

    /// Everybody by name, in the order of extensions.
    pub fn names(&self) -> impl Iterator<Item = (UserId, &str)> {
        self.found().map(|listed| (listed.user, listed.name.as_str()))
    }

    fn found(&self) -> impl Iterator<Item = &Listed> {
        self.by_extension.iter().filter(|listed| self.eligible.has(listed.user))
    }

    /// Looks digits up as an extension. Only a full one finds somebody.
    pub fn by_extension(&self, typed: &str) -> Match {
        let from = Listed { extension: typed.to_owned(), user: UserId(Uuid::nil()), name: String::new() };
        let candidates = self.by_extension.range(from..).take_while(|one| one.extension.starts_with(typed));
        let mut candidates = candidates.filter(|one| self.eligible.has(one.user));
        match candidates.next() {
            None => Match::None,
            Some(first) if first.extension != typed => Match::Prefix,
            Some(first) => match candidates.next() {
                None => Match::Exact(first.user),
                Some(_) => Match::ExactOrLonger(first.user),
            },
        }
    }

    /// Looks digits up as the beginnings of the words of a name, in any order, with 0 between them. At most
    /// [`NAME_MATCHES_MAX`] people, in the order of their names.
    pub fn by_name(&self, typed: &str) -> Vec<UserId> {
        let mut found: BTreeMap<(&str, UserId), ()> = BTreeMap::new();
        for (user, named) in self.matches(typed) {
            found.insert((named.name.as_str(), user), ());
            if found.len() >= NAME_MATCHES_MAX {
                break;
            }
        }
        found.into_keys().map(|(_, user)| user).collect()
    }

    /// Whether any name begins like this.
    pub fn begins_name(&self, typed: &str) -> bool {
        self.matches(typed).next().is_some()
    }

    fn matches<'a>(&'a self, typed: &str) -> impl Iterator<Item = (UserId, &'a Named)> {
        let mut words: Vec<Box<str>> = typed.split(SPACE).filter(|word| !word.is_empty()).map(Into::into).collect();
        // Few names have a long beginning in common.
        words.sort_by_key(|word| Reverse(word.len()));
        let first = words.first().cloned();
        let from = first.clone().map(|first| (first, UserId(Uuid::nil()), 0));
        let range = from.map(|from| self.by_word.range(from..));
        range
            .into_iter()
            .flatten()
            .map_while(move |((digits, user, number), named)| {
                let first = first.as_ref()?;
                digits.starts_with(&**first).then(|| (*user, &**named, named.has(&words[1..], *number)))
            })
            .filter_map(|(user, named, has)| (has && self.eligible.has(user)).then_some((user, named)))
    }
}

impl Named {
    /// Whether each of these begins a word of its own, beside the word that is taken already.
    fn has(&self, beginnings: &[Box<str>], taken: u8) -> bool {
        let mut used = vec![taken];
        beginnings.iter().all(|beginning| {
            let fits = |(number, digits): &&(u8, Box<str>)| !used.contains(number) && digits.starts_with(&**beginning);
            let found = self.words.iter().find(fits).map(|(number, _)| *number);
            used.extend(found);
            found.is_some()
        })
    }
}

impl FromIterator<Listed> for Listing {
    fn from_iter<I: IntoIterator<Item = Listed>>(people: I) -> Self {
        let mut listing = Self::default();
        for listed in people {
            listing.insert_mut(listed);
        }
        listing
    }
}
