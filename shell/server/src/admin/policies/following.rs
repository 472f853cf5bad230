//! From policies of single people to those of their groups, and from one policy to another for all who have it.

use std::collections::{BTreeMap, BTreeSet};

use phone::id::{GroupId, PolicyId, SiteId, UserId};
use phone::limits::POLICY_PACKAGE_PEOPLE_MAX;
use phone::people::User;
use phone::policies::effective::Assigned;
use phone::policies::types::HolderKind;
use phone::policies::{Candidate, PolicyRefusal, PolicyType, effective};
use store::PolicyKey;
use uuid::Uuid;

use crate::admin::{Access, Refused};

/// Whose own policies go.
#[derive(Clone, Debug, Default)]
pub struct Followers {
    /// Ids or extensions.
    pub users: Vec<String>,
    /// Ids or names: their members.
    pub groups: Vec<String>,
    /// Also where another policy holds then.
    pub also_where_it_changes: bool,
}

/// Somebody whose own policy goes, or stays because it differs.
pub struct Following {
    pub user: User,
    pub before: Candidate,
    pub after: Candidate,
    pub is_taken: bool,
}

/// All of them.
pub struct FollowingEffect {
    pub all: Vec<Following>,
    /// Names of the policies and groups that are spoken of.
    pub names: BTreeMap<Uuid, String>,
}

impl Access {
    /// Gives everybody who is given a policy another one of its type, so that the first can be deleted. How many.
    pub async fn move_policy(&self, kind: PolicyType, from: &str, to: &str) -> Result<u64, Refused> {
        let mut tx = self.change().await?;
        let from = self.policy_in(&tx, kind, from).await?.value;
        let to = self.policy_in(&tx, kind, to).await.map_err(|refused| match refused {
            Refused::NotFound { .. } => {
                Refused::field("to", "policy.reference_missing", format!("there is no {} policy {to}", kind.as_str()))
            }
            other => other,
        })?;
        let to = to.value;
        if from.id.is_none() || to.id.is_none() {
            return Err(Refused::by_rule(&PolicyRefusal::GlobalNotAssigned));
        }
        if from.id == to.id {
            return Err(Refused::by_rule(&PolicyRefusal::SamePolicy { name: to.name }));
        }
        self.keep_if_fixed(&mut tx, &to).await?;
        let n_moved = tx.move_policy(self.tenant(), &from, &to).await?;
        self.settle(tx).await?;
        Ok(n_moved)
    }

    /// Takes from people the policies of a type that they are given by themselves, so that those of their groups hold:
    /// where that changes nothing, or everywhere. As a preview it tells the same and changes nothing.
    pub async fn follow_groups(
        &self,
        kind: PolicyType,
        whose: &Followers,
        is_preview: bool,
    ) -> Result<FollowingEffect, Refused> {
        if !kind.holders().contains(&HolderKind::Group) {
            return Err(Refused::by_rule(&PolicyRefusal::NotFor { kind, holder: HolderKind::Group }));
        }
        let mut tx = self.change().await?;
        let mut people = self.people_in(&tx, &whose.users).await?;
        let groups: Vec<(String, Option<u32>)> = whose.groups.iter().map(|group| (group.clone(), None)).collect();
        let groups: BTreeSet<GroupId> = self.groups_named(&groups).await?.into_iter().map(|(group, _)| group).collect();
        let members = self.store().members_of_groups(self.tenant(), &groups).await?;
        people.extend(members.values().flat_map(|members| members.iter().copied()));
        if POLICY_PACKAGE_PEOPLE_MAX < people.len() {
            let words = format!("at most {POLICY_PACKAGE_PEOPLE_MAX} people in one request");
            return Err(Refused::field("users", "too_many_items", words));
        }
        let ids: Vec<UserId> = people.into_iter().collect();
        let mut users: Vec<User> =
            self.store().users_of(self.tenant(), &ids).await?.into_iter().map(|user| user.value).collect();
        users.sort_by(|one, other| (&one.extension, one.id).cmp(&(&other.extension, other.id)));
        let places: Vec<(UserId, Option<SiteId>)> = users.iter().map(|user| (user.id, user.site)).collect();
        let mut assigned = self.store().policies_assigned_to(self.tenant(), &places, &[kind]).await?;
        let mut all = Vec::new();
        for user in users {
            let own = assigned.get_mut(&user.id).and_then(|own| own.remove(&kind)).unwrap_or_default();
            if own.direct.is_none() {
                continue;
            }
            let before = effective(kind, &own).winner;
            let after = effective(kind, &Assigned { direct: None, ..own }).winner;
            let is_taken = whose.also_where_it_changes || before.policy() == after.policy();
            all.push(Following { user, before, after, is_taken });
        }
        let names = self.names_of(all.iter().flat_map(|it| [it.before, it.after])).await?;
        let taken: BTreeSet<UserId> = all.iter().filter(|it| it.is_taken).map(|it| it.user.id).collect();
        let direct = tx.direct_policies(self.tenant(), &taken, &[kind]).await?;
        for (id, people) in direct.into_values().flatten() {
            if let Some(policy) = tx.policy(self.tenant(), kind, &PolicyKey::Id(id)).await? {
                let nobody = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
                tx.unassign_policy(self.tenant(), &policy.value, &people, &nobody.0, &nobody.1, &nobody.2).await?;
            }
        }
        match is_preview {
            true => drop(tx),
            false => self.settle(tx).await?,
        }
        Ok(FollowingEffect { all, names })
    }

    /// The names of the policies and groups of some candidates.
    pub(super) async fn names_of(
        &self,
        candidates: impl Iterator<Item = Candidate> + Send,
    ) -> Result<BTreeMap<Uuid, String>, Refused> {
        let (mut policies, mut groups) = (BTreeSet::<PolicyId>::new(), BTreeSet::<GroupId>::new());
        for candidate in candidates {
            policies.extend(candidate.policy());
            groups.extend(candidate.group());
        }
        let policies: Vec<PolicyId> = policies.into_iter().collect();
        let known = self.store().policies_by_id(self.tenant(), &policies).await?;
        let mut names: BTreeMap<Uuid, String> = known.into_iter().map(|(id, policy)| (id.0, policy.name)).collect();
        if !groups.is_empty() {
            let known = self.store().group_names(self.tenant()).await?.into_iter();
            names.extend(known.filter(|(id, _)| groups.contains(id)).map(|(id, name)| (id.0, name)));
        }
        Ok(names)
    }
}
