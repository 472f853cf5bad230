//! Finding people by extension and by name. Specification of voice apps, 2.6 and 2.7.

mod letters;
mod nicknames;

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use rpds::{RedBlackTreeMapSync, RedBlackTreeSetSync};
use smallvec::SmallVec;
use uuid::Uuid;

use self::letters::words_of;
use self::nicknames::other_forms;
use super::scope::Eligible;
use crate::id::UserId;
use crate::limits::NAME_MATCHES_MAX;
use crate::numbers::E164;

/// Stands for a space between names.
const SPACE: char = '0';

/// A person whom callers may reach by name or extension.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Listed {
    pub extension: String,
    pub user: UserId,
    pub name: String,
    /// Other first names.
    pub nicknames: Vec<String>,
    /// Extensions of other numbers of the person.
    pub more_extensions: Vec<String>,
}

/// People whom callers may reach; a changed copy shares what is the same.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Listing {
    by_extension: RedBlackTreeSetSync<Listed>,
    /// Extensions of other numbers than one's own; several people may share one.
    by_other: RedBlackTreeSetSync<(Box<str>, UserId)>,
    /// Digits of direct numbers, the last one first.
    by_number: RedBlackTreeSetSync<(Box<str>, UserId)>,
    /// Who is listed: numbers are those of others as well.
    people: RedBlackTreeSetSync<UserId>,
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

/// What the digits typed so far mean as an extension.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Match {
    /// Whose extension it is; several people may share one that is not their own.
    pub people: SmallVec<[UserId; 2]>,
    /// Whether a longer extension begins like this.
    pub may_go_on: bool,
}

impl Match {
    /// Whether it is neither an extension nor the beginning of one.
    pub fn is_none(&self) -> bool {
        self.people.is_empty() && !self.may_go_on
    }
}

impl Listed {
    /// A person of whom no more is known.
    pub fn new(extension: impl Into<String>, user: UserId, name: impl Into<String>) -> Self {
        Self {
            extension: extension.into(),
            user,
            name: name.into(),
            nicknames: Vec::new(),
            more_extensions: Vec::new(),
        }
    }

    /// What the person is called beside the full name: own other names, and usual short forms of the first name.
    pub fn called(&self) -> impl Iterator<Item = &str> + '_ {
        let given = self.name.split_once(',').map_or(self.name.as_str(), |(_, given)| given);
        let first = given.split_whitespace().next().unwrap_or_default();
        // Both as long as the person is listed, though the forms are there for ever.
        let forms = other_forms(first).map(|form| -> &str { form });
        self.nicknames.iter().map(String::as_str).chain(forms)
    }
}

impl Listing {
    /// The same people, of whom only these are found.
    pub fn within(&self, eligible: Eligible) -> Self {
        Self { eligible, ..self.clone() }
    }

    /// Lists a person.
    pub fn insert_mut(&mut self, listed: Listed) {
        let named = Arc::new(Named { name: listed.name.clone(), words: words_of(&listed.name, &listed.nicknames) });
        for (number, digits) in &named.words {
            self.by_word.insert_mut((digits.clone(), listed.user, *number), named.clone());
        }
        for extension in &listed.more_extensions {
            self.by_other.insert_mut((extension.as_str().into(), listed.user));
        }
        self.people.insert_mut(listed.user);
        self.by_extension.insert_mut(listed);
    }

    /// Lists a person no more.
    pub fn remove_mut(&mut self, listed: &Listed) {
        for (number, digits) in words_of(&listed.name, &listed.nicknames) {
            self.by_word.remove_mut(&(digits, listed.user, number));
        }
        for extension in &listed.more_extensions {
            self.by_other.remove_mut(&(extension.as_str().into(), listed.user));
        }
        self.people.remove_mut(&listed.user);
        self.by_extension.remove_mut(listed);
    }

    /// A number rings this person directly.
    pub fn insert_number_mut(&mut self, number: E164, user: UserId) {
        self.by_number.insert_mut((reversed(&number.digits()), user));
    }

    /// A number rings this person no more.
    pub fn remove_number_mut(&mut self, number: E164, user: UserId) {
        self.by_number.remove_mut(&(reversed(&number.digits()), user));
    }

