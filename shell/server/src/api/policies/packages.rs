//! Packages of policies that go together for people of one role.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::Path;
use axum::http::{HeaderMap, StatusCode};
use phone::policies::package::{BuiltIn, Foreseen, Outcome};
use phone::policies::{Package, PolicyType as PhoneType};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::super::body::{Body, Created, Params, Versioned, if_match};
use super::super::list::{List, PageParams};
use super::super::problem::{Problem, Refusals, WriteRefusals};
use super::assignments::{Assignment, RankedGroup};
use super::effective::{PolicyCandidate, candidate};
use crate::admin::policies::packages::{FoundPackage, PackageChange, PackageEffect, PackageHolders as Wanted};
use crate::admin::{Access, Caller, Permission, Refused};

const SORT: &str = "assigned_at";

/// Policies that go together, at most one of each type.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct PolicyPackage {
    /// An id, or the word of one that comes with the program.
    pub id: String,
    pub name: String,
    pub description: String,
    /// Whether it comes with the program. Its policies are made, named after it, when it is first given to somebody.
    pub built_in: bool,
    pub policies: Vec<PackagedPolicy>,
}

/// A policy of a package.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct PackagedPolicy {
    #[serde(rename = "type")]
    pub kind: String,
    /// Its id; null if it is not made yet.
    pub policy: Option<String>,
    pub name: String,
    /// Of one that is not made yet: what will differ from the settings that its type has first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub settings: Option<Map<String, Value>>,
}

/// A package to be made.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "name": "Night shift", "policies": { "dial_out": "DialoutCPCandPSTNDomestic" } }))]
pub struct NewPolicyPackage {
    pub name: String,
    #[serde(default)]
    pub description: String,
    /// By type the id or the name of a policy.
    #[schema(value_type = Object)]
    pub policies: BTreeMap<String, String>,
}

/// What is to change. What is absent stays; who was given the package keeps the policies that they got.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "description": "Who works at night" }))]
pub struct PolicyPackageChange {
    pub name: Option<String>,
    pub description: Option<String>,
    /// All that the package has then, by type the id or the name of a policy.
    #[schema(value_type = Option<Object>)]
    pub policies: Option<BTreeMap<String, String>>,
}

/// Whom a package is given to or taken from.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "users": ["101", "102"] }))]
pub struct PackageHolders {
    /// Ids or extensions, at most 5,000.
    #[serde(default)]
    pub users: Vec<String>,
    #[serde(default)]
    pub groups: Vec<RankedGroup>,
    /// When it is given: whether what people are assigned by themselves stays. Otherwise the package is in its place.
    #[serde(default)]
    pub keep_direct: bool,
}

/// Whether to try only.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Trying {
    /// Tell what would change, and change nothing.
    #[serde(default)]
    pub dry_run: bool,
}

/// What giving a package changes, or would change.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct PackageAssigned {
    pub dry_run: bool,
    /// People whom it concerns, members of groups among them.
    pub people: usize,
    /// Policies that hold in place of others.
    pub changes: usize,
    /// Policies that held before.
    pub same: usize,
    /// Policies that don't hold: others that go before them stay.
    pub stays: usize,
    /// What changes and what stays, by extension; at most 1,000.
    pub items: Vec<PackageChanges>,
}

/// What a package changes for a person, of one type.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct PackageChanges {
    pub user: Uuid,
    pub extension: String,
    pub display_name: String,
    #[serde(rename = "type")]
    pub kind: String,
    pub outcome: PackageOutcome,
    /// What holds before.
    pub from: PolicyCandidate,
    /// What holds then.
    pub to: PolicyCandidate,
    /// Why, in words.
    pub reason: String,
}

/// What becomes of a policy of a package.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PackageOutcome {
    /// It holds in place of another.
    Changes,
    /// It is given and does not hold: another goes before it.
    Hidden,
    /// It is not given: what is assigned to the person is kept.
    Kept,
    /// It held before.
    Same,
}

/// A policy that somebody has by a package.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct PackageAssignment {
    #[serde(rename = "type")]
    pub kind: String,
    #[serde(flatten)]
    pub assignment: Assignment,
}

/// What was taken.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct PackageTaken {
    /// Assignments of policies that are no more.
    pub unassigned: u64,
    /// The same by type.
    pub types: BTreeMap<String, u64>,
}

/// List packages of policies, those that come with the program first
#[utoipa::path(get, path = "/tenants/{tenant}/policy-packages", tag = "policies", params(("tenant" = String, Path)),
    responses((status = 200, body = List<PolicyPackage>), Refusals))]
pub async fn list(caller: Caller, Path(tenant): Path<String>) -> Result<Json<List<PolicyPackage>>, Problem> {
    let access = caller.begin(&tenant, Permission::View).await?;
    let mut all = Vec::new();
    for package in BuiltIn::all() {
        all.push(shown(&access, &FoundPackage::BuiltIn(package)).await?);
    }
    let mut own = access.store().all_documents::<Package>(access.tenant()).await.map_err(Refused::from)?;
    own.sort_by(|one, other| one.name.cmp(&other.name));
    for package in own {
        all.push(shown(&access, &access.policy_package(&package.id.to_string()).await?).await?);
    }
    Ok(List::whole(all))
}

