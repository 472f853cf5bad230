//! Locks: settings that no policy of an organization may exceed.

use axum::Json;
use axum::extract::Path;
use axum::http::{HeaderMap, StatusCode};
use phone::id::PolicyLockId;
use phone::policies::Lock as PhoneLock;
use phone::policies::lock::Bounds;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use store::Stored;
use utoipa::ToSchema;
use uuid::Uuid;

use super::super::body::{Body, Created, Versioned, if_match, present};
use super::super::list::List;
use super::super::problem::{Problem, Refusals, WriteRefusals};
use super::of;
use crate::admin::policies::locks::{LockChange, NewLock};
use crate::admin::{Caller, Permission, Refused};

/// A setting that no policy of an organization may exceed.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct PolicyLock {
    pub id: Uuid,
    #[serde(rename = "type")]
    pub kind: String,
    pub setting: String,
    /// Who set it: `organization`, `reseller` or `platform`. Each changes and deletes its own and those of who is below.
    pub level: String,
    /// The values that are allowed; the first is in place of any other. None where there is a range.
    #[schema(value_type = Option<Vec<Value>>)]
    pub values: Option<Vec<Value>>,
    /// The range that is allowed; the nearer end is in place of any other number.
    pub min: Option<u32>,
    pub max: Option<u32>,
    /// Why, for who is refused.
    pub reason: Option<String>,
    /// What it says, in words.
    pub says: String,
}

/// A setting to be locked, to some values or to a range.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "type": "calling", "setting": "allow_cloud_recording_for_calls", "values": [false],
    "reason": "Recording is not in the contract" }))]
pub struct NewPolicyLock {
    #[serde(rename = "type")]
    pub kind: String,
    pub setting: String,
    #[schema(value_type = Option<Vec<Value>>)]
    pub values: Option<Vec<Value>>,
    pub min: Option<u32>,
    pub max: Option<u32>,
    pub reason: Option<String>,
}

/// What is to change. What is absent stays.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "min": 30, "max": 300 }))]
pub struct PolicyLockChange {
    #[schema(value_type = Option<Vec<Value>>)]
    pub values: Option<Vec<Value>>,
    pub min: Option<u32>,
    pub max: Option<u32>,
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>)]
    pub reason: Option<Option<String>>,
}

/// List settings that are locked
#[utoipa::path(get, path = "/tenants/{tenant}/policy-locks", tag = "policies", params(("tenant" = String, Path)),
    responses((status = 200, body = List<PolicyLock>), Refusals))]
pub async fn list(caller: Caller, Path(tenant): Path<String>) -> Result<Json<List<PolicyLock>>, Problem> {
    let access = caller.begin(&tenant, Permission::View).await?;
    let mut locks = access.store().all_documents::<PhoneLock>(access.tenant()).await.map_err(Refused::from)?;
    locks.sort_by_key(PhoneLock::name);
    Ok(List::whole(locks.iter().map(PolicyLock::from).collect()))
}

/// Lock a setting: what calls follow is within it from then on, whatever policies say
#[utoipa::path(post, path = "/tenants/{tenant}/policy-locks", tag = "policies", params(("tenant" = String, Path)),
    request_body = NewPolicyLock, responses((status = 201, body = PolicyLock), Refusals, WriteRefusals))]
pub async fn create(
    caller: Caller,
    Path(tenant): Path<String>,
    Body(wanted): Body<NewPolicyLock>,
) -> Result<Created<PolicyLock>, Problem> {
    let access = caller.begin(&tenant, Permission::Configure).await?;
    let NewPolicyLock { kind, setting, values, min, max, reason } = wanted;
    let kind = kind_of(&kind)?;
    let bounds = bounds_of(values, min, max)?.ok_or_else(no_bounds)?;
    let lock = access.lock_policies(caller.lock_level(), NewLock { kind, setting, bounds, reason }).await?;
    let Versioned { value, version } = shown(&lock);
    let location = format!("/tenants/{}/policy-locks/{}", access.tenant(), value.id);
    Ok(Created { value, version, location })
}

