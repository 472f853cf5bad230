//! Packages of policies: made, changed, and given to people and groups, with what that changes for whom.

use std::collections::{BTreeMap, BTreeSet};

use phone::id::{GroupId, PolicyId, PolicyPackageId, SiteId, UserId};
use phone::limits::{POLICY_PACKAGE_PEOPLE_MAX, POLICY_PACKAGES_MAX};
use phone::people::User;
use phone::policies::assignment::{check_assignment, place_group};
use phone::policies::effective::{Assigned, Rank};
use phone::policies::package::{
    BuiltIn, Foreseen, Giving, Outcome, PackageRefusal, check_for_groups, foresee, may_be_in_package,
};
use phone::policies::types::HolderKind;
use phone::policies::{Candidate, Package, Policy, PolicyRefusal, PolicyType, Settings};
use serde_json::{Value, json};
use store::{Expected, Origin, Page, Paging, PolicyHolder, Stored, Tx, Version};
use uuid::Uuid;

use crate::admin::{Access, Refused};

/// What a preview lists; it counts all.
const LISTED_MAX: usize = 1_000;

/// A package, and whose it is.
pub enum FoundPackage {
    BuiltIn(BuiltIn),
    Own(Stored<Package>),
}

/// What is wanted of a package. What is absent stays.
#[derive(Clone, Debug, Default)]
pub struct PackageChange {
    pub name: Option<String>,
    pub description: Option<String>,
    /// By type the id or the name of a policy; all that the package has.
    pub policies: Option<BTreeMap<PolicyType, String>>,
}

/// Whom a package is given to, or taken from.
#[derive(Clone, Debug, Default)]
pub struct PackageHolders {
    /// Ids or extensions.
    pub users: Vec<String>,
    pub groups: Vec<(String, Option<u32>)>,
    /// What people are given by themselves stays.
    pub keeps_direct: bool,
}

/// What giving a package changes.
pub struct PackageEffect {
    pub n_people: usize,
    pub n_changes: usize,
    pub n_same: usize,
    /// Policies that are given and don't hold, or are not given.
    pub n_stays: usize,
    /// All but what is the same, by person; not more than can be looked at.
    pub listed: Vec<(User, Foreseen)>,
    /// Names of the policies and groups that are spoken of.
    pub names: BTreeMap<Uuid, String>,
}

/// The policies of a package and who gets them.
struct Giveaway {
    key: String,
    policies: Vec<Policy>,
    people: BTreeSet<UserId>,
    groups: Vec<GroupId>,
    keeps_direct: bool,
}

/// The order of the groups of each type, once the package is given.
type Ranked = BTreeMap<PolicyType, Vec<GroupId>>;

impl FoundPackage {
    /// Its id or its word: what assignments remember.
    pub fn key(&self) -> String {
        match self {
            Self::BuiltIn(package) => package.key.to_owned(),
            Self::Own(package) => package.value.id.to_string(),
        }
    }

    pub fn name(&self) -> &str {
        match self {
            Self::BuiltIn(package) => package.name,
            Self::Own(package) => &package.value.name,
        }
    }

    fn kinds(&self) -> Vec<PolicyType> {
        match self {
            Self::BuiltIn(package) => package.policies.iter().map(|(kind, _)| *kind).collect(),
            Self::Own(package) => package.value.policies.keys().copied().collect(),
        }
    }
}

impl Access {
    /// A package of the organization, or one that comes with the program, by id or name.
    pub async fn policy_package(&self, name: &str) -> Result<FoundPackage, Refused> {
        let own = match name.parse::<Uuid>() {
            Ok(id) => self.store().document::<Package>(self.tenant(), id).await?,
            Err(_) => self.store().document_named(self.tenant(), name).await?,
        };
        if let Some(own) = own {
            return Ok(FoundPackage::Own(own));
        }
        let found = BuiltIn::find(name).ok_or(Refused::NotFound { what: "policy package" })?;
        Ok(FoundPackage::BuiltIn(found))
    }