/// Show a package of policies
#[utoipa::path(get, path = "/tenants/{tenant}/policy-packages/{package}", tag = "policies",
    params(("tenant" = String, Path), ("package" = String, Path, description = "Id or name")),
    responses((status = 200, body = PolicyPackage), Refusals))]
pub async fn show(
    caller: Caller,
    Path((tenant, package)): Path<(String, String)>,
) -> Result<Versioned<PolicyPackage>, Problem> {
    let access = caller.begin(&tenant, Permission::View).await?;
    let found = access.policy_package(&package).await?;
    let version = match &found {
        FoundPackage::BuiltIn(_) => 0,
        FoundPackage::Own(own) => own.version,
    };
    Ok(Versioned { value: shown(&access, &found).await?, version })
}

/// Make a package of policies that are there
#[utoipa::path(post, path = "/tenants/{tenant}/policy-packages", tag = "policies", params(("tenant" = String, Path)),
    request_body = NewPolicyPackage, responses((status = 201, body = PolicyPackage), Refusals, WriteRefusals))]
pub async fn create(
    caller: Caller,
    Path(tenant): Path<String>,
    Body(wanted): Body<NewPolicyPackage>,
) -> Result<Created<PolicyPackage>, Problem> {
    let access = caller.begin(&tenant, Permission::Configure).await?;
    let NewPolicyPackage { name, description, policies } = wanted;
    let wanted = PackageChange { name: Some(name), description: Some(description), policies: Some(by_type(policies)?) };
    let (package, version) = access.create_policy_package(wanted).await?;
    let value = shown(&access, &access.policy_package(&package.id.to_string()).await?).await?;
    let location = format!("/tenants/{}/policy-packages/{}", access.tenant(), value.id);
    Ok(Created { value, version, location })
}

/// Change a package; who was given it keeps the policies that they got
#[utoipa::path(patch, path = "/tenants/{tenant}/policy-packages/{package}", tag = "policies",
    params(("tenant" = String, Path), ("package" = String, Path, description = "Id or name"),
        ("If-Match" = Option<String>, Header)),
    request_body = PolicyPackageChange, responses((status = 200, body = PolicyPackage), Refusals, WriteRefusals))]
pub async fn change(
    caller: Caller,
    Path((tenant, package)): Path<(String, String)>,
    headers: HeaderMap,
    Body(wanted): Body<PolicyPackageChange>,
) -> Result<Versioned<PolicyPackage>, Problem> {
    let access = caller.begin(&tenant, Permission::Configure).await?;
    let PolicyPackageChange { name, description, policies } = wanted;
    let wanted = PackageChange { name, description, policies: policies.map(by_type).transpose()? };
    let (package, version) = access.change_policy_package(&package, if_match(&headers)?, wanted).await?;
    let value = shown(&access, &access.policy_package(&package.id.to_string()).await?).await?;
    Ok(Versioned { value, version })
}

/// Delete a package that nobody was given; its policies stay
#[utoipa::path(delete, path = "/tenants/{tenant}/policy-packages/{package}", tag = "policies",
    params(("tenant" = String, Path), ("package" = String, Path, description = "Id or name"),
        ("If-Match" = Option<String>, Header)),
    responses((status = 204), Refusals, WriteRefusals))]
pub async fn delete(
    caller: Caller,
    Path((tenant, package)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<StatusCode, Problem> {
    let access = caller.begin(&tenant, Permission::Configure).await?;
    access.delete_policy_package(&package, if_match(&headers)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Give the policies of a package to people and groups, to all of them or to none
#[utoipa::path(post, path = "/tenants/{tenant}/policy-packages/{package}/assign", tag = "policies",
    params(("tenant" = String, Path), ("package" = String, Path, description = "Id or name"), Trying),
    request_body = PackageHolders, responses((status = 200, body = PackageAssigned), Refusals, WriteRefusals))]
pub async fn assign(
    caller: Caller,
    Path((tenant, package)): Path<(String, String)>,
    Params(trying): Params<Trying>,
    Body(holders): Body<PackageHolders>,
) -> Result<Json<PackageAssigned>, Problem> {
    let access = caller.begin(&tenant, Permission::Configure).await?;
    let effect = access.assign_policy_package(&package, &holders.into(), trying.dry_run).await?;
    Ok(Json(PackageAssigned::new(effect, trying.dry_run)))
}

/// Take from people and groups the policies that they have by a package; what they were given otherwise stays
#[utoipa::path(post, path = "/tenants/{tenant}/policy-packages/{package}/unassign", tag = "policies",
    params(("tenant" = String, Path), ("package" = String, Path, description = "Id or name")),
    request_body = PackageHolders, responses((status = 200, body = PackageTaken), Refusals, WriteRefusals))]
