//! Resource accounts: what a service number is assigned to.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::Path;
use axum::http::{HeaderMap, StatusCode};
use phone::apps::Priority;
use phone::directory::{App as PhoneApp, ResourceAccount as PhoneAccount};
use phone::id::{AttendantId, QueueId, ResourceAccountId};
use phone::numbers::Assignee;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::body::{Body, Created, Params, Versioned, id, if_match, present, set};
use super::list::{List, PageParams};
use super::problem::{Problem, Refusals, WriteRefusals};
use crate::admin::resource_accounts::Uses;
use crate::admin::{Access, Caller, Permission, Refused};

const SORT: &str = "display_name";

/// What a service number is assigned to.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct ResourceAccount {
    pub id: Uuid,
    pub display_name: String,
    pub app: Option<App>,
    /// 1 very high to 5 very low.
    pub priority: u8,
    pub numbers: Vec<String>,
}

/// What answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case", tag = "type", content = "id")]
pub enum App {
    AutoAttendant(Uuid),
    CallQueue(Uuid),
}

/// A resource account to be made.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "display_name": "Reception" }))]
pub struct NewResourceAccount {
    pub display_name: String,
    pub app: Option<App>,
    #[schema(minimum = 1, maximum = 5, default = 3)]
    pub priority: Option<u8>,
}

/// A resource account that was made.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CreatedResourceAccount {
    #[serde(flatten)]
    pub account: ResourceAccount,
    /// What would have been refused if licenses were enforced.
    pub warnings: Vec<String>,
}

/// What is to change. What is absent stays; null clears.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "app": null }))]
pub struct ResourceAccountChange {
    pub display_name: Option<String>,
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<App>)]
    pub app: Option<Option<App>>,
    #[schema(minimum = 1, maximum = 5)]
    pub priority: Option<u8>,
}

/// How a resource account is deleted.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct DeletionParams {
    /// Delete it also where attendants or queues lead to it; they lead nowhere from then on.
    pub even_if_used: Option<bool>,
}

/// List resource accounts
#[utoipa::path(get, path = "/tenants/{tenant}/resource-accounts", tag = "resource-accounts",
    params(("tenant" = String, Path), PageParams),
    responses((status = 200, body = List<ResourceAccount>), Refusals))]
pub async fn list(
    caller: Caller,
    Path(tenant): Path<String>,
    Params(page): Params<PageParams>,
) -> Result<Json<List<ResourceAccount>>, Problem> {
    let access = caller.begin(&tenant, Permission::View).await?;
    let paging = page.paging(SORT, false)?;
    let page = access.store().resource_accounts(access.tenant(), &paging).await.map_err(Refused::from)?;
    let numbers = numbers(&access);
    Ok(List::of(page.map(|account| shown(account.value, &numbers)), SORT))
}

/// Show a resource account
#[utoipa::path(get, path = "/tenants/{tenant}/resource-accounts/{account}", tag = "resource-accounts",
    params(("tenant" = String, Path), ("account" = Uuid, Path)),
    responses((status = 200, body = ResourceAccount), Refusals))]
pub async fn show(
    caller: Caller,
    Path((tenant, account)): Path<(String, String)>,
) -> Result<Versioned<ResourceAccount>, Problem> {
    let access = caller.begin(&tenant, Permission::View).await?;
    show_one(&access, ResourceAccountId(id(&account, "resource account")?)).await
}

/// Make a resource account
#[utoipa::path(post, path = "/tenants/{tenant}/resource-accounts", tag = "resource-accounts",
    params(("tenant" = String, Path)), request_body = NewResourceAccount,
    responses((status = 201, body = CreatedResourceAccount), Refusals, WriteRefusals))]
pub async fn create(
    caller: Caller,
    Path(tenant): Path<String>,
    Body(wanted): Body<NewResourceAccount>,
) -> Result<Created<CreatedResourceAccount>, Problem> {
    let access = caller.begin(&tenant, Permission::Configure).await?;
    let account = PhoneAccount {
        id: ResourceAccountId(Uuid::now_v7()),
        display_name: wanted.display_name.trim().to_owned(),
        app: wanted.app.map(PhoneApp::from),
        priority: wanted.priority.map(priority).transpose()?.unwrap_or_default(),
    };
    let warnings = access.create_resource_account(&account).await?.into_iter().collect();
    let Versioned { value, version } = show_one(&access, account.id).await?;
    let location = format!("/tenants/{}/resource-accounts/{}", access.tenant(), account.id);
    Ok(Created { value: CreatedResourceAccount { account: value, warnings }, version, location })
}