/// Show a lock
#[utoipa::path(get, path = "/tenants/{tenant}/policy-locks/{lock}", tag = "policies",
    params(("tenant" = String, Path), ("lock" = String, Path)),
    responses((status = 200, body = PolicyLock), Refusals))]
pub async fn show(
    caller: Caller,
    Path((tenant, lock)): Path<(String, String)>,
) -> Result<Versioned<PolicyLock>, Problem> {
    let access = caller.begin(&tenant, Permission::View).await?;
    Ok(shown(&access.policy_lock(id(&lock)?).await?))
}

/// Change a lock
#[utoipa::path(patch, path = "/tenants/{tenant}/policy-locks/{lock}", tag = "policies",
    params(("tenant" = String, Path), ("lock" = String, Path), ("If-Match" = Option<String>, Header)),
    request_body = PolicyLockChange, responses((status = 200, body = PolicyLock), Refusals, WriteRefusals))]
pub async fn change(
    caller: Caller,
    Path((tenant, lock)): Path<(String, String)>,
    headers: HeaderMap,
    Body(wanted): Body<PolicyLockChange>,
) -> Result<Versioned<PolicyLock>, Problem> {
    let access = caller.begin(&tenant, Permission::Configure).await?;
    let bounds = bounds_of(wanted.values, wanted.min, wanted.max)?;
    let wanted = LockChange { bounds, reason: wanted.reason };
    let lock = access.change_policy_lock(caller.lock_level(), id(&lock)?, if_match(&headers)?, wanted).await?;
    Ok(shown(&lock))
}

/// Delete a lock: policies hold as they say
#[utoipa::path(delete, path = "/tenants/{tenant}/policy-locks/{lock}", tag = "policies",
    params(("tenant" = String, Path), ("lock" = String, Path), ("If-Match" = Option<String>, Header)),
    responses((status = 204), Refusals, WriteRefusals))]
pub async fn delete(
    caller: Caller,
    Path((tenant, lock)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<StatusCode, Problem> {
    let access = caller.begin(&tenant, Permission::Configure).await?;
    access.unlock_policies(caller.lock_level(), id(&lock)?, if_match(&headers)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn id(text: &str) -> Result<PolicyLockId, Problem> {
    text.parse::<Uuid>().map(PolicyLockId).map_err(|_| Refused::NotFound { what: "lock" }.into())
}

/// In a body an unknown type is a fault of that field.
fn kind_of(word: &str) -> Result<phone::policies::PolicyType, Problem> {
    of(word).map_err(|_| {
        Refused::field("type", "policy.type_unknown", format!("there is no type of policies called {word}")).into()
    })
}

/// What the fields allow; none if they say nothing.
fn bounds_of(values: Option<Vec<Value>>, min: Option<u32>, max: Option<u32>) -> Result<Option<Bounds>, Problem> {
    match (values, min, max) {
        (Some(values), None, None) => Ok(Some(Bounds::Values(values))),
        (None, Some(min), Some(max)) => Ok(Some(Bounds::Range { min, max })),
        (None, None, None) => Ok(None),
        (Some(_), _, _) | (None, _, _) => Err(no_bounds()),
    }
}

fn no_bounds() -> Problem {
    let words = "name the values that are allowed, or the least and the greatest number: one of both";
    Refused::field("values", "policy_lock.bounds", words).into()
}

fn shown(lock: &Stored<PhoneLock>) -> Versioned<PolicyLock> {
    Versioned { value: PolicyLock::from(&lock.value), version: lock.version }
}

impl From<&PhoneLock> for PolicyLock {
    fn from(lock: &PhoneLock) -> Self {
        let (values, min, max) = match &lock.bounds {
            Bounds::Values(values) => (Some(values.clone()), None, None),
            Bounds::Range { min, max } => (None, Some(*min), Some(*max)),
        };
        Self {
            id: lock.id.0,
            kind: lock.kind.as_str().to_owned(),
            setting: lock.setting.clone(),
            level: lock.level.as_str().to_owned(),
            values,
            min,
            max,
            reason: lock.reason.clone(),
            says: lock.words(),
        }
    }
}
