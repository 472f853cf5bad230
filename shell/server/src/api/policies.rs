//! Policies: the types, the policies of each, and who is given one.

pub mod assignments;
pub mod effective;
pub mod following;
pub mod locks;
pub mod packages;

use axum::Json;
use axum::extract::Path;
use axum::http::{HeaderMap, StatusCode};
use phone::policies::{Policy as PhonePolicy, PolicyType as PhoneType, Settings};
use phone::setting::{Form, Setting};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use store::Stored;
use utoipa::ToSchema;

use super::body::{Body, Created, Params, Versioned, if_match, present};
use super::list::{List, PageParams};
use super::problem::{Problem, Refusals, WriteRefusals};
use crate::admin::policies::PolicyChange as Wanted;
use crate::admin::{Caller, Permission, Refused};

const SORT: &str = "name";
/// What a path calls the organization's own policy of a type.
const GLOBAL: &str = "global";

/// A type of policies.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct PolicyType {
    #[serde(rename = "type")]
    pub kind: String,
    pub about: String,
    /// What its policies are assigned to: `user`, `group`, `number`, `site`.
    pub assignable_to: Vec<String>,
    pub settings: Vec<PolicySetting>,
}

/// A setting of a type of policies, or of a trunk.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct PolicySetting {
    pub name: String,
    pub about: String,
    /// What it takes, in words.
    pub takes: String,
    /// The words that it takes, if it takes some words only.
    pub choices: Option<Vec<String>>,
    /// What it is before anybody changes it.
    #[schema(value_type = Value)]
    pub first: Value,
    /// Of a policy: whether calls, or what people may do, follow it. What is not followed is kept, and changes nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub followed: Option<bool>,
}

/// Settings that can be assigned.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Policy {
    /// An id, or `global` for the organization's own.
    pub id: String,
    #[serde(rename = "type")]
    pub kind: String,
    pub name: String,
    pub description: Option<String>,
    /// Whether it is the organization's own: for everybody who has no other.
    pub is_global: bool,
    /// Every setting of its type.
    #[schema(value_type = Object)]
    pub settings: Map<String, Value>,
}

/// A policy to be made.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "name": "Front desk", "settings": { "allow_cloud_recording_for_calls": true } }))]
pub struct NewPolicy {
    pub name: String,
    pub description: Option<String>,
    /// What differs from the organization's own policy, which it is a copy of; later changes of that one don't reach it.
    #[serde(default)]
    #[schema(value_type = Object)]
    pub settings: Map<String, Value>,
}

/// What is to change. What is absent stays; a setting that is null is as it was first.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "settings": { "allow_delegation": false } }))]
pub struct PolicyChange {
    pub name: Option<String>,
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>)]
    pub description: Option<Option<String>>,
    #[serde(default)]
    #[schema(value_type = Object)]
    pub settings: Map<String, Value>,
}

/// List the types of policies with their settings
#[utoipa::path(get, path = "/tenants/{tenant}/policies", tag = "policies", params(("tenant" = String, Path)),
    responses((status = 200, body = List<PolicyType>), Refusals))]
pub async fn types(caller: Caller, Path(tenant): Path<String>) -> Result<Json<List<PolicyType>>, Problem> {
    caller.begin(&tenant, Permission::View).await?;
    Ok(List::whole(PhoneType::ALL.iter().copied().map(PolicyType::from).collect()))
}

/// List policies of a type, the organization's own first
#[utoipa::path(get, path = "/tenants/{tenant}/policies/{type}", tag = "policies",
    params(("tenant" = String, Path), ("type" = String, Path), PageParams),
    responses((status = 200, body = List<Policy>), Refusals))]
pub async fn list(
    caller: Caller,
    Path((tenant, kind)): Path<(String, String)>,
    Params(page): Params<PageParams>,
) -> Result<Json<List<Policy>>, Problem> {
    let access = caller.begin(&tenant, Permission::View).await?;
    let paging = page.paging(SORT, false)?;
    let page = access.store().policies(access.tenant(), of(&kind)?, &paging).await.map_err(Refused::from)?;
    Ok(List::of(page.map(|policy| Policy::from(&policy.value)), SORT))
}

/// Make a policy
#[utoipa::path(post, path = "/tenants/{tenant}/policies/{type}", tag = "policies",
    params(("tenant" = String, Path), ("type" = String, Path)),
    request_body = NewPolicy, responses((status = 201, body = Policy), Refusals, WriteRefusals))]
pub async fn create(
    caller: Caller,
    Path((tenant, kind)): Path<(String, String)>,
    Body(wanted): Body<NewPolicy>,
) -> Result<Created<Policy>, Problem> {
    let access = caller.begin(&tenant, Permission::Configure).await?;
    let kind = of(&kind)?;
    let NewPolicy { name, description, settings } = wanted;
    let wanted = Wanted { name: Some(name), description: Some(description), settings };
    let Versioned { value, version } = shown(&access.create_policy(kind, wanted).await?);
    let location = format!("/tenants/{}/policies/{}/{}", access.tenant(), kind.as_str(), value.id);
    Ok(Created { value, version, location })
}

/// Show a policy
#[utoipa::path(get, path = "/tenants/{tenant}/policies/{type}/{policy}", tag = "policies",
    params(("tenant" = String, Path), ("type" = String, Path),
        ("policy" = String, Path, description = "Id, name or `global`")),
    responses((status = 200, body = Policy), Refusals))]
