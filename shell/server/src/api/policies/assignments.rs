//! Who is given a policy.

use std::collections::BTreeSet;

use axum::Json;
use axum::extract::Path;
use phone::numbers::E164;
use phone::policies::types::HolderKind as PhoneKind;
use serde::{Deserialize, Serialize};
use store::PolicyHolder;
use utoipa::{IntoParams, ToSchema};

use super::super::body::{Body, Params};
use super::super::list::{List, PageParams};
use super::super::problem::{Problem, Refusals, WriteRefusals};
use super::of;
use crate::admin::policies::Holders as Wanted;
use crate::admin::{Caller, Permission, Refused};

const SORT: &str = "assigned_at";

/// What a policy is assigned to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum HolderKind {
    Group,
    Number,
    Site,
    User,
}

/// Whom a policy is given to or taken from.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "users": ["101", "102"] }))]
pub struct Holders {
    /// Ids or extensions, at most 10,000.
    #[serde(default)]
    pub users: Vec<String>,
    #[serde(default)]
    pub groups: Vec<RankedGroup>,
    /// In E.164 form.
    #[serde(default)]
    pub numbers: Vec<String>,
    /// Ids or names.
    #[serde(default)]
    pub sites: Vec<String>,
}

/// A group that is given a policy.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RankedGroup {
    /// Id or name.
    pub group: String,
    /// Its place among the groups that have a policy of this type: where a person is in several, the lowest holds. Groups
    /// behind it move down; the last place if none is given.
    #[schema(minimum = 1)]
    pub rank: Option<u32>,
}

/// Who is given a policy.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Assignment {
    pub holder: HolderKind,
    /// The id of a user, group or site, or the number.
    pub id: String,
    pub name: String,
    /// Of a user.
    pub extension: Option<String>,
    /// Of a group.
    pub rank: Option<u32>,
    #[schema(value_type = String, format = DateTime)]
    pub assigned_at: jiff::Timestamp,
    pub assigned_by: String,
    /// How it came about: `single`, `batch` or `package`.
    #[schema(required = false)]
    pub source: String,
    /// The package with which it was given: an id, or the word of one that comes with the program.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub package: Option<String>,
}

/// From how many a policy was taken.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Taken {
    /// Those who had it; who had another one or none is not among them.
    pub unassigned: u64,
}

/// Which assignments.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct AssignmentFilter {
    pub holder: Option<HolderKind>,
    #[param(minimum = 1, maximum = 1000, default = 100)]
    pub limit: Option<u64>,
    pub cursor: Option<String>,
}

/// List who is given a policy
#[utoipa::path(get, path = "/tenants/{tenant}/policies/{type}/{policy}/assignments", tag = "policies",
    params(("tenant" = String, Path), ("type" = String, Path),
        ("policy" = String, Path, description = "Id or name"), AssignmentFilter),
    responses((status = 200, body = List<Assignment>), Refusals))]
pub async fn list(
    caller: Caller,
    Path((tenant, kind, policy)): Path<(String, String, String)>,
    Params(filter): Params<AssignmentFilter>,
) -> Result<Json<List<Assignment>>, Problem> {
    let access = caller.begin(&tenant, Permission::View).await?;
    let paging = PageParams { limit: filter.limit, cursor: filter.cursor }.paging(SORT, false)?;
    let holder = filter.holder.map(PhoneKind::from);
    let page = access.policy_holders(of(&kind)?, &policy, holder, &paging).await?;
    Ok(List::of(page.map(Assignment::from), SORT))
}

/// Give a policy to people, groups, numbers and sites, to all of them or to none
#[utoipa::path(post, path = "/tenants/{tenant}/policies/{type}/{policy}/assign", tag = "policies",
    params(("tenant" = String, Path), ("type" = String, Path), ("policy" = String, Path, description = "Id or name")),
    request_body = Holders, responses((status = 204), Refusals, WriteRefusals))]
pub async fn assign(
    caller: Caller,
    Path((tenant, kind, policy)): Path<(String, String, String)>,
    Body(holders): Body<Holders>,
) -> Result<axum::http::StatusCode, Problem> {
    let access = caller.begin(&tenant, Permission::Configure).await?;
    access.assign_policy(of(&kind)?, &policy, &holders.read()?).await?;
    Ok(axum::http::StatusCode::NO_CONTENT)
}

/// Take a policy from people, groups, numbers and sites: what is assigned less specifically holds then
#[utoipa::path(post, path = "/tenants/{tenant}/policies/{type}/{policy}/unassign", tag = "policies",
    params(("tenant" = String, Path), ("type" = String, Path), ("policy" = String, Path, description = "Id or name")),
    request_body = Holders, responses((status = 200, body = Taken), Refusals, WriteRefusals))]
pub async fn unassign(
    caller: Caller,
    Path((tenant, kind, policy)): Path<(String, String, String)>,
    Body(holders): Body<Holders>,
) -> Result<Json<Taken>, Problem> {
    let access = caller.begin(&tenant, Permission::Configure).await?;
    let unassigned = access.unassign_policy(of(&kind)?, &policy, &holders.read()?).await?;
    Ok(Json(Taken { unassigned }))
}

impl Holders {
    fn read(self) -> Result<Wanted, Refused> {
        let read = |(index, text): (usize, &String)| {
            E164::parse_with_extension(text)
                .map_err(|why| Refused::field(format!("numbers[{index}]"), "number.not_e164", why.to_string()))
        };
        let numbers = self.numbers.iter().enumerate().map(read).collect::<Result<BTreeSet<_>, _>>()?;
        let groups = self.groups.into_iter().map(|it| (it.group, it.rank)).collect();
        Ok(Wanted { users: self.users, groups, numbers, sites: self.sites })
    }
}

impl From<HolderKind> for PhoneKind {
    fn from(kind: HolderKind) -> Self {
        match kind {
            HolderKind::Group => Self::Group,
            HolderKind::Number => Self::Number,
            HolderKind::Site => Self::Site,
            HolderKind::User => Self::User,
        }
    }
}

impl From<PolicyHolder> for Assignment {
    fn from(it: PolicyHolder) -> Self {
        let holder = match it.kind {
            PhoneKind::Group => HolderKind::Group,
            PhoneKind::Number => HolderKind::Number,
            PhoneKind::Site => HolderKind::Site,
            PhoneKind::User => HolderKind::User,
        };
        Self {
            holder,
            id: it.id,
            name: it.name,
            extension: it.extension,
            rank: it.rank.map(|rank| rank.0),
            assigned_at: it.at,
            assigned_by: it.by,
            source: it.origin.as_str().to_owned(),
            package: it.origin.package().map(str::to_owned),
        }
    }
}
