//! Policies: made, changed, given to people, groups, numbers and sites, and which holds for whom.

pub mod everybody;
pub mod following;
pub mod locks;
pub mod packages;
mod references;

use std::collections::{BTreeMap, BTreeSet};

use phone::id::{GroupId, PolicyId, SiteId};
use phone::limits::{POLICIES_MAX, POLICY_GROUPS_MAX};
use phone::numbers::E164;
use phone::people::{Group, Site, User};
use phone::policies::assignment::{check_assignment, check_deletion, place_group};
use phone::policies::effective::{Assigned, Effective};
use phone::policies::fixed::is_fixed;
use phone::policies::lock::Limited;
use phone::policies::types::HolderKind;
use phone::policies::{Candidate, Policy, PolicyRefusal, PolicyType, Settings, effective};
use phone::setting::SettingFault;
use serde_json::{Map, Value};
use store::{Expected, Paging, PolicyHolder, PolicyKey, Stored, Tx, Version};
use uuid::Uuid;

use super::refused::Fault;
use super::{Access, Refused};

/// Holders that a refusal names: enough to see who is meant.
const HOLDERS_NAMED: u64 = 5;

/// Whom a policy is given to or taken from.
#[derive(Clone, Debug, Default)]
pub struct Holders {
    /// Ids or extensions.
    pub users: Vec<String>,
    pub groups: Vec<(String, Option<u32>)>,
    pub numbers: BTreeSet<E164>,
    /// Ids or names.
    pub sites: Vec<String>,
}

/// What is wanted of a policy. What is absent stays.
#[derive(Clone, Debug, Default)]
pub struct PolicyChange {
    pub name: Option<String>,
    pub description: Option<Option<String>>,
    pub settings: Map<String, Value>,
}

/// What a person uses for a call.
#[derive(Clone, Copy, Debug, Default)]
pub struct Using {
    pub number: Option<E164>,
    /// Where the phone is; none is where the person works.
    pub site: Option<SiteId>,
}

/// Which policy of one type holds for a person, and why.
pub struct Holding {
    pub kind: PolicyType,
    pub effective: Effective,
    /// As calls follow them, within the locks.
    pub settings: Settings,
    /// What is otherwise than the policy says.
    pub limited: Vec<Limited>,
    /// Names of the policies and groups that are spoken of.
    pub names: BTreeMap<Uuid, String>,
}

impl Access {
    /// A policy by id or name, or the organization's own by `global`.
    pub async fn policy(&self, kind: PolicyType, name: &str) -> Result<Stored<Policy>, Refused> {
        let found = self.store().policy(self.tenant(), kind, &key(name)).await?;
        found.ok_or(Refused::NotFound { what: "policy" })
    }

    /// Makes a policy. What is not wanted otherwise is as in the organization's own now.
    pub async fn create_policy(&self, kind: PolicyType, wanted: PolicyChange) -> Result<Stored<Policy>, Refused> {
        let mut tx = self.change().await?;
        if POLICIES_MAX <= tx.n_policies(self.tenant(), kind).await? {
            return Err(Refused::by_rule(&PolicyRefusal::TooManyPolicies { kind }));
        }
        let global = self.policy_in(&tx, kind, "global").await?.value;
        let id = PolicyId(Uuid::now_v7());
        let locks = self.locks_in(&tx).await?;
        let settings = locks.limit(global.settings).0;
        let bare = Policy { id: Some(id), name: String::new(), description: None, settings };
        let wanted = self.with_ids(&tx, kind, wanted).await?;
        let policy = changed(bare, wanted.clone())?;
        locks.check(&policy.settings, wanted.settings.keys()).map_err(|refusal| Refused::by_rule(&refusal))?;
        self.save_policy(&mut tx, &policy, Expected::Absent).await?;
        self.settle(tx).await?;
        self.policy(kind, &id.to_string()).await
    }

    /// Changes a policy; whoever has it has the change.
    pub async fn change_policy(
        &self,
        kind: PolicyType,
        name: &str,
        expected: Expected,
        wanted: PolicyChange,
    ) -> Result<Stored<Policy>, Refused> {
        let mut tx = self.change().await?;
        let before = self.policy_in(&tx, kind, name).await?.value;
        self.check_not_fixed(&before)?;
        let wanted = self.with_ids(&tx, kind, wanted).await?;
        let policy = changed(before, wanted.clone())?;
        let locks = self.locks_in(&tx).await?;
        locks.check(&policy.settings, wanted.settings.keys()).map_err(|refusal| Refused::by_rule(&refusal))?;
        self.save_policy(&mut tx, &policy, expected).await?;
        self.settle(tx).await?;
        self.policy(kind, &policy.id.map_or_else(|| "global".to_owned(), |id| id.to_string())).await
    }

