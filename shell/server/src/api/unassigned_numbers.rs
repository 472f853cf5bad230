//! Who takes calls to numbers that are assigned to nobody.

use axum::Json;
use axum::extract::Path;
use axum::http::{HeaderMap, StatusCode};
use phone::apps::unassigned::{Treatment, UnassignedNumbers as PhoneEntry, UnassignedTarget as PhoneTarget};
use phone::id::{ResourceAccountId, UnassignedNumbersId, UserId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::body::{Body, Created, Params, Versioned, if_match, present, set};
use super::list::{List, PageParams};
use super::problem::{Problem, Refusals, WriteRefusals};
use super::prompts::Prompt;
use crate::admin::{Access, Caller, Permission, Refused};

const SORT: &str = "priority";

/// What becomes of calls to numbers that a pattern matches and that are assigned to nobody, from outside and inside.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct UnassignedNumbers {
    pub id: Uuid,
    pub name: String,
    pub description: Option<String>,
    /// A regular expression without look-around and back-references. It sees the called number in E.164, with its `+`.
    /// One that matches numbers of others takes the calls that people of the organization make to these.
    pub pattern: String,
    /// The lowest is asked first.
    pub priority: u32,
    pub target: UnassignedTarget,
}

/// Who takes such a call: an announcement that is played once, a resource account, or a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case", tag = "type", deny_unknown_fields)]
pub enum UnassignedTarget {
    Announcement { prompt: Prompt },
    ResourceAccount { id: Uuid },
    User { id: Uuid },
}

/// A treatment to be made.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "name": "Old numbers", "pattern": "^\\+1425555\\d{4}$",
    "target": { "type": "user", "id": "01920000-0000-7000-8000-000000000001" } }))]
pub struct NewUnassignedNumbers {
    pub name: String,
    pub description: Option<String>,
    pub pattern: String,
    /// Behind all others, if none is given.
    #[schema(minimum = 1)]
    pub priority: Option<u32>,
    pub target: UnassignedTarget,
}

/// What is to change. What is absent stays; null clears.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "priority": 1 }))]
pub struct UnassignedNumbersChange {
    pub name: Option<String>,
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>)]
    pub description: Option<Option<String>>,
    pub pattern: Option<String>,
    #[schema(minimum = 1)]
    pub priority: Option<u32>,
    pub target: Option<UnassignedTarget>,
}

/// Called numbers to be tried, 1 to 100.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "numbers": ["+14255550199"] }))]
pub struct CalledNumbers {
    pub numbers: Vec<String>,
}

/// What becomes of calls to a number if it is assigned to nobody.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct CalledTested {
    pub number: String,
    /// The treatment that takes them; null if no pattern matches.
    pub by: Option<String>,
}

/// List treatments of unassigned numbers
#[utoipa::path(get, path = "/tenants/{tenant}/unassigned-numbers", tag = "routing",
    params(("tenant" = String, Path), PageParams),
    responses((status = 200, body = List<UnassignedNumbers>), Refusals))]
pub async fn list(
    caller: Caller,
    Path(tenant): Path<String>,
    Params(page): Params<PageParams>,
) -> Result<Json<List<UnassignedNumbers>>, Problem> {
    let access = caller.begin(&tenant, Permission::View).await?;
    let paging = page.paging(SORT, false)?;
    let page = access.store().documents_by_place::<PhoneEntry>(access.tenant(), &paging).await;
    Ok(List::of(page.map_err(Refused::from)?.map(|entry| UnassignedNumbers::from(entry.value)), SORT))
}

/// Show a treatment of unassigned numbers
#[utoipa::path(get, path = "/tenants/{tenant}/unassigned-numbers/{entry}", tag = "routing",
    params(("tenant" = String, Path), ("entry" = String, Path, description = "Id or name")),
    responses((status = 200, body = UnassignedNumbers), Refusals))]
pub async fn show(
    caller: Caller,
    Path((tenant, entry)): Path<(String, String)>,
) -> Result<Versioned<UnassignedNumbers>, Problem> {
    let access = caller.begin(&tenant, Permission::View).await?;
    show_one(&access, &entry).await
}

/// Make a treatment of unassigned numbers; it counts from the next call on
#[utoipa::path(post, path = "/tenants/{tenant}/unassigned-numbers", tag = "routing",
    params(("tenant" = String, Path)), request_body = NewUnassignedNumbers,
    responses((status = 201, body = UnassignedNumbers), Refusals, WriteRefusals))]
