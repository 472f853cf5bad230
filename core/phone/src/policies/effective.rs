//! Which policy of a type holds for a person, and why. Specification of calling, 4.2.

use crate::id::{GroupId, PolicyId};
use crate::numbers::E164;

use super::types::PolicyType;

/// A place in the order of the groups of one type, from 1; the lowest goes before the others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Rank(pub u32);

/// All that could hold for a person.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Assigned {
    /// Of the site where the person's phone is.
    pub site: Option<PolicyId>,
    /// Of the number that is used for the call.
    pub number: Option<(E164, PolicyId)>,
    pub direct: Option<PolicyId>,
    /// Of groups that the person is in.
    pub groups: Vec<(GroupId, Rank, PolicyId)>,
}

/// A policy that could hold, and why.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Candidate {
    /// The phone is at a site that names it.
    Site(PolicyId),
    /// It is assigned to the number that is used.
    Number(E164, PolicyId),
    /// It is assigned to the person.
    Direct(PolicyId),
    /// It is assigned to a group that the person is in.
    Group(GroupId, Rank, PolicyId),
    /// It is the organization's own.
    Global,
}

/// The policy that holds, taken whole, and those that would hold without it, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Effective {
    pub winner: Candidate,
    pub losers: Vec<Candidate>,
}

/// Which policy holds: the most specific assignment, and the organization's own where there is none. Sites count only
/// for the types that are theirs.
pub fn effective(kind: PolicyType, assigned: &Assigned) -> Effective {
    let site = assigned.site.filter(|_| is_of_sites(kind)).map(Candidate::Site);
    let number = assigned.number.map(|(number, policy)| Candidate::Number(number, policy));
    let direct = assigned.direct.map(Candidate::Direct);
    let mut groups = assigned.groups.clone();
    groups.sort_by_key(|(group, rank, _)| (*rank, *group));
    let groups = groups.into_iter().map(|(group, rank, policy)| Candidate::Group(group, rank, policy));
    let mut all = site.into_iter().chain(number).chain(direct).chain(groups).chain([Candidate::Global]);
    Effective { winner: all.next().unwrap_or(Candidate::Global), losers: all.collect() }
}

impl Candidate {
    /// The policy; none is the organization's own.
    pub fn policy(self) -> Option<PolicyId> {
        match self {
            Self::Site(policy) | Self::Number(_, policy) | Self::Direct(policy) | Self::Group(_, _, policy) => {
                Some(policy)
            }
            Self::Global => None,
        }
    }

    /// The group by which it could hold.
    pub fn group(self) -> Option<GroupId> {
        match self {
            Self::Group(group, _, _) => Some(group),
            Self::Site(_) | Self::Number(..) | Self::Direct(_) | Self::Global => None,
        }
    }
}

fn is_of_sites(kind: PolicyType) -> bool {
    matches!(kind, PolicyType::EmergencyCallRouting | PolicyType::EmergencyCalling | PolicyType::NetworkRoaming)
}