    /// Gives a policy the settings that its type had first, as far as locks allow them.
    pub async fn reset_policy(
        &self,
        kind: PolicyType,
        name: &str,
        expected: Expected,
    ) -> Result<Stored<Policy>, Refused> {
        let settings = kind.settings().iter().map(|it| it.name);
        let first = self.locks().await?.limit(Settings::factory(kind)).0.to_value();
        let first = settings.map(|name| (name.to_owned(), first.get(name).cloned().unwrap_or_default())).collect();
        self.change_policy(kind, name, expected, PolicyChange { settings: first, ..PolicyChange::default() }).await
    }

    /// Deletes a policy that nobody is given.
    pub async fn delete_policy(&self, kind: PolicyType, name: &str, expected: Expected) -> Result<(), Refused> {
        let mut tx = self.change().await?;
        let before = self.policy_in(&tx, kind, name).await?;
        self.check_not_fixed(&before.value)?;
        self.check_no_package_has(&tx, &before.value).await?;
        let (mut n_holders, mut names) = (0, Vec::new());
        if let Some(id) = before.value.id {
            n_holders = self.store().n_policy_holders(self.tenant(), id).await?;
            let some = Paging { limit: HOLDERS_NAMED, after: None, descending: false };
            let some = self.store().policy_holders(self.tenant(), id, None, &some).await?;
            names = some.items.into_iter().map(|holder| holder.name).collect();
        }
        check_deletion(&before.value, n_holders, &names).map_err(|refusal| Refused::by_rule(&refusal))?;
        tx.delete_policy(self.tenant(), &before, expected).await?;
        self.settle(tx).await
    }

    /// Gives a policy to people, groups, numbers and sites, in place of another of its type: to all of them or to none.
    pub async fn assign_policy(&self, kind: PolicyType, name: &str, holders: &Holders) -> Result<(), Refused> {
        let mut tx = self.change().await?;
        let policy = self.policy_in(&tx, kind, name).await?.value;
        let wanted = [
            (HolderKind::User, holders.users.is_empty()),
            (HolderKind::Group, holders.groups.is_empty()),
            (HolderKind::Number, holders.numbers.is_empty()),
            (HolderKind::Site, holders.sites.is_empty()),
        ];
        for (holder, _) in wanted.into_iter().filter(|(_, is_empty)| !is_empty) {
            check_assignment(&policy, holder).map_err(|refusal| Refused::by_rule(&refusal))?;
        }
        self.keep_if_fixed(&mut tx, &policy).await?;
        if !holders.users.is_empty() {
            let people = self.people_in(&tx, &holders.users).await?;
            tx.assign_policy_to_people(self.tenant(), &policy, &people).await?;
        }
        if !holders.numbers.is_empty() {
            let missing = tx.assign_policy_to_numbers(self.tenant(), &policy, &holders.numbers).await?;
            no_such_numbers(&missing)?;
        }
        if !holders.sites.is_empty() {
            let sites = self.sites_named(&holders.sites).await?;
            tx.assign_policy_to_sites(self.tenant(), &policy, &sites).await?;
        }
        for (group, rank) in self.groups_named(&holders.groups).await? {
            let ranked = tx.ranked_groups(self.tenant(), kind).await?;
            let ranked = place_group(kind, &ranked, group, rank).map_err(|refusal| Refused::by_rule(&refusal))?;
            tx.assign_policy_to_group(self.tenant(), &policy, group, &ranked).await?;
        }
        self.settle(tx).await
    }

    /// Takes a policy from people, groups, numbers and sites. How many had it; the others are left as they are.
    pub async fn unassign_policy(&self, kind: PolicyType, name: &str, holders: &Holders) -> Result<u64, Refused> {
        let mut tx = self.change().await?;
        let policy = self.policy_in(&tx, kind, name).await?.value;
        if policy.id.is_none() {
            return Err(Refused::by_rule(&PolicyRefusal::GlobalNotAssigned));
        }
        let people = self.people_in(&tx, &holders.users).await?;
        let groups = self.groups_named(&holders.groups).await?.into_iter().map(|(group, _)| group).collect();
        let sites = self.sites_named(&holders.sites).await?;
        let n_taken = tx.unassign_policy(self.tenant(), &policy, &people, &groups, &holders.numbers, &sites).await?;
        self.settle(tx).await?;
        Ok(n_taken)
    }