/// Change a resource account
#[utoipa::path(patch, path = "/tenants/{tenant}/resource-accounts/{account}", tag = "resource-accounts",
    params(("tenant" = String, Path), ("account" = Uuid, Path), ("If-Match" = Option<String>, Header)),
    request_body = ResourceAccountChange, responses((status = 200, body = ResourceAccount), Refusals, WriteRefusals))]
pub async fn change(
    caller: Caller,
    Path((tenant, account)): Path<(String, String)>,
    headers: HeaderMap,
    Body(wanted): Body<ResourceAccountChange>,
) -> Result<Versioned<ResourceAccount>, Problem> {
    let access = caller.begin(&tenant, Permission::Configure).await?;
    let account = ResourceAccountId(id(&account, "resource account")?);
    let priority = wanted.priority.map(priority).transpose()?;
    let apply = |account: &mut PhoneAccount| {
        set(wanted.display_name.map(|name| name.trim().to_owned()), &mut account.display_name);
        set(wanted.app.map(|app| app.map(PhoneApp::from)), &mut account.app);
        set(priority, &mut account.priority);
    };
    access.change_resource_account(account, if_match(&headers)?, apply).await?;
    show_one(&access, account).await
}

/// Delete a resource account; its numbers are free first
#[utoipa::path(delete, path = "/tenants/{tenant}/resource-accounts/{account}", tag = "resource-accounts",
    params(("tenant" = String, Path), ("account" = Uuid, Path), DeletionParams, ("If-Match" = Option<String>, Header)),
    responses((status = 204), Refusals, WriteRefusals))]
pub async fn delete(
    caller: Caller,
    Path((tenant, account)): Path<(String, String)>,
    Params(params): Params<DeletionParams>,
    headers: HeaderMap,
) -> Result<StatusCode, Problem> {
    let access = caller.begin(&tenant, Permission::Configure).await?;
    let account = ResourceAccountId(id(&account, "resource account")?);
    let uses = if params.even_if_used.unwrap_or(false) { Uses::Leave } else { Uses::Forbid };
    access.delete_resource_account(account, uses, if_match(&headers)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn show_one(access: &Access, account: ResourceAccountId) -> Result<Versioned<ResourceAccount>, Problem> {
    let found = access.store().resource_account(access.tenant(), account).await.map_err(Refused::from)?;
    let found = found.ok_or(Refused::NotFound { what: "resource account" })?;
    Ok(Versioned { value: shown(found.value, &numbers(access)), version: found.version })
}

fn priority(value: u8) -> Result<Priority, Refused> {
    Priority::try_from(value).map_err(|_| Refused::field("priority", "priority.out_of_range", "a priority is 1 to 5"))
}

/// Which account has which numbers.
fn numbers(access: &Access) -> BTreeMap<ResourceAccountId, Vec<String>> {
    let mut of_accounts: BTreeMap<ResourceAccountId, Vec<String>> = BTreeMap::new();
    for number in access.snapshot().iter().flat_map(|tenant| tenant.numbers.values()) {
        if let Some(Assignee::ResourceAccount(account)) = number.assignee {
            of_accounts.entry(account).or_default().push(number.number.to_string());
        }
    }
    of_accounts
}

fn shown(account: PhoneAccount, numbers: &BTreeMap<ResourceAccountId, Vec<String>>) -> ResourceAccount {
    ResourceAccount {
        numbers: numbers.get(&account.id).cloned().unwrap_or_default(),
        id: account.id.0,
        display_name: account.display_name,
        app: account.app.map(App::from),
        priority: account.priority.value(),
    }
}

impl From<PhoneApp> for App {
    fn from(app: PhoneApp) -> Self {
        match app {
            PhoneApp::Attendant(id) => Self::AutoAttendant(id.0),
            PhoneApp::Queue(id) => Self::CallQueue(id.0),
        }
    }
}

impl From<App> for PhoneApp {
    fn from(app: App) -> Self {
        match app {
            App::AutoAttendant(id) => Self::Attendant(AttendantId(id)),
            App::CallQueue(id) => Self::Queue(QueueId(id)),
        }
    }
}