pub async fn create(
    caller: Caller,
    Path(tenant): Path<String>,
    Body(wanted): Body<NewUnassignedNumbers>,
) -> Result<Created<UnassignedNumbers>, Problem> {
    let access = caller.begin(&tenant, Permission::Configure).await?;
    let entry = PhoneEntry {
        id: UnassignedNumbersId(Uuid::now_v7()),
        name: wanted.name.trim().to_owned(),
        description: wanted.description,
        pattern: wanted.pattern,
        priority: 0,
        target: read(wanted.target, &access).await?,
    };
    let id = entry.id;
    access.create_unassigned_numbers(entry, wanted.priority).await?;
    let Versioned { value, version } = show_one(&access, &id.to_string()).await?;
    let location = format!("/tenants/{}/unassigned-numbers/{id}", access.tenant());
    Ok(Created { value, version, location })
}

/// Change a treatment of unassigned numbers
#[utoipa::path(patch, path = "/tenants/{tenant}/unassigned-numbers/{entry}", tag = "routing",
    params(("tenant" = String, Path), ("entry" = String, Path, description = "Id or name"),
        ("If-Match" = Option<String>, Header)),
    request_body = UnassignedNumbersChange,
    responses((status = 200, body = UnassignedNumbers), Refusals, WriteRefusals))]
pub async fn change(
    caller: Caller,
    Path((tenant, entry)): Path<(String, String)>,
    headers: HeaderMap,
    Body(wanted): Body<UnassignedNumbersChange>,
) -> Result<Versioned<UnassignedNumbers>, Problem> {
    let access = caller.begin(&tenant, Permission::Configure).await?;
    let id = access.routed::<PhoneEntry>(&entry).await?.value.id;
    let target = match wanted.target {
        Some(target) => Some(read(target, &access).await?),
        None => None,
    };
    let apply = |entry: &mut PhoneEntry| {
        set(wanted.name.map(|name| name.trim().to_owned()), &mut entry.name);
        set(wanted.description, &mut entry.description);
        set(wanted.pattern, &mut entry.pattern);
        set(target, &mut entry.target);
    };
    access.change_unassigned_numbers(id, if_match(&headers)?, wanted.priority, apply).await?;
    show_one(&access, &id.to_string()).await
}

/// Delete a treatment of unassigned numbers
#[utoipa::path(delete, path = "/tenants/{tenant}/unassigned-numbers/{entry}", tag = "routing",
    params(("tenant" = String, Path), ("entry" = String, Path, description = "Id or name"),
        ("If-Match" = Option<String>, Header)),
    responses((status = 204), Refusals, WriteRefusals))]
pub async fn delete(
    caller: Caller,
    Path((tenant, entry)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<StatusCode, Problem> {
    let access = caller.begin(&tenant, Permission::Configure).await?;
    let id = access.routed::<PhoneEntry>(&entry).await?.value.id;
    access.delete_unassigned_numbers(id, if_match(&headers)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Try which treatment takes calls to numbers
#[utoipa::path(post, path = "/tenants/{tenant}/unassigned-numbers/test", tag = "routing",
    params(("tenant" = String, Path)), request_body = CalledNumbers,
    responses((status = 200, body = List<CalledTested>), Refusals, WriteRefusals))]
pub async fn test(
    caller: Caller,
    Path(tenant): Path<String>,
    Body(wanted): Body<CalledNumbers>,
) -> Result<Json<List<CalledTested>>, Problem> {
    let access = caller.begin(&tenant, Permission::Operate).await?;
    let told = |number: &str, found: Option<&Treatment>| CalledTested {
        number: number.to_owned(),
        by: found.map(|found| found.name.clone()),
    };
    Ok(List::whole(access.test_unassigned(&wanted.numbers, told).await?))
}

async fn show_one(access: &Access, entry: &str) -> Result<Versioned<UnassignedNumbers>, Problem> {
    let found = access.routed::<PhoneEntry>(entry).await?;
    Ok(Versioned { value: found.value.into(), version: found.version })
}

async fn read(target: UnassignedTarget, access: &Access) -> Result<PhoneTarget, Refused> {
    Ok(match target {
        UnassignedTarget::Announcement { prompt } => {
            let language = access.snapshot().map_or_else(String::new, |tenant| tenant.profile.language.clone());
            PhoneTarget::Announcement { prompt: prompt.read(access, "target.prompt", &language).await? }
        }
        UnassignedTarget::ResourceAccount { id } => PhoneTarget::ResourceAccount { account: ResourceAccountId(id) },
        UnassignedTarget::User { id } => PhoneTarget::User { user: UserId(id) },
    })
}

impl From<PhoneEntry> for UnassignedNumbers {
    fn from(entry: PhoneEntry) -> Self {
        let PhoneEntry { id, name, description, pattern, priority, target } = entry;
        let target = match target {
            PhoneTarget::Announcement { prompt } => UnassignedTarget::Announcement { prompt: Prompt::from(&prompt) },
            PhoneTarget::ResourceAccount { account } => UnassignedTarget::ResourceAccount { id: account.0 },
            PhoneTarget::User { user } => UnassignedTarget::User { id: user.0 },
        };
        Self { id: id.0, name, description, pattern, priority, target }
    }
}