    /// Everybody, in the order of extensions.
    pub fn people(&self) -> impl Iterator<Item = UserId> + '_ {
        self.listed().map(|listed| listed.user)
    }

    /// Everybody, in the order of extensions.
    pub fn listed(&self) -> impl Iterator<Item = &Listed> {
        self.by_extension.iter().filter(|listed| self.eligible.has(listed.user))
    }

    /// All digits that reach somebody as an extension, in no order; some may be there twice.
    pub fn extensions(&self, direct_digits: Option<u8>) -> impl Iterator<Item = String> + '_ {
        let own = self.by_extension.iter().map(|listed| listed.extension.clone());
        let other = self.by_other.iter().map(|(extension, _)| extension.to_string());
        let n_digits = direct_digits.map_or(0, usize::from);
        let numbers = self.by_number.iter().filter(move |_| 0 < n_digits);
        let direct = numbers.filter_map(move |(reverse, _)| Some(reverse.get(..n_digits)?.chars().rev().collect()));
        own.chain(other).chain(direct)
    }

    /// Digits that reach several people as an extension, so that callers choose among them. Specification 1.11.
    pub fn collisions(&self, direct_digits: Option<u8>) -> BTreeSet<String> {
        let n_digits = direct_digits.map_or(0, usize::from);
        let ends = self.by_number.iter().filter(|_| 0 < n_digits).filter_map(|(reverse, _)| reverse.get(..n_digits));
        let ends: Vec<&str> = ends.collect();
        let others: Vec<&str> = self.by_other.iter().map(|(extension, _)| &**extension).collect();
        // Both are in order: who shares digits stands beside each other.
        let twice = |list: &[&str]| -> Vec<String> {
            list.windows(2).filter(|pair| pair[0] == pair[1]).map(|pair| pair[0].to_owned()).collect()
        };
        let ends = twice(&ends).into_iter().map(|reverse| reverse.chars().rev().collect());
        let shared: BTreeSet<String> = ends.chain(twice(&others)).collect();
        shared.into_iter().filter(|digits| 1 < self.by_extension(digits, direct_digits).people.len()).collect()
    }

    /// Looks digits up as an extension. Only a full one finds somebody: one's own first, then the last
    /// `direct_digits` of a direct number, then what other numbers end in. Specification 1.11.
    pub fn by_extension(&self, typed: &str, direct_digits: Option<u8>) -> Match {
        let from = Listed::new(typed, UserId(Uuid::nil()), "");
        let own = self.by_extension.range(from..).take_while(|one| one.extension.starts_with(typed));
        let mut own = own.filter(|one| self.eligible.has(one.user)).peekable();
        let first = own.next_if(|one| one.extension == typed).map(|one| one.user);
        let other = self.by_other.range((Box::from(typed), UserId(Uuid::nil()))..);
        let other = other.take_while(|(extension, _)| extension.starts_with(typed));
        let mut other = other.filter(|(_, user)| self.eligible.has(*user)).peekable();
        let mut people: SmallVec<[UserId; 2]> = first.into_iter().collect();
        if people.is_empty() && direct_digits.is_some_and(|n_digits| usize::from(n_digits) == typed.len()) {
            people = self.by_last_digits(typed);
        }
        let is_found = !people.is_empty();
        while let Some((_, user)) = other.next_if(|(extension, _)| &**extension == typed) {
            if !is_found && people.len() < NAME_MATCHES_MAX {
                people.push(*user);
            }
        }
        let direct_goes_on = || {
            let is_short = direct_digits.is_some_and(|n_digits| typed.len() < usize::from(n_digits));
            is_short && !self.by_number.is_empty()
        };
        let may_go_on = own.peek().is_some() || other.peek().is_some() || direct_goes_on();
        Match { people, may_go_on }
    }

    fn by_last_digits(&self, typed: &str) -> SmallVec<[UserId; 2]> {
        let reverse = reversed(typed);
        let numbers = self.by_number.range((reverse.clone(), UserId(Uuid::nil()))..);
        let numbers = numbers.take_while(|(digits, _)| digits.starts_with(&*reverse));
        let mut people: SmallVec<[UserId; 2]> = SmallVec::new();
        for (_, user) in numbers.filter(|(_, user)| self.people.contains(user) && self.eligible.has(*user)) {
            // A person may have several numbers that end alike.
            if !people.contains(user) && people.len() < NAME_MATCHES_MAX {
                people.push(*user);
            }
        }
        people
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

fn reversed(digits: &str) -> Box<str> {
    digits.chars().rev().collect::<String>().into()
}