    /// Which policy of each type holds for a person, and why.
    pub async fn policies_of(&self, user: &User, using: Using) -> Result<Vec<Holding>, Refused> {
        if let Some(number) = using.number {
            let known = self.store().number(self.tenant(), number).await?;
            known.ok_or(Refused::NotFound { what: "number" })?;
        }
        let assigned =
            self.store().policies_assigned(self.tenant(), user.id, using.number, using.site.or(user.site)).await?;
        let nothing = Assigned::default();
        let each = PolicyType::ALL.iter().copied();
        let each = each.map(|kind| (kind, effective(kind, assigned.get(&kind).unwrap_or(&nothing))));
        let each: Vec<(PolicyType, Effective)> = each.collect();
        let spoken_of = each.iter().flat_map(|(_, it)| std::iter::once(&it.winner).chain(&it.losers));
        let spoken_of: Vec<Candidate> = spoken_of.copied().collect();
        let ids: Vec<PolicyId> = spoken_of.iter().filter_map(|candidate| candidate.policy()).collect();
        let groups: BTreeSet<GroupId> = spoken_of.iter().filter_map(|candidate| candidate.group()).collect();
        let policies = self.store().policies_by_id(self.tenant(), &ids).await?;
        let mut globals = self.store().global_policies(self.tenant()).await?;
        let mut names: BTreeMap<Uuid, String> =
            policies.iter().map(|(id, policy)| (id.0, policy.name.clone())).collect();
        if !groups.is_empty() {
            let known = self.store().group_names(self.tenant()).await?.into_iter();
            names.extend(known.filter(|(id, _)| groups.contains(id)).map(|(id, name)| (id.0, name)));
        }
        let locks = self.locks().await?;
        let held = each.into_iter().map(|(kind, effective)| {
            let own = effective.winner.policy().and_then(|id| policies.get(&id)).map(|policy| policy.settings.clone());
            let settings = own
                .or_else(|| globals.remove(&kind).map(|policy| policy.settings))
                .unwrap_or_else(|| Settings::factory(kind));
            let (settings, limited) = locks.limit(settings);
            Holding { kind, effective, settings, limited, names: names.clone() }
        });
        Ok(held.collect())
    }

    /// Who is given a policy.
    pub async fn policy_holders(
        &self,
        kind: PolicyType,
        name: &str,
        holder: Option<HolderKind>,
        paging: &Paging,
    ) -> Result<store::Page<PolicyHolder>, Refused> {
        match self.policy(kind, name).await?.value.id {
            Some(id) => Ok(self.store().policy_holders(self.tenant(), id, holder, paging).await?),
            None => Ok(store::Page { items: Vec::new(), next: None }),
        }
    }

    /// A group that gives policies stays, so that nobody loses one by the way.
    pub(super) async fn check_policies_of_group(&self, group: &Group) -> Result<(), Refused> {
        let kinds = self.store().policy_types_of_group(self.tenant(), group.id).await?;
        if kinds.is_empty() {
            return Ok(());
        }
        let kinds: Vec<&str> = kinds.into_iter().map(PolicyType::as_str).collect();
        Err(Refused::Conflict {
            code: "group.has_policies",
            detail: format!("{} gives its members policies: {}", group.name, kinds.join(", ")),
            fix: Some("unassign those policies from the group first".to_owned()),
        })
    }

    /// A site that gives policies stays, so that nobody loses one by the way.
    pub(super) async fn check_policies_of_site(&self, site: &Site) -> Result<(), Refused> {
        let kinds = self.store().policy_types_of_site(self.tenant(), site.id).await?;
        if kinds.is_empty() {
            return Ok(());
        }
        let kinds: Vec<&str> = kinds.into_iter().map(PolicyType::as_str).collect();
        Err(Refused::Conflict {
            code: "site.has_policies",
            detail: format!("{} gives phones there policies: {}", site.name, kinds.join(", ")),
            fix: Some("unassign those policies from the site first".to_owned()),
        })
    }

    /// One that comes with the program stays as it is.
    fn check_not_fixed(&self, policy: &Policy) -> Result<(), Refused> {
        match is_fixed(self.tenant(), policy) {
            true => Err(Refused::by_rule(&PolicyRefusal::Fixed { name: policy.name.clone() })),
            false => Ok(()),
        }
    }