    /// The policies of a package by type; none is one that is made when the package is first given.
    pub async fn policies_of_package(
        &self,
        package: &FoundPackage,
    ) -> Result<Vec<(PolicyType, Option<Policy>)>, Refused> {
        let mut found = Vec::new();
        for kind in package.kinds() {
            let key = match package {
                FoundPackage::BuiltIn(built_in) => built_in.name.to_owned(),
                FoundPackage::Own(own) => own.value.policies.get(&kind).map(ToString::to_string).unwrap_or_default(),
            };
            let policy = match self.policy(kind, &key).await {
                Ok(policy) => Some(policy.value),
                Err(Refused::NotFound { .. }) => None,
                Err(refused) => return Err(refused),
            };
            found.push((kind, policy));
        }
        Ok(found)
    }

    /// Makes a package of policies that are there.
    pub async fn create_policy_package(&self, wanted: PackageChange) -> Result<(Package, Version), Refused> {
        let tx = self.change().await?;
        if POLICY_PACKAGES_MAX <= tx.n_documents::<Package>(self.tenant()).await? {
            return Err(Refused::Conflict {
                code: "too_many",
                detail: format!("an organization has at most {POLICY_PACKAGES_MAX} packages"),
                fix: Some("delete one that nobody needs".to_owned()),
            });
        }
        let id = PolicyPackageId(Uuid::now_v7());
        let bare = Package { id, name: String::new(), description: String::new(), policies: BTreeMap::new() };
        self.save_policy_package(tx, bare, wanted, Expected::Absent).await
    }

    /// Changes a package. Who was given it keeps the policies that they got.
    pub async fn change_policy_package(
        &self,
        name: &str,
        expected: Expected,
        wanted: PackageChange,
    ) -> Result<(Package, Version), Refused> {
        let before = self.own_package(name).await?;
        self.save_policy_package(self.change().await?, before.value, wanted, expected).await
    }

    /// Deletes a package that nobody was given.
    pub async fn delete_policy_package(&self, name: &str, expected: Expected) -> Result<(), Refused> {
        let package = self.own_package(name).await?.value;
        let mut tx = self.change().await?;
        let n_holders = self.store().n_package_holders(self.tenant(), &package.id.to_string()).await?;
        if n_holders != 0 {
            return Err(Refused::by_rule(&PackageRefusal::InUse { name: package.name, n_holders }));
        }
        tx.delete_document::<Package>(self.tenant(), package.id.0, expected).await?;
        self.settle(tx).await
    }

    /// Who was given a package and still has policies of it.
    pub async fn package_holders(
        &self,
        name: &str,
        paging: &Paging,
    ) -> Result<Page<(PolicyType, PolicyHolder)>, Refused> {
        let package = self.policy_package(name).await?;
        Ok(self.store().package_holders(self.tenant(), &package.key(), paging).await?)
    }

    /// Gives a package to people and groups, to all of them or to none, and tells what that changes for whom. As a
    /// preview it does the same, and leaves nothing of it.
    pub async fn assign_policy_package(
        &self,
        name: &str,
        holders: &PackageHolders,
        is_preview: bool,
    ) -> Result<PackageEffect, Refused> {
        let package = self.policy_package(name).await?;
        let mut tx = self.change().await?;
        let people = self.people_of_package(&tx, &holders.users).await?;
        let groups = self.groups_named(&holders.groups).await?;
        if !groups.is_empty() {
            check_for_groups(package.name(), package.kinds().into_iter())
                .map_err(|refusal| Refused::by_rule(&refusal))?;
        }
        let policies = self.policies_to_give(&mut tx, &package).await?;
        let giveaway = Giveaway {
            key: package.key(),
            policies,
            people,
            groups: groups.iter().map(|(group, _)| *group).collect(),
            keeps_direct: holders.keeps_direct,
        };
        let mut ranked = Ranked::new();
        for policy in &giveaway.policies {
            let mut order = tx.ranked_groups(self.tenant(), policy.kind()).await?;
            for (group, rank) in &groups {
                let placed = place_group(policy.kind(), &order, *group, *rank);
                order = placed.map_err(|refusal| Refused::by_rule(&refusal))?;
            }
            ranked.insert(policy.kind(), order);
        }
        let effect = self.effect_of(&giveaway, &ranked).await?;
        self.give(&mut tx, &giveaway, &ranked).await?;
        match is_preview {
            true => drop(tx),
            false => self.settle(tx).await?,
        }
        Ok(effect)
    }

