//! The calling policies of an organization, in the form in which calls ask for them: which of them holds for a person,
//! by what is assigned now. Specification of calling, 4.2 and 4.4.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::calling::{Calling, Voicemail};
use super::effective::{Assigned, Rank, effective};
use super::policy::GLOBAL;
use super::types::PolicyType;
use crate::id::{GroupId, PolicyId, UserId};

/// How long a phone rings before voicemail takes the call, in seconds, where the policy always sends it there.
/// Specification of calling, 1.3 (11).
pub const FORCED_VOICEMAIL_SECS: u32 = 30;

/// All calling policies of an organization, and who is given which.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CallingPolicies {
    /// The organization's own.
    pub global: Calling,
    /// The others, with their names.
    pub named: BTreeMap<PolicyId, (String, Calling)>,
    pub direct: BTreeMap<UserId, PolicyId>,
    pub groups: Vec<(GroupId, Rank, PolicyId)>,
}

/// Who is in the groups that policies name.
type Members = BTreeMap<GroupId, Arc<BTreeSet<UserId>>>;

impl CallingPolicies {
    /// The name and the settings of the policy that holds for a person.
    pub fn of(&self, user: UserId, members: &Members) -> (&str, &Calling) {
        let is_in = |group: &GroupId| members.get(group).is_some_and(|members| members.contains(&user));
        let assigned = Assigned {
            direct: self.direct.get(&user).copied(),
            groups: self.groups.iter().filter(|(group, _, _)| is_in(group)).copied().collect(),
            ..Assigned::default()
        };
        let winner = effective(PolicyType::Calling, &assigned).winner;
        match winner.policy().and_then(|policy| self.named.get(&policy)) {
            Some((name, settings)) => (name, settings),
            None => (GLOBAL, &self.global),
        }
    }

    /// Groups whose members decide which policy holds.
    pub fn groups(&self) -> impl Iterator<Item = GroupId> + '_ {
        self.groups.iter().map(|(group, _, _)| *group)
    }
}

impl Voicemail {
    /// Whether a person has a mailbox that takes calls, who wants one or not.
    pub fn allows(self, is_wanted: bool) -> bool {
        match self {
            Self::AlwaysEnabled => true,
            Self::AlwaysDisabled => false,
            Self::UserOverride => is_wanted,
        }
    }

    /// How long a person's phones ring, in seconds, who set so many.
    pub fn ring_secs(self, wanted: u32) -> u32 {
        match self {
            Self::AlwaysEnabled => FORCED_VOICEMAIL_SECS,
            Self::AlwaysDisabled | Self::UserOverride => wanted,
        }
    }
}