    /// One that comes with the program is the organization's as soon as somebody is given it.
    async fn keep_if_fixed(&self, tx: &mut Tx, policy: &Policy) -> Result<(), Refused> {
        if is_fixed(self.tenant(), policy) {
            tx.keep_fixed_policy(self.tenant(), policy).await?;
        }
        Ok(())
    }

    async fn policy_in(&self, tx: &Tx, kind: PolicyType, name: &str) -> Result<Stored<Policy>, Refused> {
        let found = tx.policy(self.tenant(), kind, &key(name)).await?;
        found.ok_or(Refused::NotFound { what: "policy" })
    }

    async fn save_policy(&self, tx: &mut Tx, policy: &Policy, expected: Expected) -> Result<Version, Refused> {
        Refused::for_problems(policy.problems())?;
        self.check_references(tx, policy).await?;
        let same = tx.policy(self.tenant(), policy.kind(), &PolicyKey::Name(policy.name.clone())).await?;
        if policy.id.is_some() && same.is_some_and(|same| same.value.id != policy.id) {
            return Err(Refused::Conflict {
                code: "name_taken",
                detail: format!("another {} policy is called {}", policy.kind().as_str(), policy.name),
                fix: Some("choose another name, or change that one".to_owned()),
            });
        }
        Ok(tx.save_policy(self.tenant(), policy, expected).await?)
    }

    async fn sites_named(&self, sites: &[String]) -> Result<BTreeSet<SiteId>, Refused> {
        if sites.is_empty() {
            return Ok(BTreeSet::new());
        }
        // All at once: thousands may be named, and others wait to write.
        let known = self.store().site_names(self.tenant()).await?;
        let by_name: BTreeMap<String, SiteId> = known.iter().map(|(id, name)| (name.to_lowercase(), *id)).collect();
        let find = |(index, name): (usize, &String)| {
            let id = name.parse::<Uuid>().ok().map(SiteId);
            let found = match id {
                Some(id) => known.contains_key(&id).then_some(id),
                None => by_name.get(&name.trim().to_lowercase()).copied(),
            };
            let missing = || Refused::field(format!("sites[{index}]"), "not_found", format!("there is no site {name}"));
            found.ok_or_else(missing)
        };
        sites.iter().enumerate().map(find).collect()
    }

    async fn groups_named(&self, groups: &[(String, Option<u32>)]) -> Result<Vec<(GroupId, Option<u32>)>, Refused> {
        if POLICY_GROUPS_MAX < groups.len() {
            let words = format!("at most {POLICY_GROUPS_MAX} groups in one request");
            return Err(Refused::field("groups", "too_many_items", words));
        }
        let mut found = Vec::new();
        for (index, (name, rank)) in groups.iter().enumerate() {
            let group = self.group(name).await.map_err(|refused| match refused {
                Refused::NotFound { .. } => {
                    Refused::field(format!("groups[{index}]"), "not_found", format!("there is no group {name}"))
                }
                other => other,
            })?;
            found.push((group.value.id, *rank));
        }
        Ok(found)
    }
}

fn changed(policy: Policy, wanted: PolicyChange) -> Result<Policy, Refused> {
    let settings = policy.settings.changed(&wanted.settings).map_err(|faults| Refused::Invalid {
        code: "invalid_settings",
        detail: "these settings break a rule".to_owned(),
        faults: faults.into_iter().map(Fault::from).collect(),
        fix: Some(format!("`trunkline policy types {}` tells what each setting takes", policy.kind().as_str())),
    })?;
    Ok(Policy {
        id: policy.id,
        name: wanted.name.map_or(policy.name, |name| name.trim().to_owned()),
        description: wanted.description.unwrap_or(policy.description),
        settings,
    })
}

fn key(name: &str) -> PolicyKey {
    match name.parse::<Uuid>() {
        Ok(id) => PolicyKey::Id(PolicyId(id)),
        Err(_) if name.eq_ignore_ascii_case("global") => PolicyKey::Global,
        Err(_) => PolicyKey::Name(name.to_owned()),
    }
}

fn no_such_numbers(missing: &[E164]) -> Result<(), Refused> {
    let Some(first) = missing.first() else { return Ok(()) };
    let words = format!("{first} is no number of this organization ({} are not)", missing.len());
    Err(Refused::field("numbers", "not_found", words))
}

impl From<SettingFault> for Fault {
    fn from(fault: SettingFault) -> Self {
        Self { field: fault.field, code: fault.code.to_owned(), message: fault.message }
    }
}