    /// Takes from people and groups the policies that they have by a package: how many, by type.
    pub async fn unassign_policy_package(
        &self,
        name: &str,
        holders: &PackageHolders,
    ) -> Result<BTreeMap<PolicyType, u64>, Refused> {
        let package = self.policy_package(name).await?;
        let mut tx = self.change().await?;
        let people = self.people_of_package(&tx, &holders.users).await?;
        let groups: BTreeSet<GroupId> =
            self.groups_named(&holders.groups).await?.into_iter().map(|(group, _)| group).collect();
        let before = tx.direct_policies(self.tenant(), &people, &package.kinds()).await?;
        let taken = tx.unassign_package(self.tenant(), &package.key(), &people, &groups).await?;
        if !taken.is_empty() {
            let after = tx.direct_policies(self.tenant(), &people, &package.kinds()).await?;
            let (before, after) = (told(&before), told(&after));
            let whom =
                |direct: Value| json!({ "name": package.name(), "users": people, "groups": groups, "direct": direct });
            tx.note_package(self.tenant(), &package.key(), "unassign", &whom(before), &whom(after)).await?;
        }
        self.settle(tx).await?;
        Ok(taken)
    }

    /// A policy that a package has stays, so that the package is what it says.
    pub(super) async fn check_no_package_has(&self, tx: &Tx, policy: &Policy) -> Result<(), Refused> {
        let packages = tx.documents::<Package>(self.tenant()).await?;
        let has = |package: &&Package| package.policies.get(&policy.kind()).copied() == policy.id;
        match policy.id.and_then(|_| packages.iter().find(has)) {
            None => Ok(()),
            Some(package) => Err(Refused::by_rule(&PackageRefusal::PolicyInPackage {
                policy: policy.name.clone(),
                package: package.name.clone(),
            })),
        }
    }

    async fn own_package(&self, name: &str) -> Result<Stored<Package>, Refused> {
        match self.policy_package(name).await? {
            FoundPackage::Own(package) => Ok(package),
            FoundPackage::BuiltIn(package) => {
                Err(Refused::by_rule(&PackageRefusal::BuiltIn { name: package.name.to_owned() }))
            }
        }
    }

    async fn save_policy_package(
        &self,
        mut tx: Tx,
        mut package: Package,
        wanted: PackageChange,
        expected: Expected,
    ) -> Result<(Package, Version), Refused> {
        if let Some(policies) = wanted.policies {
            package.policies = BTreeMap::new();
            for (kind, name) in policies {
                let id = self.policy_for_package(&mut tx, kind, &name).await?;
                package.policies.insert(kind, id);
            }
        }
        package.name = wanted.name.map_or(package.name, |name| name.trim().to_owned());
        package.description = wanted.description.unwrap_or(package.description);
        if package.policies.is_empty() {
            let words = "a package has at least one policy";
            return Err(Refused::field("policies", "policy_package.empty", words));
        }
        Refused::for_problems(package.problems())?;
        self.name_is_free(&tx, &package).await?;
        let version = tx.save_document(self.tenant(), &package, expected).await?;
        self.settle(tx).await?;
        Ok((package, version))
    }

    /// A policy that a package may have.
    async fn policy_for_package(&self, tx: &mut Tx, kind: PolicyType, name: &str) -> Result<PolicyId, Refused> {
        if !may_be_in_package(kind) {
            return Err(Refused::by_rule(&PolicyRefusal::NotFor { kind, holder: HolderKind::User }));
        }
        let policy = self.policy_in(tx, kind, name).await.map_err(|refused| match refused {
            Refused::NotFound { .. } => {
                let words = format!("there is no {} policy {name}", kind.as_str());
                Refused::field(format!("policies.{}", kind.as_str()), "policy.reference_missing", words)
            }
            other => other,
        })?;
        self.keep_if_fixed(tx, &policy.value).await?;
        let global = || Refused::by_rule(&PolicyRefusal::GlobalNotAssigned);
        policy.value.id.ok_or_else(global)
    }

