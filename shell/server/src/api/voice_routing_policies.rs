//! Voice routing policies with their fields by name: the policies of the type `voice_routing`, which are given to people,
//! groups and numbers as all policies are.

use axum::Json;
use axum::extract::Path;
use axum::http::{HeaderMap, StatusCode};
use phone::policies::routing::VoiceRouting;
use phone::policies::{Policy, PolicyType, Settings};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use store::Stored;
use utoipa::ToSchema;

use super::body::{Body, Created, Params, Versioned, if_match, present};
use super::list::{List, PageParams};
use super::problem::{Problem, Refusals, WriteRefusals};
use crate::admin::policies::PolicyChange;
use crate::admin::{Caller, Permission, Refused};

const SORT: &str = "name";
const KIND: PolicyType = PolicyType::VoiceRouting;

/// Over which usages, and so which routes and trunks, calls outside go.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct VoiceRoutingPolicy {
    /// An id, or `global` for the organization's own.
    pub id: String,
    pub name: String,
    pub description: Option<String>,
    /// Names of usages in order: the first that has a route for the number decides. Without any, calls go over the
    /// organization's trunks in order of their priority.
    pub pstn_usages: Vec<String>,
    /// Whether routes of the usages behind the one that decides are tried as well.
    pub fallthrough: bool,
    /// Whether the carrier of the caller's number is tried when every route fails.
    pub carrier_backup: bool,
}

/// A voice routing policy to be made; what is not given is as in the organization's own.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "name": "No usage yet", "pstn_usages": [] }))]
pub struct NewVoiceRoutingPolicy {
    pub name: String,
    pub description: Option<String>,
    pub pstn_usages: Option<Vec<String>>,
    pub fallthrough: Option<bool>,
    pub carrier_backup: Option<bool>,
}

/// What is to change. What is absent stays; null clears.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "fallthrough": true }))]
pub struct VoiceRoutingPolicyChange {
    pub name: Option<String>,
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>)]
    pub description: Option<Option<String>>,
    pub pstn_usages: Option<Vec<String>>,
    pub fallthrough: Option<bool>,
    pub carrier_backup: Option<bool>,
}

/// List voice routing policies, the organization's own first
#[utoipa::path(get, path = "/tenants/{tenant}/voice-routing-policies", tag = "routing",
    params(("tenant" = String, Path), PageParams),
    responses((status = 200, body = List<VoiceRoutingPolicy>), Refusals))]
pub async fn list(
    caller: Caller,
    Path(tenant): Path<String>,
    Params(page): Params<PageParams>,
) -> Result<Json<List<VoiceRoutingPolicy>>, Problem> {
    let access = caller.begin(&tenant, Permission::View).await?;
    let paging = page.paging(SORT, false)?;
    let page = access.store().policies(access.tenant(), KIND, &paging).await.map_err(Refused::from)?;
    Ok(List::of(page.map(|policy| shown(policy).value), SORT))
}

/// Show a voice routing policy
#[utoipa::path(get, path = "/tenants/{tenant}/voice-routing-policies/{policy}", tag = "routing",
    params(("tenant" = String, Path), ("policy" = String, Path, description = "Id, name or `global`")),
    responses((status = 200, body = VoiceRoutingPolicy), Refusals))]
pub async fn show(
    caller: Caller,
    Path((tenant, policy)): Path<(String, String)>,
) -> Result<Versioned<VoiceRoutingPolicy>, Problem> {
    let access = caller.begin(&tenant, Permission::View).await?;
    Ok(shown(access.policy(KIND, &policy).await?))
}

/// Make a voice routing policy
#[utoipa::path(post, path = "/tenants/{tenant}/voice-routing-policies", tag = "routing",
    params(("tenant" = String, Path)), request_body = NewVoiceRoutingPolicy,
    responses((status = 201, body = VoiceRoutingPolicy), Refusals, WriteRefusals))]
pub async fn create(
    caller: Caller,
    Path(tenant): Path<String>,
    Body(wanted): Body<NewVoiceRoutingPolicy>,
) -> Result<Created<VoiceRoutingPolicy>, Problem> {
    let access = caller.begin(&tenant, Permission::Configure).await?;
    let settings = settings(wanted.pstn_usages, wanted.fallthrough, wanted.carrier_backup);
    let wanted = PolicyChange { name: Some(wanted.name), description: Some(wanted.description), settings };
    let Versioned { value, version } = shown(access.create_policy(KIND, wanted).await?);
    let location = format!("/tenants/{}/voice-routing-policies/{}", access.tenant(), value.id);
    Ok(Created { value, version, location })
}

/// Change a voice routing policy; whoever has it has the change
#[utoipa::path(patch, path = "/tenants/{tenant}/voice-routing-policies/{policy}", tag = "routing",
    params(("tenant" = String, Path), ("policy" = String, Path, description = "Id, name or `global`"),
        ("If-Match" = Option<String>, Header)),
    request_body = VoiceRoutingPolicyChange,
    responses((status = 200, body = VoiceRoutingPolicy), Refusals, WriteRefusals))]
pub async fn change(
    caller: Caller,
    Path((tenant, policy)): Path<(String, String)>,
    headers: HeaderMap,
    Body(wanted): Body<VoiceRoutingPolicyChange>,
) -> Result<Versioned<VoiceRoutingPolicy>, Problem> {
    let access = caller.begin(&tenant, Permission::Configure).await?;
    let settings = settings(wanted.pstn_usages, wanted.fallthrough, wanted.carrier_backup);
    let wanted = PolicyChange { name: wanted.name, description: wanted.description, settings };
    Ok(shown(access.change_policy(KIND, &policy, if_match(&headers)?, wanted).await?))
}

/// Delete a voice routing policy that nobody is given
#[utoipa::path(delete, path = "/tenants/{tenant}/voice-routing-policies/{policy}", tag = "routing",
    params(("tenant" = String, Path), ("policy" = String, Path, description = "Id or name"),
        ("If-Match" = Option<String>, Header)),
    responses((status = 204), Refusals, WriteRefusals))]
pub async fn delete(
    caller: Caller,
    Path((tenant, policy)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<StatusCode, Problem> {
    let access = caller.begin(&tenant, Permission::Configure).await?;
    access.delete_policy(KIND, &policy, if_match(&headers)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn settings(
    usages: Option<Vec<String>>,
    fallthrough: Option<bool>,
    carrier_backup: Option<bool>,
) -> Map<String, Value> {
    let given = [
        ("pstn_usages", usages.map(|it| json!(it))),
        ("fallthrough", fallthrough.map(|it| json!(it))),
        ("carrier_backup", carrier_backup.map(|it| json!(it))),
    ];
    given.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect()
}

fn shown(policy: Stored<Policy>) -> Versioned<VoiceRoutingPolicy> {
    let Policy { id, name, description, settings } = policy.value;
    // Policies are read by their type.
    let settings = if let Settings::VoiceRouting(settings) = settings { settings } else { VoiceRouting::default() };
    let value = VoiceRoutingPolicy {
        id: id.map_or_else(|| "global".to_owned(), |id| id.to_string()),
        name,
        description,
        pstn_usages: settings.pstn_usages.iter().map(|usage| usage.as_str().to_owned()).collect(),
        fallthrough: settings.fallthrough,
        carrier_backup: settings.carrier_backup,
    };
    Versioned { value, version: policy.version }
}
