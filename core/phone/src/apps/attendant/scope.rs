//! Whom callers of an attendant may find by name or extension. Specification of voice apps, 1.4 and 1.11.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::apps::queue::roster::Members;
use crate::id::{GroupId, UserId};

/// Groups whose members callers may find, and groups whose members they may not.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DialScope {
    /// None is everybody in the organization.
    pub included: Option<Vec<GroupId>>,
    /// Wins over what is included.
    pub excluded: Vec<GroupId>,
}

/// A scope with the people in its groups, as they are now.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Eligible {
    included: Option<Vec<Arc<BTreeSet<UserId>>>>,
    excluded: Vec<Arc<BTreeSet<UserId>>>,
}

impl DialScope {
    /// All groups that it names.
    pub fn groups(&self) -> impl Iterator<Item = GroupId> + '_ {
        self.included.iter().flatten().chain(&self.excluded).copied()
    }
}

impl Eligible {
    /// Nobody is in a group that is gone.
    pub fn new(scope: &DialScope, members: &Members) -> Self {
        let all = |groups: &Vec<GroupId>| groups.iter().filter_map(|group| members.get(group).cloned()).collect();
        Self { included: scope.included.as_ref().map(all), excluded: all(&scope.excluded) }
    }

    /// Whether callers may find this person.
    pub fn has(&self, user: UserId) -> bool {
        let is_in = |groups: &[Arc<BTreeSet<UserId>>]| groups.iter().any(|members| members.contains(&user));
        self.included.as_deref().is_none_or(is_in) && !is_in(&self.excluded)
    }
}