    async fn people_of_package(&self, tx: &Tx, users: &[String]) -> Result<BTreeSet<UserId>, Refused> {
        if POLICY_PACKAGE_PEOPLE_MAX < users.len() {
            let words = format!("at most {POLICY_PACKAGE_PEOPLE_MAX} people in one request");
            return Err(Refused::field("users", "too_many_items", words));
        }
        self.people_in(tx, users).await
    }

    /// The policies of a package as they are given: those that come with the program are made when they are needed.
    async fn policies_to_give(&self, tx: &mut Tx, package: &FoundPackage) -> Result<Vec<Policy>, Refused> {
        let mut policies = Vec::new();
        match package {
            FoundPackage::Own(own) => {
                for (kind, id) in &own.value.policies {
                    let policy = self.policy_in(tx, *kind, &id.to_string()).await?.value;
                    self.keep_if_fixed(tx, &policy).await?;
                    policies.push(policy);
                }
            }
            FoundPackage::BuiltIn(built_in) => {
                for (kind, first) in &built_in.policies {
                    policies.push(self.policy_of_program(tx, built_in, *kind, first).await?);
                }
            }
        }
        for policy in &policies {
            check_assignment(policy, HolderKind::User).map_err(|refusal| Refused::by_rule(&refusal))?;
        }
        Ok(policies)
    }

    async fn policy_of_program(
        &self,
        tx: &mut Tx,
        package: &BuiltIn,
        kind: PolicyType,
        first: &serde_json::Map<String, Value>,
    ) -> Result<Policy, Refused> {
        match self.policy_in(tx, kind, package.name).await {
            Ok(policy) => return Ok(policy.value),
            Err(Refused::NotFound { .. }) => {}
            Err(refused) => return Err(refused),
        }
        let settings = Settings::factory(kind).changed(first);
        let settings = settings.map_err(|faults| Refused::Failed { cause: format!("{}: {faults:?}", package.key) })?;
        let policy = Policy {
            id: Some(PolicyId(Uuid::now_v7())),
            name: package.name.to_owned(),
            description: Some(format!("Of the package {}", package.name)),
            settings,
        };
        self.save_policy(tx, &policy, Expected::Absent).await?;
        Ok(policy)
    }

    /// Writes what is given, and what those had before.
    async fn give(&self, tx: &mut Tx, giveaway: &Giveaway, ranked: &Ranked) -> Result<(), Refused> {
        let kinds: Vec<PolicyType> = giveaway.policies.iter().map(Policy::kind).collect();
        let origin = Origin::Package(giveaway.key.clone());
        let before = tx.direct_policies(self.tenant(), &giveaway.people, &kinds).await?;
        for policy in &giveaway.policies {
            let mut people = giveaway.people.clone();
            if giveaway.keeps_direct {
                let of_others = before.get(&policy.kind()).into_iter().flatten();
                for (_, kept) in of_others.filter(|(other, _)| Some(**other) != policy.id) {
                    people.retain(|person| !kept.contains(person));
                }
            }
            if !people.is_empty() {
                tx.assign_policy_to_people_by(self.tenant(), policy, &people, &origin).await?;
            }
            for group in &giveaway.groups {
                let order = ranked.get(&policy.kind()).map(Vec::as_slice).unwrap_or_default();
                tx.assign_policy_to_group_by(self.tenant(), policy, *group, order, &origin).await?;
            }
        }
        let after = tx.direct_policies(self.tenant(), &giveaway.people, &kinds).await?;
        let Giveaway { people, groups, .. } = giveaway;
        let whom = |direct: Value| json!({ "users": people, "groups": groups, "direct": direct });
        let (before, after) = (whom(told(&before)), whom(told(&after)));
        Ok(tx.note_package(self.tenant(), &giveaway.key, "assign", &before, &after).await?)
    }

