//! Groups of people, and the licenses that they give.

pub mod licenses;

use std::collections::{BTreeMap, BTreeSet};

use axum::Json;
use axum::extract::Path;
use axum::http::{HeaderMap, StatusCode};
use phone::access::Object;
use phone::id::GroupId;
use phone::people::Group as PhoneGroup;
use phone::people::license::PartNumber;
use serde::{Deserialize, Serialize};
use store::GroupProgress;
use utoipa::ToSchema;
use uuid::Uuid;

use super::body::{Body, Created, Params, Versioned, if_match, present, set};
use super::list::{List, PageParams};
use super::problem::{Problem, Refusals, WriteRefusals};
use crate::admin::{Access, Caller, Permission, Refused};

const SORT: &str = "name";
const MEMBER_SORT: &str = "extension";

/// People who are treated alike.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Group {
    pub id: Uuid,
    pub name: String,
    pub description: Option<String>,
    /// Part numbers of plans that it gives its members.
    pub licenses: Vec<String>,
    /// How far it is with that.
    pub state: LicensingState,
    pub members: u64,
    /// Members whose turn has not come yet.
    pub waiting: u64,
    /// Members to whom it can't give its plans, and who do not wait to be tried again. All others have what it gives.
    pub failed: u64,
}

/// How far a group is with giving its licenses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum LicensingState {
    Assigned,
    Errors,
    InProgress,
}

/// A group to be made.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "name": "Sales" }))]
pub struct NewGroup {
    pub name: String,
    pub description: Option<String>,
}

/// What is to change. What is absent stays; null clears.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "description": null }))]
pub struct GroupChange {
    pub name: Option<String>,
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>)]
    pub description: Option<Option<String>>,
}

/// People who join or leave a group, all of them or none.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "users": ["104"] }))]
pub struct People {
    /// Ids or extensions.
    pub users: Vec<String>,
}

/// A member of a group.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Member {
    pub id: Uuid,
    pub extension: String,
    pub display_name: String,
}

/// List groups
#[utoipa::path(get, path = "/tenants/{tenant}/groups", tag = "groups", params(("tenant" = String, Path), PageParams),
    responses((status = 200, body = List<Group>), Refusals))]
pub async fn list(
    caller: Caller,
    Path(tenant): Path<String>,
    Params(page): Params<PageParams>,
) -> Result<Json<List<Group>>, Problem> {
    let (access, parts) = caller.begin_list(&tenant).await?;
    let paging = page.paging(SORT, false)?;
    let page = access.store().groups(access.tenant(), &paging).await.map_err(Refused::from)?;
    let seen = page.items.into_iter().map(|group| group.value).filter(|group| parts.shows(Object::Group(group.id)));
    let items = shown(&access, seen.collect()).await?;
    Ok(List::of(store::Page { items, next: page.next }, SORT))
}

/// Show a group and how far it is with its licenses
#[utoipa::path(get, path = "/tenants/{tenant}/groups/{group}", tag = "groups",
    params(("tenant" = String, Path), ("group" = String, Path, description = "Id or name")),
    responses((status = 200, body = Group), Refusals))]
pub async fn show(caller: Caller, Path((tenant, group)): Path<(String, String)>) -> Result<Versioned<Group>, Problem> {
    let access = caller.begin(&tenant, Permission::View).await?;
    show_one(&access, &group).await
}

/// Make a group
#[utoipa::path(post, path = "/tenants/{tenant}/groups", tag = "groups", params(("tenant" = String, Path)),
    request_body = NewGroup, responses((status = 201, body = Group), Refusals, WriteRefusals))]
pub async fn create(
    caller: Caller,
    Path(tenant): Path<String>,
    Body(wanted): Body<NewGroup>,
) -> Result<Created<Group>, Problem> {
    let access = caller.begin(&tenant, Permission::Configure).await?;
    let group = PhoneGroup {
        id: GroupId(Uuid::now_v7()),
        name: wanted.name.trim().to_owned(),
        description: wanted.description,
    };
    access.create_group(&group).await?;
    let Versioned { value, version } = show_one(&access, &group.id.to_string()).await?;
    Ok(Created { value, version, location: format!("/tenants/{}/groups/{}", access.tenant(), group.id) })
}

/// Change a group
#[utoipa::path(patch, path = "/tenants/{tenant}/groups/{group}", tag = "groups",
    params(("tenant" = String, Path), ("group" = String, Path, description = "Id or name"),
        ("If-Match" = Option<String>, Header)),
    request_body = GroupChange, responses((status = 200, body = Group), Refusals, WriteRefusals))]
pub async fn change(
    caller: Caller,
    Path((tenant, group)): Path<(String, String)>,
    headers: HeaderMap,
    Body(wanted): Body<GroupChange>,
) -> Result<Versioned<Group>, Problem> {
    let access = caller.begin(&tenant, Permission::Configure).await?;
    let id = access.group(&group).await?.value.id;
    let apply = |group: &mut PhoneGroup| {
        set(wanted.name.map(|name| name.trim().to_owned()), &mut group.name);
        set(wanted.description, &mut group.description);
    };
    access.change_group(id, if_match(&headers)?, apply).await?;
    show_one(&access, &id.to_string()).await
}

