//! Few among many: who and what a part of a name, digits or a kind of line are of, found in the snapshot. A database looks
//! at every row of an index for that, which takes tens of milliseconds where an organization has two hundred thousand.

use super::Tenant;
use crate::id::UserId;
use crate::numbers::E164;
use crate::numbers::number::{Assignee, Category};

/// What numbers are looked for by; what is none is not.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wanted<'a> {
    /// Digits that the number contains, with a plus before those that it begins with.
    pub digits: Option<&'a str>,
    /// Of people's numbers.
    pub category: Option<Category>,
}

impl Tenant {
    /// People whose names contain this, whatever its capital letters; none if they are more than `n_max`.
    pub fn people_named(&self, part: &str, n_max: usize) -> Option<Vec<UserId>> {
        let key = part.to_lowercase();
        let named = self.users.values().filter(|user| contains(&user.display_name, &key));
        few(named.map(|user| user.id), n_max)
    }

    /// Numbers that are wanted; none if they are more than `n_max`.
    pub fn numbers_found(&self, wanted: &Wanted, n_max: usize) -> Option<Vec<E164>> {
        let found = self.numbers.values().filter(|number| {
            let is_of_user = matches!(number.assignee, Some(Assignee::User(_)));
            wanted.category.is_none_or(|category| is_of_user && number.category == category)
                && wanted.digits.is_none_or(|digits| number.number.contains(digits))
        });
        few(found.map(|number| number.number), n_max)
    }
}

fn few<T>(mut found: impl Iterator<Item = T>, n_max: usize) -> Option<Vec<T>> {
    let few: Vec<T> = found.by_ref().take(n_max).collect();
    found.next().is_none().then_some(few)
}

/// Most names are of letters that need no other alphabet's rules.
fn contains(name: &str, key: &str) -> bool {
    if !name.is_ascii() {
        return name.to_lowercase().contains(key);
    }
    let (name, key) = (name.as_bytes(), key.as_bytes());
    key.is_empty() || name.windows(key.len()).any(|part| part.eq_ignore_ascii_case(key))
}
