//! Licenses that groups give, and from where a person has them.

use axum::Json;
use axum::extract::Path;
use phone::id::GroupId;
use phone::people::license::PartNumber;
use serde::{Deserialize, Serialize};
use store::LicenseFailure;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{Group, show_one};
use crate::admin::{Access, Caller, Permission, Refused};
use crate::api::body::{Body, Versioned};
use crate::api::list::List;
use crate::api::problem::{Problem, Refusals, WriteRefusals};

/// Plans that a group gives or gives no more.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "plans": ["MCOEV"] }))]
pub struct GroupPlans {
    /// Part numbers.
    pub plans: Vec<String>,
}

/// Why a group can't give a person its plans, all of them or none.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct GroupLicenseError {
    pub user: Uuid,
    pub display_name: String,
    pub code: String,
    pub message: String,
    pub fix: String,
}

/// A license that a person is to have, from one source.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct UserLicense {
    /// Part number.
    pub plan: String,
    pub source: LicenseSource,
    /// The group that gives it.
    pub group: Option<String>,
    pub state: UserLicenseState,
    pub code: Option<String>,
    pub message: Option<String>,
    pub fix: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum LicenseSource {
    Direct,
    Group,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum UserLicenseState {
    Assigned,
    Error,
    /// The person's turn has not come yet.
    InProgress,
}

/// Let a group give licenses to its members
#[utoipa::path(post, path = "/tenants/{tenant}/groups/{group}/licenses/assign", tag = "groups",
    params(("tenant" = String, Path), ("group" = String, Path, description = "Id or name")),
    request_body = GroupPlans, responses((status = 200, body = Group), Refusals, WriteRefusals))]
pub async fn assign(
    caller: Caller,
    Path((tenant, group)): Path<(String, String)>,
    Body(wanted): Body<GroupPlans>,
) -> Result<Versioned<Group>, Problem> {
    let access = caller.begin(&tenant, Permission::Configure).await?;
    let id = access.group(&group).await?.value.id;
    let add = wanted.plans.into_iter().map(PartNumber).collect();
    access.change_group_licenses(id, add, &[].into()).await?;
    show_one(&access, &id.to_string()).await
}

/// Let a group give licenses no more
#[utoipa::path(post, path = "/tenants/{tenant}/groups/{group}/licenses/unassign", tag = "groups",
    params(("tenant" = String, Path), ("group" = String, Path, description = "Id or name")),
    request_body = GroupPlans, responses((status = 200, body = Group), Refusals, WriteRefusals))]
pub async fn unassign(
    caller: Caller,
    Path((tenant, group)): Path<(String, String)>,
    Body(wanted): Body<GroupPlans>,
) -> Result<Versioned<Group>, Problem> {
    let access = caller.begin(&tenant, Permission::Configure).await?;
    let id = access.group(&group).await?.value.id;
    let remove = wanted.plans.into_iter().map(PartNumber).collect();
    access.change_group_licenses(id, [].into(), &remove).await?;
    show_one(&access, &id.to_string()).await
}

/// Try again to give all members of a group its licenses
#[utoipa::path(post, path = "/tenants/{tenant}/groups/{group}/licenses/reprocess", tag = "groups",
    params(("tenant" = String, Path), ("group" = String, Path, description = "Id or name")),
    responses((status = 200, body = Group), Refusals, WriteRefusals))]
pub async fn reprocess(
    caller: Caller,
    Path((tenant, group)): Path<(String, String)>,
) -> Result<Versioned<Group>, Problem> {
    let access = caller.begin(&tenant, Permission::Configure).await?;
    let id = access.group(&group).await?.value.id;
    access.reprocess_group(id).await?;
    show_one(&access, &id.to_string()).await
}

/// List to whom a group can't give its licenses, and why
#[utoipa::path(get, path = "/tenants/{tenant}/groups/{group}/licenses/errors", tag = "groups",
    params(("tenant" = String, Path), ("group" = String, Path, description = "Id or name")),
    responses((status = 200, body = List<GroupLicenseError>), Refusals))]
pub async fn errors(
    caller: Caller,
    Path((tenant, group)): Path<(String, String)>,
) -> Result<Json<List<GroupLicenseError>>, Problem> {
    let access = caller.begin(&tenant, Permission::View).await?;
    let id = access.group(&group).await?.value.id;
    let failures = access.store().failures_of_group(access.tenant(), id).await.map_err(Refused::from)?;
    let snapshot = access.snapshot();
    let named = |failure: LicenseFailure| {
        let user = snapshot.as_ref().and_then(|tenant| tenant.users.get(&failure.user));
        GroupLicenseError {
            user: failure.user.0,
            display_name: user.map(|user| user.display_name.clone()).unwrap_or_default(),
            code: failure.code,
            message: failure.message,
            fix: failure.fix,
        }
    };
    Ok(List::whole(failures.into_iter().map(named).collect()))
}

/// Show from where a person has licenses, and what a group could not give
#[utoipa::path(get, path = "/tenants/{tenant}/users/{user}/licenses", tag = "users",
    params(("tenant" = String, Path), ("user" = String, Path, description = "Id or extension")),
    responses((status = 200, body = List<UserLicense>), Refusals))]
pub async fn of_user(
    caller: Caller,
    Path((tenant, user)): Path<(String, String)>,
) -> Result<Json<List<UserLicense>>, Problem> {
    let access = caller.begin(&tenant, Permission::View).await?;
    Ok(List::whole(sources(&access, &user).await?))
}

async fn sources(access: &Access, user: &str) -> Result<Vec<UserLicense>, Refused> {
    let user = access.user(user).await?.value.id;
    let (store, tenant) = (access.store(), access.tenant());
    let wanted = store.wanted_licenses(tenant, user).await?;
    let held = store.licenses(tenant, [user]).await?.remove(&user).unwrap_or_default();
    let names = store.group_names(tenant).await?;
    let failures = store.failures_of_user(tenant, user).await?;
    let one = |plan: &PartNumber, group: Option<GroupId>| {
        let failure = failures.iter().find(|failure| Some(failure.group) == group);
        let state = match failure {
            Some(_) => UserLicenseState::Error,
            None if held.contains(plan) => UserLicenseState::Assigned,
            None => UserLicenseState::InProgress,
        };
        UserLicense {
            plan: plan.0.clone(),
            source: if group.is_some() { LicenseSource::Group } else { LicenseSource::Direct },
            group: group.and_then(|group| names.get(&group).cloned()),
            state,
            code: failure.map(|failure| failure.code.clone()),
            message: failure.map(|failure| failure.message.clone()),
            fix: failure.map(|failure| failure.fix.clone()),
        }
    };
    let direct = wanted.direct.iter().map(|plan| one(plan, None));
    let by_group = wanted.by_group.iter().flat_map(|(group, plans)| plans.iter().map(|plan| one(plan, Some(*group))));
    Ok(direct.chain(by_group).collect())
}