/// Delete a group that gives no licenses
#[utoipa::path(delete, path = "/tenants/{tenant}/groups/{group}", tag = "groups",
    params(("tenant" = String, Path), ("group" = String, Path, description = "Id or name"),
        ("If-Match" = Option<String>, Header)),
    responses((status = 204), Refusals, WriteRefusals))]
pub async fn delete(
    caller: Caller,
    Path((tenant, group)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<StatusCode, Problem> {
    let access = caller.begin(&tenant, Permission::Configure).await?;
    let id = access.group(&group).await?.value.id;
    access.delete_group(id, if_match(&headers)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// List who is in a group
#[utoipa::path(get, path = "/tenants/{tenant}/groups/{group}/members", tag = "groups",
    params(("tenant" = String, Path), ("group" = String, Path, description = "Id or name"), PageParams),
    responses((status = 200, body = List<Member>), Refusals))]
pub async fn members(
    caller: Caller,
    Path((tenant, group)): Path<(String, String)>,
    Params(page): Params<PageParams>,
) -> Result<Json<List<Member>>, Problem> {
    let access = caller.begin(&tenant, Permission::View).await?;
    let group = access.group(&group).await?.value.id;
    let paging = page.paging(MEMBER_SORT, false)?;
    let page = access.store().group_members(access.tenant(), group, &paging).await.map_err(Refused::from)?;
    Ok(List::of(page.map(Member::from), MEMBER_SORT))
}

/// Let people into a group; they get what it gives
#[utoipa::path(post, path = "/tenants/{tenant}/groups/{group}/members/add", tag = "groups",
    params(("tenant" = String, Path), ("group" = String, Path, description = "Id or name")),
    request_body = People, responses((status = 200, body = Group), Refusals, WriteRefusals))]
pub async fn join(
    caller: Caller,
    Path((tenant, group)): Path<(String, String)>,
    Body(people): Body<People>,
) -> Result<Versioned<Group>, Problem> {
    let access = caller.begin(&tenant, Permission::Configure).await?;
    let id = access.group(&group).await?.value.id;
    access.join_group(id, &people.users).await?;
    show_one(&access, &id.to_string()).await
}

/// Let people out of a group; what nobody else gives them is taken
#[utoipa::path(post, path = "/tenants/{tenant}/groups/{group}/members/remove", tag = "groups",
    params(("tenant" = String, Path), ("group" = String, Path, description = "Id or name")),
    request_body = People, responses((status = 200, body = Group), Refusals, WriteRefusals))]
pub async fn leave(
    caller: Caller,
    Path((tenant, group)): Path<(String, String)>,
    Body(people): Body<People>,
) -> Result<Versioned<Group>, Problem> {
    let access = caller.begin(&tenant, Permission::Configure).await?;
    let id = access.group(&group).await?.value.id;
    access.leave_group(id, &people.users).await?;
    show_one(&access, &id.to_string()).await
}

async fn show_one(access: &Access, group: &str) -> Result<Versioned<Group>, Problem> {
    let found = access.group(group).await?;
    let [value] =
        shown(access, vec![found.value]).await?.try_into().map_err(|_| Refused::NotFound { what: "group" })?;
    Ok(Versioned { value, version: found.version })
}

async fn shown(access: &Access, groups: Vec<PhoneGroup>) -> Result<Vec<Group>, Problem> {
    let plans = access.store().group_plans(access.tenant()).await.map_err(Refused::from)?;
    let ids: Vec<GroupId> = groups.iter().map(|group| group.id).collect();
    let progress = access.progress_of_groups(&ids).await?;
    let show = |group: PhoneGroup| {
        let progress = progress.get(&group.id).copied().unwrap_or_default();
        show_with(group, &plans, progress)
    };
    Ok(groups.into_iter().map(show).collect())
}

fn show_with(group: PhoneGroup, plans: &BTreeMap<GroupId, BTreeSet<PartNumber>>, progress: GroupProgress) -> Group {
    let GroupProgress { n_members, n_waiting, n_failed, .. } = progress;
    let state = match (n_waiting, n_failed) {
        (1.., _) => LicensingState::InProgress,
        (0, 1..) => LicensingState::Errors,
        (0, 0) => LicensingState::Assigned,
    };
    Group {
        licenses: plans.get(&group.id).into_iter().flatten().map(|PartNumber(plan)| plan.clone()).collect(),
        id: group.id.0,
        name: group.name,
        description: group.description,
        state,
        members: n_members,
        waiting: n_waiting,
        failed: n_failed,
    }
}

impl From<store::Member> for Member {
    fn from(member: store::Member) -> Self {
        Self { id: member.id.0, extension: member.extension, display_name: member.display_name }
    }
}
