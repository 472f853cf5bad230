//! Who is given a policy, and what keeps it from being given or deleted. Specification of calling, 4.1 and 4.3.

use super::policy::Policy;
use super::types::{HolderKind, PolicyType};
use crate::id::GroupId;
use crate::limits::{POLICIES_MAX, POLICY_GROUPS_MAX};
use crate::rule::Broken;

/// Why a policy is not made, given or deleted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PolicyRefusal {
    #[error("the policy {name} comes with the program and stays as it is")]
    Fixed { name: String },
    #[error("the policy Global is never assigned: it holds for everybody who has no other")]
    GlobalNotAssigned,
    #[error("the policy Global stays: it holds for everybody who has no other")]
    GlobalStays,
    #[error("{name} is assigned to {holders}")]
    InUse { name: String, holders: String },
    #[error("{} policies are not assigned to {}", kind.as_str(), several(*holder))]
    NotFor { kind: PolicyType, holder: HolderKind },
    #[error("{} policies are assigned to {POLICY_GROUPS_MAX} groups already", kind.as_str())]
    TooManyGroups { kind: PolicyType },
    #[error("{name} is the policy that they have")]
    SamePolicy { name: String },
    #[error("there are {POLICIES_MAX} {} policies already", kind.as_str())]
    TooManyPolicies { kind: PolicyType },
}

/// Whether a policy may be assigned to such holders.
pub fn check_assignment(policy: &Policy, holder: HolderKind) -> Result<(), PolicyRefusal> {
    let kind = policy.kind();
    if policy.id.is_none() {
        return Err(PolicyRefusal::GlobalNotAssigned);
    }
    if kind.holders().contains(&holder) { Ok(()) } else { Err(PolicyRefusal::NotFor { kind, holder }) }
}

/// The groups of one type in their order, after one of them was given the place `wanted`, from 1, or the last one.
/// Those behind it move down; places are counted without gaps. Specification of calling, 4.3.
pub fn place_group(
    kind: PolicyType,
    ranked: &[GroupId],
    group: GroupId,
    wanted: Option<u32>,
) -> Result<Vec<GroupId>, PolicyRefusal> {
    let mut ranked: Vec<GroupId> = ranked.iter().copied().filter(|other| *other != group).collect();
    if POLICY_GROUPS_MAX <= ranked.len() {
        return Err(PolicyRefusal::TooManyGroups { kind });
    }
    let wanted = wanted.and_then(|rank| usize::try_from(rank.saturating_sub(1)).ok());
    let at = wanted.map_or(ranked.len(), |at| at.min(ranked.len()));
    ranked.insert(at, group);
    Ok(ranked)
}

/// Whether a policy with so many holders may be deleted. `names` are some of them.
pub fn check_deletion(policy: &Policy, n_holders: u64, names: &[String]) -> Result<(), PolicyRefusal> {
    if policy.id.is_none() {
        return Err(PolicyRefusal::GlobalStays);
    }
    if n_holders == 0 {
        return Ok(());
    }
    let n_more = n_holders.saturating_sub(u64::try_from(names.len()).unwrap_or(u64::MAX));
    let more = if n_more == 0 { String::new() } else { format!(" and {n_more} more") };
    Err(PolicyRefusal::InUse { name: policy.name.clone(), holders: format!("{}{more}", names.join(", ")) })
}

impl HolderKind {
    /// Its word in the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Group => "group",
            Self::Number => "number",
            Self::Site => "site",
            Self::User => "user",
        }
    }
}

fn several(holder: HolderKind) -> &'static str {
    match holder {
        HolderKind::Group => "groups",
        HolderKind::Number => "numbers",
        HolderKind::Site => "sites",
        HolderKind::User => "people",
    }
}

impl Broken for PolicyRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::Fixed { .. } => "policy.fixed",
            Self::GlobalNotAssigned => "policy.global_not_assigned",
            Self::GlobalStays => "policy.global_stays",
            Self::InUse { .. } => "policy.in_use",
            Self::NotFor { .. } => "policy.not_for_holder",
            Self::SamePolicy { .. } => "policy.same",
            Self::TooManyGroups { .. } => "policy.too_many_groups",
            Self::TooManyPolicies { .. } => "policy.too_many",
        }
    }

    fn fix(&self) -> String {
        match self {
            Self::Fixed { .. } => "make a policy of your own and assign that instead".to_owned(),
            Self::GlobalNotAssigned => "unassign the policy that they have instead".to_owned(),
            Self::GlobalStays => "reset it instead: it gets the settings that it had first".to_owned(),
            Self::InUse { .. } => "assign them another one first, or unassign it".to_owned(),
            Self::NotFor { kind, .. } => match kind.holders() {
                [] => "change the organization's own, Global: it holds for all".to_owned(),
                holders => {
                    let holders: Vec<&str> = holders.iter().copied().map(several).collect();
                    format!("assign it to {}", holders.join(" or "))
                }
            },
            Self::SamePolicy { .. } => "name another policy that they are to have".to_owned(),
            Self::TooManyGroups { .. } => "unassign it from groups that no longer need it".to_owned(),
            Self::TooManyPolicies { .. } => "delete those that nobody has".to_owned(),
        }
    }

    fn is_conflict(&self) -> bool {
        match self {
            Self::Fixed { .. }
            | Self::GlobalStays
            | Self::InUse { .. }
            | Self::TooManyGroups { .. }
            | Self::TooManyPolicies { .. } => true,
            Self::GlobalNotAssigned | Self::NotFor { .. } | Self::SamePolicy { .. } => false,
        }
    }
}