pub async fn unassign(
    caller: Caller,
    Path((tenant, package)): Path<(String, String)>,
    Body(holders): Body<PackageHolders>,
) -> Result<Json<PackageTaken>, Problem> {
    let access = caller.begin(&tenant, Permission::Configure).await?;
    let taken = access.unassign_policy_package(&package, &holders.into()).await?;
    let unassigned = taken.values().sum();
    let types = taken.into_iter().map(|(kind, n_taken)| (kind.as_str().to_owned(), n_taken)).collect();
    Ok(Json(PackageTaken { unassigned, types }))
}

/// List the policies that people and groups have by a package
#[utoipa::path(get, path = "/tenants/{tenant}/policy-packages/{package}/assignments", tag = "policies",
    params(("tenant" = String, Path), ("package" = String, Path, description = "Id or name"), PageParams),
    responses((status = 200, body = List<PackageAssignment>), Refusals))]
pub async fn assignments(
    caller: Caller,
    Path((tenant, package)): Path<(String, String)>,
    Params(page): Params<PageParams>,
) -> Result<Json<List<PackageAssignment>>, Problem> {
    let access = caller.begin(&tenant, Permission::View).await?;
    let paging = page.paging(SORT, false)?;
    let page = access.package_holders(&package, &paging).await?;
    let page = page.map(|(kind, holder)| PackageAssignment {
        kind: kind.as_str().to_owned(),
        assignment: Assignment::from(holder),
    });
    Ok(List::of(page, SORT))
}

async fn shown(access: &Access, package: &FoundPackage) -> Result<PolicyPackage, Problem> {
    let mut policies = Vec::new();
    for (kind, policy) in access.policies_of_package(package).await? {
        let first = match package {
            FoundPackage::BuiltIn(package) if policy.is_none() => {
                package.policies.iter().find(|(other, _)| *other == kind).map(|(_, settings)| settings.clone())
            }
            FoundPackage::BuiltIn(_) | FoundPackage::Own(_) => None,
        };
        let id = policy.as_ref().and_then(|policy| policy.id).map(|id| id.to_string());
        let name = policy.map_or_else(|| package.name().to_owned(), |policy| policy.name);
        policies.push(PackagedPolicy { kind: kind.as_str().to_owned(), policy: id, name, settings: first });
    }
    let (description, built_in) = match package {
        FoundPackage::BuiltIn(package) => (package.description.to_owned(), true),
        FoundPackage::Own(package) => (package.value.description.clone(), false),
    };
    Ok(PolicyPackage { id: package.key(), name: package.name().to_owned(), description, built_in, policies })
}

fn by_type(policies: BTreeMap<String, String>) -> Result<BTreeMap<PhoneType, String>, Problem> {
    let read = |(word, policy): (String, String)| match PhoneType::parse(&word) {
        Some(kind) => Ok((kind, policy)),
        None => {
            let words = format!("there is no type of policies called {word}");
            Err(Refused::field(format!("policies.{word}"), "policy.type_unknown", words).into())
        }
    };
    policies.into_iter().map(read).collect()
}

impl PackageAssigned {
    fn new(effect: PackageEffect, dry_run: bool) -> Self {
        let PackageEffect { n_people, n_changes, n_same, n_stays, listed, names } = effect;
        let item = |(user, foreseen): (phone::people::User, Foreseen)| {
            let from = candidate(foreseen.before, &names);
            let to = candidate(foreseen.after, &names);
            PackageChanges {
                user: user.id.0,
                extension: user.extension,
                display_name: user.display_name,
                kind: foreseen.kind.as_str().to_owned(),
                outcome: foreseen.outcome.into(),
                reason: reason(&foreseen, &from, &to),
                from,
                to,
            }
        };
        let items = listed.into_iter().map(item).collect();
        Self { dry_run, people: n_people, changes: n_changes, same: n_same, stays: n_stays, items }
    }
}

/// Why a policy of a package holds then, or does not.
fn reason(foreseen: &Foreseen, from: &PolicyCandidate, to: &PolicyCandidate) -> String {
    use phone::policies::Candidate::Direct;
    match (foreseen.outcome, foreseen.before) {
        (Outcome::Changes, Direct(_)) => {
            format!("{} was assigned to the person: the package is in its place", from.name)
        }
        (Outcome::Changes, _) => format!("{}, which goes before {}: {}", to.reason, from.name, from.reason),
        (Outcome::Kept, _) => format!("{} stays: it is assigned to the person, which is to be kept", from.name),
        (Outcome::Hidden(_), _) => {
            format!("{} stays: {}, which goes before what the package gives", to.name, to.reason)
        }
        (Outcome::Same, _) => format!("{} held before", to.name),
    }
}

impl From<Outcome> for PackageOutcome {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Changes => Self::Changes,
            Outcome::Hidden(_) => Self::Hidden,
            Outcome::Kept => Self::Kept,
            Outcome::Same => Self::Same,
        }
    }
}

impl From<PackageHolders> for Wanted {
    fn from(it: PackageHolders) -> Self {
        let groups = it.groups.into_iter().map(|it| (it.group, it.rank)).collect();
        Self { users: it.users, groups, keeps_direct: it.keep_direct }
    }
}
