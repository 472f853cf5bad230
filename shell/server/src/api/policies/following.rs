//! From policies of single people to those of their groups, and from one policy to another for all who have it.

use axum::Json;
use axum::extract::Path;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::super::body::{Body, Params};
use super::super::problem::{Problem, Refusals, WriteRefusals};
use super::effective::{PolicyCandidate, candidate};
use super::of;
use super::packages::Trying;
use crate::admin::policies::following::{Followers as Wanted, FollowingEffect};
use crate::admin::{Caller, Permission};

/// What a preview lists; it counts all.
const LISTED_MAX: usize = 1_000;

/// Whose own policies go.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "groups": ["Sales"] }))]
pub struct Followers {
    /// Ids or extensions; with members of groups at most 5,000.
    #[serde(default)]
    pub users: Vec<String>,
    /// Ids or names: their members.
    #[serde(default)]
    pub groups: Vec<String>,
    /// Also where another policy holds then; otherwise where the groups give the same one.
    #[serde(default)]
    pub also_where_it_changes: bool,
}

/// Whose own policies went, or would go.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Followed {
    pub dry_run: bool,
    /// People whose own policy went.
    pub taken: usize,
    /// People whose own policy stays, as another one would hold.
    pub stay: usize,
    /// By extension, at most 1,000.
    pub items: Vec<FollowedPerson>,
}

/// A person with a policy of their own.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct FollowedPerson {
    pub user: Uuid,
    pub extension: String,
    pub display_name: String,
    /// Whether the person's own policy went.
    pub taken: bool,
    /// What holds with it.
    pub from: PolicyCandidate,
    /// What holds without it.
    pub to: PolicyCandidate,
}

/// Where all go who have a policy.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "to": "Front desk" }))]
pub struct PolicyMove {
    /// Id or name of another policy of the type.
    pub to: String,
}

/// How many went.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Moved {
    pub moved: u64,
}

/// Take from people what they are given by themselves, so that the policies of their groups hold
#[utoipa::path(post, path = "/tenants/{tenant}/effective-policies/{type}/follow-groups", tag = "policies",
    params(("tenant" = String, Path), ("type" = String, Path), Trying),
    request_body = Followers, responses((status = 200, body = Followed), Refusals, WriteRefusals))]
pub async fn follow(
    caller: Caller,
    Path((tenant, kind)): Path<(String, String)>,
    Params(trying): Params<Trying>,
    Body(whose): Body<Followers>,
) -> Result<Json<Followed>, Problem> {
    let access = caller.begin(&tenant, Permission::Configure).await?;
    let Followers { users, groups, also_where_it_changes } = whose;
    let whose = Wanted { users, groups, also_where_it_changes };
    let FollowingEffect { all, names } = access.follow_groups(of(&kind)?, &whose, trying.dry_run).await?;
    let taken = all.iter().filter(|it| it.is_taken).count();
    let stay = all.len().saturating_sub(taken);
    let items = all.into_iter().take(LISTED_MAX).map(|it| FollowedPerson {
        user: it.user.id.0,
        extension: it.user.extension,
        display_name: it.user.display_name,
        taken: it.is_taken,
        from: candidate(it.before, &names),
        to: candidate(it.after, &names),
    });
    Ok(Json(Followed { dry_run: trying.dry_run, taken, stay, items: items.collect() }))
}

/// Give all who are given a policy another one of its type
#[utoipa::path(post, path = "/tenants/{tenant}/policies/{type}/{policy}/move", tag = "policies",
    params(("tenant" = String, Path), ("type" = String, Path), ("policy" = String, Path, description = "Id or name")),
    request_body = PolicyMove, responses((status = 200, body = Moved), Refusals, WriteRefusals))]
pub async fn move_all(
    caller: Caller,
    Path((tenant, kind, policy)): Path<(String, String, String)>,
    Body(wanted): Body<PolicyMove>,
) -> Result<Json<Moved>, Problem> {
    let access = caller.begin(&tenant, Permission::Configure).await?;
    let moved = access.move_policy(of(&kind)?, &policy, &wanted.to).await?;
    Ok(Json(Moved { moved }))
}
