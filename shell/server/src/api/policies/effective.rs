//! Which policies hold for a person, and why.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::Path;
use phone::numbers::E164;
use phone::policies::Candidate;
use phone::policies::lock::Limited;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::super::body::Params;
use super::super::list::{List, PageParams};
use super::super::problem::{Problem, Refusals};
use super::{GLOBAL, of, settings_of};
use crate::admin::policies::{Holding, Using as Used};
use crate::admin::{Caller, Permission, Refused};

const SORT: &str = "extension";

/// By which assignment a policy holds, the most specific first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PolicySource {
    Site,
    Number,
    Direct,
    Group,
    Global,
}

/// The policy of one type that holds for a person.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct EffectivePolicy {
    #[serde(rename = "type")]
    pub kind: String,
    #[serde(flatten)]
    pub holds: PolicyCandidate,
    /// As calls follow them, within the locks.
    #[schema(value_type = Object)]
    pub settings: Map<String, Value>,
    /// Settings that a lock keeps from being what the policy says.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub locked: Vec<LockedSetting>,
    /// What would hold without it, in order.
    pub others: Vec<PolicyCandidate>,
}

/// A setting that is not what its policy says.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct LockedSetting {
    pub setting: String,
    /// What the policy says.
    #[schema(value_type = Value)]
    pub says: Value,
    /// What holds instead.
    #[schema(value_type = Value)]
    pub holds: Value,
    /// Who locked it: `organization`, `reseller` or `platform`.
    pub level: String,
    /// Why, in words.
    pub reason: String,
}

/// The policy of one type that holds for a person.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct PersonsPolicy {
    pub user: Uuid,
    pub extension: String,
    pub display_name: String,
    #[serde(flatten)]
    pub holds: PolicyCandidate,
}

/// Whose policies.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct WhosePolicies {
    /// Id or name of a group: its members only.
    pub group: Option<String>,
    #[param(minimum = 1, maximum = 1000, default = 100)]
    pub limit: Option<u64>,
    pub cursor: Option<String>,
}

/// A policy that holds, or would hold without those before it.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct PolicyCandidate {
    /// An id, or `global`.
    pub policy: String,
    pub name: String,
    pub source: PolicySource,
    /// The group, if the source is one.
    pub group: Option<String>,
    pub rank: Option<u32>,
    /// Why, in words.
    pub reason: String,
}

/// What the person uses.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Using {
    /// The number that is used for the call: what is assigned to it goes first.
    pub number: Option<String>,
    /// Id or name of the site where the phone is; that of the person if none is given.
    pub site: Option<String>,
}

/// Show which policy of each type holds for a person, and why
#[utoipa::path(get, path = "/tenants/{tenant}/users/{user}/policies", tag = "policies",
    params(("tenant" = String, Path), ("user" = String, Path, description = "Id or extension"), Using),
    responses((status = 200, body = List<EffectivePolicy>),
        (status = 422, description = "The number is none", body = Problem, content_type = "application/problem+json"), Refusals))]
pub async fn show(
    caller: Caller,
    Path((tenant, user)): Path<(String, String)>,
    Params(using): Params<Using>,
) -> Result<Json<List<EffectivePolicy>>, Problem> {
    let access = caller.begin(&tenant, Permission::View).await?;
    let number = using.number.as_deref().map(E164::parse_with_extension).transpose();
    let number = number.map_err(|why| Refused::field("number", "number.not_e164", why.to_string()))?;
    let site = match using.site {
        Some(site) => Some(access.site_for(&site).await?),
        None => None,
    };
    let user = access.user(&user).await?.value;
    let held = access.policies_of(&user, Used { number, site }).await?;
    Ok(List::whole(held.into_iter().map(EffectivePolicy::from).collect()))
}

/// List which policy of a type holds for each person, and why
#[utoipa::path(get, path = "/tenants/{tenant}/effective-policies/{type}", tag = "policies",
    params(("tenant" = String, Path), ("type" = String, Path), WhosePolicies),
    responses((status = 200, body = List<PersonsPolicy>), Refusals))]
pub async fn list(
    caller: Caller,
    Path((tenant, kind)): Path<(String, String)>,
    Params(whose): Params<WhosePolicies>,
) -> Result<Json<List<PersonsPolicy>>, Problem> {
    let access = caller.begin(&tenant, Permission::View).await?;
    let paging = PageParams { limit: whose.limit, cursor: whose.cursor }.paging(SORT, false)?;
    let found = access.policies_of_everybody(of(&kind)?, whose.group.as_deref(), &paging).await?;
    let page = found.page.map(|(user, effective)| PersonsPolicy {
        user: user.id.0,
        extension: user.extension,
        display_name: user.display_name,
        holds: candidate(effective.winner, &found.names),
    });
    Ok(List::of(page, SORT))
}

impl From<Limited> for LockedSetting {
    fn from(it: Limited) -> Self {
        let Limited { setting, says, holds, level, reason } = it;
        Self { setting, says, holds, level: level.as_str().to_owned(), reason }
    }
}

impl From<Holding> for EffectivePolicy {
    fn from(held: Holding) -> Self {
        let others = held.effective.losers.iter().map(|loser| candidate(*loser, &held.names)).collect();
        Self {
            kind: held.kind.as_str().to_owned(),
            holds: candidate(held.effective.winner, &held.names),
            settings: settings_of(&held.settings),
            locked: held.limited.into_iter().map(LockedSetting::from).collect(),
            others,
        }
    }
}

pub(in super::super) fn candidate(candidate: Candidate, names: &BTreeMap<Uuid, String>) -> PolicyCandidate {
    let named = |id: Uuid| names.get(&id).cloned().unwrap_or_default();
    let (source, group, rank, reason) = match candidate {
        Candidate::Site(_) => (PolicySource::Site, None, None, "the site where the phone is names it".to_owned()),
        Candidate::Number(number, _) => (PolicySource::Number, None, None, format!("it is assigned to {number}")),
        Candidate::Direct(_) => (PolicySource::Direct, None, None, "it is assigned to the person".to_owned()),
        Candidate::Group(group, rank, _) => {
            let group = named(group.0);
            let reason = format!("it is assigned to the group {group}, rank {}", rank.0);
            (PolicySource::Group, Some(group), Some(rank.0), reason)
        }
        Candidate::Global => {
            (PolicySource::Global, None, None, "it is the organization's own, for who has no other".to_owned())
        }
    };
    let (policy, name) = match candidate.policy() {
        Some(id) => (id.to_string(), named(id.0)),
        None => (GLOBAL.to_owned(), "Global".to_owned()),
    };
    PolicyCandidate { policy, name, source, group, rank, reason }
}