pub async fn show(
    caller: Caller,
    Path((tenant, kind, policy)): Path<(String, String, String)>,
) -> Result<Versioned<Policy>, Problem> {
    let access = caller.begin(&tenant, Permission::View).await?;
    Ok(shown(&access.policy(of(&kind)?, &policy).await?))
}

/// Change a policy; whoever has it has the change
#[utoipa::path(patch, path = "/tenants/{tenant}/policies/{type}/{policy}", tag = "policies",
    params(("tenant" = String, Path), ("type" = String, Path),
        ("policy" = String, Path, description = "Id, name or `global`"), ("If-Match" = Option<String>, Header)),
    request_body = PolicyChange, responses((status = 200, body = Policy), Refusals, WriteRefusals))]
pub async fn change(
    caller: Caller,
    Path((tenant, kind, policy)): Path<(String, String, String)>,
    headers: HeaderMap,
    Body(wanted): Body<PolicyChange>,
) -> Result<Versioned<Policy>, Problem> {
    let access = caller.begin(&tenant, Permission::Configure).await?;
    let PolicyChange { name, description, settings } = wanted;
    let wanted = Wanted { name, description, settings };
    Ok(shown(&access.change_policy(of(&kind)?, &policy, if_match(&headers)?, wanted).await?))
}

/// Give a policy the settings that its type has first
#[utoipa::path(post, path = "/tenants/{tenant}/policies/{type}/{policy}/reset", tag = "policies",
    params(("tenant" = String, Path), ("type" = String, Path),
        ("policy" = String, Path, description = "Id, name or `global`"), ("If-Match" = Option<String>, Header)),
    responses((status = 200, body = Policy), Refusals, WriteRefusals))]
pub async fn reset(
    caller: Caller,
    Path((tenant, kind, policy)): Path<(String, String, String)>,
    headers: HeaderMap,
) -> Result<Versioned<Policy>, Problem> {
    let access = caller.begin(&tenant, Permission::Configure).await?;
    Ok(shown(&access.reset_policy(of(&kind)?, &policy, if_match(&headers)?).await?))
}

/// Delete a policy that nobody is given
#[utoipa::path(delete, path = "/tenants/{tenant}/policies/{type}/{policy}", tag = "policies",
    params(("tenant" = String, Path), ("type" = String, Path),
        ("policy" = String, Path, description = "Id or name"), ("If-Match" = Option<String>, Header)),
    responses((status = 204), Refusals, WriteRefusals))]
pub async fn delete(
    caller: Caller,
    Path((tenant, kind, policy)): Path<(String, String, String)>,
    headers: HeaderMap,
) -> Result<StatusCode, Problem> {
    let access = caller.begin(&tenant, Permission::Configure).await?;
    access.delete_policy(of(&kind)?, &policy, if_match(&headers)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The type that a path names.
pub fn of(word: &str) -> Result<PhoneType, Problem> {
    PhoneType::parse(word).ok_or_else(|| {
        let words: Vec<&str> = PhoneType::ALL.iter().map(|kind| kind.as_str()).collect();
        Problem::new(StatusCode::NOT_FOUND, "not_found", format!("there is no type of policies called {word}"))
            .with_fix(format!("use one of {}", words.join(", ")))
    })
}

fn shown(policy: &Stored<PhonePolicy>) -> Versioned<Policy> {
    Versioned { value: Policy::from(&policy.value), version: policy.version }
}

pub fn settings_of(settings: &Settings) -> Map<String, Value> {
    match settings.to_value() {
        Value::Object(settings) => settings,
        Value::Array(_) | Value::Bool(_) | Value::Null | Value::Number(_) | Value::String(_) => Map::new(),
    }
}

/// What each setting takes. `first` has what each is before anybody changes it.
pub fn described(settings: &[Setting], first: &Value) -> Vec<PolicySetting> {
    let described = settings.iter().map(|setting| PolicySetting {
        name: setting.name.to_owned(),
        about: setting.about.to_owned(),
        takes: setting.form.to_string(),
        choices: choices(setting.form),
        first: first.get(setting.name).cloned().unwrap_or_default(),
        followed: None,
    });
    described.collect()
}

/// The words that a setting takes, if it takes some words only.
fn choices(form: Form) -> Option<Vec<String>> {
    let form = if let Form::Optional(inner) = form { *inner } else { form };
    let Form::Choice(words) = form else { return None };
    Some(words.iter().map(|word| (*word).to_owned()).collect())
}

impl From<&PhonePolicy> for Policy {
    fn from(policy: &PhonePolicy) -> Self {
        Self {
            id: policy.id.map_or_else(|| GLOBAL.to_owned(), |id| id.to_string()),
            kind: policy.kind().as_str().to_owned(),
            name: policy.name.clone(),
            description: policy.description.clone(),
            is_global: policy.id.is_none(),
            settings: settings_of(&policy.settings),
        }
    }
}

impl From<PhoneType> for PolicyType {
    fn from(kind: PhoneType) -> Self {
        let first = Settings::factory(kind).to_value();
        Self {
            kind: kind.as_str().to_owned(),
            about: kind.about().to_owned(),
            assignable_to: kind.holders().iter().map(|holder| holder.as_str().to_owned()).collect(),
            settings: described(kind.settings(), &first)
                .into_iter()
                .map(|setting| PolicySetting { followed: Some(kind.is_followed(&setting.name)), ..setting })
                .collect(),
        }
    }
}
