//! Resource accounts: what a service number is assigned to.

use axum::Json;
use axum::extract::Path;
use phone::directory::{App as PhoneApp, ResourceAccount as PhoneAccount};
use phone::id::ResourceAccountId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::body::{Params, Versioned, id};
use super::list::{List, PageParams};
use super::problem::{Problem, Refusals};
use crate::admin::{Caller, Permission, Refused};

const SORT: &str = "display_name";

/// What a service number is assigned to.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct ResourceAccount {
    pub id: Uuid,
    pub display_name: String,
    pub app: Option<App>,
    /// 1 very high to 5 very low.
    pub priority: u8,
}

/// What answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case", tag = "type", content = "id")]
pub enum App {
    AutoAttendant(Uuid),
    CallQueue(Uuid),
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
    Ok(List::of(page.map(|account| ResourceAccount::from(account.value)), SORT))
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
    let account = ResourceAccountId(id(&account, "resource account")?);
    let found = access.store().resource_account(access.tenant(), account).await.map_err(Refused::from)?;
    let found = found.ok_or(Refused::NotFound { what: "resource account" })?;
    Ok(Versioned { value: found.value.into(), version: found.version })
}

impl From<PhoneAccount> for ResourceAccount {
    fn from(account: PhoneAccount) -> Self {
        Self {
            id: account.id.0,
            display_name: account.display_name,
            app: account.app.map(|app| match app {
                PhoneApp::Attendant(id) => App::AutoAttendant(id.0),
                PhoneApp::Queue(id) => App::CallQueue(id.0),
            }),
            priority: account.priority.value(),
        }
    }
}