    /// What is given changes for whom.
    async fn effect_of(&self, giveaway: &Giveaway, ranked: &Ranked) -> Result<PackageEffect, Refused> {
        let of_groups: BTreeSet<GroupId> = giveaway.groups.iter().copied().collect();
        let members = self.store().members_of_groups(self.tenant(), &of_groups).await?;
        let mut everybody: BTreeSet<UserId> = giveaway.people.clone();
        everybody.extend(members.values().flat_map(|members| members.iter().copied()));
        let ids: Vec<UserId> = everybody.iter().copied().collect();
        let mut users: Vec<User> =
            self.store().users_of(self.tenant(), &ids).await?.into_iter().map(|user| user.value).collect();
        users.sort_by(|one, other| (&one.extension, one.id).cmp(&(&other.extension, other.id)));
        let kinds: Vec<PolicyType> = giveaway.policies.iter().map(Policy::kind).collect();
        let places: Vec<(UserId, Option<SiteId>)> = users.iter().map(|user| (user.id, user.site)).collect();
        let assigned = self.store().policies_assigned_to(self.tenant(), &places, &kinds).await?;
        let mut effect = PackageEffect {
            n_people: users.len(),
            n_changes: 0,
            n_same: 0,
            n_stays: 0,
            listed: Vec::new(),
            names: BTreeMap::new(),
        };
        for user in users {
            let own = assigned.get(&user.id);
            let is_member = |group: &GroupId| members.get(group).is_some_and(|members| members.contains(&user.id));
            for policy in &giveaway.policies {
                let (kind, Some(id)) = (policy.kind(), policy.id) else { continue };
                let order = ranked.get(&kind).map(Vec::as_slice).unwrap_or_default();
                let now = in_new_places(own.and_then(|own| own.get(&kind)), order);
                let giving = match giveaway.people.contains(&user.id) {
                    true if giveaway.keeps_direct => Giving::DirectWhereNone,
                    true => Giving::Direct,
                    false => {
                        let is_given = |group: &GroupId| of_groups.contains(group) && is_member(group);
                        let Some((rank, group)) = (1..).zip(order).find(|(_, group)| is_given(group)) else { continue };
                        Giving::Group(*group, Rank(rank))
                    }
                };
                effect.count(&user, foresee(kind, id, &now, giving));
            }
        }
        self.name_what_is_listed(giveaway, &mut effect).await?;
        Ok(effect)
    }

    async fn name_what_is_listed(&self, giveaway: &Giveaway, effect: &mut PackageEffect) -> Result<(), Refused> {
        let spoken_of: Vec<Candidate> =
            effect.listed.iter().flat_map(|(_, foreseen)| [foreseen.before, foreseen.after]).collect();
        effect.names = self.names_of(spoken_of.into_iter()).await?;
        // What is made for it is known to this change only.
        for policy in &giveaway.policies {
            effect.names.extend(policy.id.map(|id| (id.0, policy.name.clone())));
        }
        Ok(())
    }
}

impl PackageEffect {
    fn count(&mut self, user: &User, foreseen: Foreseen) {
        let of_outcome = match foreseen.outcome {
            Outcome::Changes => &mut self.n_changes,
            Outcome::Same => &mut self.n_same,
            Outcome::Kept | Outcome::Hidden(_) => &mut self.n_stays,
        };
        *of_outcome = of_outcome.saturating_add(1);
        if foreseen.outcome != Outcome::Same && self.listed.len() < LISTED_MAX {
            self.listed.push((user.clone(), foreseen));
        }
    }
}

/// What a person is assigned, with groups in the places that they have in this order.
fn in_new_places(assigned: Option<&Assigned>, order: &[GroupId]) -> Assigned {
    let mut assigned = assigned.cloned().unwrap_or_default();
    for (group, rank, _) in &mut assigned.groups {
        let place = (1..).zip(order).find(|(_, other)| *other == group);
        *rank = place.map_or(*rank, |(place, _)| Rank(place));
    }
    assigned
}

fn told(direct: &BTreeMap<PolicyType, store::DirectPolicies>) -> Value {
    let of_types = direct.iter().map(|(kind, policies)| {
        let policies = policies.iter().map(|(policy, people)| (policy.to_string(), json!(people))).collect();
        (kind.as_str().to_owned(), Value::Object(policies))
    });
    Value::Object(of_types.collect())
}
